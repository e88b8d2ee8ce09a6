# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: kunit_test, which boots a kernel through its PVH note and
# checks the results that the KUnit suites of the series printed.

# kunit_test: in a guest of $kernel with $initrd; $kunit_prefix comes before the names
# of the tests
kunit_test() {
	run_cases kunit_boot kunit_judge <<-'END'
	KUnit
	END
}

# kunit_suites: those that the series adds on this base
kunit_suites() {
	git -C "$tree" diff pvh-base -- arch drivers |
		sed -n '/^+static struct kunit_suite/,/^+}/s/^+[[:blank:]]*\.name = "\(.*\)",$/\1/p'
}

kunit_boot() {
	guest --kernel "$kernel" --initrd "$initrd" --cmdline "console=ttyS0 kunit.enable=1"
}

kunit_judge() {
	name=${kunit_prefix:-}KUnit
	console | sed -n 's/^\[[ 0-9.]*\] *\(\(not \)\{0,1\}ok [0-9]* .*\)/\1/p' >"$dir/tests"
	while read -r line; do
		expect "${line#*ok * } passes" is "ok ${line#*ok }" "$line"
	done <"$dir/tests"
	for suite in $(kunit_suites); do
		expect "the suite $suite passes" has "^\[[ 0-9.]*\] *ok [0-9]* $suite\$"
	done
	expect "the guest powers off" finished
}
