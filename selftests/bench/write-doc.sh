#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put the tables of evaluate.csv into a document, between the lines
# "<!-- evaluate: TABLE -->" and "<!-- end -->". What tables there can be is in
# markdown.awk.
#
# usage: write-doc.sh [--check] DOC CSV
#
# --check	only see whether the document has them as they are

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

check=
if [ "${1:-}" = --check ]; then
	check=y
	shift
fi
[ $# -eq 2 ] || die "usage: write-doc.sh [--check] DOC CSV"
for f; do
	[ -r "$f" ] || die "$f: cannot be read"
done
make_tmp
skip=
while IFS= read -r line; do
	case $line in
	'<!-- evaluate: '*' -->')
		[ -z "$skip" ] || die "$1: $line within another table"
		table=${line#'<!-- evaluate: '}
		printf '%s\n\n' "$line"
		awk -F, -v what="${table% -->}" -f "$top/selftests/bench/about.awk" -f "$top/selftests/bench/markdown.awk" "$2" ||
			die "$1: $line"
		echo
		skip=$line ;;
	'<!-- end -->')
		skip=
		printf '%s\n' "$line" ;;
	*) [ -n "$skip" ] || printf '%s\n' "$line" ;;
	esac
done <"$1" >"$tmp/doc"
[ -z "$skip" ] || die "$1: $skip without an end"
cmp -s "$tmp/doc" "$1" && exit 0
if [ -n "$check" ]; then
	diff "$1" "$tmp/doc" | sed "s|^|  |" >&2
	die "$1: its tables are not those of $2; to take them over: selftests/bench/write-doc.sh $1 $2"
fi
cat "$tmp/doc" >"$1" || die "cannot write $1$(room "$(dirname -- "$1")")"
