#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# prove's --exec: run the test $1, and keep its TAP in $tap_logs under the name
# of its directory and its own: kexec-test.tap.

log=$tap_logs/$(basename -- "$(dirname -- "$1")")-$(basename -- "$1" .t)
{
	sh "$1"
	echo $? >"$log.status"
} | tee "$log.tap"
status=$(cat "$log.status")
rm -f "$log.status"
exit "$status"
