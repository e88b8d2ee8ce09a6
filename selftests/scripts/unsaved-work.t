#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Work in build/linux that is nowhere else is not lost by make tree, make clean
# or make refresh, and make tree that was ended half way can be run again.

# shellcheck disable=SC2016,SC2317 # for inner shells; called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/scratch.sh"

tree=$repo/build/linux
tiny_tree "$tmp/kdir"
tiny_tree "$tmp/kdir2"
export KDIR="$tmp/kdir"

in_tree() {
	git -C "$tree" -c user.name=me -c user.email=me@localhost "$@"
}

# start: a repository with its tree
start() {
	new_repo
	"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
}

# state: the commits, the index and the files of the tree
state() {
	in_tree for-each-ref
	in_tree --no-optional-locks status --porcelain
	find "$tree" -path "$tree/.git" -prune -o -type f -exec sha256sum {} + | sort
}

# One kind of work after the other
commit() {
	echo mine >"$tree/arch/x86/xen/mine"
	in_tree add arch/x86/xen/mine
	in_tree commit -q -m Mine
}
branch() {
	in_tree checkout -q -b mine
	commit
	in_tree checkout -q pvh
}
changed() {
	echo mine >>"$tree/Kbuild"
}
staged() {
	changed
	in_tree add Kbuild
}
untracked() {
	echo mine >"$tree/mine.c"
}
stashed() {
	changed
	in_tree stash -q
}
amended() {
	in_tree commit -q --amend -m 'One, better'
}

for work in commit branch changed staged untracked stashed amended; do
	case $work in
	commit | branch | amended) what='commits that are not in patches/' ;;
	stashed) what='a stash' ;;
	*) what='changes that are not committed' ;;
	esac
	start
	$work
	state >"$tmp/state"
	keep "$repo/patches" "$repo/series"
	refused "$work: make clean" "$tree has $what: save that .*FORCE=1" "$repo/scripts/clean.sh"
	refused "$work: make tree with another base" "$tree is made from another base and has $what: save" \
		env KDIR="$tmp/kdir2" "$repo/scripts/tree.sh"
	works "$work: make tree with the same series" "$repo/scripts/tree.sh"
	same "$work: patches/ and the series" "$repo/patches" "$repo/series"
	patch two
	series one two
	refused "$work: make tree with a changed series" "$tree has $what, and patches/ has changed: .*make refresh" \
		"$repo/scripts/tree.sh"
	state >"$tmp/state.after"
	expect "$work: the tree has all of it" cmp "$tmp/state" "$tmp/state.after"
done
works "make clean FORCE=1" env FORCE=1 "$repo/scripts/clean.sh"
expect "make clean FORCE=1 removes the tree" test ! -e "$tree"

# refresh, and then it is saved
start
commit
works "refresh with a commit" "$repo/scripts/refresh.sh"
expect "refresh: the series has the commit" grep '^0002-Mine\.patch$' "$repo/series"
works "refresh: make clean after it" "$repo/scripts/clean.sh"
works "refresh: make tree after it" "$repo/scripts/tree.sh"
expect "refresh: the new tree has the commit" is Mine "$(in_tree log -1 --format=%s)"

# refresh where it would lose patches
start
keep "$repo/patches" "$repo/series"
changed
refused "refresh with uncommitted changes" 'uncommitted changes; commit or stash them first' \
	"$repo/scripts/refresh.sh"
in_tree checkout -q Kbuild
in_tree checkout -q pvh-base
refused "refresh without commits" 'no commits on top of its base' "$repo/scripts/refresh.sh"
in_tree checkout -q pvh
echo two >"$tree/arch/x86/xen/one"
in_tree commit -q -a -m Two
GIT_SEQUENCE_EDITOR='sed -i 1s/^pick/edit/' in_tree rebase -q -i pvh-base 2>/dev/null
refused "refresh during a rebase" 'in the middle of a rebase' "$repo/scripts/refresh.sh"
same "refresh that is refused: patches/ and the series" "$repo/patches" "$repo/series"

# refresh where somebody has edited what it writes
start
mkdir -p "$tree/arch/x86/xen/pvh"
echo theirs >"$tree/arch/x86/xen/pvh/pvh.h"
in_tree add . && in_tree commit -q -m Mirrored
works "refresh with a commit in the directory that is copied" "$repo/scripts/refresh.sh"
for edit in edit:pvh.h new:mine.c delete:pvh.h; do
	file=${edit#*:}
	case $edit in
	delete:*) rm "$repo/arch-x86-xen/$file" ;;
	*) echo mine >>"$repo/arch-x86-xen/$file" ;;
	esac
	keep "$repo/arch-x86-xen" "$repo/patches" "$repo/series"
	refused "refresh after ${edit%:*} of a file in arch-x86-xen/" \
		"arch-x86-xen/ has changes that are not in $tree: $file; .*make refresh FORCE=1" "$repo/scripts/refresh.sh"
	same "refresh after ${edit%:*} of a file in arch-x86-xen/: the repository" \
		"$repo/arch-x86-xen" "$repo/patches" "$repo/series"
	works "refresh FORCE=1 after ${edit%:*} of a file in arch-x86-xen/" env FORCE=1 "$repo/scripts/refresh.sh"
	expect "refresh FORCE=1 after ${edit%:*} of a file in arch-x86-xen/ writes the files of the tree" \
		is theirs "$(cat "$repo/arch-x86-xen/"*.[ch])"
