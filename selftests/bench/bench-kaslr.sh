#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What KASLR costs the PVH entry, under QEMU TCG, beside what it costs a
# bzImage.  See usage() below and count.c.

prog=${0##*/}
here=$(dirname "$0")
here=$(cd "$here" && pwd)
. "$here/count.sh"

# A bzImage is decompressed first.
limit=300

# The limits that the series set itself.
max_insns=8		# for each relocation ...
max_insns_more=10000	# ... and once
aim_insns=5		# this is no limit
max_bytes=1.5		# for each relocation, of the room that is kept for it
min_factor=40		# to x86_64_start_kernel, of the fastest bzImage

marks="x86_64_start_kernel start_kernel"

# Where QEMU puts the 32-bit part of a bzImage
bz_entry=0x100000
bz_entry_bytes=16

# arch/x86/include/asm/pvh_relocs.h of the series
relocs=__pi_pvh_relocs
relocs_magic=1380472400
relocs_header=24

usage()
{
	cat <<END
usage: $prog [options] VMLINUX

Counts instructions, CPUID, MSR accesses, port I/O and written pages of VMLINUX
from its PVH entry to startup_64, x86_64_start_kernel and start_kernel, with
KASLR and with nokaslr; measures its relocation table; and tells whether that is
within the limits.  Every count is made twice.  Where two are not the same, both
are shown.

  --base FILE      also count this vmlinux, of the unmodified base
  --bzimage NAME=FILE
                   also count this bzImage, which VMLINUX is in.  It can be
                   there more than once, and so can the next one.
  --off FILE       the vmlinux without CONFIG_PVH_KASLR, to compare the size
  --off-bzimage NAME=FILE
                   a bzImage of that, to compare with --bzimage of that NAME
  --csv FILE       also write item,first run,second run lines

The exit status is 0 if all limits are kept.  QEMU and CC in the environment
name the programs to use.
END
}

check_bzimage()	# FILE
{
	[ -r "$1" ] || die "$1: can't be read"
	[ "$(od -An -tx1 -j 514 -N4 "$1" | tr -d ' \n')" = 48647253 ] ||
		die "$1: is no bzImage"
}

# The identity-mapped address of a symbol, where QEMU loads the kernel: that is
# where it is linked to.  The low half is enough, sh has no unsigned numbers.
phys_addr()	# SYMFILE NAME
{
	low=$(sym_addr "$1" "$2")
	low=${low#0x????????}
	[ -z "$low" ] || printf '0x%x' $((0x$low - 0x80000000))
}

symbols()	# VMLINUX OUT
{
	nm "$1" >"$tmp/$2" 2>/dev/null || die "$1: nm can't read its symbols"
	for s in pvh_start_xen startup_64 common_startup_64 $marks; do
		[ -n "$(sym_addr "$tmp/$2" "$s")" ] || die "$1: no symbol $s"
	done
}

# Two boots.  Where KASLR is on, one in some hundred boots leaves the kernel where
# it is, and relocates nothing: that is not what is to be counted.
measure()	# TITLE KERNEL MOVES(yes|no|never) PLUGIN_ARGS
{
	kernel=$(readlink -f "$2")
	for i in 1 2; do
		for try in 1 2 3 4; do
			boot "$kernel" "run.$i" "pages=on,$4"
			moved=$(awk '$1 == "moved" { print $2 }' "$tmp/run.$i")
			[ "$3,$moved" = yes,0 ] || break
		done
		case $3,$moved in
		yes,0) die "$2: KASLR does not move it" ;;
		no,[1-9]*) die "$2: moved by $moved bytes, despite nokaslr" ;;
		esac
	done
	items "$1" "$tmp/run.1" "$tmp/run.2" >>"$tmp/items"
}

