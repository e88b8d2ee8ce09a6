#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Compare what two kernels execute on the PVH entry path under QEMU TCG, and
# optionally the size of that code.  See usage() below and count.c.

prog=${0##*/}
here=$(dirname "$0")
here=$(cd "$here" && pwd)
. "$here/count.sh"

# Compared address bits: a kernel's link address and its identity mapping are
# equal in these, and firmware is not where the kernel is loaded.
mask=0x3fffffff

marks="startup_64 x86_64_start_kernel start_kernel"

# What runs before startup_64, relative to source and object tree.
base_files="arch/x86/platform/pvh/head.S arch/x86/platform/pvh/enlighten.c"
base_part=arch/x86/xen/enlighten_pvh.c
base_part_fn=xen_pvh_init
our_head=arch/x86/xen/pvh/head_64.S
our_dir=arch/x86/xen/pvh/startup

usage()
{
	cat <<EOF
usage: $prog [options] BASE_VMLINUX OUR_VMLINUX

Counts, for each kernel, instructions, CPUID, MSR accesses and port I/O from
its PVH entry to startup_64, x86_64_start_kernel and start_kernel.  Every
count is made twice and has to be the same.  What KASLR adds is for
bench-kaslr.sh to tell: here it is off, and has to be.

  --base-src DIR --base-obj DIR --src DIR --obj DIR
                 all four: also lines and bytes of the code ahead of
                 startup_64, and whether all of it is discarded after boot
  --reset        also count from reset; firmware polls clocks, so these are
                 not the same each time and both counts are shown
  --entry SYM    entry symbol of both kernels (pvh_start_xen)
  --append ARGS  kernel command line (console=ttyS0 nokaslr)
  --icount       run with -icount shift=0
  --csv FILE     also write item,base,ours lines

QEMU and CC in the environment name the programs to use.
EOF
}

measure()	# TAG VMLINUX
{
	vmlinux=$(readlink -f "$2")
	check_vmlinux "$vmlinux"
	nm "$vmlinux" >"$tmp/$1.sym" 2>/dev/null ||
		die "$2: nm can't read its symbols"

	addr=$(sym_addr "$tmp/$1.sym" "$entry")
	[ -n "$addr" ] || die "$2: no symbol $entry"
	args=
	for m in $marks; do
		a=$(sym_addr "$tmp/$1.sym" "$m")
		[ -n "$a" ] || die "$2: no symbol $m"
		args=$args,mark=$m:$a
	done

	for i in 1 2; do
		boot "$vmlinux" "$1.$i" "mask=$mask,start=$addr$args"
	done
	cmp -s "$tmp/$1.1" "$tmp/$1.2" || die "$2: the counts of two runs differ"
	counts_to_items "$tmp/$1.1" entry >"$tmp/$1.items"

	[ -n "$reset" ] || return 0
	for i in 1 2; do
		boot "$vmlinux" "$1.reset$i" \
			"mask=$mask,start=reset,mark=start_kernel:$a"
		counts_to_items "$tmp/$1.reset$i" "reset($i)" >>"$tmp/$1.items"
	done
}

counts_to_items()	# FILE FROM
{
	awk -v from="$2" '
	$1 == "mark" {
		to = from "->" $2
		print to "|instructions|" $4
		print to "|  REP as one|" $4 - $12
		print to "|CPUID|" $6
		print to "|MSR|" $8
		print to "|port I/O|" $10
	}' "$1"
}

# Lines: total, not blank, code (neither blank nor only comment)
count_lines()	# FILE...
{
	awk '
	{
		total++
		if ($0 ~ /[^ \t]/)
			text++
		line = $0
		if (!comment)
			gsub(/"([^"\\]|\\.)*"/, "S", line)
		code = ""
		while (line != "") {
			if (comment) {
				at = index(line, "*/")
				if (!at)
					break
				line = substr(line, at + 2)
				comment = 0
				continue
			}
			at = match(line, /\/[*\/]/)
			if (!at) {
				code = code line
				break
			}
			code = code substr(line, 1, at - 1)
			if (substr(line, at, 2) == "//")
				break
			line = substr(line, at + 2)
			comment = 1
		}
		if (code ~ /[^ \t]/)
			lines++
	}
	END { print total + 0, text + 0, lines + 0 }' "$@"
}

