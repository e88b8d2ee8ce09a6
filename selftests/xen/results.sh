# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: the summary of boot-xen.sh, in $dir/out.

# has_result TEXT: the summary has that line. For expect.
has_result() {
	want="xen-result: $1" got=$(grep -m 1 "^xen-result: ${1% *}" "$dir/out")
	grep -qx "xen-result: $1" "$dir/out"
}

# expect_tests DOMAIN: the domain ran tests, and each of them passed
expect_tests() {
	sed -n "s/^xen-result: $1 test //p" "$dir/out" >"$dir/tests"
	expect "the domain runs its tests" has_result "$1 test .*"
	while read -r test status; do
		case $status in
		4) tap_skip "$name: test $test of the domain passes" "the test skipped all" ;;
		*) expect "test $test of the domain passes" is "exit 0" "exit $status" ;;
		esac
	done <"$dir/tests"
}

# address_of DOMAIN: "BASE OFFSET" of its kernel, if it reported them
address_of() {
	sed -n "s/^xen-result: $1 kaslr \(0x[0-9a-f]* 0x[0-9a-f]*\)\$/\1/p" "$dir/out"
}
