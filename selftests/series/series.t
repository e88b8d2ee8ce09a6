#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series is the same as the commits that it is made of, and as the copies of its new
# files. git am and quilt apply it without fuzz, and checkpatch does not complain. In the
# series for another base than the default, the new files are the same, except for those
# that patches/BASE/differs lists.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"

make_tmp
name=
patches=$(series_patches)

expect "patches/, $series_file, arch-x86-xen/ and selftests/kselftest/ are what make refresh writes" \
	"$top/scripts/refresh.sh" --check

touched_base "$tree" "$tmp/base"
git -C "$tree" diff --name-only --no-renames --diff-filter=AM pvh-base pvh-series >"$tmp/after"

# same_end DIR: the files that the series changes or adds are what the commits have
same_end() {
	want='' got=$(
		while read -r f; do
			git -C "$tree" show "pvh-series:$f" | cmp -s - "$1/$f" || echo "$f"
		done <"$tmp/after"
	)
	[ -z "$got" ] && [ -s "$tmp/after" ]
}

# A patch that several bases share is at other lines in each.
moved="(offset"
[ -z "$own_patches" ] || moved=fuzz
quilt_push() {
	cp -R "$tmp/base" "$tmp/quilt" &&
		(cd "$tmp/quilt" && QUILT_PATCHES=$top/patches QUILT_SERIES=$top/$series_file \
			quilt --quiltrc=- push -a --fuzz=0) >"$tmp/log" 2>&1 &&
		! grep -i "fuzz\|$moved" "$tmp/log" || { tail -n 20 "$tmp/log"; return 1; }
}
if command -v quilt >/dev/null 2>&1; then
	expect "quilt push -a applies the series without fuzz" quilt_push
	expect "quilt ends at the same files as the commits" same_end "$tmp/quilt"
else
	tap_skip "quilt push -a applies the series without fuzz" "no quilt here"
fi

git_am() {
	cp -R "$tmp/base" "$tmp/am" && cd "$tmp/am" &&
		export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost &&
		export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost &&
		git init -q . && git add -A -f . && git commit -q -m base || return
	for p in $patches; do
		git am -q "$top/patches/$p" || return
	done
}
expect "git am applies the series" in_subshell git_am
expect "git am ends at the same files as the commits" same_end "$tmp/am"

# default_new: the new files of the default base's series, as they are after its last
# patch, in $tmp/new
default_new() {
	mkdir "$tmp/new"
	for p in $(sed -n 's/#.*//; /./p' "$top/series"); do
		sed -n 's/^ create mode [0-9]* //p' "$top/patches/$p" >>"$tmp/created"
		[ -s "$tmp/created" ] || continue
		# shellcheck disable=SC2046 # names without spaces
		(cd "$tmp/new" && git init -q . &&
			git apply $(sed 's/^/--include=/' "$tmp/created") "$top/patches/$p") 2>&1 |
			grep -v '^error: no valid patches' || :
	done >"$tmp/log"
	cat "$tmp/log"
	[ -s "$tmp/created" ] && [ ! -s "$tmp/log" ]
}
# differs MARK: the files that patches/BASE/differs lists with that mark
differs() {
	listed "$top/patches/$own_patches/differs" | sed -n "s/^$1 //p"
}
same_file() {
	git -C "$tree" show "pvh-series:$1" | diff -u "$tmp/new/$1" -
}
# both_new FILE: a new file of both series
both_new() {
	if differs '!' | grep -qxF "$1"; then
		expect "$1 is not that of the default base, as patches/$own_patches/differs says" not same_file "$1"
	else
		expect "$1 is that of the default base" same_file "$1"
	fi
}
# only_new FILE MARK: a new file of one of the series
only_new() {
	want="\"$2 $1\" in patches/$own_patches/differs" got="no such line"
	differs "$2" | grep -qxF "$1"
}
# none_stale: no line of patches/BASE/differs is about a file that it does not describe
none_stale() {
	want='' got=$(
		comm -13 "$tmp/default" "$tmp/own" | sed 's/^/+ /' >"$tmp/marks"
		comm -23 "$tmp/default" "$tmp/own" | sed 's/^/- /' >>"$tmp/marks"
		comm -12 "$tmp/default" "$tmp/own" | sed 's/^/! /' >>"$tmp/marks"
		listed "$top/patches/$own_patches/differs" | grep -vxFf "$tmp/marks"
	)
	[ -z "$got" ]
}
if [ -n "$own_patches" ]; then
	expect "the series of the default base has new files" default_new
	(cd "$tmp/new" && find . -type f ! -path './.git/*') | sed 's|^\./||' | sort >"$tmp/default"
	git -C "$tree" diff --name-only --no-renames --diff-filter=A pvh-base pvh-series | sort >"$tmp/own"
	for f in $(comm -12 "$tmp/default" "$tmp/own"); do
		both_new "$f"
	done
	for f in $(comm -23 "$tmp/default" "$tmp/own"); do
		expect "$f is new in the default base only, as patches/$own_patches/differs says" only_new "$f" -
	done
	for f in $(comm -13 "$tmp/default" "$tmp/own"); do
		expect "$f is new in $BASE only, as patches/$own_patches/differs says" only_new "$f" +
	done
	expect "patches/$own_patches/differs lists no other file" none_stale
fi

not_signed() {
	want='' got=$(grep '^Signed-off-by:' "$1")
	[ -z "$got" ]
}
ignore=$(listed "$top/scripts/checkpatch.ignore" | paste -sd,)
for p in $patches; do
	expect "${p%%-*}: checkpatch --strict has no complaint" checkpatch "$ignore" "$top/patches/$p"
	expect "${p%%-*}: the patch has no sign-off, as only the submitter can give it" not_signed "$top/patches/$p"
done

# What is another base with a patch has all that the series has, in the same parts.
alike() { # BASE
	want=$series_file got=$(sed "s|^$1/||" "$top/series-$1" | diff "$top/$series_file" - | head -n 5)
	[ -z "$got" ]
}
if [ -z "$own_patches" ]; then
	for base in $bases; do
		[ -z "$(base_field "$base" 5)" ] ||
			expect "series-$base has the patches and headings of $series_file" alike "$base"
	done
fi

# unlicensed: the files that do not name their license. REUSE.toml does it for the inputs
# of the fuzzers.
unlicensed() {
	(cd "$top" && git ls-files 2>/dev/null || find . -type f ! -path './build/*' ! -path './.git/*') |
		grep -v '\.patch$\|^COPYING$\|^selftests/user/corpus/\|^tools/pvhinfo/corpus/' | while read -r f; do
		[ ! -f "$top/$f" ] || head -n 3 "$top/$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f"
	done
}
none_unlicensed() {
	want='' got=$(unlicensed)
	[ -z "$got" ]
}
expect "every file names its license" none_unlicensed
tap_done
