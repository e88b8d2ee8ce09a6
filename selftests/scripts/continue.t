#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# CONTINUE=1 of make check-hypervisors: a test that has passed is not run once more until
# the kernels, the tests or the scripts change, and is counted nevertheless.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/scratch.sh"

new_repo
mkdir "$repo/build" "$repo/selftests/mine"
unset JOBS CONTINUE KERNEL INITRD ROOT ONLY STEPS BOOTS SUITES
export GROUP=hypervisors

# test_of NAME LINE ...: a test that writes down that it runs, and prints these lines
test_of() {
	test=$1
	shift
	{
		echo "echo $test >>$tmp/ran"
		printf 'echo "%s"\n' "$@" "1..$#"
	} >"$repo/selftests/mine/$test.t"
}
printf 'mine/%s.t\thypervisors\t%s\n' bad host good guests skips host >"$repo/selftests/tests"
test_of good 'ok 1 - one' 'ok 2 - two'
test_of bad 'ok 1 - one' 'not ok 2 - two'
test_of skips 'ok 1 - one' 'ok 2 - two # SKIP no such thing here'

# run FACT TESTS COUNTS [VARIABLE=VALUE ...]: with them run.sh runs these tests, and closes
# with these counts
run() {
	fact=$1 tests=$2 counts=$3
	shift 3
	: >"$tmp/ran"
	(cd "$repo" && env tap_failed= "$@" selftests/run.sh) >"$out" 2>&1 || :
	expect "$fact: the tests that run" is "${tests:-none}" "$(sort "$tmp/ran" | paste -sd' ' | sed 's/^$/none/')"
	expect "$fact: the counts" is "$counts" "$(tail -n 1 "$out")"
}
all="4 passed, 1 failed, 1 skipped"
run "CONTINUE=1 for the first time" "bad good skips" "$all" CONTINUE=1
run "CONTINUE=1 again" "bad skips" "$all" CONTINUE=1
expect "CONTINUE=1 names a test that it does not run" grep -q '^pvh: mine-good: passed before$' "$out"
run "without CONTINUE=1" "bad good skips" "$all"
run "CONTINUE=1 with another ONLY" "bad good skips" "$all" CONTINUE=1 ONLY=x
run "CONTINUE=1 without that ONLY" "bad good skips" "$all" CONTINUE=1
run "CONTINUE=1 with another SUITES" "bad good skips" "$all" CONTINUE=1 SUITES=sid
run "CONTINUE=1 without that SUITES" "bad good skips" "$all" CONTINUE=1
echo kernel >"$repo/build/vmlinux"
run "CONTINUE=1 with another kernel" "bad good skips" "$all" CONTINUE=1
run "CONTINUE=1 again with that kernel" "bad skips" "$all" CONTINUE=1
echo '# other' >>"$repo/scripts/lib/common.sh"
run "CONTINUE=1 with another script" "bad good skips" "$all" CONTINUE=1

test_of bad 'ok 1 - one' 'ok 2 - two'
test_of skips 'ok 1 - one'
run "CONTINUE=1 with mended tests" "bad good skips" "5 passed, 0 failed, 0 skipped" CONTINUE=1
run "CONTINUE=1 when all have passed" "" "5 passed, 0 failed, 0 skipped" CONTINUE=1
test_of good 'not ok 1 - one'
run "CONTINUE=1 with a test that fails now" "bad good skips" "3 passed, 1 failed, 0 skipped" CONTINUE=1
run "CONTINUE=1 again, with one that fails" "good" "3 passed, 1 failed, 0 skipped" CONTINUE=1

# The kernel changes while the test runs.
test_of good 'ok 1 - one'
echo "echo other >>$repo/build/vmlinux" >>"$repo/selftests/mine/good.t"
run "CONTINUE=1 with a test that changes the kernel" "bad good skips" "4 passed, 0 failed, 0 skipped" CONTINUE=1
run "CONTINUE=1 after that" "bad good skips" "4 passed, 0 failed, 0 skipped" CONTINUE=1

# A test that dies has no plan.
test_of good 'ok 1 - one'
sed -i 's/^echo "1\.\.1"$/exit 0/' "$repo/selftests/mine/good.t"
run "CONTINUE=1 with a test that has no plan" "bad good skips" "4 passed, 0 failed, 0 skipped" CONTINUE=1
run "CONTINUE=1 again, with one that has no plan" "good" "4 passed, 0 failed, 0 skipped" CONTINUE=1

refused "CONTINUE=1 for make check" 'CONTINUE=1: only for make check-hypervisors' \
	env GROUP=check CONTINUE=1 "$repo/selftests/run.sh"
refused "CONTINUE=yes" 'CONTINUE=yes: not 1' env CONTINUE=yes "$repo/selftests/run.sh"
tap_done
