#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The other doors of the same kernel still open: bzImage by the Linux boot
# protocol through SeaBIOS, and by its EFI stub through OVMF. There the kernel
# is relocated by the decompressor, or by the EFI stub, and by nobody else.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

make_tmp
MACHINE=q35
BOOT_TIMEOUT=240
kernel_range "$build/vmlinux"

# reported KEY
reported() {
	tr -d '\r' <"$tmp/log" | sed -n "s/^pvh-report: $1: 0x//p"
}

somewhere() {
	[ -n "$(kaslr_slot "$text")" ] && [ "$text" != "$link" ]
}

# The report has the offset from the address of the PVH entry, and that of _text
# from there: both are in /proc/kallsyms.
same_offset() {
	[ -n "$text" ] && [ -n "$offset" ] &&
		[ "$(printf 'ffffffff%08x' $((0x${link#ffffffff} + 0x$offset)))" = "$text" ]
}

# door NAME ENTERED ARGUMENT ...: boot bzImage, look for how it was entered. Where
# it is may be where it was linked to, by chance: three times in a row, in one of
# 1e8 cases.
door() {
	name=$1
	entered=$2
	shift 2
	for _ in 1 2 3; do
		run_qemu "$tmp/log" -machine q35 "$@" -kernel "$build/bzImage" \
			-initrd "$build/initramfs.cpio.gz" -append console=ttyS0 || :
		text=$(reported "kernel virtual base")
		offset=$(reported "KASLR offset")
		[ "$text" = "$link" ] || break
	done
	tap_run "$name: bzImage boots to user space and its end" \
		grep -q '^pvh-init: done' "$tmp/log"
	tap_run "$name: entered so, and not by the note" \
		grep -q "^pvh-report: entered by: $entered" "$tmp/log"
	tap_run "$name: KASLR: the kernel is somewhere in its range" somewhere
	tap_run "$name: KASLR: all of it is as far off" same_offset
	grep -q "^pvh-init: done" "$tmp/log" || tail -n 12 "$tmp/log" | tap_diag
	grep '^pvh-report: \(entered by\|kernel virtual base\|direct map base\)' "$tmp/log" | tap_diag
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
	tap_skip "OVMF: KASLR: the kernel is somewhere in its range" "no OVMF here: package ovmf"
	tap_skip "OVMF: KASLR: all of it is as far off" "no OVMF here: package ovmf"
fi
tap_done
