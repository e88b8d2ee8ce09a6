#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What KASLR adds to the PVH entry, against the limits that the series set itself.
# make bench-kaslr has other ways to compress a bzImage, and the base beside it.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
status=0
"$top/selftests/bench/bench-kaslr.sh" --bzimage "gzip=$build/bzImage" "$build/vmlinux" \
	>"$tmp/log" 2>&1 || status=$?
sed -n '/^\(NOT KEPT\|kept\): /p' "$tmp/log" >"$tmp/limits"
if [ "$(wc -l <"$tmp/limits")" -ne 3 ]; then
	tap_ok 1 "counting works"
	tap_diag <"$tmp/log"
	tap_done
fi
while IFS= read -r line; do
	tap_run "${line#*: }" test "${line%%: *}" = kept
done <"$tmp/limits"
# make bench-kaslr goes by that.
tap_run "the exit status" test "$status" -eq 0
tap_done
