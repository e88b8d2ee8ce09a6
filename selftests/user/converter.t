#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The C part of the entry, unchanged, in user space: each rule with values on both
# sides of its bound, the corpus of the fuzzer, and a short run of the fuzzer.
#
# variables: FUZZ_TIME=20, seconds; PVH_SRC=, other sources than those of the tree

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
out=$build/user
log=$tmp/log
export LC_ALL=C

# Without a warning: make -s prints nothing else.
builds() {
	make -s -C "$here" -j"$(nproc)" OUT="$out" KERNEL="$tree" \
		${PVH_SRC:+PVH_SRC="$PVH_SRC"} replay cover >"$log" 2>&1 || build_failed=y
	want="no error and no warning" got=$(tail -n 20 "$log")
	[ -z "${build_failed:-}" ] && [ ! -s "$log" ]
}

# replays FLAVOUR
replays() {
	replay_status=0
	"$out/replay.$1" "$here"/corpus/* >"$log" 2>&1 || replay_status=$?
	want="all rules hold" got=$(grep -av '^ *#' "$log" | head -n 20 | cut -c1-160)
	[ "$replay_status" -eq 0 ]
}

# covers: 95 % of the lines, by the rules and the corpus
covers() {
	cover_status=0
	"$here/cover.sh" "$out" "$here/corpus" >"$log" 2>&1 || cover_status=$?
	want="95 % of the lines" got=$(grep '^converter: ' "$log" || cat "$log")
	[ "$cover_status" -eq 0 ]
}

# fuzzes SECONDS: elsewhere than what make fuzz has found
fuzzes() {
	fuzz_status=0
	"$here/fuzz.sh" "$1" >"$log" 2>&1 || fuzz_status=$?
	want="no guest that ends otherwise than it has to" got=$(grep '^pvh: \(error\|found\)\|^  |' "$log")
	[ "$fuzz_status" -eq 0 ]
}

expect "the C part of the entry builds in user space without a warning" builds
[ -z "${build_failed:-}" ] || tap_done

for flavour in 3200 131; do
	expect "all rules hold in a kernel with room for $flavour e820 entries" replays $flavour
	grep -a ' rules hold' "$log" | tap_diag
done

expect "the rules and the corpus cover the lines of the conversion" covers
grep '^converter: \|^not covered' "$log" | cut -c1-160 | tap_diag

seconds=${FUZZ_TIME:-20}
expect "$seconds seconds of fuzzing find nothing" fuzzes "$seconds"
sed -n 's/^pvh: \([0-9]* guests, .*\)/\1/p' "$log" | tap_diag
tap_done
