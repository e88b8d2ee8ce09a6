#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write the commits of build/linux back: patches/, series, and the new files as
# they stand after the last one. Those of another base, in build/BASE/linux, become series-BASE
# and, where they are not the same as a commit of the default base, patches/BASE/.
#
# What is written is edited in the tree, and nowhere else. An edit made elsewhere is
# not overwritten.
#
# usage: refresh.sh            write them; FORCE=1 overwrites edits
#        refresh.sh --check    only compare, exit 1 and say where they differ

. "$(dirname -- "$0")/lib/common.sh"

[ -d "$tree/.git" ] || die "no $tree: run make tree first"
git -C "$tree" rev-parse -q --verify pvh-base >/dev/null ||
	die "$tree has no commit tagged pvh-base"
git -C "$tree" diff --quiet HEAD ||
	die "$tree has uncommitted changes; commit or stash them first"
[ ! -e "$tree/.git/rebase-apply" ] && [ ! -e "$tree/.git/rebase-merge" ] ||
	die "$tree is in the middle of a rebase or am; finish that first"
[ -n "$(git -C "$tree" rev-list -n 1 pvh-base..HEAD)" ] ||
	die "$tree has no commits on top of its base, so there are no patches to write"

make_tmp
mkdir "$tmp/patches"
git -C "$tree" -c core.abbrev=12 format-patch -q -N --zero-commit --no-signature \
	--no-renames -o "$tmp/patches" pvh-base..HEAD
(cd "$tmp/patches" && find . -name '*.patch' | sed 's|^\./||' | sort) >"$tmp/names"

# twin PATCH: the one in patches/ that has the same subject, makes the same change
# and says the same of it, wherever in a file that is
twin() {
	for other in "$top"/patches/????-"${1#????-}"; do
		[ -f "$other" ] && [ "$(change "$tmp/patches/$1")" = "$(change "$other")" ] || continue
		echo "${other##*/}"
		return
	done
}
change() {
	sed -n '/^---$/q; /^From [0-9a-f]* \|^Date: /!p' "$1"
	git patch-id --stable <"$1" | cut -d' ' -f1
}

# rename: standard input, lines of another base's series, with the number that a
# patch has now where they name one of patches/
rename() {
	while IFS= read -r line; do
		case $line in
		\#* | */*) ;;
		*)
			new=$(cd "$tmp/patches" && echo ????-"${line#????-}")
			if [ -f "$tmp/patches/$new" ]; then
				line=$new
			else
				say "$1 names $line, and there is no such patch any more"
			fi ;;
		esac
		printf '%s\n' "$line"
	done
}

if [ -n "$own_patches" ]; then
	mv "$tmp/patches" "$tmp/all"
	mkdir -p "$tmp/patches"
	while read -r name; do
		mv "$tmp/all/$name" "$tmp/patches"
		same=$(twin "$name")
		[ -z "$same" ] || rm "$tmp/patches/$name"
		echo "${same:-$own_patches/$name}"
	done <"$tmp/names" >"$tmp/lines"
	mv "$tmp/lines" "$tmp/names"
	# The list of new files that differ from those of the default base is not generated.
	[ ! -e "$top/patches/$own_patches/differs" ] || cp -p "$top/patches/$own_patches/differs" "$tmp/patches"
fi
# headings: the names on standard input as lines of the series, with the headings that it
# has now. A patch stays in its part. A new one joins that of the patch before it, or after
# the last patch that of the last heading.
headings() {
	awk -v series_file="$series_file" '
		function key(name) {
			sub(/^.*\//, "", name)
			sub(/^[0-9]+-/, "", name)
			return name
		}
		!new {
			if (/^# Part [A-Z]: ./) {
				part = substr($3, 1, 1)
				if (!(part in title))
					title[part] = $0
				empty = $0
			} else if (NF && !/^#/) {
				part_of[key($1)] = part
				last = key($1)
				empty = ""
			}
			next
		}
		{
			if (key($1) in part_of)
				now = part_of[key($1)]
			else if (before == last && empty != "")
				now = substr(empty, 8, 1)
			if (now != shown)
				print title[now]
			shown = now
			used[now]
			if (!(key($1) in part_of) && now != "")
				printf "pvh: %s is new: %s has it in part %s\n", $1, series_file, now >"/dev/stderr"
			before = key($1)
			print
		}
		END {
			if (empty != "" && !(substr(empty, 8, 1) in used))
				print empty
		}' "$top/$series_file" new=1 -
}
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	headings <"$tmp/names"
} >"$tmp/series"