# A function as it is in the source, from its type to its closing brace
function_source()	# FILE NAME
{
	awk -v start="^[a-z].*[ *]$2[(]" '
	$0 ~ start && $0 !~ /;[ \t]*$/	{ on = 1 }
	on				{ print }
	on && /^}/			{ exit }' "$1"
}

lines_items()	# WHAT FILE...
{
	what=$1
	shift
	if [ $# -eq 0 ]; then
		counted="0 0 0"
	else
		counted=$(count_lines "$@")
	fi
	# shellcheck disable=SC2086
	set -- $counted
	echo "source, $what|lines|$1"
	echo "source, $what|not blank|$2"
	echo "source, $what|code|$3"
}

# Bytes of an object, by section: code, data, and of both what is not in a
# section that is discarded.  Metadata such as ELF notes, unwind tables and
# lists of patch sites is none of these.
object_bytes()	# OBJECT...
{
	for o; do
		size -A "$o"
	done | awk '
	NF != 3 || $2 !~ /^[0-9]+$/ { next }
	$1 ~ /^\.(init\.|head\.|noinstr\.|entry\.|ref\.)?text/ {
		code += $2
		if ($1 !~ /^\.init\./)
			stay += $2
		next
	}
	$1 ~ /^\.(init\.)?(data|rodata|bss)/ {
		data += $2
		if ($1 !~ /^\.init\./)
			stay += $2
	}
	END { print code + 0, data + 0, stay + 0 }'
}

# Names of the symbols in code and data sections of the objects that vmlinux
# has outside of [__init_begin, __init_end).  A local name can be there more
# than once: then one with the same size has to be inside.
symbols_outside()	# SYMBOLS_WITH_SIZE OBJECT...
{
	symbols=$1
	shift
	for o; do
		objdump -t "$o"
	done | awk -F '\t' '
	FILENAME != "-" {
		n = split($0, f, " ")
		name = f[n]
		# 16 digits each, compared as strings
		addr = "x" f[1]
		if (name == "__init_begin")
			begin = addr
		else if (name == "__init_end")
			end = addr
		nr[name]++
		at[name, nr[name]] = addr
		size[name, nr[name]] = n == 4 ? f[2] : ""
		next
	}
	NF == 2 {
		n = split($1, f, " ")
		sect = f[n]
		m = split($2, g, " ")
		name = g[m]
		if (sect !~ /^\.(init\.|head\.|noinstr\.|entry\.|ref\.)?(text|data|rodata|bss)/ ||
		    name == sect || name ~ /^\.L/ || !(name in nr))
			next
		weak = substr($1, 18, 7) ~ /w/
		inside = 0
		for (i = 1; i <= nr[name]; i++) {
			a = at[name, i]
			if (a < begin || a >= end)
				continue
			if (nr[name] == 1 || weak ||
			    size[name, i] == "" || size[name, i] == g[1])
				inside = 1
		}
		found = 1
		if (!inside && !seen[name]++)
			print name
	}
	END { if (!found) print "(none of the symbols is in vmlinux)" }' "$symbols" - | tr '\n' ' '
}

source_report()	# TAG VMLINUX SRC OBJ
{
	tag=$1
	src=$3
	obj=$4
	asm=
	c=
	objs=
	extra=0
	part=

	if [ "$tag" = base ]; then
		files=$base_files
		part=$tmp/part.c
		function_source "$src/$base_part" $base_part_fn >"$part"
		[ -s "$part" ] || die "$src/$base_part: no $base_part_fn()"
		extra=$(nm -S "$obj/${base_part%.c}.o" |
			awk -v f=$base_part_fn 'NF == 4 && $4 == f { print "0x" $2 }')
		[ -n "$extra" ] || die "$obj/${base_part%.c}.o: no $base_part_fn"
		extra=$((extra))
	else
		files=$our_head
		for f in "$src/$our_dir"/*.[chS]; do
			[ -f "$f" ] || die "$src/$our_dir: no source files"
			files="$files $our_dir/${f##*/}"
		done
	fi

	# Tree names must not have blanks; the kernel can't be built there.
	for f in $files; do
		[ -f "$src/$f" ] || die "$src/$f: no such file"
		case $f in
		*.S) asm="$asm $src/$f" ;;
		*) c="$c $src/$f" ;;
		esac
		case $f in
		*.h) continue ;;
		esac
		o=$obj/${f%.?}
		if [ -f "$o.pi.o" ]; then
			objs="$objs $o.pi.o"
		elif [ -f "$o.o" ]; then
			objs="$objs $o.o"
		else
			die "$o.o: no such object"
		fi
	done

	# shellcheck disable=SC2086
	{
		lines_items assembly $asm
		lines_items C $c ${part:+"$part"}
	} >>"$tmp/$tag.items"

	nm -S "$2" >"$tmp/$tag.symsize" 2>/dev/null
	# shellcheck disable=SC2086
	outside=$(symbols_outside "$tmp/$tag.symsize" $objs)
	if [ -n "$part" ]; then
		awk -v f=$base_part_fn '
		$NF == f { at = "x" $1 }
		$NF == "__init_begin" { begin = "x" $1 }
		$NF == "__init_end" { end = "x" $1 }
		END { exit !(at >= begin && at < end) }' \
			"$tmp/$tag.symsize" || outside="$outside $base_part_fn"
	fi
	# shellcheck disable=SC2086
	counted=$(object_bytes $objs)
	# shellcheck disable=SC2086
	set -- $counted
	inside=yes
	[ -z "$outside" ] || inside=no
	discarded=yes
	if [ -n "$outside" ] || [ "$3" -ne 0 ]; then
		discarded=no
	fi
	{
		echo "bytes|code|$(($1 + extra))"
		echo "bytes|data|$2"
		echo "bytes|not in .init sections|$3"
		echo "all symbols in init||$inside"
		echo "all discarded after boot||$discarded"
	} >>"$tmp/$tag.items"
	[ -z "$outside" ] ||
		echo "$tag: outside of init:" "$outside" >>"$tmp/notes"
}

