#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Memory that ACPI describes far above RAM: with KASLR the direct map ends a fixed
# number of TiB after RAM, and the kernel refuses memory above that. The same for
# vmlinux through its PVH note and for a bzImage. Without KASLR the kernel uses all of
# the memory. The test builds a small kernel for this, with memory hotplug and without
# ZONE_DEVICE.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
o=$tree/o.farmem$by
build_kernel() {
	"$top/scripts/build.sh" --config allnoconfig --fragment "$here/farmem.config" \
		--targets 'vmlinux bzImage' farmem
}
expect "a kernel with memory hotplug, and its bzImage, can be built" build_kernel
[ "$tap_bad" -eq 0 ] || tap_done
expect "the build has no warning" test ! -s "$build/log/build.farmem.warnings"
expect "this kernel has no ZONE_DEVICE" grep -qx '# CONFIG_ZONE_DEVICE is not set' "$o/.config"

# kernel_randomize_memory() rounds RAM up to 1 TiB, and adds the padding.
padding=$(sed -n 's/^CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=//p' "$o/.config")
expect "the padding is the default, 10 TiB" is 10 $((padding))
end=$(((padding + 1) << 40))
block=$((128 << 20))

# 12 TiB need more address bits than some hosts have. TCG has 46 on any host. On a busy
# host the kernel's check of the timer can fail under TCG: no_timer_check.
guest_defaults --accel tcg --mem 512M,slots=1,maxmem=20T --timeout 120 --run "$here/guest.sh"

boot() { # ADDRESS STATE KERNEL CPU CMDLINE
	kernel=$build/farmem.vmlinux
	[ "$3" = vmlinux ] || kernel=$o/arch/x86/boot/bzImage
	echo "$1" >"$dir/address"
	guest --kernel "$kernel" --cpu "$4" --file address="$dir/address" \
		--cmdline "console=ttyS0 no_timer_check memhp_default_state=online $5" -- \
		-object memory-backend-ram,id=far,size=128M -device "pc-dimm,memdev=far,addr=$1"
}

# total_is more|no-more: MemTotal, in KiB, is more than RAM, which is 512 MiB, or not
total_is() {
	want="$1 than 524288 KiB" got=$(said total)
	[ -n "$got" ] || return
	total=no-more
	[ "$got" -le 524288 ] || total="more"
	[ "$total" = "$1" ]
}

judge() { # ADDRESS STATE KERNEL CPU CMDLINE
	address=$(printf '0x%x' "$1")
	name="128 MiB at $address, $3, $4, $5"
	case $3 in
	vmlinux) expect "the kernel is entered by PVH" reported "entered by" "PVH,.*" ;;
	*) expect "the kernel is entered by Qemu" reported "entered by" "Qemu,.*" ;;
	esac
	case $2 in
	online)
		expect "the memory is online" said block online
		expect "the guest has more memory than RAM" total_is more
		expect "the kernel refuses no memory" said refused "" ;;
	none)
		expect "the kernel does not have the memory" said block none
		expect "the guest has no more memory than RAM" total_is no-more
		expect "the kernel refuses the memory" said refused "$(printf \
			'[%s-0x%x] exceeds maximum addressable range [0x0-0x%x]' \
			"$address" $(($1 + block)) $((end - 1)))" ;;
	esac
	expect "the guest powers off" finished
}

run_cases boot judge <<END
# address               state   kernel   CPU                        command line
$((end - block))        online  vmlinux  max,phys-bits=46           kaslr
$end                    none    vmlinux  max,phys-bits=46           kaslr
$((end + (1 << 40)))    none    vmlinux  max,phys-bits=46           kaslr
$((end + (1 << 40)))    none    vmlinux  max,phys-bits=46,-la57     kaslr
$((end + (1 << 40)))    online  vmlinux  max,phys-bits=46           nokaslr
$((end + (1 << 40)))    online  vmlinux  max,phys-bits=46,-la57     nokaslr
$((end - block))        online  bzImage  max,phys-bits=46           kaslr
$((end + (1 << 40)))    none    bzImage  max,phys-bits=46           kaslr
$((end + (1 << 40)))    online  bzImage  max,phys-bits=46           nokaslr
END
tap_done
