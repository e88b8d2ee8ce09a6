#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two bases in one repository: each has its series, which share what is the same
# patch, and its build directory, and neither loses what is the other's.

# shellcheck disable=SC2016,SC2086 # for inner shells; a command
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/scratch.sh"

tiny_tree "$tmp/new"
tiny_tree "$tmp/lts" 6 12
tiny_tree "$tmp/other" 6 1
tree=$repo/build/linux
lts=$repo/build/6.12/linux

# work TREE NAME [TEXT]: commit a file
work() {
	echo "${3:-$2}" >"$1/arch/x86/xen/$2"
	git -C "$1" add "arch/x86/xen/$2"
	git -C "$1" -c user.name=me -c user.email=me@localhost commit -q -m "Add $2"
}
# lists DESC SERIES LINE ...: passes if the file has these lines
lists() {
	desc=$1
	file=$2
	shift 2
	printf '%s\n' "$@" >"$tmp/lines"
	tap_run "$desc" sh -c 'grep -v "^#" "$1" | diff - "$2" >&2' - "$repo/$file" "$tmp/lines"
}
for_lts="env BASE=6.12 KDIR=$tmp/lts"
export KDIR="$tmp/new"

# Which base
new_repo
refused "BASE: unknown" 'BASE=5\.10: not one of 7\.3, 6\.12$' env BASE=5.10 "$repo/scripts/tree.sh"
refused "BASE: none" 'BASE=lts: not one of' env BASE=lts "$repo/scripts/deps.sh" boot
tap_run "BASE: unknown to make" sh -c '! make -C "$1" BASE=5.10 boot >"$2" 2>&1 &&
	grep -q "^pvh: error: BASE=5\.10: not one of" "$2"' - "$repo" "$out"
tap_run "BASE: nothing was made by that" test ! -e "$repo/build"
tar -cf "$tmp/lts.tar" -C "$tmp" lts
for kdir in lts lts.tar; do
	refused "BASE: $kdir is 6.12" "KDIR=$tmp/$kdir is Linux 6\.12\.0, .* for 7\.3: use BASE=6\.12" \
		env KDIR="$tmp/$kdir" "$repo/scripts/tree.sh"
done
refused "BASE: KDIR is 7.3" "KDIR=$tmp/new is Linux 7\.3\.0, .* for 6\.12: use BASE=7\.3" \
	env BASE=6.12 "$repo/scripts/tree.sh"
works "BASE: KDIR is neither, and takes the series" env KDIR="$tmp/other" "$repo/scripts/tree.sh"
tiny_tree "$tmp/taken" 6 1
echo two >"$tmp/taken/arch/x86/xen/one"
refused "BASE: KDIR is neither, and does not" \
	"the series for 7\.3 does not apply to KDIR=$tmp/taken, Linux 6\.1\.0 " \
	env KDIR="$tmp/taken" "$repo/scripts/tree.sh"

# A third base is a line of the table, and a series.
printf '6.6\town\tno\n' >>"$repo/scripts/bases"
tiny_tree "$tmp/third" 6 6
refused "BASE: a third one without a series" "no file series-6\.6 in $repo" \
	env BASE=6.6 KDIR="$tmp/third" "$repo/scripts/tree.sh"
cp "$repo/series" "$repo/series-6.6"
works "BASE: a third one with a line in scripts/bases and a series" \
	env BASE=6.6 KDIR="$tmp/third" "$repo/scripts/tree.sh"
tap_run "BASE: the third one has its tree in build/6.6" test -d "$repo/build/6.6/linux/.git"
tap_run "BASE: make help names the third one" sh -c 'make -C "$1" help | grep "7\.3 6\.12 6\.6;"' - "$repo"
refused "BASE: KDIR is the third one" "KDIR=$tmp/third is Linux 6\.6\.0, .* for 7\.3: use BASE=6\.6" \
	env KDIR="$tmp/third" "$repo/scripts/tree.sh"