items()	# TITLE FIRST_RUN SECOND_RUN
{
	awk -v title="$1" '
	$1 == "mark" {
		n = 0
		v[++n] = $4
		v[++n] = $4 - $12
		v[++n] = $6
		v[++n] = $8
		v[++n] = $10
		v[++n] = $14
	}
	$1 == "mark" && FNR == NR {
		for (i = 1; i <= n; i++)
			first[$2, i] = v[i]
	}
	$1 == "mark" && FNR != NR {
		split("instructions|  REP as one|CPUID|MSR|port I/O|pages", what, "|")
		for (i = 1; i <= n; i++)
			print title "|" $2 "|" what[i] "|" first[$2, i] "|" v[i]
	}
	$1 == "moved" && FNR == NR { moved = $2 }
	$1 == "moved" && FNR != NR { print title "||moved|" moved "|" $2 }' "$2" "$3"
}

measure_vmlinux()	# VMLINUX
{
	args=start=$(phys_addr "$tmp/sym" pvh_start_xen)
	args=$args,moved=$(sym_addr "$tmp/sym" common_startup_64)
	args=$args,mark=startup_64:$(phys_addr "$tmp/sym" startup_64)
	for m in $marks; do
		args=$args,mark=$m:$(sym_addr "$tmp/sym" "$m")
	done
	append=console=ttyS0
	measure vmlinux "$1" yes "$args"
	append="console=ttyS0 nokaslr"
	measure "vmlinux nokaslr" "$1" no "$args"
}

# It is at its link address before startup_64 already, so what it executes first
# there tells nothing; but KASLR never moves it, and a mask will do.
measure_base()	# VMLINUX
{
	symbols "$1" base.sym
	args=mask=0x3fffffff,start=$(sym_addr "$tmp/base.sym" pvh_start_xen)
	for m in startup_64 $marks; do
		args=$args,mark=$m:$(sym_addr "$tmp/base.sym" "$m")
	done
	append=console=ttyS0
	measure base "$1" never "$args"
}

# The 16-bit part is not counted, so the entry is told by what has to be there.
measure_bzimage()	# NAME BZIMAGE
{
	sects=$(od -An -tu1 -j 497 -N1 "$2" | tr -d ' ')
	bytes=$(od -An -v -tx1 -j $(((sects + 1) * 512)) -N $bz_entry_bytes "$2" | tr -d ' \n')
	args=start=$bz_entry,startbytes=$bytes
	args=$args,moved=$(sym_addr "$tmp/sym" common_startup_64)
	for m in $marks; do
		args=$args,mark=$m:$(sym_addr "$tmp/sym" "$m")
	done
	append=console=ttyS0
	measure "bzImage $1" "$2" yes "$args"
	append="console=ttyS0 nokaslr"
	measure "bzImage $1 nokaslr" "$2" no "$args"
}

segments()	# VMLINUX
{
	readelf -lW "$1" | awk '$1 == "LOAD" { print $2, substr($4, 3), $5 }'
}

# Bytes of the segments that a loader reads
vmlinux_bytes()	# VMLINUX
{
	sum=0
	for n in $(segments "$1" | cut -d' ' -f3); do
		sum=$((sum + n))
	done
	echo $sum
}

file_offset()	# VMLINUX PHYSICAL_ADDRESS
{
	segments "$1" | while read -r offset paddr filesz; do
		at=$(($2 - 0x$paddr))
		[ $at -lt 0 ] || [ $at -ge $((filesz)) ] || echo $((offset + at))
	done
}

# Sets count, used and room.
measure_table()	# VMLINUX
{
	begin=$(phys_addr "$tmp/sym" $relocs)
	end=$(phys_addr "$tmp/sym" ${relocs}_end)
	[ -n "$begin" ] && [ -n "$end" ] ||
		die "$1: no relocation table, CONFIG_PVH_KASLR is off"
	at=$(file_offset "$1" "$begin")
	# magic, size, span and count, behind the checksum
	header=$(od -An -v -tu4 -j $((at + 8)) -N16 "$1")
	# shellcheck disable=SC2086
	set -- "$1" $header
	[ "$2" = $relocs_magic ] || die "$1: its relocation table is another than this knows"
	count=$5
	used=$(($3 + relocs_header))
	room=$((end - begin))
	[ "$count" -gt 0 ] || die "$1: its relocation table is empty"
}

