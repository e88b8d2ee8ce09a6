#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Prove the rows of selftests/prove/list with cbmc: print each fact with the time and
# the memory that it took. Fails if one does not hold, or cannot be proved.
#
# usage: run.sh [--short] [--file FILE] [--catch]
#	--short		the rows of the short set only
#	--file FILE	the rows about that file of arch/x86/ only
#	--catch		print only what does not hold of the first row with such a thing: see
#			mutants.sh
# variables: ONLY=REGEX, the rows whose name has that; X86_SRC=, another copy of
#            arch/x86/ than that of the tree; OUT=, where to build; LIMIT=600, seconds
#            of the CPU for one fact; JOBS=, how many at a time

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

here=$top/selftests/prove
x86=${X86_SRC:-$tree/arch/x86}
out=${OUT:-$build/prove}
limit=${LIMIT:-600}
jobs=${JOBS:-$(nproc)}
export LC_ALL=C

# cbmc finds these programs by their names.
PATH=$build/cbmc/bin:$PATH
checks="--unsigned-overflow-check --pointer-overflow-check --unwinding-assertions"

# head_line FILE: the number of the line that is $header, or how many there are if not one
head_line() {
	awk -v h="$header" '
		{ gsub(/^[ \t]+/, "") }
		$0 == h { n++; at = NR }
		END {
			print n == 1 ? at : n + 0
			exit n != 1
		}' "$1"
}

# copy_sources: with a line for each loop that selftests/prove/loops has: the name of
# the macro of its contract. Nothing else is changed. If a mutant has changed the head, it is
# the line where $HEADS_SRC has it.
copy_sources() {
	rm -rf "$out/x86"
	mkdir -p "$out/x86/xen"
	cp -r "$x86/xen/pvh" "$out/x86/xen/pvh" &&
		(cd "$x86" && cp -r --parents boot/startup lib/cmdline.c lib/kaslr.c \
			include/asm/cmdline.h include/asm/kaslr.h include/asm/kernel_relocs.h \
			include/asm/msr-index.h "$out/x86") ||
		die "cannot copy $x86"
	# From the last of a file to the first, so that the numbers of lines stay
	awk '!/^#/ && NF { line[++n] = $0 } END { for (; n; n--) print line[n] }' "$here/loops" >"$out/loops"
	while read -r file macro header; do
		at=$(head_line "$x86/$file") || at=$(head_line "${HEADS_SRC:-$x86}/$file") || {
			echo "$file: the loop \"$header\" is there $at times" >&2
			return 1
		}
		awk -v at="$at" -v m="$macro" '
			NR != at { print; next }
			# Before the block
			sub(/ \{$/, "") { print $0 "\n" m "\n{"; next }
			{ print $0 "\n" m }' "$out/x86/$file" >"$out/x86/$file.new"
		mv "$out/x86/$file.new" "$out/x86/$file"
	done <"$out/loops"
}

# compile FILE FUNCTION PROGRAM DEFINITIONS
compile() {
	# shellcheck disable=SC2086 # a list
	goto-cc -std=gnu11 -fno-strict-aliasing -include "$top/selftests/user/include/linux/kconfig.h" \
		-I"$top/selftests/user/include" -I"$out/include" \
		-I"$out/x86/xen/pvh" -I"$out/x86/xen/pvh/startup" -I"$top/selftests/user/include/relocs" -I"$out/x86/boot" -I"$here" \
		-DCONFIG_X86_64=1 -DCONFIG_CMDLINE_OVERRIDE=0 -DCONFIG_X86_5LEVEL=1 \
		-DCONFIG_XEN_PVH=1 -DTEST_NODES=1024 $4 \
		"$here/$1" --function "$2" -o "$3.goto" >"$3.log" 2>&1 || return 1
	# Before contracts, which make functions inline
	for definition in $4; do
		case $definition in
		-DINSTEAD_OF_*) ;;
		*) continue ;;
		esac
		definition=${definition#-DINSTEAD_OF_}
		goto-instrument --replace-calls "${definition%=*}:${definition#*=}" "$3.goto" "$3.replaced" >>"$3.log" 2>&1 || return 1
		mv "$3.replaced" "$3.goto"
	done
	# A harness with contracts may have rows without.
	if grep -q "LOOP_" "$here/$1" && [ "${4#*-DUNROLLED}" = "$4" ]; then
		goto-instrument --apply-loop-contracts "$3.goto" "$3.contracts" >>"$3.log" 2>&1 || return 1
		mv "$3.contracts" "$3.goto"
	fi
	goto-instrument --drop-unused-functions "$3.goto" "$3.used" >>"$3.log" 2>&1 &&
		mv "$3.used" "$3.goto"
}

