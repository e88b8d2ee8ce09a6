#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Which property of selftests/prove/list catches each mutant of selftests/mutants/list:
# applies the mutant to a copy of the file, and proves the rows about that file. Mutants of
# files without a row are left out. Fails if one is not caught, and the list has no reason.
#
# usage: mutants.sh
# variables: ONLY=REGEX, the mutants whose file and name have that; X86_SRC=, another copy
#            of arch/x86/ than that of the tree; LIMIT=120, seconds of the CPU for one run of
#            cbmc; JOBS=, how many at a time

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/mutants/list.sh"

here=$top/selftests/prove
x86=${X86_SRC:-$tree/arch/x86}
jobs=${JOBS:-$(nproc)}
export LIMIT="${LIMIT:-120}" LC_ALL=C

# prove_mutant N DIR: print what does not hold. The status is 0 if all of it holds, 2 if the
# mutant cannot be made.
prove_mutant() {
	file=$(path "$1")
	apply "$1" "$x86/$file" >"$2/x86/$file" 2>"$2/log" || return 2
	prove_status=0
	ONLY='' X86_SRC=$2/x86 HEADS_SRC=$x86 OUT=$2/out "$here/run.sh" --catch --file "$file" >"$2/log" 2>&1 || prove_status=1
	! grep -q '^pvh: error: \|: the harness does not compile: ' "$2/log" || prove_status=2
	cp "$x86/$file" "$2/x86/$file"
	return $prove_status
}

# work_in DIR: those mutants whose numbers are on standard input
work_in() {
	mkdir -p "$1/x86/xen"
	cp -r "$x86/xen/pvh" "$1/x86/xen/pvh" &&
		(cd "$x86" && cp -r --parents boot/startup lib/cmdline.c lib/kaslr.c include/asm "$1/x86") ||
		die "cannot copy $x86"
	while read -r n; do
		work_status=0
		prove_mutant "$n" "$1" </dev/null || work_status=$?
		report "$n" $work_status "$(tail -n 1 "$1/log")"
	done
}

# report N STATUS LINE: a line about the mutant, which begins with the kind of result
report() {
	name="$(path "$1"): $(get "$1" name)"
	why=$(get "$1" equivalent)$(get "$1" unproved)
	case $2,$why in
	1,) echo "caught: $name: $3" ;;
	1,*) echo "caught, but the list says why not: $name: $3" ;;
	0,) echo "NOT CAUGHT: $name${3:+: $3}" ;;
	0,*) echo "not caught: $name: $why" ;;
	*) echo "DOES NOT APPLY: $name: $3" ;;
	esac
}

make_tmp
"$here/fetch.sh" || exit 1
split_list
awk -F '\t+' '!/^#/ && NF { n = split($2, file, " "); for (i = 1; i <= n; i++) print file[i] }' \
	"$here/list" | sort -u >"$tmp/files"
n=0
while [ $n -lt "$(cat "$tmp/list/count")" ]; do
	n=$((n + 1))
	grep -qx "$(path $n)" "$tmp/files" || continue
	echo "$(path $n): $(get $n name)" | grep -Eq -- "${ONLY:-}" || continue
	echo $n
done >"$tmp/numbers"
[ -s "$tmp/numbers" ] || die "ONLY=${ONLY:-}: no mutant of a file that proofs are about has that"

i=0
while [ $i -lt "$jobs" ]; do
	i=$((i + 1))
	awk -v i=$i -v jobs="$jobs" 'NR % jobs == i % jobs' "$tmp/numbers" | work_in "$tmp/$i" &
done | tee "$tmp/results"
awk -F ': ' '{ n[$1]++ } END {
	bad = n["NOT CAUGHT"] + n["DOES NOT APPLY"] + n["caught, but the list says why not"]
	printf "%d of %d mutants caught by a proof, %d not, for a reason, %d otherwise\n",
		n["caught"], NR, n["not caught"], bad
	exit bad > 0 || NR == 0
}' "$tmp/results"
