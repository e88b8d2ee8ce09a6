#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the matrix of make check-hypervisors: of what its tests have left in
# build/hypervisors/, as a table of Markdown. build/hypervisors/matrix.md is the same.
#
# usage: matrix.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

set -- "$build"/hypervisors/*.rows
[ -e "$1" ] || die "no lines of a matrix in $build/hypervisors: run make check-hypervisors"
awk -F '\t' '
	{ gsub(/\|/, "\\|") }
	$1 == "row" { row[++rows] = "| " $2 " | " $3 " | " $4 " | " $5 " |" }
	$1 == "version" && !seen[$2 FS $3]++ { version[++versions] = "| " $2 " | " $3 " |" }
	END {
		print "| loader | machine | image | seen |\n| --- | --- | --- | --- |"
		for (i = 1; i <= rows; i++)
			print row[i]
		print "\n| | version |\n| --- | --- |"
		for (i = 1; i <= versions; i++)
			print version[i]
	}' "$@" >"$build/hypervisors/matrix.md" || die "cannot write $build/hypervisors/matrix.md$(room "$build")"
cat "$build/hypervisors/matrix.md"
