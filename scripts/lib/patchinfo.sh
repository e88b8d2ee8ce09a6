# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh, used after make_tmp: what a patch of the series says, and commits of patches.

# read_patch PATCH: of patches/PATCH the message as $tmp/text, what is behind it as
# $tmp/diff, and for field() the headers; or end.
read_patch() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$top/patches/$1" >"$tmp/info" 2>/dev/null || : >"$tmp/info"
	for f in Author Email Subject Date; do
		[ -n "$(field $f)" ] || die "patches/$1: no patch that git can read: it has no $f"
	done
	grep -q '^diff --git ' "$tmp/diff" || die "patches/$1: no patch that git can read: it changes nothing"
}

# field NAME: Author, Email, Subject or Date
field() {
	sed -n "s/^$1: //p" "$tmp/info" | head -n 1
}

# scratch_git REV REPOSITORY ...: from now on git works in $tmp/git, a repository that
# reads the objects of the others, with REV of one of them in its index. Nothing is
# checked out.
scratch_git() {
	scratch_rev=$1
	shift
	git init -q "$tmp/git"
	for from; do
		git -c safe.directory='*' -c core.fsmonitor=false -C "$from" \
			rev-parse --path-format=absolute --git-path objects
	done | sort -u >"$tmp/git/.git/objects/info/alternates"
	# git would write a conflict to the working tree, so the repository has its own.
	export GIT_DIR="$tmp/git/.git" GIT_WORK_TREE="$tmp/git"
	git config gc.auto 0
	git read-tree "$scratch_rev" || die "cannot read the tree of $scratch_rev"
}

# apply_patch PATCH WHERE: read it, and apply it to the index; or end. The context may be
# of another kernel, or of another part.
apply_patch() {
	read_patch "$1"
	(cd "$tmp/git" && git apply --cached --3way "$tmp/diff") >"$tmp/apply" 2>&1 || {
		sed 's/^/  | /' "$tmp/apply" >&2
		die "patches/$1 does not apply to $2"
	}
}

# commit_patch PATCH HEAD: the id of a commit on HEAD of what is in the index, with the
# message in $tmp/message
commit_patch() {
	date=$(field Date)
	GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date \
		git commit-tree "$(git write-tree)" -p "$2" <"$tmp/message" ||
		die "cannot make a commit of patches/$1$(room "$tmp")"
}
