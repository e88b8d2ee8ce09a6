#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run tests with prove, and close with a line that counts passed, failed and skipped.
# Each test prints a line when it begins: how many have, and how long the rest took the
# last time.
#
# usage: run.sh [TEST ...]       those of selftests/tests if none is named
# variables: GROUP=check, all or hypervisors: which of selftests/tests; JOBS=1: one test,
#            and one guest, at a time; CONTINUE=1, with GROUP=hypervisors: skip the tests
#            that have passed, with no fact skipped, if what tested.sh sums up is the same

. "$(dirname -- "$0")/../scripts/lib/common.sh"

dir=$top/selftests/
# listed GROUP [LANE]: the names of the tests in selftests/tests
listed() {
	awk -v group="$1" -v lane="${2:-}" -v dir="$dir" '!/^#/ && NF &&
		($2 == group || group == "all" && $2 == "check") && (lane == "" || $3 == lane) { print dir $1 }' "$top/selftests/tests"
}

case ${CONTINUE:=} in
'' | 1) ;;
*) die "CONTINUE=$CONTINUE: not 1" ;;
esac
# The outcome of other tests depends on more than tested.sh knows.
[ -z "$CONTINUE" ] || [ "${GROUP:-}" = hypervisors ] || die "CONTINUE=1: only for make check-hypervisors"
command -v prove >/dev/null 2>&1 || die "no prove: install perl"
tap_logs=$build/log/tap tap_passed='' tap_tested='' tap_times='' tap_lanes=1
if [ $# -eq 0 ]; then
	case ${GROUP:=check} in
	check | all | hypervisors) ;;
	*) die "GROUP=$GROUP: not one of check, all, hypervisors" ;;
	esac
	tap_times=$build/log/times.$GROUP
	# shellcheck disable=SC2046 # a list of names
	set -- $(listed "$GROUP")
	[ "${JOBS:-}" = 1 ] || [ -z "$(listed "$GROUP" host)" ] || tap_lanes=2
fi
for test; do
	[ -e "$test" ] || die "no test $test: selftests/tests lists them"
done
rm -rf "$tap_logs"
mkdir -p "$tap_logs"
if [ "${GROUP:-}" = hypervisors ]; then
	tap_passed=$build/passed
	tap_tested=$("${dir}lib/tested.sh")
fi
if [ "$CONTINUE" ]; then
	for test; do
		shift
		name=$(basename -- "$(dirname -- "$test")")-$(basename -- "$test" .t)
		if [ "$(head -n 1 "$tap_passed/$name.tap" 2>/dev/null)" = "# $tap_tested" ]; then
			cp "$tap_passed/$name.tap" "$tap_logs/"
			say "$name: passed before"
			# The times are from the beginning of a test to the end of all.
			tap_times=
		else
			set -- "$@" "$test"
		fi
	done
fi
tap_count=$#
export tap_logs tap_times tap_lanes tap_count tap_passed tap_tested
: >"$tap_logs/begun"

status=0
if [ $# -gt 0 ]; then
	[ "$tap_lanes" -eq 1 ] || set -- -j 2 --rules "seq={$(listed "$GROUP" host | paste -sd,)}" --rules 'seq=**' "$@"
	prove --timer --exec "sh $dir/lib/keep-tap.sh" "$@" || status=$?
fi

[ -z "$tap_times" ] || awk -v end="$(date +%s)" '{ print $1, end - $2 }' "$tap_logs/begun" >"$tap_times"
# The reason of a failure is far above by now. The last lines are those that one reads.
for failed in "$tap_logs"/*.failed; do
	[ -s "$failed" ] || continue
	test=${failed##*/}
	echo "failed in ${test%.failed}, all of it in ${tap_logs#"$top"/}/${test%.failed}.err:"
	head -n 20 "$failed" | sed 's/^/  /'
done
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
	}' "$tap_logs"/*.tap
exit $status
