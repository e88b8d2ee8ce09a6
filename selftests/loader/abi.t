#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every row of the first table of docs/abi.md names cases that exist.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
cases=$(sed -n 's/^== //p' "$top/selftests/loader/cases")

# line number <tab> beginning of a case's name, one for each in the last column
awk -F '|' '
	# The table after this heading names no cases.
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

# exists BEGINNING: a case has a name that begins so. For expect.
exists() {
	want="a case \"$1...\" in selftests/loader/cases" got=none
	case $nl$cases in *"$nl$1"*) ;; *) return 1 ;; esac
}

while IFS=$tab read -r line begin; do
	if [ -n "$begin" ]; then
		expect "docs/abi.md:$line: there is a case \"$begin...\"" exists "$begin"
	else
		expect "docs/abi.md:$line: the row names a case" false
	fi
done <"$tmp/named"
tap_done
