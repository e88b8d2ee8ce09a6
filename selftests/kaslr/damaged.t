#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux with a damaged relocation table boots at its link address, and logs the
# reason. With nokaslr the kernel does not read the table.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"
. "$here/table.sh"

make_tmp
kernel_range "$kernel"
kaslr_guests
find_table "$kernel"
copy_table "$kernel" "$tmp/table"
expect "the relocation table is at its symbol" is "$table_magic" "$(table_value "$tmp/table" magic)"
[ "$tap_bad" -eq 0 ] || tap_done

# warnings: the lines that the kernel logged about the PVH boot
warnings() {
	console | sed -n 's/^\[[ 0-9.]*\] //; s/^\(pvh\|kaslr\): relocs /&/p'
}

# warned_if_due: there is a warning, unless none is due. The kernel does not read the table
# if it stays at its link address.
warned_if_due() {
	[ -z "$field" ] || [ -n "$(warnings)" ]
}

boot() { # NAME FIELD OFFSET BIT SUM
	cp "$kernel" "$dir/kernel" && cp "$tmp/table" "$dir/table" || return
	table_field runs
	size=$(($(table_value "$dir/table" size)))
	case $3 in
	first) at=$table_at ;;
	middle) at=$((table_at + size / 2)) ;;
	last) at=$((table_at + size - 1)) ;;
	*) table_field "${3%+*}"
	   at=$((table_at + ${3#*+})) ;;
	esac
	[ "$5" = wrong ] || correct_sum "$dir/table" "$at" "$4"
	flip "$dir/table" "$at" "$4"
	! cmp -s "$tmp/table" "$dir/table" || return
	dd if="$dir/table" of="$dir/kernel" bs=64k oflag=seek_bytes seek="$(table_offset "$kernel")" \
		conv=notrunc 2>/dev/null || return
	field=$2
	guest_until warned_if_due --kernel "$dir/kernel" --cmdline "$kaslr_cmdline loglevel=7"
	kaslr_guest --kernel "$dir/kernel" --cmdline "$kaslr_cmdline nokaslr" --name console-nokaslr
	rm -f "$dir/kernel"
}

# warned FIELD VALUE: one warning, which has that field and says that the kernel is not
# moved. It may have other fields of the table, too.
warned() {
	want="one warning, relocs $1 $2: REASON, so the kernel is not moved" got=$(warnings)
	[ "$(warnings | wc -l)" -eq 1 ] &&
		printf '%s\n' "$got" | grep -q ": relocs [^:]*$1 $2[^:]*: ..*, so the kernel is not moved\$"
}

judge() { # NAME FIELD OFFSET BIT SUM
	name="damage to $1"
	if [ -n "$2" ]; then
		expect "the kernel boots at its link address" at_link "$(kaslr_said text)"
		expect "the kernel logs one warning about the $2" warned "$2" "$(table_value "$dir/table" "$2")"
	else
		# So the other damages are the reason for the link address.
		expect "KASLR is on" in_kaslr_range "$(kaslr_said text)"
		expect "the kernel logs no warning" none "$(warnings)"
	fi
	expect "the kernel boots with nokaslr" at_link "$(kaslr_said text console-nokaslr)"
}

run_cases boot judge <<'END'
# damage                                    field   offset  bit  sum
the magic                                   magic   magic+0  3    wrong
the size, by much                           size    size+3   6    wrong
the size, by little                         sum     size+0   0    wrong
the span                                    sum     span+2   2    wrong
the count                                   sum     count+0  0    wrong
the sum                                     sum     sum+0    0    wrong
the top of the sum                          sum     sum+7    7    wrong
the first byte of the runs                  sum     first    7    wrong
a byte in the middle of the runs            sum     middle   0    wrong
the last byte of the runs                   sum     last     4    wrong
the span, with a correct sum                span    span+3   7    right
the count, with a correct sum               -       count+0  0    right
END
tap_done
