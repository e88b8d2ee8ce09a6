# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
#
# Sourced by the tests, after test.sh: run.sh, and the figures that it found.

# measure OUT OPTION ... TOPIC: run.sh, with its output in OUT.log; sets $status. If
# there is no result that is a failed test and the end.
measure() {
	out=$1
	shift
	status=0
	"$here/run.sh" "$@" "$out" >"$out.log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || tail -n 20 "$out.log" | tap_diag
	[ ! -s "$out.csv" ] || return 0
	tap_ok 1 "run.sh $*: it measures boot paths"
	tap_done
}

# value OUT WHAT ITEM: that figure
value() {
	awk -F, -v what="$2" -v item="$3" '$1 == what && $2 == item { print $3 }' "$1.csv"
}

# at_most LIMIT FIGURE, below LIMIT FIGURE: for expect
at_most() {
	want="at most $1" got=${2:-no figure}
	[ -n "$2" ] && [ "$2" -le "$1" ]
}
below() {
	want="less than $1" got=${2:-no figure}
	[ -n "$1" ] && [ -n "$2" ] && [ "$2" -lt "$1" ]
}
