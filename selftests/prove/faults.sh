#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# That the fuzzer does not find the faults of selftests/prove/faults within some seconds, and
# which property of selftests/prove/list does. The fuzzer gets a program with all of them: if
# it finds nothing there, it finds none of them. The proofs get each alone.
#
# usage: faults.sh [SECONDS]
# variables: X86_SRC=, another copy of arch/x86/ than that of the tree; SECONDS is 600, 0 to
#            leave the fuzzer out; LIMIT=120, seconds of the CPU for one run of cbmc

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/mutants/list.sh"

here=$top/selftests/prove
# shellcheck disable=SC2034 # list.sh uses it
list=$here/faults
x86=${X86_SRC:-$tree/arch/x86}
out=$build/prove/faults
seconds=${1:-600}
export LC_ALL=C

case $seconds in
'' | *[!0-9]*) die "TIME=$seconds: a number of seconds" ;;
esac

# sources DIR: a copy of what the proofs and the fuzzer are about
sources() {
	rm -rf "$1"
	mkdir -p "$1/xen"
	cp -r "$x86/xen/pvh" "$1/xen/pvh" &&
		(cd "$x86" && cp -r --parents boot/startup boot/compressed/kaslr.c lib/cmdline.c lib/kaslr.c \
			include/asm tools "$1") ||
		die "cannot copy $x86"
}

# put N DIR: the fault into the copy
put() {
	apply "$1" "$2/$(path "$1")" >"$tmp/file" 2>"$tmp/log" ||
		die "$(get "$1" name): $(tail -n 1 "$tmp/log")"
	cat "$tmp/file" >"$2/$(path "$1")"
}

make_tmp
"$here/fetch.sh" || exit 1
split_list
count=$(cat "$tmp/list/count")
mkdir -p "$out"
bad=0

if [ "$seconds" -gt 0 ]; then
	sources "$out/all"
	n=0
	while [ $n -lt "$count" ]; do
		n=$((n + 1))
		put $n "$out/all"
	done
	# With no inputs of other runs
	rm -rf "$out/build"
	mkdir -p "$out/build"
	ln -s "$tree" "$out/build/linux"
	# Lines that a fault leaves out are no failure.
	if LIMIT=0 BUILD=$out/build CACHE=$cache X86_SRC=$out/all PVH_SRC=$out/all/xen/pvh \
		"$top/selftests/user/fuzz.sh" "$seconds"; then
		echo "not found by the fuzzer in $seconds s: any of the $count faults"
	else
		echo "FOUND BY THE FUZZER in $seconds s, or the fuzzer did not run: one of the $count faults"
		bad=1
	fi
fi

n=0
while [ $n -lt "$count" ]; do
	n=$((n + 1))
	sources "$out/one"
	put $n "$out/one"
	if LIMIT=${LIMIT:-120} ONLY='' X86_SRC=$out/one OUT=$out/prove "$here/run.sh" --catch --file "$(path $n)" >"$tmp/log" 2>&1; then
		echo "NOT FOUND by a proof: $(path $n): $(get $n name)"
		bad=1
	elif grep -q '^pvh: error: \|: the harness does not compile: ' "$tmp/log"; then
		die "$(get $n name): $(tail -n 1 "$tmp/log")"
	else
		echo "found by a proof: $(path $n): $(get $n name): $(tail -n 1 "$tmp/log")"
	fi
done
exit $bad
