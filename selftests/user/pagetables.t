#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The page tables that head_64.S makes, for each load address below 4 GiB that is a multiple
# of 2 MiB, with four and five levels: pagetables.c runs the instructions of the built
# vmlinux, up to startup_64, and walks the tables. Nothing is booted. Then the same with
# faults in a copy of vmlinux, each of which has to be noticed.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
needs gcc nm od "$kernel"
export LC_ALL=C
program=$tmp/pagetables
log=$tmp/log

# run VMLINUX CPU ADDRESSES >LOG: the status of the program is the last line
run() {
	run_status=0
	"$program" "$@" 2>&1 || run_status=$?
	echo "status $run_status"
}

# ran LOG ADDRESSES: the program has tried so many
ran() {
	want="$2 load addresses" got=$(sed -n 's/^\([0-9]* load addresses\) .*/\1/p' "$1")
	grep -qx 'status 0' "$1" || got=$(tail -n 3 "$1")
	[ "$got" = "$want" ]
}

# holds LOG [FACT]: the program has found nothing that is wrong, or nothing about that
holds() {
	want="nothing wrong" got=$(grep "^${2:-.*}: load address " "$1" | head -n 8 || :)
	[ -z "$got" ]
}

# addresses: how many of the 2,048 there are. Above them not all of the contents, up to .bss,
# is below 4 GiB, so no loader can put the kernel there.
addresses() {
	bss=$((0x$(symbol_low "$kernel" __bss_start) - 0x$(symbol_low "$kernel" _text)))
	echo $((((1 << 32) - bss) / (2 << 20) + 1))
}

expect "the program that runs head_64.S builds without a warning" \
	gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Werror -o "$program" "$here/pagetables.c"
[ "$tap_bad" -eq 0 ] || tap_done
run "$kernel" four few >"$log"
! grep -qx 'status 77' "$log" || skip_all "$(head -n 1 "$log")"

boot() {
	run "$kernel" "$2" "$3" >"$dir/log"
}

judge() {
	name=$1
	log=$dir/log
	case $3 in
	2M)
		expect "the entry runs at each of the $(addresses) load addresses at which the kernel's contents end below 4 GiB" \
			ran "$log" "$(addresses)"
		expect "virtual addresses below 4 GiB are the physical ones, in writable pages of 2 MiB" \
			holds "$log" identity
		expect "the GiB after them has the table pvh_window" holds "$log" window
		expect "nothing else is mapped, and pvh_window is empty" holds "$log" nothing-else
		expect "each table is a page of pvh_pgtable or pvh_window in init memory, and is reached once" \
			holds "$log" place
		expect "the control registers, EFER and the arguments of pvh_boot() are right" \
			holds "$log" registers
		expect "the entry gets to startup_64 without a fault" holds "$log" goes-on
		expect "the entry writes to its tables, GDT and stack, and to nothing else" \
			holds "$log" writes
		expect "the entry prints nothing" holds "$log" says ;;
	page)
		expect "the tables are right, so that C code can refuse the address" holds "$log"
		expect "the entry runs at all of the addresses" grep -qx 'status 0' "$log" ;;
	odd)
		expect "the entry names the address, ends, and leaves the tables alone" holds "$log"
		expect "the entry runs at all of the addresses" grep -qx 'status 0' "$log" ;;
	esac
}

run_cases boot judge <<'END'
# name                                                   CPU         load addresses
four levels                                              four        2M
five levels                                              five        2M
five levels, and no5lvl on the command line              no5lvl      2M
a CPU with five levels but without CPUID leaf 7          no-leaf-7   2M
a load address that is a multiple of 4 KiB only          five        page
a load address that is not a multiple of 4 KiB           four        odd
END

# -- Faults --------------------------------------------------------------------

