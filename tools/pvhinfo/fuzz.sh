#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz pvhinfo for a while: any bytes have to end in a report or in one line about what
# is wrong. Inputs that fail stay in build/pvhinfo.d/found/, with those that led to
# something new.
#
# usage: fuzz.sh SECONDS         after scripts/pvhinfo.sh fuzz
# variables: JOBS=1, processes

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

seconds=${1:-60}
jobs=${JOBS:-1}
case $seconds in
'' | *[!0-9]* | 0) die "TIME=$seconds: a number of seconds" ;;
esac
case $jobs in
'' | *[!0-9]* | 0) die "JOBS=$jobs: a number of processes" ;;
esac
here=$top/tools/pvhinfo
fuzz=$build/pvhinfo.d/fuzz
found=$build/pvhinfo.d/found
[ -x "$fuzz" ] || die "no $fuzz: run scripts/pvhinfo.sh fuzz"
mkdir -p "$found/corpus" || die "cannot write to $found$(room "$build")"
export LC_ALL=C

say "fuzzing for $seconds s, $jobs process(es)"
pids=
i=0
while [ $i -lt "$jobs" ]; do
	nice "$fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
		-reload=1 -print_final_stats=1 -dict="$here/fuzz.dict" -artifact_prefix="$found/" \
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
	END { printf "pvh: %d files, %d a second\n", n, n / s }' "$found"/log.* >&2

# Inputs that have failed, now or earlier, and still fail
for f in "$found"/*-*; do
	[ -f "$f" ] || continue
	if "$fuzz" -timeout=10 -rss_limit_mb=2048 "$f" >"$found/log.one" 2>&1; then
		rm -f "$f"
		continue
	fi
	status=1
	say "found: $fuzz $f"
	grep -a -m 1 -A 9 'runtime error\|ERROR: ' "$found/log.one" | cut -c1-160 | sed 's/^/  | /' >&2
done
[ $status -eq 0 ] || {
	grep -ahm 1 'runtime error\|ERROR: \|cannot\|No such' "$found"/log.* | cut -c1-160 | sed 's/^/  | /' >&2
	die "the fuzzer found something, or did not run: logs and inputs are in $found"
}
