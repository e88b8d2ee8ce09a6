#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the unmodified base in the configuration of the main kernel:
# build/base.vmlinux.
#
# usage: base.sh
#        base.sh --targets LIST base       also its modules, for example
#        base.sh OPTION ... base-FLAVOUR   in another configuration, by options of build.sh:
#                                          build/base-FLAVOUR.vmlinux

. "$(dirname -- "$0")/lib/common.sh"

[ -d "$tree/.git" ] || die "no $tree: run make tree first"
if [ ! -e "$base_tree/.git" ]; then
	say "checking out the base"
	git -C "$tree" worktree prune
	logged "$build/log/worktree" git -C "$tree" worktree add -f --detach "$base_tree" pvh-base ||
		die "cannot check out the base to $base_tree"
fi
[ $# -gt 0 ] || set -- base
exec "$top/scripts/build.sh" --src "$base_tree" --targets 'vmlinux bzImage' "$@"
