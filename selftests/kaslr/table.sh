# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where it is sourced
#
# Sourced after test.sh: the relocation table in a kernel image. pvhinfo knows its
# layout, struct kernel_relocs of asm/kernel_relocs.h, and that of Linux 6.12, struct
# pvh_relocs of asm/pvh_relocs.h.

# find_table VMLINUX: sets table_name, its symbol; table_low, the LOW of the table;
# table_room, how many bytes the kernel reserves for it; table_magic; and table_option,
# with which arch/x86/tools/relocs writes it
find_table() {
	table_name=$(table_symbol "$1")
	case $table_name in
	kernel_relocs) table_magic=0x4c45524b table_option=--table ;;
	__pi_pvh_relocs) table_magic=0x52485650 table_option=--pvh-table ;;
	*) die "${1##*/} has no symbol kernel_relocs" ;;
	esac
	table_low=$(symbol_low "$1" "$table_name")
	table_room=$((0x$(symbol_low "$1" "${table_name}_end") - 0x$table_low))
	[ -z "${table_layout:-}" ] || return 0
	"$top/scripts/pvhinfo.sh" || exit 1
	table_layout=$("$build/pvhinfo" --table "$1") || die "pvhinfo finds no table in ${1##*/}"
}

# table_field NAME: sets table_at and table_width, where the field is in the table, and
# how many bytes it has. After find_table.
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
# are all from the magic on, up to a multiple of 32
summed() {
	table_field magic
	summed_from=$table_at
	table_field runs
	echo $(((table_at - summed_from + $1 + 31) / 32 * 32))
}

# flip TABLE OFFSET BIT: flip one bit of the byte at OFFSET
flip() {
	put_bytes "$(printf '%02x' $((0x$(get_bytes "$1" "$2" 1) ^ 1 << $3)))" "$1" "$2"
}

# correct_sum TABLE OFFSET BIT: change the sum as that flip demands. Each 64 bits are
# xored to the sum after it was rotated by 7, to the left in Linux 6.12. So one bit of
# the table is one of the sum.
correct_sum() {
	table_field magic
	set -- "$1" $(($(summed $(($(table_value "$1" size)))) / 8 - 1 - ($2 - table_at) / 8)) $(($2 % 8 * 8 + $3))
	by=$((7 * $2 % 64))
	[ "$table_name" = __pi_pvh_relocs ] || by=$((64 - by))
	table_field sum
	set -- "$1" $(((by + $3) % 64))
	flip "$1" $((table_at + $2 / 8)) $(($2 % 8))
}
