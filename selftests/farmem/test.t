#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Memory that ACPI tells of, far above RAM: with KASLR the direct map ends a fixed
# number of TiB behind RAM, and what lies further up is refused. The same for
# vmlinux through its PVH note and for a bzImage; without KASLR all of it is taken
# in. In a small kernel of its own, with memory hotplug and without ZONE_DEVICE.

# shellcheck disable=SC2317 # called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/kmake.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

name=farmem
o=$tree/o.$name$by
fragment=$top/selftests/farmem/farmem.config
# 12 TiB need more address bits than CPUs have on some hosts; TCG has 46 on any.
# On a busy host it is too uneven for the kernel's check of the timer:
# no_timer_check.
ACCEL=tcg SMP=1 MACHINE=q35 MEM=512M,slots=1,maxmem=20T BOOT_TIMEOUT=120

# One case, in a process of its own: leaves the console in $tmp/N
if [ "${1:-}" = --case ]; then
	n=$2 tmp=$3
	# shellcheck disable=SC2046 # words
	set -- $(sed -n "${n}p" "$tmp/cases")
	CPU=$4
	echo $(($1)) >"$tmp/$n.address"
	run_qemu "$tmp/$n" -machine q35 -object memory-backend-ram,id=far,size=128M \
		-device "pc-dimm,memdev=far,addr=$1" -kernel "$tmp/$3" \
		-initrd "$build/initramfs.cpio.gz" \
		-fw_cfg "name=opt/pvh/run,file=$top/selftests/farmem/guest.sh" \
		-fw_cfg "name=opt/pvh/address,file=$tmp/$n.address" \
		-append "console=ttyS0 no_timer_check memhp_default_state=online $5" || :
	exit 0
fi

make_tmp
begin=$(date +%s)
status=0
{ "$top/scripts/build.sh" "$name" "$fragment" allnoconfig &&
	kmake "$tree" "$o" -j"$(nproc)" bzImage; } >"$tmp/build" 2>&1 || status=$?
tap_ok $status "a kernel with memory hotplug, and its bzImage: builds"
if [ $status -ne 0 ]; then
	tail -n 12 "$tmp/build" | tap_diag
	tap_done
fi
tap_diag "built in $(($(date +%s) - begin)) s"
tap_run "without a warning" test ! -s "$build/log/build.$name.warnings"
tap_run "this kernel has no ZONE_DEVICE" grep -qx '# CONFIG_ZONE_DEVICE is not set' "$o/.config"
ln -s "$build/$name.vmlinux" "$tmp/vmlinux"
ln -s "$o/arch/x86/boot/bzImage" "$tmp/bzImage"

# kernel_randomize_memory() rounds RAM up to 1 TiB, and adds the padding.
padding=$(sed -n 's/^CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=//p' "$o/.config")
tap_run "the padding is the default, 10 TiB" test "$((padding))" = 10
end=$(((padding + 1) << 40))
block=$((128 << 20))

# Address, what becomes of the memory there, kernel, model, command line
max=max,phys-bits=46
while read -r address rest; do
	printf '0x%x %s\n' "$address" "$rest"
done >"$tmp/cases" <<END
$((end - block)) taken vmlinux $max kaslr
$end refused vmlinux $max kaslr
$((end + (1 << 40))) refused vmlinux $max kaslr
$((end + (1 << 40))) refused vmlinux $max,-la57 kaslr
$((end + (1 << 40))) taken vmlinux $max nokaslr
$((end + (1 << 40))) taken vmlinux $max,-la57 nokaslr
$((end - block)) taken bzImage $max kaslr
$((end + (1 << 40))) refused bzImage $max kaslr
$((end + (1 << 40))) taken bzImage $max nokaslr
END
begin=$(date +%s)
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"
tap_diag "$(wc -l <"$tmp/cases") guests in $(($(date +%s) - begin)) s"

# said KEY
said() {
	sed -n "s/^farmem: $1 //p" "$tmp/log"
}

# is WHAT EXPECTED ACTUAL
is() {
	right=0
	[ "$2" = "$3" ] || right=1
	tap_ok $right "$what: $1"
	[ $right -ne 0 ] || return 0
	bad=1
	tap_diag "expected: $2"
	tap_diag "actual:   $3"
}

n=0
while read -r address want kernel model cmdline; do
	n=$((n + 1))
	what="128 MiB at $address, $kernel, $model, $cmdline"
	bad=0
	tr -d '\r' <"$tmp/$n" >"$tmp/log"
	entered=$(sed -n 's/.*pvh-report: entered by: \(PVH\|Qemu\),.*/\1/p' "$tmp/log")
	case $kernel in
	vmlinux) is "entered by" PVH "$entered" ;;
	*) is "entered by" Qemu "$entered" ;;
	esac
	# In KiB, as MemTotal: with these 128 MiB it is more than RAM alone.
	more=no
	[ "$(said total | grep -Ex '[0-9]+' || echo 0)" -le 524288 ] || more=yes
	case $want in
	taken)
		is "the memory is" online "$(said block)"
		is "there is more than RAM" yes "$more"
		is "refused" "" "$(said refused)" ;;
	*)
		is "the memory is" none "$(said block)"
		is "there is more than RAM" no "$more"
		is "refused" "$(printf '[%s-0x%x] exceeds maximum addressable range [0x0-0x%x]' \
			"$address" $((address + block)) $((end - 1)))" "$(said refused)" ;;
	esac
	is "gets to its end" "pvh-init: done" "$(grep -o '^pvh-init: done' "$tmp/log")"
	[ $bad -ne 0 ] || continue
	mkdir -p "$build/log/failed"
	failed=$build/log/failed/farmem-$n
	cp "$tmp/$n" "$failed"
	{
		echo "the end of $failed:"
		cat "$tmp/$n.e9" "$tmp/$n.err"
		tail -n 12 "$tmp/log"
	} | cut -c1-160 | tap_diag
done <"$tmp/cases"
tap_done
