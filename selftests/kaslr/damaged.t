#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux with a damaged relocation table: boots at its link address, and says why
# in the log. With nokaslr nobody needs the table.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

kernel=$build/vmlinux
MEM=128M
tab=$(printf '\t')

# field NAME: where it is in struct pvh_relocs, and how many bytes it has
field() {
	case $1 in
	sum) echo 0 8 ;;
	magic) echo 8 4 ;;
	size) echo 12 4 ;;
	span) echo 16 4 ;;
	count) echo 20 4 ;;
	runs) echo 24 1 ;;
	esac
}

# value FILE FIELD: in hex
value() {
	# shellcheck disable=SC2046 # two numbers
	set -- "$1" $(field "$2")
	od -An -tx"$3" -j $((table + $2)) -N "$3" "$1" | sed 's/^ 0*/0x/'
}

# flip FILE OFFSET BIT: one bit of the byte there in the table
flip() {
	byte=$(od -An -tu1 -j $((table + $2)) -N 1 "$1")
	# shellcheck disable=SC2059 # an escape is what it is
	printf "\\$(printf '%03o' $((byte ^ 1 << $3)))" |
		dd of="$1" bs=1 seek=$((table + $2)) conv=notrunc 2>/dev/null
}

# fix_sum FILE OFFSET BIT: make the sum right again after that flip. Each 64 bits
# are xored to the sum after it was rotated by 7, up to a multiple of 32 bytes:
# so one bit of the table changes one of the sum.
fix_sum() {
	blocks=$(((24 - 8 + size + 31) / 32))
	bit=$(((7 * (4 * blocks - 1 - ($2 - 8) / 8) + $2 % 8 * 8 + $3) % 64))
	flip "$1" $((bit / 8)) $((bit % 8))
}

# One case, in a process of its own: with nokaslr, and without
if [ "${1:-}" = --case ]; then
	tmp=$3
	table=$(cat "$tmp/table")
	IFS=$tab
	# shellcheck disable=SC2046 # split at tabs
	set -- "$2" $(sed -n "$2p" "$tmp/cases")
	unset IFS
	image=$tmp/$1.vmlinux
	cp "$kernel" "$image"
	size=$(($(value "$image" size)))
	case $4 in
	first) at=24 ;;
	middle) at=$((24 + size / 2)) ;;
	last) at=$((24 + size - 1)) ;;
	*) at=$4 ;;
	esac
	flip "$image" "$at" "$5"
	[ "$6" = wrong ] || fix_sum "$image" "$at" "$5"
	cmp "$kernel" "$image" >/dev/null && exit 1
	[ "$3" = nothing ] || value "$image" "$3" >"$tmp/$1.value"
	kaslr_boot "$tmp/$1" "$image" "$kaslr_cmdline loglevel=7"
	kaslr_boot "$tmp/$1.nokaslr" "$image" "$kaslr_cmdline nokaslr"
	rm -f "$image"
	exit 0
fi

make_tmp
kernel_range "$kernel"
table=$(file_offset "$kernel" "$(symbol_low "$kernel" __pi_pvh_relocs)")
echo "$table" >"$tmp/table"
status=0
kaslr_initramfs "$tmp/initramfs" 2>"$tmp/err" || status=$?
tap_ok $status "an initramfs of one program"
[ $status -eq 0 ] || tap_diag <"$tmp/err"
tap_run "the table is where the symbol says" test "$(value "$kernel" magic)" = 0x52485650
[ "$tap_bad" -eq 0 ] || tap_done
accel_args >/dev/null

# What is damaged, the field of which it is said, where and which bit is flipped,
# whether the sum is right
sed "s/; */$tab/g" >"$tmp/cases" <<END
the magic; magic; 8; 3; wrong
the size, by much; size; 15; 6; wrong
the size, by little; sum; 12; 0; wrong
the span; sum; 18; 2; wrong
the count; sum; 20; 0; wrong
the sum; sum; 0; 0; wrong
the top of the sum; sum; 7; 7; wrong
the first byte of the runs; sum; first; 7; wrong
a byte in the middle of the runs; sum; middle; 0; wrong
the last byte of the runs; sum; last; 4; wrong
the span, with a sum that is right; span; 19; 7; right
the count, with a sum that is right; nothing; 20; 0; right
END
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"

logged() {
	tr -d '\r' <"$tmp/$n" | sed -n 's/^\[[ 0-9.]*\] //; s/^pvh: /&/p' >"$tmp/$n.logged"
	[ "$(wc -l <"$tmp/$n.logged")" -eq 1 ] &&
		grep -q "^pvh: relocs $field $(cat "$tmp/$n.value"): .*KASLR is off$" "$tmp/$n.logged"
}

nothing_logged() {
	! grep -q 'pvh: ' "$tmp/$n"
}

# somewhere TEXT: in the range, whether or not it is that of nokaslr
somewhere() {
	[ -n "$(kaslr_slot "$1")" ]
}

n=0
while IFS="$tab" read -r name field _; do
	n=$((n + 1))
	bad=$tap_bad
	text=$(kaslr_said "$tmp/$n" | cut -d' ' -f1)
	if [ "$field" = nothing ]; then
		tap_run "$name: boots at a random address, so the other tables were the reason" \
			somewhere "$text"
		tap_run "$name: no warning" nothing_logged
	else
		tap_run "$name: boots at the link address $link (it is at ${text:-nowhere})" \
			test "$text" = "$link"
		tap_run "$name: one warning, pvh: relocs $field $(cat "$tmp/$n.value")" logged
	fi
	text=$(kaslr_said "$tmp/$n.nokaslr" | cut -d' ' -f1)
	tap_run "$name: boots with nokaslr" test "$text" = "$link"
	[ "$tap_bad" -ne "$bad" ] || continue
	for log in "$tmp/$n" "$tmp/$n.nokaslr"; do
		{
			sed 's/^/port 0xe9: /' "$log.e9"
			tr -d '\r' <"$log" | tail -n 6
		} | cut -c1-160 | tap_diag
	done
done <"$tmp/cases"
tap_done
