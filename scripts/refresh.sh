#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write the commits of build/linux back: patches/, series, and the new files as
# they stand after the last one.
#
# usage: refresh.sh            write them
#        refresh.sh --check    only compare, exit 1 and say where they differ

. "$(dirname -- "$0")/lib.sh"

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
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	(cd "$tmp/patches" && find . -name '*.patch' | sed 's|^\./||' | sort)
} >"$tmp/series"

# mirror FROM TO: the files below FROM in the kernel tree as TO
mirror() {
	mkdir -p "$tmp/$2"
	git -C "$tree" rev-parse -q --verify "HEAD:$1" >/dev/null || return 0
	git -C "$tree" archive "HEAD:$1" | tar -xf - -C "$tmp/$2"
}
mirror arch/x86/xen/pvh arch-x86-xen
mirror tools/testing/selftests/pvh selftests-guest

if [ "${1:-}" = --check ]; then
	differ=0
	for pair in patches:patches series:series arch-x86-xen:arch-x86-xen \
		    selftests-guest:selftests/guest; do
		diff -ru "$tmp/${pair%%:*}" "$top/${pair#*:}" >"$tmp/diff" && continue
		say "${pair#*:} is not what the commits of $tree say:"
		head -n 20 "$tmp/diff" | sed 's/^/  | /' >&2
		differ=1
	done
	exit $differ
fi

for pair in patches:patches arch-x86-xen:arch-x86-xen selftests-guest:selftests/guest; do
	rm -rf "${top:?}/${pair#*:}"
	cp -R "$tmp/${pair%%:*}" "$top/${pair#*:}"
done
cp "$tmp/series" "$top/series"
git -C "$tree" tag -f pvh-series >/dev/null
series_id >"$tree/.git/pvh-series-id"
say "wrote $(grep -c '\.patch$' "$top/series") patches"