# place WHERE: sets $place, where in the file that is, and $old, the bytes that are replaced.
# WHERE is SYMBOL+OFFSET, or SYMBOL:HEX, code that follows the symbol and is there once.
place() {
	case $1 in
	*:*)
		old=${1#*:}
		place_from=$(symbol_offset "$kernel" "${1%:*}")
		place=$(get_bytes "$kernel" "$place_from" 400 | awk -v h="$old" -v from="$place_from" '{
			for (i = 1; i < length($0); i += 2)
				if (substr($0, i, length(h)) == h) {
					at = from + (i - 1) / 2
					n++
				}
			if (n == 1)
				print at
		}') ;;
	*)
		place=$(($(symbol_offset "$kernel" "${1%+*}") + ${1#*+}))
		old=$(get_bytes "$kernel" $place $((${#2} / 2))) ;;
	esac
	[ -n "$place" ] && [ ${#old} -eq ${#2} ]
}

# fault WHERE NEW CPU ADDRESSES FACT: with these bytes the program finds that wrong
fault() {
	want="these bytes once, to be replaced by $2" got="$1 is not there, or more than once"
	place "$1" "$2" || return 1
	put_bytes "$2" "$tmp/faulty" "$place"
	run "$tmp/faulty" "$3" "$4" >"$log"
	put_bytes "$old" "$tmp/faulty" "$place"
	want="a line \"$5: load address ...\"" got=$(head -n 5 "$log")
	grep -q "^$5: load address " "$log"
}

cp "$kernel" "$tmp/faulty"
log=$tmp/log
# The last page of pvh_pgtable, and that number in an instruction
pml5=$((0x$(nm -S "$kernel" | awk '$4 == "pvh_pgtable" { print $2 }') - 4096))
pml5_bytes=$(little_endian $pml5 4)
columns >"$tmp/faults" <<END
# fault                                             where                          bytes           CPU    addresses  fact
a page below 4 GiB is mapped to the one before      pvh_pgtable+0x5ff8             e300c0ff        four   few        identity
a page is read-only                                 pvh_pgtable+0x3008             e1              four   few        identity
a page is for user space, too                       pvh_pgtable+0x2000             e7              five   few        identity
a page is global                                    pvh_pgtable+0x2011             01              five   few        identity
a page has no code                                  pvh_pgtable+0x2007             80              four   few        identity
a GiB is not there                                  pvh_pgtable+0x1018             62              four   few        identity
a GiB after the window is mapped                    pvh_pgtable+0x1028             83              four   few        nothing-else
the highest addresses are mapped                    pvh_pgtable+$((pml5 + 4088))   63              five   few        place
a page is in the window                             __pi_pvh_window+0xff8          e300e0ff        four   few        nothing-else
a table of the identity map is the window           pvh_pgtable+0x1021             50              four   few        window
the pointer to a table is left as it is linked      pvh_entry:01bf10100000         909090909090    four   few        place
the pointer of the fifth level is left              pvh_entry:01bf$pml5_bytes      909090909090    five   few        place
CR3 has the table before that of the fifth level    pvh_entry:81c7$pml5_bytes      81c700500000    five   few        identity
CR4 does not get LA57                               pvh_entry:810c2400100000       90909090909090  five   few        registers
CR4 does not get PAE                                pvh_entry:6a20                 6a00            four   few        goes-on
no5lvl leaves PAE out                               pvh_entry:b820000000           b800000000      no5lvl  few       goes-on
EFER does not get LME                               pvh_entry:0fbae808             0fbae800        four   few        goes-on
the GDT does not get its address                    pvh_entry:894002               909090          four   few        registers
an address that is not a multiple of 4 KiB passes   pvh_entry:f7c7ff0f0000         f7c700000000    four   odd        says
the magic is not restored                           pvh_start_xen:c70378c56e33     909090909090    four   few        writes
the word before .bss is not restored                pvh_start_xen:f71281c5         909081c5        four   few        writes
END
while IFS=$tab read -r name where bytes cpu at fact; do
	printf '%s\n' "$name" | grep -Eq -- "${ONLY:-}" || continue
	case_total=$((case_total + 1))
	expect "the program notices this fault" fault "$where" "$bytes" "$cpu" "$at" "$fact"
	[ "$tap_status" -ne 0 ] || grep -m 1 "^$fact: " "$log" | tap_diag
done <"$tmp/faults"
name=
tap_done
