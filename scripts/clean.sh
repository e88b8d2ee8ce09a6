#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Remove what was built; keep what was downloaded, and commits that are nowhere
# else.
#
# usage: clean.sh         FORCE=1 removes unsaved work as well

. "$(dirname -- "$0")/lib.sh"

[ -d "$build" ] || exit 0
if [ -z "${FORCE:-}" ] && [ -d "$tree/.git" ]; then
	if [ "$(git -C "$tree" rev-parse HEAD)" != "$(git -C "$tree" rev-parse -q --verify pvh-series)" ] ||
	   ! git -C "$tree" diff --quiet HEAD; then
		die "$tree holds work that is not in patches/: run make refresh, or make clean FORCE=1"
	fi
fi
find "$build" -mindepth 1 -maxdepth 1 ! -path "$cache" -exec rm -rf -- {} +
