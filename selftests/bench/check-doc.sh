#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# See that every figure of a document is in the CSV: numbers of three digits and more, or
# with a comma or a point in them. What is between backquotes, and in links, is none; nor
# is a year, or a line that ends in "<!-- not counted -->". A factor as "27 times" is
# checked where the line has "<!-- A / B -->", with the names of two values in the CSV as
# DOOR:ITEM.
#
# usage: check-doc.sh DOC CSV

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 2 ] || die "usage: check-doc.sh DOC CSV"
make_tmp
for f; do
	[ -r "$f" ] || die "$f: cannot be read"
done

cat "$top/selftests/bench/about.awk" - >"$tmp/prog" <<"EOF"
	# The CSV: each number that is a value, or within one
	FNR == NR {
		value[$1 ":" $2] = $3
		s = $3
		if ($2 == "varies")
			for (i = split($3, items, ";"); i; i--)
				have[about(value[$1 ":" items[i]])] = 1
		while (match(s, /[0-9][0-9.]*[0-9]|[0-9]/)) {
			have[substr(s, RSTART, RLENGTH)] = 1
			s = substr(s, RSTART + RLENGTH)
		}
		next
	}
	/^    / || /<!-- not counted -->/ { next }
	{
		line = $0
		if (match(line, /<!-- [^ ]+:[^\/]* \/ [^ ]+:.* -->/)) {
			pair = substr(line, RSTART + 5, RLENGTH - 9)
			split(pair, p, " / ")
			line = substr(line, 1, RSTART - 1)
			if (value[p[2]] + 0 == 0 || !(p[1] in value)) {
				wrong("no such values: " pair)
			} else {
				factor = value[p[1]] / value[p[2]]
				if (!match(line, /[0-9][0-9.,]* times/)) {
					wrong("no \"N times\" for " pair)
				} else {
					said = substr(line, RSTART, RLENGTH)
					sub(/ times/, "", said)
					gsub(/,/, "", said)
					# As exact as it is written
					m = index(said, ".") ? length(said) - index(said, ".") : 0
					if (sprintf("%.*f", m, factor) != said)
						wrong(said " times, and it is " factor ": " pair)
					n++
					sub(/[0-9][0-9.,]* times/, "", line)
				}
			}
		}
		gsub(/`[^`]*`/, " ", line)
		gsub(/\]\([^)]*\)/, " ", line)
		gsub(/<!--.*-->/, "", line)
		while (match(line, /[A-Za-z_]*[0-9][0-9.,]*[0-9]|[0-9]/)) {
			s = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (s ~ /^[A-Za-z_]/ || (s !~ /[0-9][0-9][0-9]/ && s !~ /[.,]/) || s ~ /^(19|20)[0-9][0-9]$/)
				continue
			n++
			plain = s
			gsub(/,/, "", plain)
			if (!(plain in have))
				wrong(s)
		}
	}
	function wrong(what) {
		printf "pvh: %s:%d: not in the output: %s\n", doc, FNR, what >"/dev/stderr"
		bad++
	}
	END {
		if (!n) {
			print "pvh: " doc ": no figures in it" >"/dev/stderr"
			exit 1
		}
		printf "pvh: %d figures of %s, %d of them not in the output\n", n, doc, bad >"/dev/stderr"
		exit bad > 0
	}
EOF
awk -F, -v doc="$1" -f "$tmp/prog" "$2" "$1"
