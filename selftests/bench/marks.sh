# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Sourced after lib.sh: where a kernel begins, as marks for count.c; and what count.c
# and a guest said as lines "DOOR,ITEM,VALUE". Wants $out and $door.

# What an instruction takes of the guest's time: 2^4 ns. With -icount the guest's
# clocks follow from what it executes, and RDRAND from the seed: all of it repeats.
icount="-icount shift=4,sleep=off -rtc base=2000-01-01,clock=vm -seed 1"

# Xen's own addresses; no kernel has any of them.
xen_apart=apart=0xffff800000000000-0xffff87ffffffffff

# item NAME VALUE: a line of the result. There are no commas in either.
item() {
	printf '%s,%s,%s\n' "$door" "$1" "$(printf '%s' "$2" | tr ',\n' '; ')"
}

cannot() {
	item state "cannot: $*"
}

# symbol FILE NAME: its address; ends if there is none
symbol() {
	symbol=$(nm "$1" 2>/dev/null | awk -v n="$2" '$3 == n { print "0x" $1; exit }')
	[ -n "$symbol" ] || die "$1: no symbol $2"
	echo "$symbol"
}

# elf_bytes FILE ADDRESS: the 16 bytes there, or fewer at the end of a section
elf_bytes() {
	# sh has no unsigned numbers of this size: the low half will do.
	low=${2#"${2%????????}"}
	objdump -s --start-address="$2" \
		--stop-address="${2%????????}$(printf %08x $((0x$low + 16)))" "$1" |
		awk '/^ [0-9a-f]+ / {
			for (i = 2; i <= 5 && $i ~ /^([0-9a-f][0-9a-f])+$/; i++)
				printf "%s", $i
		}'
}

# anywhere NAME FILE SYMBOL: a mark at that symbol, wherever its page is
anywhere() {
	anywhere=$(symbol "$2" "$3")
	anywhere_bytes=$(elf_bytes "$2" "$anywhere")
	[ ${#anywhere_bytes} -ge 16 ] || die "$2: cannot read what is at $3"
	echo "mark=$1:+0x${anywhere#"${anywhere%???}"}:$anywhere_bytes"
}

# bzimage_entry NAME FILE: a mark at the 32-bit entry of a bzImage
bzimage_entry() {
	[ "$(od -An -tx1 -j 514 -N4 "$2" | tr -d ' \n')" = 48647253 ] || die "$2: no bzImage"
	sects=$(od -An -tu1 -j 497 -N1 "$2" | tr -d ' ')
	echo "mark=$1:+0x0:$(od -An -v -tx1 -j $(((sects + 1) * 512)) -N 16 "$2" | tr -d ' \n')"
}

# pe_entry NAME FILE: a mark at the entry of a bzImage as an EFI program, of which the
# sections are in memory as they are in the file
pe_entry() {
	pe=$(od -An -v -tu4 -j 60 -N4 "$2" | tr -d " ")
	[ "$(od -An -tx1 -j "$pe" -N4 "$2" | tr -d " \n")" = 50450000 ] || die "$2: no EFI stub"
	pe=$(od -An -v -tu4 -j $((pe + 40)) -N4 "$2" | tr -d " ")
	printf "mark=%s:+0x%x:%s\n" "$1" $((pe % 4096)) "$(od -An -v -tx1 -j "$pe" -N14 "$2" | tr -d " \n")"
}

# counts FILE [FIRST LAST [RESET]]: items of what count.c wrote, to the mark LAST: "kernel"
# from the mark FIRST, which is its first instruction, and "reset" from the mark RESET,
# the first instruction of its domain; without that, from the machine's.
counts() {
	awk -v door="$door" -v first="${2:-first}" -v last="${3:-start_kernel}" -v reset="${4:-}" '
	function put(what, value) { printf "%s,%s,%.0f\n", door, what, value }
	$1 == "missing" && ($2 == first || $2 == last) { missing = 1 }
	$1 == "mark" {
		own = apart = 0
		for (i = 3; i < NF; i += 2) {
			key = $i
			if (key == "apart") {
				apart = 1
				key = "insns"
			}
			v[$2, (apart ? "apart " : "") key] = $(i + 1)
		}
	}
	function part(name, from, prefix) {
		n = split("insns cpuid msr pio", what, " ")
		for (i = 1; i <= n; i++)
			put(name " " what[i], v[last, prefix what[i]] - (from == "" ? 0 : v[from, prefix what[i]]))
	}
	END {
		if (missing || v[last, "insns"] == "") {
			exit 1
		}
		part("reset", reset, "")
		part("kernel", first, "")
		put("before insns", v[first, "insns"] - (reset == "" ? 0 : v[reset, "insns"]))
		# Those of GRUB are not told from those of what it starts.
		if ((last, "pages") in v && (reset == "" || reset == first))
			put("reset pages", v[last, reset == "" ? "pages" : "own"])
		if ((last, "own") in v)
			put("kernel pages", v[last, "own"])
		if ((last, "apart insns") in v) {
			part("xen", first, "apart ")
			part("xen reset", reset, "apart ")
			put("xen entries", v[last, "apart entries"] - v[first, "apart entries"])
		}
	}' "$1"
}

# seen CONSOLE [PREFIX]: items of what a guest said of itself
seen() {
	tr -d '\r' <"$1" | sed -n "s/^${2:-}\\(pvh-report: \\|evaluate: \\)/\\1/p" | awk -v door="$door" '
	function put(what, value) { gsub(/,/, ";", value); print door "," what "," value }
	sub(/^pvh-report: entered by: /, "") { put("entered by", $0) }
	sub(/^pvh-report: KASLR offset: /, "") { put("KASLR", $0 == "0x0" ? "no" : "yes") }
	sub(/^pvh-report: paging levels: /, "") { put("levels", $0) }
	sub(/^pvh-report: hypervisor: .*guest_type /, "") { sub(/,.*/, ""); put("guest type", $0) }
	sub(/^evaluate: /, "") { what = $1 " " $2; sub(/^[^ ]+ [^ ]+ /, ""); put(what, $0) }'
}