# properties PROGRAM OPTIONS: lines NAME DESCRIPTION
properties() {
	# shellcheck disable=SC2086 # a list
	cbmc "$1.goto" $checks $2 --show-properties 2>/dev/null | awk -F '\t' -v wraps="$here/wraps" '
		BEGIN {
			while ((getline <wraps) > 0)
				meant[$1] = $2
		}
		/^Property / { name = substr($0, 10, length($0) - 10); n = 0; next }
		name && ++n == 2 {
			sub(/^ +/, "")
			function_name = name
			sub(/\..*/, "", function_name)
			sum = meant[function_name]
			if (sum == "*")
				is_meant = $0 ~ /overflow on unsigned|^pointer arithmetic: /
			else
				is_meant = sum != "" && $0 ~ /overflow on unsigned/ &&
					substr($0, length($0) - length(sum) + 1) == sum
			if (!is_meant)
				print name, $0
			name = ""
		}'
}

# solve PROGRAM OPTIONS LOG PROPERTY ...: 0 if they hold, 10 if not; time and memory in
# LOG.cost
solve() {
	solve_program=$1 solve_options=$2 solve_log=$3
	shift 3
	solve_status=0
	# shellcheck disable=SC2086 # lists
	set -- cbmc "$solve_program.goto" $checks $solve_options "$@"
	if [ -x /usr/bin/time ]; then
		set -- /usr/bin/time -q -f '%U s, %M' -o "$solve_log.cost" "$@"
	else
		echo '- s, 0' >"$solve_log.cost"
	fi
	# shellcheck disable=SC3045 # dash and bash have it
	(ulimit -t "$limit" && exec "$@") >"$solve_log" 2>&1 || solve_status=$?
	return $solve_status
}

cost() {
	awk '{ printf "%s s, %d MiB", $1, $3 / 1024 }' "$1.cost"
}

# judge STATUS LOG FACT: print the line about the fact
judge() {
	case $1 in
	0) echo "  proved ($(cost "$2")): $3" ;;
	10)
		echo "  DOES NOT HOLD ($(cost "$2")): $3"
		grep ': FAILURE$' "$2" | sed 's/: FAILURE$//; s/^/    /' | head -n 5
		return 1 ;;
	152 | 137)
		echo "  NOT PROVED in $limit s of the CPU: $3"
		return 1 ;;
	*)
		echo "  NOT PROVED, cbmc ends with status $1: $3"
		tail -n 3 "$2" | sed 's/^/    /'
		return 1 ;;
	esac
}

# prove_row NAME FILE FUNCTION OPTIONS DEFINITIONS
prove_row() {
	program=$out/$3$(echo "$5" | sed "s/[^A-Za-z0-9=]//g")
	echo "$1: $2, $3()"
	compile "$2" "$3" "$program" "$5" || {
		echo "  NOT PROVED: it does not compile"
		tail -n 5 "$program.log" | sed 's/^/    /'
		return 1
	}
	properties "$program" "$4" >"$program.properties"
	row_status=0

	# Overflows, pointers, bounds of arrays and loops
	awk '$1 !~ /^[^.]+\.(assertion\.)?[0-9]+$/ { print "--property", $1 }' "$program.properties" >"$program.args"
	if [ -s "$program.args" ]; then
		status=0
		# shellcheck disable=SC2046 # a list
		solve "$program" "$4" "$program.checks" $(cat "$program.args") || status=$?
		judge $status "$program.checks" "$(grep -c . "$program.args") checks of accesses, overflows and loops" || row_status=1
	fi

	# A path to the end: otherwise all of it would hold because of what is assumed.
	awk '/ REACHED: / { print "--property", $1 }' "$program.properties" >"$program.args"
	status=0
	# shellcheck disable=SC2046 # a list
	solve "$program" "$4" "$program.reached" $(cat "$program.args") || status=$?
	if [ $status -ne 10 ] || grep -q ' REACHED: .*: SUCCESS$' "$program.reached"; then
		echo "  NOT PROVED: no path reaches a point of the harness"
		grep -h ' REACHED: .*: SUCCESS$' "$program.reached" | sed 's/^/    /' || :
		row_status=1
	fi

	awk '$1 ~ /^[^.]+\.(assertion\.)?[0-9]+$/ && !/ REACHED: | max allocation /' "$program.properties" >"$program.facts"
	while read -r property fact; do
		status=0
		solve "$program" "$4" "$program.$property" --property "$property" </dev/null || status=$?
		judge $status "$program.$property" "$fact" || row_status=1
	done <"$program.facts"

	return $row_status
}

