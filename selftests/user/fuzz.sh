#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz the C part of the entry for a while, on all CPUs, both flavours in turn. Print
# how many guests that were, and how many lines of the code they have covered. Inputs
# that fail stay in build/fuzz/, with those that led to something new.
#
# usage: fuzz.sh SECONDS
# variables: PVH_SRC=, other sources than those of the tree; LIMIT=PERCENT, of lines
#            that have to be covered

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

seconds=${1:-60}
case $seconds in
'' | *[!0-9]* | 0) die "TIME=$seconds: a number of seconds" ;;
esac
here=$top/selftests/user
out=$build/user
found=$build/fuzz
mkdir -p "$found/corpus"
export LC_ALL=C

# The code under test may be that of a work in progress.
umake() {
	logged "$build/log/user.make" make -s -C "$here" -j"$(nproc)" OUT="$out" KERNEL="$tree" \
		${PVH_SRC:+PVH_SRC="$PVH_SRC"} "$@" || die "the converter does not build in user space"
}
umake fuzz cover

n=$(nproc)
[ "$n" -ge 2 ] || n=2
say "fuzzing for $seconds s, $n processes"
pids=
i=0
while [ $i -lt "$n" ]; do
	flavour=3200
	[ $((i % 2)) -eq 0 ] || flavour=131
	nice "$out/fuzz.$flavour" -max_total_time="$seconds" -max_len=2300 -len_control=0 \
		-timeout=20 -print_final_stats=1 -reload=1 -dict="$here/fuzz.dict" \
		-artifact_prefix="$found/$flavour-" \
		"$found/corpus" "$here/corpus" >"$found/log.$i" 2>&1 &
	pids="$pids $!"
	i=$((i + 1))
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done

awk -v s="$seconds" '
	/^stat::number_of_executed_units:/ { n += $2 }
	END { printf "pvh: %d guests, %d a second\n", n, n / s }' "$found"/log.* >&2

# Inputs that have failed, now or earlier, and still fail
for f in "$found"/3200-* "$found"/131-*; do
	[ -e "$f" ] || continue
	flavour=${f##*/}
	flavour=${flavour%%-*}
	if "$out/fuzz.$flavour" "$f" >"$found/log.one" 2>&1; then
		case $f in
		*-crash-*) rm -f "$f" ;;
		esac
		continue
	fi
	status=1
	say "found: $out/fuzz.$flavour $f"
	grep -a -m 1 -A 9 'FAIL\|runtime error\|ERROR: ' "$found/log.one" | cut -c1-160 |
		sed 's/^/  | /' >&2
done
if [ $status -ne 0 ]; then
	grep -ahm 1 'FAIL\|runtime error\|ERROR: \|cannot\|No such' "$found"/log.* | cut -c1-160 | sed 's/^/  | /' >&2
	die "the fuzzer found something, or did not run: logs and inputs are in $found"
fi

"$here/cover.sh" "$out" "$here/corpus" "$found/corpus"