print_table()
{
	awk -F '|' '
	FNR == NR { base[$1, $2] = $3; next }
	FNR == 1 {
		printf "%-28s %-24s %12s %12s %9s\n",
			"", "", "base", "ours", "change"
	}
	{
		b = base[$1, $2]
		change = "-"
		if (b ~ /^[0-9]+$/ && b > 0)
			change = sprintf("%+.1f%%", 100 * ($3 - b) / b)
		printf "%-28s %-24s %12s %12s %9s\n",
			$1 == last ? "" : $1, $2, b, $3, change
		last = $1
	}' "$tmp/base.items" "$tmp/ours.items"
}

print_csv()
{
	echo "item,base,ours"
	awk -F '|' '
	{
		key = $1 ($2 == "" ? "" : " " $2)
		gsub(/,/, "", key)
		gsub(/  +/, " ", key)
	}
	FNR == NR { base[key] = $3; next }
	{ print key "," base[key] "," $3 }' "$tmp/base.items" "$tmp/ours.items"
}

entry=pvh_start_xen
append="console=ttyS0 nokaslr"
reset=
csv=
base_src=
base_obj=
our_src=
our_obj=
while [ $# -gt 0 ]; do
	case $1 in
	--base-src) need_arg "$1" $#; base_src=$2; shift ;;
	--base-obj) need_arg "$1" $#; base_obj=$2; shift ;;
	--src) need_arg "$1" $#; our_src=$2; shift ;;
	--obj) need_arg "$1" $#; our_obj=$2; shift ;;
	--entry) need_arg "$1" $#; entry=$2; shift ;;
	--append) need_arg "$1" $#; append=$2; shift ;;
	--csv) need_arg "$1" $#; csv=$2; shift ;;
	--icount) icount="-icount shift=0" ;;
	--reset) reset=y ;;
	-h|--help) usage; exit 0 ;;
	--) shift; break ;;
	-*) usage >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
if [ $# -ne 2 ]; then
	usage >&2
	exit 2
fi
case ${base_src:+1}${base_obj:+1}${our_src:+1}${our_obj:+1} in
''|1111) ;;
*) die "--base-src, --base-obj, --src and --obj are needed together" ;;
esac

need_tools "$qemu" "$cc" nm objdump size timeout
check_vmlinux "$1"
check_vmlinux "$2"

make_tmp
build_plugin
measure base "$1"
measure ours "$2"
if [ -n "$base_src" ]; then
	source_report base "$1" "$base_src" "$base_obj"
	source_report ours "$2" "$our_src" "$our_obj"
fi

"$qemu" --version | sed -n 1p
print_table
[ ! -s "$tmp/notes" ] || cat "$tmp/notes"
if [ -n "$csv" ]; then
	print_csv >"$csv" || die "$csv: can't be written"
fi
