#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Remove the built files. Keep downloads, the files of other bases, and commits that
# are nowhere else.
#
# usage: clean.sh         FORCE=1 removes unsaved work as well

. "$(dirname -- "$0")/lib/common.sh"

[ -d "$build" ] || exit 0
own_build
work=$(tree_work)
[ -n "${FORCE:-}" ] || [ -z "$work" ] ||
	die "$tree has $work: save that (make refresh writes commits to patches/), or make clean FORCE=1"

# The tree is renamed first, so that a tree that is removed in part is not taken for one
# with work in it.
rm -rf "$tree.old"
[ ! -e "$tree" ] || mv "$tree" "$tree.old"
for other in $bases; do
	set -- "$@" ! -path "$top/build/$other"
done
find "$build" -mindepth 1 -maxdepth 1 ! -path "$cache" ! -name .pvh "$@" -exec rm -rf -- {} +
