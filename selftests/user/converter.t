#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The C part of the entry, unchanged, in user space: each rule with values on
# both sides of its bound, the corpus of the fuzzer, and a short run of that.
#
# knobs: FUZZ_TIME=20, seconds; PVH_SRC=, other sources than arch-x86-xen/

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
here=$top/selftests/user
out=$build/user
export LC_ALL=C
set +e

if ! make -s -C "$here" -j"$(nproc)" OUT="$out" KERNEL="$tree" ${PVH_SRC:+PVH_SRC="$PVH_SRC"} \
		replay cover >"$tmp/log" 2>&1; then
	tap_ok 1 "the converter builds in user space"
	tail -n 20 "$tmp/log" | tap_diag
	tap_done
fi
[ ! -s "$tmp/log" ]
tap_ok $? "the converter builds in user space, without a warning"
[ ! -s "$tmp/log" ] || tap_diag <"$tmp/log"

for flavour in 3200 131; do
	"$out/replay.$flavour" "$here"/corpus/* >"$tmp/log" 2>&1
	status=$?
	tap_ok $status "$flavour e820 entries: $(grep -a ' rules hold' "$tmp/log" || echo "a rule or an input fails")"
	[ $status -eq 0 ] || grep -av '^ *#' "$tmp/log" | head -n 20 | cut -c1-160 | tap_diag
done

"$here/cover.sh" "$out" "$here/corpus" >"$tmp/log" 2>&1
tap_ok $? "lines of the converter covered: $(sed -n 's/^converter: //p' "$tmp/log")"
grep '^not covered' "$tmp/log" | cut -c1-160 | tap_diag

# Elsewhere than what make fuzz has found
seconds=${FUZZ_TIME:-20}
"$here/fuzz.sh" "$seconds" >"$tmp/log" 2>&1
tap_ok $? "fuzzing for $seconds s: $(sed -n 's/^pvh: \([0-9]* guests, .*\)/\1/p' "$tmp/log")"
grep '^pvh: \(error\|found\)\|^  |' "$tmp/log" | tap_diag
tap_done
