#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run tests with prove, and close with a line that counts passed, failed and skipped.
#
# usage: run.sh [TEST ...]       those of selftests/tests if none is named
# variables: GROUP=check, or all: which of selftests/tests

. "$(dirname -- "$0")/../scripts/lib/common.sh"

if [ $# -eq 0 ]; then
	case ${GROUP:=check} in
	check | all) ;;
	*) die "GROUP=$GROUP: not one of check, all" ;;
	esac
	# shellcheck disable=SC2046 # a list of names
	set -- $(awk -v group="$GROUP" -v dir="$top/selftests/" \
		'!/^#/ && NF && (group == "all" || $2 == group) { print dir $1 }' "$top/selftests/tests")
fi
command -v prove >/dev/null 2>&1 || die "no prove: install perl"
for test; do
	[ -e "$test" ] || die "no test $test: selftests/tests lists them"
done

tap_logs=$build/log/tap
rm -rf "$tap_logs"
mkdir -p "$tap_logs"
export tap_logs

status=0
prove --timer --exec "sh $top/selftests/lib/keep-tap.sh" "$@" || status=$?

# prove leaves skipped tests out of its summary.
awk '
	/^1\.\.0 # SKIP/ || /^ok .*# SKIP/ {
		skip++
		sub(/.*# SKIP /, "")
		why[$0]++
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
