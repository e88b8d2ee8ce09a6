#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make build/linux (BASE=6.12: build/6.12/linux): a git tree with the base kernel, and the
# base's patch if it has one, as one commit, and the series on top of it. A tree that is there is brought up
# to date if it holds nothing but an earlier state of the series, and left alone
# if it holds work.
#
# usage: tree.sh          KDIR= names a kernel tree or tarball to use as base

. "$(dirname -- "$0")/lib/common.sh"

# Commits of the same base and series get the same id, whoever makes them.
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

# kdir_files: the names of the files in KDIR, a git tree: committed or not, but nothing
# that git ignores
#
# By default git refuses a tree of another user, and runs programs that its
# configuration names.
kdir_files() {
	git -c safe.directory='*' -c core.fsmonitor=false ls-files -z \
		--cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null
}

# base_id: different for each base
base_id() {
	[ "$series_file" = series ] || printf 'BASE=%s ' "$BASE"
	[ -z "$base_patch" ] || sha256sum <"$top/scripts/$base_patch"
	printf '%s\n' "${KDIR:-}"
}

# not_another_base DIR: end if KDIR is the kernel of another base. A kernel that is of
# no base may take the series.
not_another_base() {
	version=$(kernel_version "$1")
	for other in $bases; do
		case $base_version,$version. in
		"$(base_version "$other")",*) continue ;;
		esac
		case $version. in
		"$(base_version "$other")".*)
			die "KDIR=$KDIR is Linux $version, and the series was to be that for $BASE: use BASE=$other" ;;
		esac
	done
}

kdir_is_git() {
	git -c safe.directory='*' -C "$KDIR" rev-parse --show-cdup 2>/dev/null | grep -qx ''
}

# unpack FILE DIR [OPTION]: the user who runs this owns the files and can write to them
unpack() {
	tar -xf "$1" -C "$2" --no-same-owner --no-overwrite-dir ${3:+"$3"} 2>"$build/log/tar" &&
		chmod -R u+w "$2"
}

copy_kdir() {
	{
		if kdir_is_git; then
			(cd "$KDIR" && kdir_files | tar -cf - --no-recursion -T -)
		else
			tar -cf - -C "$KDIR" .
		fi || echo "cannot read all of it" >&2
	} 2>"$build/log/copy" | unpack - "$1" && [ ! -s "$build/log/copy" ]
}

# unpack_base DIR: put the base's files there, and set $what to its name
unpack_base() {
	if [ -z "${KDIR:-}" ]; then
		tarball=$("$top/scripts/fetch.sh") || exit 1
		what="$base_package $(cat "$tarball.version")"
	elif [ -d "$KDIR" ]; then
		is_kernel "$KDIR" || die "KDIR=$KDIR: no Linux source tree"
		what="KDIR"
		kdir_is_git || [ ! -e "$KDIR/.config" ] || [ ! -e "$KDIR/vmlinux" ] ||
			die "KDIR=$KDIR was built in and is no git tree: run make mrproper there, or name a clean one"
		say "copying $KDIR"
		not_another_base "$KDIR"
		copy_kdir "$1" ||
			die "copying $KDIR failed$(room "$build"): $(cat "$build/log/copy" "$build/log/tar" | head -n 1)"
		is_kernel "$1" || die "KDIR=$KDIR: git does not count all of a Linux source tree as its files"
		return
	elif [ -f "$KDIR" ]; then
		tarball=$KDIR
		what="KDIR ${KDIR##*/}"
	else
		die "KDIR=$KDIR: no such file or directory"
	fi

	say "unpacking ${tarball##*/}"
	if ! unpack "$tarball" "$1" --strip-components=1; then
		full=$(room "$build")
		if [ -z "${KDIR:-}" ] && [ -z "$full" ] && ! xz -tq "$tarball" 2>/dev/null; then
			rm -f "$tarball.version"
			die "$tarball is damaged: run the same again to fetch it anew"
		fi
		die "cannot unpack $tarball$full: $(head -n 1 "$build/log/tar")"
	fi
	is_kernel "$1" || die "$tarball: no Linux source in it"
	[ -z "${KDIR:-}" ] || not_another_base "$1"
}

# make_base DIR: a git tree with the base as its one commit
make_base() {
	mkdir -p "$1" "$build/log" || die "cannot write to $build"
	unpack_base "$1"
	rm -rf "$1/.git"
	# Debian's .gitignore has everything except its packaging. That would hide new files.
	[ ! -f "$1/.gitignore" ] || sed -i '/^\/\*$/d' "$1/.gitignore"
	git -C "$1" init -q -b pvh || die "cannot make a repository$(room "$build")"
	patch_base "$1"
	say "making the base commit"
	logged "$build/log/base" base_commit "$1" ||
		die "cannot make the base commit$(room "$build")"
}

