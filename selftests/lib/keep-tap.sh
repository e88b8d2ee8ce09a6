#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# shellcheck disable=SC2154 # run.sh sets them
#
# prove's --exec: run the test $1. Its TAP and its messages are kept in $tap_logs, under
# the name of its directory and its own: kexec-test.tap, kexec-test.err; and in
# kexec-test.failed which facts failed, and why. The TAP of a test that passed is also
# kept in $tap_passed, with the sum of what was tested, for CONTINUE=1 of make
# check-hypervisors. run.sh sets the variables.

name=$(basename -- "$(dirname -- "$1")")-$(basename -- "$1" .t)
log=$tap_logs/$name
tap_failed=$log.failed
export tap_failed
echo "$name $(date +%s)" >>"$tap_logs/begun"
left=$(awk -v name="$name" '$1 == name { printf ", about %d minutes left", ($2 + 59) / 60 }' \
	"${tap_times:-/dev/null}" 2>/dev/null)
[ -z "$tap_passed" ] || rm -f "$tap_passed/$name.tap"
echo "pvh: $name begins, $(wc -l <"$tap_logs/begun") of $tap_count tests$left" >&2

# Messages of two tests that run at a time are told apart by the name.
prefix=
[ "$tap_lanes" -eq 1 ] || prefix="$name: "
{
	{
		sh "$1" 2>&1 >&3 3>&-
		echo $? >"$log.status"
	} | sed -u "s|^|$prefix|" | tee "$log.err" >&2
} 3>&1 | tee "$log.tap"
status=$(cat "$log.status")
rm -f "$log.status"
# It died, and its last words are why.
[ "$status" -eq 0 ] || [ -s "$tap_failed" ] || tail -n 5 "$log.err" >"$tap_failed"

# has_passed: the TAP has the facts of its plan, and all of them passed. What was skipped
# can be possible the next time.
has_passed() {
	awk '
		/^not ok / || /# SKIP/ { bad = 1 }
		/^ok / { n++ }
		/^1\.\.[0-9]+$/ { plan = substr($0, 4) }
		END { exit bad || !n || n != plan }' "$log.tap"
}

# keep: as one that has passed, unless somebody has changed a kernel or a test meanwhile
keep() {
	[ "$(sh "$(dirname -- "$0")/tested.sh")" = "$tap_tested" ] || return 0
	mkdir -p "$tap_passed" && { echo "# $tap_tested" && cat "$log.tap"; } >"$tap_passed/$name.new" &&
		mv "$tap_passed/$name.new" "$tap_passed/$name.tap"
}

if [ "$tap_passed" ] && [ "$status" -eq 0 ] && has_passed && ! keep; then
	echo "pvh: warning: cannot write to $tap_passed: CONTINUE=1 runs $name once more" >&2
fi
exit "$status"
