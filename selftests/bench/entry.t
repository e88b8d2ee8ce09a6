#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the way from the PVH entry to startup_64 costs with nokaslr, against the
# limits that the series set itself. make bench-entry has the unmodified base
# beside it; bench/kaslr.t has what KASLR adds.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
if ! "$top/selftests/bench/bench-entry.sh" --csv "$tmp/csv" "$build/vmlinux" "$build/vmlinux" >"$tmp/log" 2>&1; then
	tap_ok 1 "counting works"
	tap_diag <"$tmp/log"
	tap_done
fi

# limit ITEM MOST
limit() {
	n=$(awk -F, -v item="entry->startup_64 $1" '$1 == item { print $3 }' "$tmp/csv")
	tap_run "$1 from the entry to startup_64: ${n:-not counted}, at most $2" \
		test "${n:-999999}" -le "$2"
}
limit instructions 2000
limit CPUID 2
limit MSR 3
tap_done
