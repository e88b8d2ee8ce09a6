#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series: in step with the commits it is made of and with the files that
# mirror its end, applied by git am and by quilt without fuzz, free of
# checkpatch complaints.

. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/selftests/host/tap.sh"

make_tmp
patches=$(sed -n 's/#.*//; /./p' "$top/series")

tap_run "patches/, series, arch-x86-xen/ and selftests/guest/ are what the commits say" \
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

quilt_push() {
	cp -R "$tmp/base" "$tmp/quilt" &&
		(cd "$tmp/quilt" && QUILT_PATCHES=$top/patches QUILT_SERIES=$top/series \
			quilt --quiltrc=- push -a --fuzz=0) >"$tmp/log" 2>&1 &&
		! grep -i 'fuzz\|offset' "$tmp/log" && return
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

# The inputs of the fuzzer have theirs in selftests/user/REUSE.toml.
spdx() {
	(cd "$top" && git ls-files 2>/dev/null || find . -type f ! -path './build/*' ! -path './.git/*') |
		grep -v '\.patch$\|^COPYING$\|^selftests/user/corpus/' | while read -r f; do
		[ ! -f "$top/$f" ] || head -n 3 "$top/$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f"
	done >"$tmp/spdx"
	[ -s "$tmp/spdx" ] || return 0
	tap_diag <"$tmp/spdx"
	return 1
}
tap_run "every file names its license" spdx
tap_done
