#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lib/ran.sh: which tests a guest has run, also from a console with lines that are cut.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/ran.sh"

make_tmp

# ran FACT RESULTS LINE ...: a console with these lines has these results
ran() {
	fact=$1 results=$2
	shift 2
	expect "$fact" is "$results" "$(printf '%s\n' "$@" | ran_tests | paste -sd,)"
}
ran "each test has its status" 'acpi 0,notes 4' 'pvh-test: run' 'pvh-test: acpi' 'ok 1' 'pvh-test: acpi exit 0' \
	'pvh-test: notes' 'pvh-test: notes exit 4' 'pvh-test: ran acpi=0 notes=4 end' 'pvh-test: run exit 0'
ran "a message behind the status" 'acpi 0' 'pvh-test: acpi' 'pvh-test: acpi exit 0[    1.2] clocksource'
ran "the first line of a test is cut" 'acpi 0' 'pvh-te' 'pvh-test: acpi exit 0'
ran "the last line of a test is cut" 'acpi 0,notes 1' 'pvh-test: acpi' 'pvh-test: acpi exit 0' 'pvh-test: notes' \
	'pvh-test: no' 'pvh-test: ran acpi=0 notes=1 end'
ran "both lines of a test are cut" 'acpi 0,notes 1' 'pvh-test: acpi exit 0' 'pvh-te' 'pvh-test: no' \
	'pvh-test: ran acpi=0 notes=1 end'
ran "the closing line is cut" 'acpi 0,notes 1' 'pvh-test: acpi exit 0' 'pvh-test: notes exit 1' \
	'pvh-test: ran acpi=0 no[    1.2] clocksource' 'tes=1 end'
ran "a message within the closing line" 'acpi 0,notes 1' 'pvh-test: acpi exit 0' 'pvh-test: notes exit 1' \
	'pvh-test: ran acpi=[    1.2] tsc end'
ran "a guest that ends in a test" 'acpi 0,notes none' 'pvh-test: acpi exit 0' 'pvh-test: notes'
ran "a test that fails and then passes" 'acpi 1' 'pvh-test: acpi exit 1' 'pvh-test: acpi exit 0' 'pvh-test: ran acpi=0 end'
ran "two calls of run-tests" 'acpi 0,notes 0' 'pvh-test: ran acpi=0 end' 'pvh-test: ran notes=0 end'
expect "a guest without tests" none "$(echo "pvh-init: done" | ran_tests)"
tap_done
