# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the tests: TAP as prove reads it. The plan comes last, so a test
# that dies half way is not taken for one that passed.

tap_n=0
tap_bad=0

# tap_ok STATUS DESC: one test, that passed if STATUS is 0.
tap_ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_n - $2"
	fi
}

# tap_skip DESC REASON
tap_skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# tap_diag [TEXT]: lines for who reads the result, those of standard input if
# there is no TEXT. prove shows them without -v as they do not go to its pipe.
tap_diag() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$*"
	else
		cat
	fi | sed 's/^/# /' >&2
}

# tap_done: the plan, and the end of the script.
tap_done() {
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ] || exit 1
	exit 0
}

# tap_include NAME FILE: the tests that another script ran, whose output is in FILE
tap_include() {
	tap_plan=1
	while IFS= read -r tap_line; do
		tap_desc="$1: ${tap_line#*ok * - }"
		case $tap_line in
		"ok "*" # SKIP "*) tap_skip "${tap_desc%% # SKIP *}" "${tap_line##* # SKIP }" ;;
		"ok "*) tap_ok 0 "$tap_desc" ;;
		"not ok "*) tap_ok 1 "$tap_desc" ;;
		1..*) tap_plan=0 ;;
		*) printf '%s\n' "$tap_line" >&2 ;;
		esac
	done <"$2"
	tap_ok $tap_plan "$1: to its end"
}

# tap_run DESC COMMAND ...: one test, that passes if the command does.
tap_run() {
	tap_desc=$1
	shift
	tap_status=0
	"$@" || tap_status=$?
	tap_ok "$tap_status" "$tap_desc"
}
