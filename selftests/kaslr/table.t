#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The relocation table where a loader finds it: vmlinux, stripped or not, and
# the vmlinux in a bzImage have the same one, and each boots somewhere else than
# it was linked to. And the tool that has written it.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"
. "$top/selftests/kaslr/linked.sh"

kernel=$build/vmlinux
tool=$obj/arch/x86/tools/relocs
MEM=128M
make_tmp
kernel_range "$kernel"
status=0
kaslr_initramfs "$tmp/initramfs" 2>"$tmp/err" || status=$?
tap_ok $status "an initramfs of one program"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi
accel_args >/dev/null

linked=$(linked_vmlinux "$tmp/linked") || {
	tap_ok 1 "the kernel as it was linked"
	tap_done
}
low=$(symbol_low "$kernel" __pi_pvh_relocs)
room=$((0x$(symbol_low "$kernel" __pi_pvh_relocs_end) - 0x$low))

# table FILE OUT: the room that FILE has for it
table() {
	at=$(file_offset "$1" "$low")
	[ -n "$at" ] && tail -c +$((at + 1)) "$1" | head -c $room >"$2"
}

same_table() {
	table "$1" "$tmp/other" && cmp "$tmp/table" "$tmp/other" >"$tmp/log" 2>&1 && return
	tap_diag <"$tmp/log"
	return 1
}

# somewhere FILE: it may be where it was linked to by chance: three times in a
# row, in one of 1e8 cases.
somewhere() {
	for _ in 1 2 3; do
		kaslr_boot "$tmp/boot" "$1" "$kaslr_cmdline"
		text=$(kaslr_said "$tmp/boot" | cut -d' ' -f1)
		[ "$text" = "$link" ] || break
	done
	[ -n "$(kaslr_slot "$text")" ] && [ "$text" != "$link" ] && return
	{
		sed 's/^/port 0xe9: /' "$tmp/boot.e9"
		tr -d '\r' <"$tmp/boot" | tail -n 6
	} | cut -c1-160 | tap_diag
	return 1
}

table "$kernel" "$tmp/table"
bytes=$(info "$kernel" pvh-kaslr-bytes)
tap_run "vmlinux: there is a table at the symbol" \
	test "$(info "$kernel" pvh-kaslr-table)" = "$(printf '0x%x' $((0x$low - 0x80000000)))"
tap_diag "$(info "$kernel" pvh-kaslr-relocations) relocations in $bytes bytes, $((bytes * 100 / room)) % of its room"

strip -o "$tmp/stripped" "$kernel"
"$tree/scripts/extract-vmlinux" "$build/bzImage" >"$tmp/extracted" 2>"$tmp/err" || tap_diag <"$tmp/err"
tap_run "vmlinux: boots somewhere else" somewhere "$kernel"
while read -r file name; do
	tap_run "$name: has the same table" same_table "$tmp/$file"
	tap_run "$name: boots somewhere else" somewhere "$tmp/$file"
done <<END
stripped stripped vmlinux
extracted the vmlinux in bzImage
END

# run_tool OUT: on a copy of the file that was linked, which has the table already
run_tool() {
	cp "$linked" "$1" && "$tool" --pvh-table "$1" >"$tmp/log" 2>&1
}

again() {
	run_tool "$tmp/again" && cmp "$linked" "$tmp/again" >"$tmp/log" 2>&1 && return
	tap_diag <"$tmp/log"
	return 1
}
tap_run "the tool: run again writes the same" again

# set_room FILE BYTES: have the symbol at the end of the room say so
set_room() {
	symtab=$(readelf -SW "$1" | sed -n 's/.* \.symtab *SYMTAB *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
	index=$(readelf -sW "$1" | sed -n 's/^ *\([0-9]*\): .* __pi_pvh_relocs_end$/\1/p')
	value=$((0x$low + $2))
	# The lower half of st_value, little-endian
	for shift in 0 8 16 24; do
		# shellcheck disable=SC2059 # an escape is what it is
		printf "\\$(printf '%03o' $((value >> shift & 255)))"
	done | dd of="$1" bs=1 seek=$((0x$symtab + 24 * index + 8)) conv=notrunc 2>/dev/null
}

# The table takes its header without the sum and the runs, up to a multiple of
# 32, and the sum.
takes=$((8 + (bytes - 8 + 31) / 32 * 32))
cp "$linked" "$tmp/enough"
set_room "$tmp/enough" $takes
tap_run "the tool: room for what the table takes is enough" "$tool" --pvh-table "$tmp/enough"

cp "$linked" "$tmp/little"
set_room "$tmp/little" $((takes - 8))
cp "$tmp/little" "$tmp/before"
status=0
"$tool" --pvh-table "$tmp/little" >"$tmp/log" 2>&1 || status=$?
tap_diag <"$tmp/log"
tap_run "the tool: fails where there is too little room" test $status -ne 0
set_to=$(sed -n 's/.*set \(CONFIG_\)*PVH_KASLR_TABLE_SIZE=\(0x[0-9a-f]*\)$/\2/p' "$tmp/log")
tap_run "the tool: says what to set, which is enough" test $((set_to)) -ge $takes
tap_run "the tool: leaves the file as it was" cmp "$tmp/before" "$tmp/little"
tap_done
