# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where it is sourced
#
# Sourced after test.sh: the relocation table in a kernel image. pvhinfo knows its
# layout, struct pvh_relocs of asm/pvh_relocs.h.

table_magic=0x52485650

# find_table VMLINUX: sets table_low, the LOW of the table, and table_room, how many
# bytes the kernel reserves for it
find_table() {
	table_low=$(symbol_low "$1" __pi_pvh_relocs)
	[ -n "$table_low" ] || die "${1##*/} has no symbol __pi_pvh_relocs"
	table_room=$((0x$(symbol_low "$1" __pi_pvh_relocs_end) - 0x$table_low))
	[ -z "${table_layout:-}" ] || return 0
	"$top/scripts/pvhinfo.sh" || exit 1
	table_layout=$("$build/pvhinfo" --table "$1") || die "pvhinfo finds no table in ${1##*/}"
}

# table_field NAME: sets table_at and table_width, where the field is in struct
# pvh_relocs, and how many bytes it has. After find_table.
table_field() {
	read -r table_at table_width <<-END
	$(printf '%s\n' "$table_layout" | sed -n "s/^$1 //p")
	END
}

# table_offset FILE: where in the ELF file the table is
table_offset() {
	file_offset "$1" "$table_low"
}

# copy_table FILE OUT: all of the room that the ELF file has for the table
copy_table() {
	tail -c +$(($(table_offset "$1") + 1)) "$1" | head -c "$table_room" >"$2"
}

# table_value TABLE FIELD: its value in a copy of the table, in hex
table_value() {
	table_field "$2"
	od -An -tx"$table_width" -j "$table_at" -N "$table_width" "$1" | sed 's/^ 0*/0x/'
}

# summed SIZE: bytes that the sum of a table with SIZE bytes of runs is about, which
# are all after the sum, up to a multiple of 32
summed() {
	table_field runs
	echo $(((table_at - 8 + $1 + 31) / 32 * 32))
}

# flip TABLE OFFSET BIT: flip one bit of the byte at OFFSET
flip() {
	put_bytes "$(printf '%02x' $((0x$(get_bytes "$1" "$2" 1) ^ 1 << $3)))" "$1" "$2"
}

# correct_sum TABLE OFFSET BIT: change the sum as that flip demands. Each 64 bits are
# xored to the sum after it was rotated by 7. So one bit of the table is one of the
# sum.
correct_sum() {
	set -- "$1" $(($(summed $(($(table_value "$1" size)))) / 8 - 1 - ($2 - 8) / 8)) $(($2 % 8 * 8 + $3))
	set -- "$1" $(((7 * $2 + $3) % 64))
	flip "$1" $(($2 / 8)) $(($2 % 8))
}