# start: both trees, of three patches, of which 6.12 has two of its own
start() {
	new_repo
	rm -f "$repo/patches/one.patch"
	: >"$repo/series"
	: >"$repo/series-6.12"
	"$repo/scripts/tree.sh" 2>"$out" && $for_lts "$repo/scripts/tree.sh" 2>>"$out" || tap_diag <"$out"
	for t in "$tree" "$lts"; do
		work "$t" one
		[ "$t" = "$tree" ] || work "$t" before
		work "$t" two "${t#"$repo"}"
		work "$t" three
	done
}
start
works "refresh: the default" "$repo/scripts/refresh.sh"
works "refresh: the other" $for_lts "$repo/scripts/refresh.sh"
lists "refresh: the default's series" series \
	0001-Add-one.patch 0002-Add-two.patch 0003-Add-three.patch
lists "refresh: the other's shares what is the same" series-6.12 \
	0001-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 0003-Add-three.patch
tap_run "refresh: and has no more of its own" \
	test "$(ls "$repo/patches/6.12" | tr '\n' ' ')" = "0002-Add-before.patch 0003-Add-two.patch "
for base in "" 6.12; do
	kdir=$tmp/new
	[ -z "$base" ] || kdir=$tmp/lts
	works "refresh --check: $base in step" env BASE="$base" KDIR="$kdir" "$repo/scripts/refresh.sh" --check
	works "tree: $base stays" env BASE="$base" KDIR="$kdir" "$repo/scripts/tree.sh"
done

# Words are part of a patch.
git -C "$lts" -c user.name=me -c user.email=me@localhost commit -q --amend -m 'Add three' -m 'Why'
works "refresh: other words" $for_lts "$repo/scripts/refresh.sh"
lists "refresh: other words make another patch" series-6.12 \
	0001-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 6.12/0004-Add-three.patch
tap_run "refresh: and those are in it" grep -qx Why "$repo/patches/6.12/0004-Add-three.patch"

# What the default gets, the other keeps up with, or says that it cannot.
keep "$repo/patches/6.12"
git -C "$tree" checkout -q pvh-base
work "$tree" zero
git -C "$tree" -c user.name=me -c user.email=me@localhost cherry-pick pvh-base..pvh >/dev/null
git -C "$tree" checkout -q -B pvh
works "refresh: one more ahead of all" "$repo/scripts/refresh.sh"
same "refresh: the other's own patches stay" "$repo/patches/6.12"
lists "refresh: the other's series has the new numbers" series-6.12 \
	0002-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 6.12/0004-Add-three.patch
works "tree: the other's series applies as before" $for_lts "$repo/scripts/tree.sh"
tap_run "tree: it is on the other tree" \
	test "$(git -C "$lts" log --format=%s pvh-base..HEAD | tr '\n' ' ')" = "Add three Add two Add before Add one "
sed -i 's/one/eins/' "$repo/patches/6.12/0003-Add-two.patch"
sed -i 's/0003-Add-two/0003-Add-2/' "$repo/series-6.12"
refused "tree: a patch that is not there" 'series-6\.12 names 6\.12/0003-Add-2\.patch, and patches/ has no such' \
	$for_lts "$repo/scripts/tree.sh"

# Work in either tree
start
keep "$tree" "$lts"
refused "clean: the default, with work" "$tree has commits" "$repo/scripts/clean.sh"
refused "clean: the other, with work" "$lts has commits" $for_lts "$repo/scripts/clean.sh"
same "clean: neither has changed" "$tree" "$lts"
keep "$lts"
works "clean: the default, all the same" env FORCE=1 "$repo/scripts/clean.sh"
tap_run "clean: the default is gone" test ! -e "$tree"
same "clean: the other is not" "$lts"
works "tree: the default again" "$repo/scripts/tree.sh"
keep "$tree"
works "clean: the other, all the same" env FORCE=1 BASE=6.12 "$repo/scripts/clean.sh"
tap_run "clean: the other is gone" test ! -e "$lts"
same "clean: the default is not" "$tree"

# One build directory for both: the tree is made anew, if there is no work in it.
mkdir "$tmp/b"
export BUILD="$tmp/b"
works "BUILD: the default" "$repo/scripts/tree.sh"
works "BUILD: then the other" $for_lts "$repo/scripts/tree.sh"
tap_run "BUILD: is the other" test "$(git -C "$tmp/b/linux" log -1 --format=%s pvh-base)" = "Linux 6.12.0 (KDIR)"
work "$tmp/b/linux" mine
refused "BUILD: the other, with work" "is made from another base and has commits" "$repo/scripts/tree.sh"
tap_done