# catch_row NAME FILE FUNCTION OPTIONS DEFINITIONS: as prove_row, with all properties of
# $kind in one run of cbmc. Prints one that does not hold, and how many others there are.
catch_row() {
	program=$out/$3$(echo "$5" | sed "s/[^A-Za-z0-9=]//g")
	compile "$2" "$3" "$program" "$5" || {
		echo "$1: the harness does not compile: $(grep -m 1 rror "$program.log")"
		return 1
	}
	properties "$program" "$4" | awk -v kind="$kind" '
		/ max allocation / { next }
		{ is = $1 ~ /^[^.]+\.(assertion\.)?[0-9]+$/ ? "facts" : "checks" }
		/ REACHED: / { is = "points" }
		is == kind { print "--property", $1 }' >"$program.args"
	[ -s "$program.args" ] || return 0
	status=0 what=
	# shellcheck disable=SC2046 # a list
	solve "$program" "$4" "$program.log" $(cat "$program.args") || status=$?
	case $kind,$status in
	points,*) result=SUCCESS what="REACHED: " ;;
	*,10) result=FAILURE ;;
	*,0) return 0 ;;
	*)
		echo "$1: cbmc has no answer in $limit s of the CPU: $kind"
		return 0 ;;
	esac
	# What is about the contract of a loop comes last.
	sed -n "s/^\[[^]]*\] \(line [0-9]* \)\{0,1\}\(.*$what.*\): $result\$/\2/p" "$program.log" |
		awk '/^Check / { last[++n] = $0; next } { print } END { for (i = 1; i <= n; i++) print last[i] }' |
		awk -v row="$1" 'NR == 1 { first = $0 } END {
			if (NR)
				print row ": " first (NR > 1 ? ", and " NR - 1 " more" : "")
			exit !NR
		}' && return 1
	return 0
}

short='' only_file='' catch=''
while [ $# -gt 0 ]; do
	case $1 in
	--short) short=y ;;
	--catch) catch=y ;;
	--file)
		only_file=$2
		shift ;;
	*) die "usage: run.sh [--short] [--file FILE] [--catch]" ;;
	esac
	shift
done

"$here/fetch.sh" || exit 1
mkdir -p "$out"
make -s -C "$top/selftests/user" OUT="$out" X86_SRC="$x86" PVH_SRC="$x86/xen/pvh" KERNEL="$tree" \
	"$out/include/e820-kernel.h" || die "cannot make the headers in $out/include"
copy_sources || die "selftests/prove/loops does not fit the sources"

# Columns are separated by tabs.
awk -F '\t+' -v short="$short" -v file="$only_file" -v only="${ONLY:-}" '
	/^#/ || !NF { next }
	short && $1 != "short" { next }
	file && index(" " $2 " ", " " file " ") == 0 { next }
	only && $3 !~ only { next }
	{ print $3 "\t" $4 "\t" $5 "\t" $6 "\t" $7 }' "$here/list" >"$out/rows"
[ -s "$out/rows" ] || [ -n "$only_file" ] || die "ONLY=${ONLY:-}: no row of selftests/prove/list has that"

# take_row: print the next row that no other worker has taken
take_row() {
	{
		flock 9 && taken=$(cat "$out/taken") && [ -n "$taken" ] && taken=$((taken + 1)) &&
			echo $taken >"$out/taken" || return
	} 9>"$out/lock" || return
	sed -n "${taken}p" "$out/rows"
}

# worker I COMMAND: call the command for one row after the other
worker() {
	worker_status=0
	tab=$(printf '\t')
	while :; do
		row=$(take_row) || {
			echo "NOT PROVED: cannot take a row$(room "$out")"
			return 1
		}
		[ -n "$row" ] || break
		IFS=$tab read -r name file function options defs <<-END
		$row
		END
		[ "$options" != - ] || options=
		[ "$defs" != - ] || defs=
		"$2" "$name" "$file" "$function" "$options" "$defs" >"$out/result.$1" 2>&1 </dev/null ||
			worker_status=1
		cat "$out/result.$1"
		[ -z "$catch" ] || [ "$worker_status" -eq 0 ] || break
	done
	return $worker_status
}

if [ -n "$catch" ]; then
	# The facts of all rows are quicker than the checks of one.
	for kind in facts checks points; do
		echo 0 >"$out/taken"
		worker 1 catch_row || exit 1
	done
	exit 0
fi

echo 0 >"$out/taken"
pids='' i=0
while [ $i -lt "$jobs" ]; do
	i=$((i + 1))
	worker $i prove_row &
	pids="$pids $!"
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done
exit $status