done
for edit in one.patch new.patch; do
	echo mine >>"$repo/patches/$(cd "$repo/patches" && ls *"$edit" 2>/dev/null || echo "$edit")"
	refused "refresh after an edit of $edit in patches/" \
		"patches/ or series has changes that are not in $tree; .*make refresh FORCE=1" "$repo/scripts/refresh.sh"
	works "refresh FORCE=1 after an edit of $edit in patches/" env FORCE=1 "$repo/scripts/refresh.sh"
done
echo '# mine' >>"$repo/series"
refused "refresh after an edit of series" "patches/ or series has changes that are not in $tree; " "$repo/scripts/refresh.sh"
works "refresh FORCE=1 after an edit of series" env FORCE=1 "$repo/scripts/refresh.sh"
expect "refresh: patches/ says that it is generated" grep 'make refresh' "$repo/patches/README.md"

# A series that does not apply leaves the tree with the one that did.
start
before=$(in_tree rev-parse HEAD)
cp "$repo/patches/one.patch" "$repo/patches/two.patch"
series one two
refused "series: one that does not apply" "does not apply to KDIR=$tmp/kdir" "$repo/scripts/tree.sh"
expect "series: the tree keeps the series that applied" sh -c '[ "$(git -C "$1" rev-parse pvh)" = "$2" ] &&
	[ -z "$(git -C "$1" status --porcelain)" ] && [ ! -e "$1/.git/rebase-apply" ]' - "$tree" "$before"
echo 'no patch at all' >"$repo/patches/two.patch"
refused "series: a file that is no patch" "does not apply to KDIR=$tmp/kdir" "$repo/scripts/tree.sh"
rm "$repo/patches/two.patch"
refused "series: one that names a missing file" 'series names two\.patch, and patches/ has no such file' \
	"$repo/scripts/tree.sh"
patch two
works "series: make tree with one that applies" "$repo/scripts/tree.sh"
expect "series: the tree has the new series" is 'Add two' "$(in_tree log -1 --format=%s)"

# Ended half way: a git that ends its caller at that command. TERM is what
# Ctrl-C comes to, KILL what the machine's end does.
mkdir "$tmp/bin"
real=$(command -v git)
stand_in "$tmp/bin/git" <<END
for arg; do
	[ "\$arg" = "\$END_AT" ] || continue
	[ "\$3 \$4" != "am --abort" ] || break
	"$real" "\$@"
	[ "\$END_BY" = TERM ] || : >"\$2/.git/index.lock"
	kill -"\$END_BY" "\$PPID"
	exit 1
done
exec "$real" "\$@"
END
# ended DESC: by a signal, or by the status that stands for one
ended() {
	status=0
	# In a shell of its own, that this one does not say what became of it
	sh -c 'PATH=$1:$PATH; export PATH; "$2"; exit $?' - "$tmp/bin" "$repo/scripts/tree.sh" \
		>"$out" 2>&1 || status=$?
	expect "$1: make tree fails" test "$status" -gt 128
}
for END_BY in TERM KILL; do
	export END_BY
	for END_AT in init add commit am; do
		export END_AT
		new_repo
		ended "ended by $END_BY at git $END_AT"
		expect "ended by $END_BY at git $END_AT: there is no tree" test ! -e "$tree"
		# KILL leaves no time to tidy up
		[ "$END_BY" = KILL ] ||
			expect "ended by $END_BY at git $END_AT: no incomplete tree is left" \
				test ! -e "$tree.new"
		works "ended by $END_BY at git $END_AT: make tree after that" "$repo/scripts/tree.sh"
		expect "ended by $END_BY at git $END_AT: the tree has the series" \
			is 'Add one' "$(in_tree log -1 --format=%s)"
	done

	# While a tree gets another series, in the middle of a patch
	for END_AT in checkout am; do
		start
		patch two
		cp "$repo/patches/one.patch" "$repo/patches/three.patch"
		series two three one
		ended "other series: ended by $END_BY at git $END_AT"
		patch three
		series two three
		works "other series: ended by $END_BY at git $END_AT: make tree after that" \
			"$repo/scripts/tree.sh"
		expect "other series: ended by $END_BY at git $END_AT: the tree has the new series" \
			is 'Add three Add two ' "$(in_tree log --format=%s pvh-base..HEAD | tr '\n' ' ')"
		works "other series: ended by $END_BY at git $END_AT: make clean" "$repo/scripts/clean.sh"
	done
done

# What an earlier run left is no work of the user's.
start
cp -R "$tree" "$tree.new"
cp -R "$tree" "$tree.old"
works "left over: make tree with another base" env KDIR="$tmp/kdir2" "$repo/scripts/tree.sh"
expect "left over: make tree removes linux.new and linux.old" test ! -e "$tree.new" -a ! -e "$tree.old"
mv "$tree" "$tree.old"
works "left over: make clean" "$repo/scripts/clean.sh"
expect "left over: make clean removes linux.old" test ! -e "$tree.old"
tap_done