ratio()	# VALUE DIVISOR
{
	awk -v n="$1" -v d="$2" 'BEGIN { printf "%.3f\n", n / d }'
}

size_items()	# TITLE ON_BYTES OFF_BYTES
{
	echo "size of $1||on|$2|"
	[ -n "$3" ] || return 0
	echo "size of $1||off|$3|"
	echo "size of $1||growth|$(($2 - $3))|"
	echo "size of $1||growth in %|$(ratio $((100 * ($2 - $3))) "$3")|"
}

file_bytes()	# FILE
{
	wc -c <"$1"
}

# The lowest or highest of two runs, of what titles match
extreme()	# lowest|highest TITLE_REGEX MARK WHAT
{
	awk -F '|' -v which="$1" -v title="^$2\$" -v mark="$3" -v what="$4" '
	$1 ~ title && $2 == mark && $3 == what {
		for (i = 4; i <= 5; i++)
			if (n == "" || (which == "lowest" ? $i < n + 0 : $i > n + 0)) {
				n = $i
				of = $1
			}
	}
	END { print n, of }' "$tmp/items"
}

verdict()	# STATUS VALUE LIMIT
{
	if [ "$1" -eq 0 ]; then
		echo "kept: $2 $3"
		echo "limit||$3|$2|kept" >>"$tmp/limits"
	else
		echo "NOT KEPT: $2 $3"
		echo "limit||$3|$2|not kept" >>"$tmp/limits"
		kept=
	fi
}

