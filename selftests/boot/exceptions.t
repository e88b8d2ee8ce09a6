#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exceptions before there is a console: in the PVH entry, and in the kernel from
# startup_64 on. Each is put into a copy of vmlinux, over the first instruction of a
# function. The entry and the kernel print one line and end the machine; an NMI in
# the entry is ignored.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

make_tmp
kernel=$build/vmlinux
endbr64=f30f1efa

# bytes FILE OFFSET: the four there, in hex
bytes() {
	od -An -tx1 -j "$2" -N 4 "$1" | tr -d ' \n'
}

# with CODE FUNCTION: $tmp/vmlinux, in which FUNCTION begins with CODE, in hex
with() {
	at=$(file_offset "$kernel" "$(symbol_low "$kernel" "$2")")
	[ -n "$at" ] || return 1
	cp "$kernel" "$tmp/vmlinux"
	put_bytes "$1" "$tmp/vmlinux" "$at"
}

# boot CMDLINE [SECONDS]: of $tmp/vmlinux, for that long at most; sets $status to
# that of QEMU
boot() {
	MACHINE=q35 MEM=256M SMP=1 CPU="" BOOT_TIMEOUT=${2:-60}
	status=0
	run_qemu "$tmp/console" -machine q35 -kernel "$tmp/vmlinux" \
		-initrd "$build/initramfs.cpio.gz" -append "$1" || status=$?
	tr -d '\r' <"$tmp/console" >"$tmp/lines"
}

# line WANT DESC: whether port 0xe9 has WANT, a regular expression, as its only line,
# and the serial port has the same
line() {
	got=$(cat "$tmp/console.e9" 2>/dev/null)
	right=1
	printf '%s\n' "$got" | grep -qx "$1" && [ "$(wc -l <"$tmp/console.e9")" -eq 1 ] && right=0
	tap_ok $right "$2: one line on port 0xe9"
	[ $right -eq 0 ] || { echo "expected: $1"; echo "got: $got"; } | tap_diag
	tap_run "$2: the same line on the serial port" \
		test "$(sed -n 's/.*pvh: /pvh: /p' "$tmp/lines")" = "$got"
	tap_run "$2: the machine ends (QEMU's status is $status)" test "$status" = 0
}

# Link addresses: the line has them, wherever KASLR has put the kernel.
link_of() {
	echo "0xffffffff$(symbol_low "$kernel" "$1")"
}

with 0f0b __pi_pvh_convert
boot "console=ttyS0"
line "pvh: exception 0x6 at $(link_of __pi_pvh_convert): .*" "#UD in the entry"

# int3 reports the address after its one byte.
with cc __pi_pvh_convert_memmap
boot "console=ttyS0"
line "$(printf 'pvh: exception 0x3 at 0xffffffff%08x: .*' $((0x$(symbol_low "$kernel" __pi_pvh_convert_memmap) + 1)))" \
	"#BP in the entry"

at=$(file_offset "$kernel" "$(symbol_low "$kernel" __pi_pvh_convert)")
if [ "$(bytes "$kernel" "$at")" = $endbr64 ]; then
	# int $2, and a nop of two bytes: a call of the NMI's gate, which returns
	with cd026690 __pi_pvh_convert
	boot "console=ttyS0"
	tap_run "an NMI in the entry: the kernel boots to user space" grep -q '^pvh-init: done' "$tmp/lines"
	tap_run "an NMI in the entry: nothing is printed" test ! -s "$tmp/console.e9"
else
	tap_skip "an NMI in the entry" "pvh_convert() does not begin with the endbr64 that it would replace"
fi

for how in "" nokaslr; do
	with 0f0b setup_arch
	boot "console=ttyS0 $how"
	line "pvh: exception 0x06 at $(link_of setup_arch): .*" "#UD in setup_arch()${how:+ with $how}"
done

# With a console the kernel prints more, and halts as it does elsewhere.
with 0f0b trap_init
boot "earlyprintk=ttyS0" 20
tap_run "#UD in trap_init() with earlyprintk: the kernel reports it" grep -q 'RIP: 0010:trap_init' "$tmp/lines"
tap_run "#UD in trap_init() with earlyprintk: the PVH entry does not" test ! -s "$tmp/console.e9"
tap_done