# generated DIR WHERE: tell a reader of the directory where to edit
generated() {
	printf '%s\n' '<!-- SPDX-License-Identifier: GPL-2.0 -->' \
		"\`make refresh\` writes this directory from the commits of $2." \
		"Edit the files there: \`make tree\`, commit in \`build/linux\`, \`make refresh\`." >"$1/README.md"
}

# mirror REV DIR: the directories that hold copies of the series' new files
mirror() {
	for pair in $mirrors; do
		mkdir -p "$2/${pair#*:}"
		! git -C "$tree" rev-parse -q --verify "$1:${pair%%:*}" >/dev/null ||
			git -C "$tree" archive "$1:${pair%%:*}" | tar -xf - -C "$2/${pair#*:}"
		generated "$2/${pair#*:}" "\`build/linux/${pair%%:*}/\`"
	done
}
mirrors='arch/x86/xen/pvh:arch-x86-xen tools/testing/selftests/pvh:selftests/kselftest'
pairs="patches:patches${own_patches:+/$own_patches} series:$series_file"
if [ -z "$own_patches" ]; then
	generated "$tmp/patches" "\`build/linux\`, and of \`build/BASE/linux\` for BASE/"
	mirror HEAD "$tmp"
	for pair in $mirrors; do
		pairs="$pairs ${pair#*:}:${pair#*:}"
	done
	# What belongs to another base stays as it is.
	for other in $bases; do
		[ ! -d "$top/patches/$other" ] || cp -Rp "$top/patches/$other" "$tmp/patches"
		[ ! -f "$top/series-$other" ] || rename "series-$other" <"$top/series-$other" >"$tmp/series-$other"
		[ ! -f "$tmp/series-$other" ] || pairs="$pairs series-$other:series-$other"
	done
fi

if [ "${1:-}" = --check ]; then
	differ=0
	for pair in $pairs; do
		diff -ruN "$tmp/${pair%%:*}" "$top/${pair#*:}" >"$tmp/diff" && continue
		say "${pair#*:} is not what the commits of $tree say:"
		head -n 20 "$tmp/diff" | sed 's/^/  | /' >&2
		differ=1
	done
	exit $differ
fi

# files DIR: the checksums of what is in it, except of the note to readers
files() {
	(cd "$1" && find . -type f ! -path ./README.md -exec sha256sum {} + | sort -k 2)
}

# edited: the first edit that would be lost; nothing if there is none
edited() {
	if [ "$(cat "$tree/.git/pvh-own-id" 2>/dev/null || own_id)" != "$(own_id)" ]; then
		echo "patches/ or $series_file has changes that are not in $tree"
		return
	fi
	[ -z "$own_patches" ] || return 0
	mirror pvh-series "$tmp/last"
	for pair in $mirrors; do
		to=${pair#*:}
		[ -e "$top/$to" ] && ! diff -r "$tmp/$to" "$top/$to" >/dev/null || continue
		files "$tmp/last/$to" >"$tmp/files"
		edit=$(files "$top/$to" | diff "$tmp/files" - | sed -n 's|^[<>] [0-9a-f]* *\./||p' | head -n 1)
		[ -z "$edit" ] || { echo "$to/ has changes that are not in $tree: $edit"; return; }
	done
}
if [ -z "${FORCE:-}" ] && git -C "$tree" rev-parse -q --verify pvh-series >/dev/null; then
	edit=$(edited)
	[ -z "$edit" ] || die "$edit; make and commit them in the tree, or make refresh FORCE=1"
fi

for pair in $pairs; do
	mkdir -p "$(dirname "$top/${pair#*:}")"
	rm -rf "${top:?}/${pair#*:}"
	cp -Rp "$tmp/${pair%%:*}" "$top/${pair#*:}"
done
tree_is_series "$tree"
say "wrote $(series_patches | wc -l) patches"