# Where two runs differ, to the disadvantage of KASLR.  That nokaslr is there to
# be read and to be found makes a difference of less than a hundred.
derive()
{
	with=$(extreme highest vmlinux startup_64 instructions)
	without=$(extreme lowest "vmlinux nokaslr" startup_64 instructions)
	adds=$((${with%% *} - ${without%% *}))
	{
		echo "relocations||number|$count|"
		echo "relocations||bytes in use|$used|"
		echo "relocations||bytes of room|$room|"
		echo "relocations||bytes of room for each|$(ratio $room "$count")|"
		echo "relocations||instructions|$adds|"
		echo "relocations||instructions for each|$(ratio $adds "$count")|"
	} >>"$tmp/items"

	factor=
	[ -s "$tmp/bzimages" ] || return 0
	for what in instructions "  REP as one"; do
		ours=$(extreme highest vmlinux x86_64_start_kernel "$what")
		theirs=$(extreme lowest "bzImage [^ ]*" x86_64_start_kernel "$what")
		this=$(ratio "${theirs%% *}" "${ours%% *}")
		echo "${theirs#* } / vmlinux||${what#  }|$this|" >>"$tmp/items"
		# The lower one counts.
		if [ -z "$factor" ] || [ "${this%.*}" -lt "${factor%.*}" ]; then
			factor=$this
			fastest=${theirs#* }
		fi
	done
}

at_most()	# VALUE LIMIT
{
	awk -v n="$1" -v most="$2" 'BEGIN { exit !(n <= most) }'
}

limits()
{
	at_most $adds $((max_insns * count + max_insns_more))
	verdict $? "$(ratio $adds "$count")" "instructions a relocation, at most $max_insns and once $max_insns_more; the aim is $aim_insns"

	at_most "$(ratio $room "$count")" $max_bytes
	verdict $? "$(ratio $room "$count")" "bytes a relocation, at most $max_bytes"

	[ -n "$factor" ] || return 0
	at_most $min_factor "$factor"
	verdict $? "$factor" "times fewer instructions than $fastest, at least $min_factor"
}

print_counts()
{
	awk -F '|' '
	function range(a, b) {
		return a == b ? a : a + 0 < b + 0 ? a "-" b : b "-" a
	}
	BEGIN {
		printf "%-26s %15s %15s %6s %4s %9s %7s\n", "from the entry",
			"instructions", "REP as one", "CPUID", "MSR", "port I/O", "pages"
	}
	$2 != "" { v[$3] = range($4, $5) }
	$2 != "" && $1 != last {
		print $1
		last = $1
	}
	$3 == "pages" {
		printf "  to %-21s %15s %15s %6s %4s %9s %7s\n", $2, v["instructions"],
			v["  REP as one"], v["CPUID"], v["MSR"], v["port I/O"], v["pages"]
	}
	$3 == "moved" && $4 {
		printf "  moved by %d MiB, %d MiB\n", $4 / 1048576, $5 / 1048576
	}' "$tmp/items"
}

print_sizes()
{
	awk -F '|' '
	$2 == "" && $3 != "moved" {
		printf "%-26s %-21s %9s\n", $1 == last ? "" : $1, $3, $4
		last = $1
	}' "$tmp/items"
}

print_csv()
{
	echo "item,first run,second run"
	cat "$tmp/items" "$tmp/limits" | awk -F '|' '
	{
		key = $1 ($2 == "" ? "" : " entry->" $2) " " $3
		gsub(/,/, "", key)
		gsub(/  +/, " ", key)
		print key "," $4 "," $5
	}'
}

make_tmp
: >"$tmp/items"
: >"$tmp/limits"
: >"$tmp/bzimages"
: >"$tmp/bzimages.off"
base=
off=
csv=
while [ $# -gt 0 ]; do
	case $1 in
	--base) need_arg "$1" $#; base=$2; shift ;;
	--off) need_arg "$1" $#; off=$2; shift ;;
	--bzimage) need_arg "$1" $#; echo "$2" >>"$tmp/bzimages"; shift ;;
	--off-bzimage) need_arg "$1" $#; echo "$2" >>"$tmp/bzimages.off"; shift ;;
	--csv) need_arg "$1" $#; csv=$2; shift ;;
	-h|--help) usage; exit 0 ;;
	--) shift; break ;;
	-*) usage >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
if [ $# -ne 1 ]; then
	usage >&2
	exit 2
fi

need_tools "$qemu" "$cc" nm readelf timeout
for f in "$1" ${base:+"$base"} ${off:+"$off"}; do
	check_vmlinux "$f"
done
cat "$tmp/bzimages" "$tmp/bzimages.off" >"$tmp/all"
while IFS='=' read -r name file; do
	check_bzimage "$file"
done <"$tmp/all"
symbols "$1" sym
build_plugin

measure_table "$1"
measure_vmlinux "$1"
[ -z "$base" ] || measure_base "$base"
while IFS='=' read -r name file; do
	measure_bzimage "$name" "$file"
done <"$tmp/bzimages"
{
	size_items vmlinux "$(vmlinux_bytes "$1")" "${off:+$(vmlinux_bytes "$off")}"
	while IFS='=' read -r name file; do
		other=$(sed -n "s/^$name=//p" "$tmp/bzimages.off")
		size_items "bzImage $name" "$(file_bytes "$file")" "${other:+$(file_bytes "$other")}"
	done <"$tmp/bzimages"
} >>"$tmp/items"
derive

"$qemu" --version | sed -n 1p
cat <<END
From the entry: for vmlinux and base that of the PVH note, for a bzImage the
32-bit one at $bz_entry; its 16-bit part, which QEMU has run before, is not counted.
Pages: of 4 KiB, that were written to.  A range is where two runs differ.

END
print_counts
echo
print_sizes
echo
kept=y
limits
if [ -n "$csv" ]; then
	print_csv >"$csv" || die "$csv: can't be written"
fi
[ -n "$kept" ]
