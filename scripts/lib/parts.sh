# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: the parts that the series is sent in, from the headings of the
# file series ("# Part A: fixes"), and what scripts/parts says of them. A heading holds up
# to the next one, and a part can have several.

parts_file=$top/scripts/parts

# part_table: a line "PART PATCH" for each patch of the series that has a heading
part_table() {
	awk '
		/^# Part [A-Z]: ./ { part = substr($3, 1, 1); next }
		{ sub(/#.*/, "") }
		NF && part != "" { print part, $1 }' "$top/$series_file"
}

# part_letters: the letter of each part that has patches
part_letters() {
	part_table | cut -d' ' -f1 | sort -u
}

# part_title PART: what its first heading says
part_title() {
	sed -n "s/^# Part $1: //p" "$top/$series_file" | head -n 1
}

# part_patches PART: its patches
part_patches() {
	part_table | sed -n "s/^$1 //p"
}

# part_field PART N: of its line in scripts/parts
part_field() {
	awk -v part="$1" -v n="$2" '!/^#/ && $1 == part { print $n }' "$parts_file"
}

# part_needs PART: the parts that have to be applied before it, a line for each
part_needs() {
	awk -v part="$1" '
		function add(name, n, i, need) {
			n = split(needs[name], need, ",")
			for (i = 1; i <= n; i++) {
				if (need[i] == "-" || need[i] in seen)
					continue
				seen[need[i]]
				add(need[i])
			}
		}
		!/^#/ && NF { needs[$1] = $2 }
		END {
			add(part)
			for (name in seen)
				print name
		}' "$parts_file" | sort
}

# part_before PART: the patches that have to be applied before it, in the order of the
# series
part_before() {
	for need in $(part_needs "$1"); do
		part_patches "$need"
	done >"$tmp/part-before"
	series_patches | grep -xFf "$tmp/part-before" || :
}

# check_parts: the headings and scripts/parts are about the same parts
check_parts() {
	letters=$(part_letters)
	[ -n "$letters" ] || die "PART=$PART: the file $series_file has no heading such as \"# Part A: fixes\""
	odd=$(grep -n '^# *[Pp]art' "$top/$series_file" | grep -v ':# Part [A-Z]: .' | head -n 1)
	[ -z "$odd" ] || die "$series_file, line ${odd%%:*}: \"${odd#*:}\" is no heading such as \"# Part A: fixes\""
	first=$(series_patches | head -n 1)
	[ "$(part_table | head -n 1 | cut -d' ' -f2)" = "$first" ] ||
		die "$series_file: $first is in no part, because it comes before the first heading"
	for letter in $letters; do
		needs=$(part_field "$letter" 2)
		[ -n "$needs" ] || die "scripts/parts has no line for part $letter, of which $series_file has patches"
		for need in $(printf '%s\n' "$needs" | tr ',' ' '); do
			printf '%s\n' "$need" | grep -Eqx -e '-|[A-Z]' ||
				die "scripts/parts, part $letter: it needs \"$need\", which is no part"
			[ "$need" = - ] || printf '%s\n' "$letters" | grep -qx "$need" ||
				die "scripts/parts, part $letter: it needs $need, and $series_file has no patches of that part"
		done
		! part_needs "$letter" | grep -qx "$letter" ||
			die "scripts/parts, part $letter: it needs itself"
		part_field "$letter" 3 | grep -Eqx '[0-9]{8}-[a-z0-9-]+-[0-9a-f]{12}' ||
			die "scripts/parts, part $letter: \"$(part_field "$letter" 3)\" is no change-id such as 20260131-words-0123456789ab"
	done
}

# check_part: end unless $PART is one of them
check_part() {
	check_parts
	printf '%s\n' "$letters" | grep -qxF -e "$PART" ||
		die "PART=$PART: not one of $(printf '%s\n' "$letters" | xargs), or all"
}

# part_sizes: a line for each part: its letter, the number of its patches, what it needs,
# the lines of diff without and with tests and documentation, the lines of messages, and
# its title, with tabs
part_sizes() {
	for letter in $(part_letters); do
		part_patches "$letter" | sed "s|^|$top/patches/|" | xargs -r awk '
			FNR == 1 { patches++; head = 1; body = diff = 0 }
			head && /^$/ { head = 0; body = 1; next }
			/^---$/ { body = 0 }
			body { text++ }
			/^diff --git / {
				diff = 0
				test = / b\/(tools\/testing|Documentation)\/|_kunit\.c|\/tests\//
			}
			/^@@ / { diff = 1; next }
			diff && /^[+-]/ { all++; code += !test }
			END { printf "%d\t%d\t%d\t%d\n", patches, code, all, text }' |
			while IFS='	' read -r patches code all text; do
				printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$letter" "$patches" \
					"$(part_field "$letter" 2)" "$code" "$all" "$text" "$(part_title "$letter")"
			done
	done
}

# part_list: the same as a table to be read
part_list() {
	part_sizes | awk -F '\t' '
		NR == 1 { printf "%-4s %7s  %-5s %5s %6s %7s  %s\n", "part", "patches", "needs", "code", "lines", "message", "subject" }
		{ printf "%-4s %7d  %-5s %5d %6d %7d  %s\n", $1, $2, $3, $4, $5, $6, $7 }'
}
