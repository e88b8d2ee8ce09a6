#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The figures of a document: its tables between the lines "<!-- figures: TABLE -->" and
# "<!-- end -->" are those of report.awk. In a file that is not .md they are plain text.
#
# usage: doc.sh DOC CSV ...		write the tables into the document
#        doc.sh --check DOC CSV ...	fail unless it has them as they are
#        doc.sh --sentences DOC CSV ...	fail unless its other figures are in them, too
#
# Tables named TOPIC/TABLE are written and compared only with --topic TOPIC, which is the first
# argument, and other tables only without it.
#
# Figures are numbers of three digits and more, or with a comma or a point in them, except
# those in backquotes, in links, in indented blocks and in lines that end in
# "<!-- not counted -->", and except years. A factor as in "27 times" needs
# "<!-- A / B -->" at the end of its line, with the names of two values as WHAT:ITEM.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

usage="usage: doc.sh [--topic TOPIC] [--check|--sentences] DOC CSV ..."
mode="write" topic=
if [ "${1:-}" = --topic ]; then
	[ $# -ge 2 ] || die "$usage"
	topic=$2
	shift 2
fi
case ${1:-} in
--check | --sentences)
	mode=${1#--}
	shift ;;
esac
[ $# -ge 2 ] || die "$usage"
for f; do
	[ -r "$f" ] || die "$f: cannot be read"
done
make_tmp
doc=$1
shift
report=$top/selftests/bench/report.awk

# tables CSV ...: the document with their tables
tables() {
	as=mail blank=
	case $doc in
	*.md) as=md blank=y ;;
	esac
	within=
	while IFS= read -r line; do
		case $line in
		'<!-- figures: '*' -->')
			[ -z "$within" ] || die "$doc: $line within another table"
			within=$line table=${line#'<!-- figures: '} stays=
			table=${table% -->}
			of=
			case $table in
			*/*) of=${table%%/*} ;;
			esac
			if [ "$of" != "$topic" ]; then
				stays=y
				printf '%s\n' "$line"
				continue
			fi
			printf '%s\n' "$line${blank:+$nl}"
			awk -F, -v as=$as -v what="$table" -f "$report" "$@" || die "$doc: $line"
			[ -z "$blank" ] || echo ;;
		'<!-- end -->')
			within=
			printf '%s\n' "$line" ;;
		*) [ -n "$within" ] && [ -z "$stays" ] || printf '%s\n' "$line" ;;
		esac
	done <"$doc"
	[ -z "$within" ] || die "$doc: $within without an end"
}
nl='
'

# sentences: count the figures that are not among the values on standard input
sentences() {
	awk -F, -v doc="$doc" '
	function wrong(what) {
		printf "pvh: %s:%d: not in the output: %s\n", doc, FNR, what >"/dev/stderr"
		bad++
	}
	# factor(PAIR): the line has "N times", as exact as it is written
	function factor(pair,	p, n, times) {
		split(pair, p, " / ")
		if (!(p[1] in value) || value[p[2]] + 0 == 0)
			return wrong("no such values: " pair)
		if (!match(line, /[0-9][0-9.,]* times/))
			return wrong("no \"N times\" for " pair)
		times = substr(line, RSTART, RLENGTH - 6)
		line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
		gsub(/,/, "", times)
		n = value[p[1]] / value[p[2]]
		if (sprintf("%.*f", index(times, ".") ? length(times) - index(times, ".") : 0, n) != times)
			wrong(times " times, and it is " n ": " pair)
		figures++
	}
	FILENAME == "-" {
		value[$1 ":" $2] = $3
		while (match($3, /[0-9][0-9.]*[0-9]|[0-9]/)) {
			have[substr($3, RSTART, RLENGTH)] = 1
			$3 = substr($3, RSTART + RLENGTH)
		}
		next
	}
	/^    / || /<!-- not counted -->/ { next }
	{
		line = $0
		if (match(line, /<!-- [^ ]+[^:]*:[^\/]* \/ [^ ]+[^:]*:.* -->/)) {
			pair = substr(line, RSTART + 5, RLENGTH - 9)
			line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
			factor(pair)
		}
		gsub(/`[^`]*`|\]\([^)]*\)|<!--.*-->/, " ", line)
		while (match(line, /[A-Za-z_]*[0-9][0-9.,]*[0-9]|[0-9]/)) {
			s = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (s ~ /^[A-Za-z_]/ || s !~ /[0-9][0-9][0-9]|[.,]/ || s ~ /^(19|20)[0-9][0-9]$/)
				continue
			figures++
			plain = s
			gsub(/,/, "", plain)
			if (!(plain in have))
				wrong(s)
		}
	}
	END {
		if (!figures) {
			print "pvh: " doc ": no figures in it" >"/dev/stderr"
			exit 1
		}
		printf "pvh: %d figures of %s, %d of them not in the output\n", figures, doc, bad >"/dev/stderr"
		exit bad > 0
	}' - "$doc"
}

case $mode in
sentences)
	awk -F, -v as=values -f "$report" "$@" | sentences
	exit ;;
esac
tables "$@" >"$tmp/doc"
! cmp -s "$tmp/doc" "$doc" || exit 0
if [ "$mode" = check ]; then
	diff "$doc" "$tmp/doc" | sed "s|^|  |" >&2
	die "$doc: its tables are not those of $*; to take them over: selftests/bench/doc.sh ${topic:+--topic $topic }$doc $*"
fi
cat "$tmp/doc" >"$doc" || die "cannot write $doc$(room "$(dirname -- "$doc")")"
