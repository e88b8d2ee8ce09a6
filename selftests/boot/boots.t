#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A thousand boots through PVH to user space, over three machines: none is lost. The
# kernel's addresses are in their ranges.
#
# variables: BOOTS=1000, of all machines together; KERNEL=FILE, another vmlinux than
# build/vmlinux; ONLY=microvm, for example, one machine

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/lib/matrix.sh"
. "$top/selftests/kaslr/kaslr.sh"

kaslr_boots 1000 3
make_tmp
matrix_begin
# The base has no KASLR here.
relocs=$(table_symbol "$kernel")
[ -z "$relocs" ] || kernel_range "$kernel"
said_by=kaslr
kaslr_guests
guest_options --timeout 180
machines='q35 pc microvm'

boot() { # MACHINE BOOT
	case $1 in
	# With ACPI it would have -icount, and each boot would be the same.
	microvm) kaslr_guest ;;
	*) guest --bare -- -machine "$1" ;;
	esac
}

judge() { # MACHINE BOOT
	name="$1, boot $2"
	echo "$1" >>"$tmp/booted"
	bad=$tap_bad
	expect "the guest boots to user space and reboots" ended_with_address
	[ "$tap_bad" -eq "$bad" ] || { echo "$1" >>"$tmp/lost"; return; }
	cat "$dir/console.ms" >>"$tmp/ms.$1"
}

# ended_with_address: and the guest printed where its kernel is, once
ended_with_address() {
	want="status 0, and one line kaslr: text ADDRESS"
	got="status $(cat "$dir/console.status"), $(kaslr_said text | wc -l) lines"
	[ "$got" = "status 0, 1 lines" ] || return
	[ -z "$relocs" ] || in_kaslr_range "$(kaslr_said text)"
}

: >"$tmp/lost"
: >"$tmp/booted"
# In turn, so that a change of the load of this machine meets all of them
for n in $(seq $(((boots + 2) / 3))); do
	for machine in $machines; do
		echo "$machine	$n"
	done
done | head -n "$boots" >"$tmp/boots"
run_cases boot judge <"$tmp/boots"

for machine in $machines; do
	of=$(grep -cx "$machine" "$tmp/booted") || continue
	lost=$(grep -cx "$machine" "$tmp/lost") || :
	times=$(sort -n "$tmp/ms.$machine" 2>/dev/null |
		awk '{ all[NR] = $1 } END { if (NR) printf "%.1f to %.1f s, median %.1f s", all[1] / 1000, all[NR] / 1000, all[int((NR + 1) / 2)] / 1000 }')
	tap_diag "$machine: $lost of $of boots are lost; ${times:-none came through}"
	seen="$of boots, $lost lost"
	[ "$lost" -eq 0 ] || seen="FAILED: $seen"
	matrix_row "QEMU" "$machine" vmlinux "$seen"
done
matrix_version QEMU "$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version //p')"
tap_done
