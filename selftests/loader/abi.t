#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# docs/abi.md: every row of its table is tied to cases that exist.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
sed -n 's/^== //p' "$top/selftests/loader/cases" >"$tmp/cases"

# line number <tab> beginning of a case's name, one for each in the last column
awk -F '|' '
	# The table after this heading has no cases.
	/^## / { exit }
	/^\| field/ || /^\| ---/ { next }
	/^\|/ {
		rows++
		n = split($(NF - 1), part, "`")
		if (n < 3)
			print NR "\t"
		for (i = 2; i < n; i += 2)
			print NR "\t" part[i]
	}
	END { if (!rows) print NR "\t" }
' "$top/docs/abi.md" >"$tmp/named"

while IFS="$(printf '\t')" read -r line begin; do
	if [ -z "$begin" ]; then
		tap_ok 1 "docs/abi.md:$line: names a case"
		continue
	fi
	found=1
	while read -r name; do
		case $name in
		"$begin"*) found=0; break ;;
		esac
	done <"$tmp/cases"
	tap_ok "$found" "docs/abi.md:$line: there is a case \"$begin...\""
done <"$tmp/named"
tap_done
