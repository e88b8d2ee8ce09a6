#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The other doors of the same kernel still open: bzImage by the Linux boot
# protocol through SeaBIOS, and by its EFI stub through OVMF.

. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/scripts/qemu.sh"
. "$top/selftests/host/tap.sh"

make_tmp
MACHINE=q35
BOOT_TIMEOUT=240

# door NAME ENTERED ARGUMENT ...: boot bzImage, look for how it was entered
door() {
	name=$1
	entered=$2
	shift 2
	run_qemu "$tmp/log" -machine q35 "$@" -kernel "$build/bzImage" \
		-initrd "$build/initramfs.cpio.gz" -append console=ttyS0 || :
	tap_run "$name: bzImage boots to user space and its end" \
		grep -q '^pvh-init: done' "$tmp/log"
	tap_run "$name: entered so, and not by the note" \
		grep -q "^pvh-report: entered by: $entered" "$tmp/log"
	grep -q "^pvh-init: done" "$tmp/log" || tail -n 12 "$tmp/log" | tap_diag
	grep '^pvh-report: entered by' "$tmp/log" | tap_diag
}

door SeaBIOS '[^P].*[^I].$'
ovmf=
for f in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd; do
	[ ! -e "$f" ] || ovmf=$f
done
if [ -n "$ovmf" ]; then
	door OVMF '[^P].*EFI' -drive "if=pflash,format=raw,unit=0,readonly=on,file=$ovmf"
else
	tap_skip "OVMF: bzImage boots to user space and its end" "no OVMF here: package ovmf"
	tap_skip "OVMF: entered so, and not by the note" "no OVMF here: package ovmf"
fi
tap_done
