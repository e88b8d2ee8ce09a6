#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux, stripped or not, and the vmlinux in a bzImage have the same relocation
# table, and KASLR moves each of them. And the tool that writes the table: it writes
# the same again, and refuses to write more than there is room for.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"
. "$here/table.sh"
. "$here/linked.sh"

tool=$obj/arch/x86/tools/relocs
make_tmp
kernel_range "$kernel"
kaslr_guests
find_table "$kernel"
copy_table "$kernel" "$tmp/table"
bytes=$(info "$kernel" pvh-kaslr-bytes)
expect "vmlinux: pvhinfo finds the table at its symbol" \
	is "$(printf '0x%x' $((0x$table_low - 0x80000000)))" "$(info "$kernel" pvh-kaslr-table)"
tap_diag "$(info "$kernel" pvh-kaslr-relocations) relocations in $bytes bytes, $((bytes * 100 / table_room)) % of its room"

strip -o "$tmp/stripped" "$kernel"
"$tree/scripts/extract-vmlinux" "$build/bzImage" >"$tmp/extracted" 2>"$tmp/err" || tap_diag <"$tmp/err"

boot() { # NAME FILE
	moved_guest --kernel "$2"
}

# same_table FILE: it has the table of vmlinux
same_table() {
	copy_table "$1" "$tmp/other" && cmp "$tmp/table" "$tmp/other"
}

judge() { # NAME FILE
	name=$1
	[ "$2" = "$kernel" ] || expect "the relocation table is that of vmlinux" same_table "$2"
	expect "KASLR moves the kernel within its range" in_kaslr_range "$(kaslr_said text)" "$link"
}

run_cases boot judge <<END
vmlinux                 $kernel
stripped vmlinux        $tmp/stripped
the vmlinux in bzImage  $tmp/extracted
END

name="the tool relocs"
linked=$(linked_vmlinux "$tmp/linked") || linked=
expect "vmlinux with its relocations is here" test -n "$linked"
[ -n "$linked" ] || tap_done

# again: the tool changes nothing in a file that it has written before
again() {
	cp "$linked" "$tmp/again" && "$tool" $table_option "$tmp/again" && cmp "$linked" "$tmp/again"
}

# with_room BYTES OUT: the linked kernel, whose symbol at the end of the room leaves
# that many bytes. A symbol of an ELF file has 24 bytes, its value is at 8.
with_room() {
	symtab=$(readelf -SW "$linked" | sed -n 's/.* \.symtab *SYMTAB *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
	index=$(readelf -sW "$linked" | sed -n 's/^ *\([0-9]*\): .* '"$table_name"'_end$/\1/p')
	cp "$linked" "$2" &&
		put_bytes "$(little_endian $((0x$table_low + $1)) 4)" "$2" $((0x$symtab + 24 * index + 8))
}

expect "a second run writes the same table" again
# The sum, and all that it is about
table_field runs
takes=$(summed $((bytes - table_at)))
table_field magic
takes=$((takes + table_at))
with_room $takes "$tmp/enough"
expect "room of the table's size is accepted" "$tool" $table_option "$tmp/enough"
with_room $((takes - 8)) "$tmp/little"
cp "$tmp/little" "$tmp/before"
expect "room of 8 bytes less is refused" not "$tool" $table_option "$tmp/little"
tap_diag <"$tmp/expect.out"
expect "the message has the size of the table and that of the room" \
	is "$takes $((takes - 8))" "$(grep -o '[0-9]\{4,\}' "$tmp/expect.out" | head -n 2 | paste -sd ' ')"
expect "a refused file is unchanged" cmp "$tmp/before" "$tmp/little"
tap_done