# patch_base DIR: apply the base's own patch, if it has one and KDIR= does not have it.
# DIR is a repository: elsewhere git takes the names in a patch for others. Upstream's own
# inline functions may have other words. The series does not change their file.
patch_base() {
	[ -n "$base_patch" ] || return 0
	! git -C "$1" apply -R --check --exclude=arch/x86/include/asm/string.h \
		"$top/scripts/$base_patch" 2>/dev/null || return 0
	logged "$build/log/base" git -C "$1" apply "$top/scripts/$base_patch" ||
		die "scripts/$base_patch does not apply to Linux $(kernel_version "$1") ($what)$(room "$build")"
	what="$what, $(sed -n 's/^Subject: //p' "$top/scripts/$base_patch")"
}

# -f: tarballs hold files that the tree's own .gitignore lists.
base_commit() {
	git -C "$1" config gc.auto 0 &&
		git -C "$1" config core.looseCompression 0 &&
		git -C "$1" config core.bigFileThreshold 1m &&
		echo '/o.*' >>"$1/.git/info/exclude" &&
		git -C "$1" add -A -f . &&
		git -C "$1" commit -q -m "Linux $(kernel_version "$1") ($what)" &&
		git -C "$1" tag pvh-base &&
		base_id >"$1/.git/pvh-kdir"
}

kernel_version() {
	sed -n 's/^VERSION = //p; s/^PATCHLEVEL = /./p; s/^SUBLEVEL = /./p' "$1/Makefile" |
		tr -d '\n'
}

# apply_series DIR: put the tree there on its base and the series on that.
# Returns 1 if it does not apply, and leaves the tree on the base.
apply_series() {
	git -C "$1" checkout -q -B pvh pvh-base
	patches=$(series_patches)
	if [ -n "$patches" ]; then
		say "applying $(printf '%s\n' "$patches" | wc -l) patches"
		# shellcheck disable=SC2046,SC2086 # names without spaces
		if ! logged "$build/log/am" git -C "$1" am -q \
			--committer-date-is-author-date $(printf "$top/patches/%s " $patches); then
			git -C "$1" am --abort 2>/dev/null || :
			return 1
		fi
	fi
	tree_is_series "$1"
}

does_not_apply() {
	case $(kernel_version "$1").,$own_patches in
	"$base_version".*,) whose= ;;
	*) whose=" for $BASE" ;;
	esac
	die "the series$whose does not apply to ${KDIR:+KDIR=$KDIR, }$(git -C "$1" log -1 --format=%s pvh-base)$(room "$build"); see $build/log/am"
}

# back: reset the tree to what it was before the series was applied
back() {
	rm -f "$tree/.git/index.lock"
	git_tree am --abort 2>/dev/null || :
	rm -rf "$tree/.git/rebase-apply"
	git_tree checkout -q -f -B pvh "$(cat "$tree/.git/pvh-applying")"
	rm -f "$tree/.git/pvh-applying"
}

[ -f "$top/$series_file" ] || die "no file $series_file in $top"
series_patches | while read -r patch; do
	[ -f "$top/patches/$patch" ] || die "$series_file names $patch, and patches/ has no such file"
done
case $top$build in
*[[:space:]:]*) die "a kernel cannot be built where a name has spaces or colons: $top, $build" ;;
esac
if [ -n "${KDIR:-}" ] && is_kernel "$KDIR"; then
	kdir=$(realpath -- "$KDIR")
	case $build/ in
	"$kdir"/*) die "KDIR=$KDIR is only read, and $build is inside it: name another place with BUILD=" ;;
	esac
	case $kdir/ in
	"$build"/*) die "KDIR=$KDIR is inside $build, where things get removed" ;;
	esac
fi
own_build
trap 'exit 130' INT
trap 'exit 143' TERM

# Recover from an interrupted run
[ ! -e "$tree/.git/pvh-applying" ] || back

if [ ! -d "$tree/.git" ] || [ "$(cat "$tree/.git/pvh-kdir" 2>/dev/null)" != "$(base_id)" ]; then
	if [ -d "$tree/.git" ]; then
		work=$(tree_work)
		[ -z "$work" ] ||
			die "$tree is made from another base and has $work: save that, then make clean FORCE=1"
		say "another base than last time"
	fi
	# The new tree replaces the old one when it is complete.
	new=$tree.new
	rm -rf "$new" "$tree.old"
	trap 'rm -rf "$new"' EXIT
	make_base "$new"
	apply_series "$new" || does_not_apply "$new"
	[ ! -e "$tree" ] || mv "$tree" "$tree.old"
	mv "$new" "$tree"
	rm -rf "$tree.old" "$base_tree"
	exit 0
fi

if [ "$(cat "$tree/.git/pvh-series-id" 2>/dev/null)" = "$(series_id)" ]; then
	exit 0
fi
work=$(tree_work)
[ -z "$work" ] ||
	die "$tree has $work, and patches/ has changed: commit and make refresh FORCE=1 to take the tree's side"
git_tree rev-parse HEAD >"$tree/.git/pvh-applying.new"
mv "$tree/.git/pvh-applying.new" "$tree/.git/pvh-applying"
trap '[ ! -e "$tree/.git/pvh-applying" ] || back' EXIT
apply_series "$tree" || does_not_apply "$tree"
rm -f "$tree/.git/pvh-applying"
