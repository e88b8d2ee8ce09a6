# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# prove's --exec: run the test $1 and keep its TAP in $tap_logs.

log=$tap_logs/$(basename -- "$1" .t)
{
	sh "$1"
	echo $? >"$log.status"
} | tee "$log.tap"
status=$(cat "$log.status")
rm -f "$log.status"
exit "$status"
