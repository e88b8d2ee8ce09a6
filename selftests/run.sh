#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the host side tests with prove, and close with what they came to.
#
# usage: run.sh [TEST ...]       all of selftests/host/ if none is named

. "$(dirname -- "$0")/../scripts/lib.sh"

[ $# -gt 0 ] || set -- "$top"/selftests/host/*.t
command -v prove >/dev/null 2>&1 || die "no prove: install perl"

tap_logs=$build/log/tap
rm -rf "$tap_logs"
mkdir -p "$tap_logs"
export tap_logs

status=0
prove --timer --exec "sh $top/selftests/host/keep-tap.sh" "$@" || status=$?

# prove leaves skipped tests out of its summary.
awk '
	/^ok .*# SKIP/ {
		skip++
		split($0, part, "# SKIP ")
		why[part[2]]++
		next
	}
	/^ok /     { pass++ }
	/^not ok / { fail++ }
	END {
		for (w in why)
			printf "skipped %d: %s\n", why[w], w
		printf "%d passed, %d failed, %d skipped\n", pass, fail, skip
	}' "$tap_logs"/*
exit $status
