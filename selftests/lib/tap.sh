# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the tests: TAP as prove reads it. The plan comes last, so prove does
# not take a test that dies half way for one that passed.

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
		echo "$2" >>"${tap_failed:-/dev/null}"
	fi
}

# tap_skip DESC REASON
tap_skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# tap_diag [TEXT]: print a TAP comment: TEXT, or the lines of standard input. It
# goes to standard error, so prove shows it without -v.
tap_diag() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$*"
	else
		cat
	fi | sed 's/^/# /' >&2
}

# tap_done: the plan, and the end of the script.
tap_done() {
	[ "${case_total:-1}" -gt 0 ] || die "ONLY=${ONLY:-}: no table of ${here##*/} has a row with that"
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ] || exit 1
	exit 0
}

# expect FACT COMMAND ...: one test that passes if the command does. Its name is
# "$name: FACT", or FACT if there is no $name. If it fails, the comment after it
# says what was expected and what was found: the command puts these into $want and
# $got, else the comment shows the command and what it printed.
expect() {
	tap_fact=$1
	shift
	unset want got
	tap_status=0
	"$@" >"$tmp/expect.out" 2>&1 || tap_status=$?
	tap_ok "$tap_status" "${name:+$name: }$tap_fact"
	[ "$tap_status" -ne 0 ] || return 0
	if [ -n "${want+set}" ]; then
		echo "expected: $want"
		printf '%s\n' "found: ${got:-nothing}" | head -n 20
	else
		echo "failed with status $tap_status: $*"
		tail -n 20 "$tmp/expect.out" | cut -c1-160
	fi | tee -a "${tap_failed:-/dev/null}" | tap_diag
}

# not COMMAND ...: the command fails. For expect.
not() {
	tap_not=0
	"$@" || tap_not=$?
	want="${want+not $want}"
	[ -n "$want" ] || unset want
	[ "$tap_not" -ne 0 ]
}

# is WANT GOT: both are the same, and not empty. For expect.
is() {
	want=$1 got=$2
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# none TEXT: it is empty. For expect.
none() {
	want=nothing got=$1
	[ -z "$got" ]
}

# skip_all REASON: the whole test is skipped
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# needs PROGRAM ...: skip the whole test unless all of them are here. A name with
# a slash is a file.
needs() {
	PATH=$PATH:/usr/sbin:/sbin
	for tap_need; do
		case $tap_need in
		*/*) [ -e "$tap_need" ] || skip_all "no ${tap_need#"$top"/} here" ;;
		*) command -v "$tap_need" >/dev/null 2>&1 || skip_all "no $tap_need here" ;;
		esac
	done
}
