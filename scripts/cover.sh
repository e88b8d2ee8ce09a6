#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fill in docs/cover-letter.txt: the base, and from version 2 on what
# docs/cover-changes.txt has of that and earlier ones. The first line of the output is
# the subject.
#
# usage: cover.sh VERSION BASE-TEXT

. "$(dirname -- "$0")/lib/common.sh"

[ $# -eq 2 ] || die "usage: cover.sh VERSION BASE-TEXT"
version=$1
template=$top/docs/cover-letter.txt
changes=$top/docs/cover-changes.txt
make_tmp
for f in "$template" "$changes"; do
	[ -r "$f" ] || die "no ${f#"$top"/}"
done

grep -v '^#\|^<!-- .* -->$' "$template" | sed '/./,$!d' >"$tmp/letter"

# A file name is no line of a mail; nor is a placeholder that nothing has replaced.
sed -n '/^@BASE@$/!{/@[A-Za-z]*@/p}' "$tmp/letter" >"$tmp/odd"
[ ! -s "$tmp/odd" ] || die "docs/cover-letter.txt: unknown: $(head -n 1 "$tmp/odd")"
printf '%s\n' "$2" | fold -s -w 76 | sed 's/ *$//' >"$tmp/base"
sed -e "/^@BASE@\$/{r $tmp/base
d
}" "$tmp/letter"

[ "$version" -gt 1 ] || exit 0
# Sections of that version and of those before it
awk -v v="$version" '
	/^#/ { next }
	/^v[0-9]+:/ {
		n = substr($1, 2) + 0
		on = n <= v && n > 1
		found = found || n == v
		if (on) {
			sub(/^v[0-9]+: */, "")
			printf "%sChanges since v%d%s\n", some++ ? "\n" : "", n - 1, $0 == "" ? ":" : " (" $0 "):"
		}
		next
	}
	on && NF { print }
	END { exit !found }' "$changes" >"$tmp/changes" ||
	die "V=$version: docs/cover-changes.txt has no section \"v$version:\" that says what has changed"
grep -q '^- ' "$tmp/changes" || die "V=$version: docs/cover-changes.txt says nothing below \"v$version:\""
echo
cat "$tmp/changes"
