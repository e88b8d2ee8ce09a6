#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The other boot paths of the same kernel still work: SeaBIOS boots bzImage by the
# Linux boot protocol, OVMF by its EFI stub. There the decompressor or the EFI stub
# relocates the kernel, and the PVH entry does not run.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
kernel_range "$build/vmlinux"
guest_defaults --kernel "${KERNEL:-$build/bzImage}" --cmdline console=ttyS0 --timeout 240

boot() { # FIRMWARE ENTERED_BY ARGUMENT ...
	shift 2
	# By chance KASLR takes the link address: three times in a row once in 1e8 tests.
	for _ in 1 2 3; do
		# shellcheck disable=SC2086 # a list of arguments
		guest -- $1
		[ "$(reported "kernel virtual base")" = "0x$link" ] || break
	done
}

# The guest computes the KASLR offset from the address of the PVH entry, so the test
# compares it with the address of _text.
judge() { # FIRMWARE ENTERED_BY ...
	name="bzImage by $1"
	text=$(reported "kernel virtual base")
	text=${text#0x}
	offset=$(reported "KASLR offset")
	expect "the guest powers off" finished
	expect "the kernel is not entered by its PVH note" reported "entered by" "$2"
	expect "the kernel is in its KASLR range" in_kaslr_range "$text"
	expect "the kernel is not at its link address" not at_link "$text"
	expect "the KASLR offset is the distance from the link address" \
		is "$(printf 'ffffffff%08x' $((0x${link#ffffffff} + ${offset:-1})))" "$text"
	tap_diag "$name: entered by $(reported "entered by"), at $text"
}

ovmf=
for file in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd; do
	[ ! -e "$file" ] || ovmf=$file
done
[ -n "$ovmf" ] || tap_skip "bzImage by OVMF: the guest powers off" "no OVMF here: package ovmf"
run_cases boot judge <<END
# firmware  entered by  QEMU's arguments
SeaBIOS  Qemu, version .*)  -
${ovmf:+OVMF  [^P].*, EFI  -drive if=pflash,format=raw,unit=0,readonly=on,file=$ovmf}
END
tap_done
