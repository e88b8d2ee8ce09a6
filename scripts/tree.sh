#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make build/linux: a git tree with the base kernel as one commit, and the
# series on top of it. A tree that is there is brought up to date if it holds
# nothing but an earlier state of the series, and left alone if it holds work.
#
# usage: tree.sh          KDIR= names a kernel tree or tarball to use as base

. "$(dirname -- "$0")/lib.sh"

# Not the submitter's: commits of the same base and series have the same id.
export GIT_AUTHOR_NAME=base GIT_AUTHOR_EMAIL=base@localhost
export GIT_COMMITTER_NAME=pvh GIT_COMMITTER_EMAIL=pvh@localhost
export GIT_AUTHOR_DATE='2000-01-01T00:00:00Z'
export GIT_COMMITTER_DATE='2000-01-01T00:00:00Z'
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

git_tree() {
	git -C "$tree" "$@"
}

is_kernel() {
	[ -f "$1/Makefile" ] && [ -f "$1/Kbuild" ] && [ -d "$1/arch/x86/xen" ] &&
		grep -q '^VERSION = ' "$1/Makefile"
}

# unpack_base DIR: put the base's files there, and say in $what which it is.
unpack_base() {
	if [ -z "${KDIR:-}" ]; then
		tarball=$("$top/scripts/fetch.sh") || exit 1
		what="linux-source-7.3 $(cat "$tarball.version")"
	elif [ -d "$KDIR" ]; then
		is_kernel "$KDIR" || die "KDIR=$KDIR: no Linux source tree"
		what="KDIR"
		say "copying $KDIR"
		if git -C "$KDIR" rev-parse --show-cdup 2>/dev/null | grep -qx ''; then
			# Its files as they are now, without what was built there.
			(cd "$KDIR" && git ls-files -z | xargs -0 ls -d 2>/dev/null |
				tar -cf - -T -) | tar -xf - -C "$1" || die "copying $KDIR failed"
		else
			[ ! -e "$KDIR/.config" ] || [ ! -e "$KDIR/vmlinux" ] ||
				die "KDIR=$KDIR was built in and is no git tree: run make mrproper there, or name a clean one"
			tar -cf - -C "$KDIR" . | tar -xf - -C "$1" || die "copying $KDIR failed"
		fi
		return
	elif [ -f "$KDIR" ]; then
		tarball=$KDIR
		what="KDIR ${KDIR##*/}"
	else
		die "KDIR=$KDIR: no such file or directory"
	fi

	say "unpacking ${tarball##*/}"
	tar -xf "$tarball" -C "$1" --strip-components=1 2>"$build/log/tar" ||
		die "cannot unpack $tarball: $(head -n 1 "$build/log/tar")"
	is_kernel "$1" || die "$tarball: no Linux source in it"
}

make_base() {
	new=$tree.new
	rm -rf "$new"
	mkdir -p "$new" "$build/log"
	unpack_base "$new"
	rm -rf "$new/.git"
	# Debian ignores whatever is not its packaging; here that would hide new files.
	sed -i '/^\/\*$/d' "$new/.gitignore"
	say "making the base commit"
	git -C "$new" init -q -b pvh
	git -C "$new" config gc.auto 0
	git -C "$new" config core.looseCompression 0
	git -C "$new" config core.bigFileThreshold 1m
	# Object directories of builds
	echo '/o.*' >>"$new/.git/info/exclude"
	# -f: tarballs hold files that the tree's own .gitignore lists.
	git -C "$new" add -A -f . &&
		git -C "$new" commit -q -m "Linux $(kernel_version "$new") ($what)" ||
		die "cannot make the base commit: no room left in $build? ($(df -Pk "$build" | awk 'NR == 2 { print int($4 / 1024) }') MiB free)"
	git -C "$new" tag pvh-base
	printf '%s\n' "${KDIR:-}" >"$new/.git/pvh-kdir"
	rm -rf "$tree" "$base_tree"
	mv "$new" "$tree"
}

kernel_version() {
	sed -n 's/^VERSION = //p; s/^PATCHLEVEL = /./p; s/^SUBLEVEL = /./p' "$1/Makefile" |
		tr -d '\n'
}

series_id() {
	(cd "$top" && cat series && sed -n 's/#.*//; /./p' series |
		sed 's|^|patches/|' | xargs -r cat) | sha256sum | cut -d' ' -f1
}

apply_series() {
	git_tree checkout -q -B pvh pvh-base
	patches=$(sed -n 's/#.*//; /./p' "$top/series")
	if [ -n "$patches" ]; then
		say "applying $(printf '%s\n' "$patches" | wc -l) patches"
		# shellcheck disable=SC2046,SC2086 # names without spaces
		if ! logged "$build/log/am" git -C "$tree" am -q \
			--committer-date-is-author-date $(printf "$top/patches/%s " $patches); then
			git_tree am --abort
			git_tree checkout -q -B pvh pvh-base
			die "the series does not apply to this base ($(git_tree log -1 --format=%s pvh-base)); see $build/log/am"
		fi
	fi
	git_tree tag -f pvh-series >/dev/null
	series_id >"$tree/.git/pvh-series-id"
}

[ -f "$top/series" ] || die "no file series in $top"

if [ -d "$tree/.git" ] && [ "$(cat "$tree/.git/pvh-kdir" 2>/dev/null)" != "${KDIR:-}" ]; then
	[ "$(git_tree rev-parse HEAD)" = "$(git_tree rev-parse pvh-series)" ] &&
		git_tree diff --quiet HEAD ||
		die "$tree has another base, and work of yours in it: save that, then make clean"
	say "another base than last time"
	rm -rf "$tree"
fi
[ -d "$tree/.git" ] || make_base

if [ "$(cat "$tree/.git/pvh-series-id" 2>/dev/null)" = "$(series_id)" ]; then
	exit 0
fi
if git_tree rev-parse -q --verify pvh-series >/dev/null; then
	if [ "$(git_tree rev-parse HEAD)" != "$(git_tree rev-parse pvh-series)" ] ||
	   ! git_tree diff --quiet HEAD; then
		die "$tree has work in it that is not in patches/, and patches/ has changed: run make refresh to take the tree's side"
	fi
fi
apply_series
