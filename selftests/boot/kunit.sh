# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: kunit_test, which boots a kernel through its PVH note and
# checks the results that the KUnit suite of the series printed.

# kunit_test: in a guest of $kernel with $initrd; $kunit_prefix comes before the names
# of the tests
kunit_test() {
	run_cases kunit_boot kunit_judge <<-'END'
	KUnit
	END
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
	expect "the suite pvh_start_info passes" has '^\[[ 0-9.]*\] *ok [0-9]* pvh_start_info$'
	expect "the guest powers off" finished
}
