#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fill in docs/cover-letter.txt, or that of a part in docs/cover/: the base, the parts, and
# from version 2 on what docs/cover-changes.txt has of that and earlier ones. The first
# line of the output is the subject.
#
# usage: cover.sh VERSION BASE-TEXT [PART]
#        cover.sh --subject PART

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/parts.sh"

subject=
if [ "${1:-}" = --subject ]; then
	subject=1
	shift
	set -- 1 '' "$@"
fi
[ $# -ge 2 ] && [ $# -le 3 ] || die "usage: cover.sh VERSION BASE-TEXT [PART]"
version=$1
part=${3:-}
template=$top/docs/cover-letter.txt
[ -z "$part" ] || template=$top/docs/cover/$part.txt
changes=$top/docs/cover-changes.txt
make_tmp
for f in "$template" "$changes"; do
	[ -r "$f" ] || die "no ${f#"$top"/}"
done

grep -v '^#\|^<!-- .* -->$' "$template" | sed '/./,$!d' >"$tmp/letter"
if [ -n "$subject" ]; then
	head -n 1 "$tmp/letter"
	exit 0
fi

# A file name is no line of a mail; nor is a placeholder that nothing has replaced.
sed -n '/^@BASE@$\|^@PARTS@$/!{/@[A-Za-z]*@/p}' "$tmp/letter" >"$tmp/odd"
[ ! -s "$tmp/odd" ] || die "${template#"$top"/}: unknown: $(head -n 1 "$tmp/odd")"
printf '%s\n' "$2" | fold -s -w 76 | sed 's/ *$//' >"$tmp/base"
part_list | sed 's/^/  /; s/ *$//' >"$tmp/parts"
sed -e "/^@BASE@\$/{r $tmp/base
d
}" -e "/^@PARTS@\$/{r $tmp/parts
d
}" "$tmp/letter"

[ "$version" -gt 1 ] || exit 0
# Sections of that version and of those before it
awk -v v="$version" -v part="$part" '
	/^#/ { next }
	/^([A-Z] )?v[0-9]+:/ {
		on = 0
		whose = ""
		if (/^[A-Z] /) {
			whose = substr($0, 1, 1)
			$0 = substr($0, 3)
		}
		if (whose != part)
			next
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
	die "V=$version: docs/cover-changes.txt has no section \"${part:+$part }v$version:\" that says what has changed"
grep -q '^- ' "$tmp/changes" || die "V=$version: docs/cover-changes.txt says nothing below \"${part:+$part }v$version:\""
echo
cat "$tmp/changes"
