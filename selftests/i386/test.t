#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# 32-bit kernels, with and without PAE: they build without a warning, and on the
# machines of boot/machines.t, or on some, the same is done as with the 64-bit kernel.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
export INITRD="$build/i386.initramfs.cpio.gz" ROOT="$build/i386.root.img"
MACHINE=q35

# missing NAME CPU: it says what of the CPU is missing
missing() {
	CPU=$2 BOOT_TIMEOUT=60 run_qemu "$tmp/log" -machine q35 -kernel "$build/i386-$1.vmlinux" \
		-initrd "$INITRD" -append console=ttyS0 || :
	tap_run "$1 on $2: says what is missing" \
		grep -q '^pvh: cpuid 0x1 edx, missing bits 0x[0-9a-f]*: ' "$tmp/log.e9"
	tap_diag <"$tmp/log.e9"
	tr -d '\r' <"$tmp/log" | sed -n 's/.*pvh: /pvh: /p' >"$tmp/serial"
	tap_run "$1 on $2: says so on the serial port, too" cmp -s "$tmp/serial" "$tmp/log.e9"
}

for name in pae nopae; do
	ONLY=
	[ $name = pae ] || ONLY='^(q35|pc|microvm 4 CPUs|q35 8 GiB|q35 no initrd)$'
	status=0
	"$top/selftests/i386/build.sh" $name >"$tmp/build" 2>&1 || status=$?
	tap_ok "$status" "$name: builds"
	if [ "$status" -ne 0 ]; then
		tail -n 12 "$tmp/build" | tap_diag
		continue
	fi
	tap_run "$name: without a warning" test ! -s "$build/log/build.i386-$name.warnings"
	nm "$build/i386-$name.vmlinux" >"$tmp/symbols"
	tap_run "$name: has nothing of the old entry" sh -c "! grep xen_prepare_pvh '$tmp/symbols'"
	tap_run "$name: no part of the entry is outside of init" \
		awk '/ __init_begin$/ { from = $1 } / __init_end$/ { to = $1 }
			/ (__pi_|pvh_|.*get_pc_thunk)/ { at[$3] = $1 }
			END { for (s in at) {
					# Aliases of what belongs to the kernel; the list of KUnit
					if (s ~ /_thunk(_e..)?$|__pi_(_text|_end|boot_cpu_data|gdt_page)$|^pvh_test_(cases|suite)$/ && s !~ /pc_thunk/)
						continue
					if (at[s] < from || at[s] >= to) { print s; bad = 1 }
				}
				exit bad || !from || length(at) < 20 }' "$tmp/symbols"
	missing $name pentium,-cx8
	missing $name qemu64,-lm,-cmov
	[ $name = nopae ] || missing $name qemu64,-lm,-pae
	VMLINUX=$build/i386-$name.vmlinux sh "$top/selftests/boot/kunit.t" >"$tmp/kunit" 2>&1 || :
	tap_include "$name" "$tmp/kunit"
	ONLY=$ONLY VMLINUX=$build/i386-$name.vmlinux sh "$top/selftests/boot/machines.t" >"$tmp/qemu" 2>&1 || :
	tap_include "$name" "$tmp/qemu"
done
tap_done
