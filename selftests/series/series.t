#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series: in step with the commits it is made of and with the files that
# mirror its end, applied by git am and by quilt without fuzz, free of
# checkpatch complaints. That of another base than the default: the new files in
# it are the same.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
patches=$(series_patches)

tap_run "patches/, $series_file, arch-x86-xen/ and selftests/kselftest/ are what the commits say" \
	"$top/scripts/refresh.sh" --check

# The files of the base that the series touches are enough to apply it to.
mkdir "$tmp/base"
git -C "$tree" diff --name-only --no-renames --diff-filter=MD pvh-base pvh-series >"$tmp/touched"
# shellcheck disable=SC2046 # names without spaces
git -C "$tree" archive pvh-base $(cat "$tmp/touched") | tar -xf - -C "$tmp/base"
git -C "$tree" diff --name-only --no-renames --diff-filter=AM pvh-base pvh-series >"$tmp/after"

same_end() {
	while read -r f; do
		git -C "$tree" show "pvh-series:$f" | cmp -s - "$1/$f" || {
			tap_diag "$f differs"
			return 1
		}
	done <"$tmp/after"
}

# A patch that several bases share is at other lines in each.
moved=offset
[ -z "$own_patches" ] || moved=fuzz
quilt_push() {
	cp -R "$tmp/base" "$tmp/quilt" &&
		(cd "$tmp/quilt" && QUILT_PATCHES=$top/patches QUILT_SERIES=$top/$series_file \
			quilt --quiltrc=- push -a --fuzz=0) >"$tmp/log" 2>&1 &&
		! grep -i "fuzz\|$moved" "$tmp/log" && return
	tap_diag <"$tmp/log"
	return 1
}
if command -v quilt >/dev/null 2>&1; then
	tap_run "quilt push -a, no fuzz" quilt_push
	tap_run "quilt ends where the commits do" same_end "$tmp/quilt"
else
	tap_skip "quilt push -a, no fuzz" "no quilt here"
fi

git_am() {
	cp -R "$tmp/base" "$tmp/am" && (
		cd "$tmp/am" &&
		export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost &&
		export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost &&
		git init -q . && git add -A -f . && git commit -q -m base &&
		for p in $patches; do git am -q "$top/patches/$p" || exit 1; done
	) >"$tmp/log" 2>&1 && return
	tap_diag <"$tmp/log"
	return 1
}
tap_run "git am" git_am
tap_run "git am ends where the commits do" same_end "$tmp/am"

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
	[ -s "$tmp/created" ] && [ ! -s "$tmp/log" ] && return
	tap_diag <"$tmp/log"
	return 1
}
# The exceptions and their reasons are in docs/bases.md.
new_file() {
	if grep -q "^- \`$1\`: " "$top/docs/bases.md"; then
		! git -C "$tree" show "pvh-series:$1" | cmp -s - "$tmp/new/$1" && return
		tap_diag "docs/bases.md says that it differs"
		return 1
	fi
	git -C "$tree" show "pvh-series:$1" | diff -u "$tmp/new/$1" - >"$tmp/log" && return
	head -n 20 "$tmp/log" | tap_diag
	return 1
}
if [ -n "$own_patches" ]; then
	tap_run "the new files of the default base" default_new
	for f in $(sort -u "$tmp/created"); do
		[ ! -e "$tmp/new/$f" ] || tap_run "as in the default base, or known not to be: $f" new_file "$f"
	done
fi

# The exceptions and their reasons are in docs/checkpatch.md.
ignore=$(sed -n 's/^- `\([A-Z_]*\)`:.*/\1/p' "$top/docs/checkpatch.md" | paste -sd, -)
checkpatch() {
	(cd "$tree" && scripts/checkpatch.pl --strict --no-summary --ignore "$ignore" \
		"$top/patches/$1") >"$tmp/log" 2>/dev/null
	grep -q '^\(ERROR\|WARNING\|CHECK\):' "$tmp/log" || return 0
	tap_diag <"$tmp/log"
	return 1
}
for p in $patches; do
	tap_run "checkpatch --strict ${p%%-*}" checkpatch "$p"
	tap_run "no sign-off of anybody but the submitter ${p%%-*}" \
		sh -c '! grep -q "^Signed-off-by:" "$1"' sh "$top/patches/$p"
done

# The inputs of the fuzzers have theirs in a REUSE.toml beside them.
spdx() {
	(cd "$top" && git ls-files 2>/dev/null || find . -type f ! -path './build/*' ! -path './.git/*') |
		grep -v '\.patch$\|^COPYING$\|^selftests/user/corpus/\|^tools/pvhinfo/corpus/' | while read -r f; do
		[ ! -f "$top/$f" ] || head -n 3 "$top/$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f"
	done >"$tmp/spdx"
	[ -s "$tmp/spdx" ] || return 0
	tap_diag <"$tmp/spdx"
	return 1
}
tap_run "every file names its license" spdx
tap_done
