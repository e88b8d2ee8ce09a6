#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Several bases in one repository: each has its series, which share what is the same
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
	expect "$desc" sh -c 'grep -v "^#" "$1" | diff - "$2"' - "$repo/$file" "$tmp/lines"
}
for_lts="env BASE=6.12 KDIR=$tmp/lts"
export KDIR="$tmp/new"

# Which base
new_repo
refused "BASE: an unknown base" 'BASE=5\.10: not one of 7\.3, 6\.12, tip$' env BASE=5.10 "$repo/scripts/tree.sh"
refused "BASE: a name of no base" 'BASE=lts: not one of' env BASE=lts "$repo/scripts/deps.sh" boot
expect "BASE: make with an unknown base fails with the same message" sh -c '! make -C "$1" BASE=5.10 boot >"$2" 2>&1 &&
	grep -q "^pvh: error: BASE=5\.10: not one of" "$2"' - "$repo" "$out"
expect "BASE: an unknown base leaves no build directory" test ! -e "$repo/build"
tar -cf "$tmp/lts.tar" -C "$tmp" lts
for kdir in lts lts.tar; do
	refused "BASE: KDIR=$kdir of 6.12 for the default base" "KDIR=$tmp/$kdir is Linux 6\.12\.0, .* for 7\.3: use BASE=6\.12" \
		env KDIR="$tmp/$kdir" "$repo/scripts/tree.sh"
done
refused "BASE: KDIR= of 7.3 for 6.12" "KDIR=$tmp/new is Linux 7\.3\.0, .* for 6\.12: use BASE=7\.3" \
	env BASE=6.12 "$repo/scripts/tree.sh"
works "BASE: make tree with KDIR= of another kernel that takes the series" env KDIR="$tmp/other" "$repo/scripts/tree.sh"
tiny_tree "$tmp/taken" 6 1
echo two >"$tmp/taken/arch/x86/xen/one"
refused "BASE: KDIR= of another kernel that does not take the series" \
	"the series for 7\.3 does not apply to KDIR=$tmp/taken, Linux 6\.1\.0 " \
	env KDIR="$tmp/taken" "$repo/scripts/tree.sh"

# A third base is a line of the table, and a series.
printf '6.6\town\tno\n' >>"$repo/scripts/bases"
tiny_tree "$tmp/third" 6 6
refused "BASE: a third base without a series" "no file series-6\.6 in $repo" \
	env BASE=6.6 KDIR="$tmp/third" "$repo/scripts/tree.sh"
cp "$repo/series" "$repo/series-6.6"
works "BASE: make tree for a third base with a line in scripts/bases and a series" \
	env BASE=6.6 KDIR="$tmp/third" "$repo/scripts/tree.sh"
expect "BASE: the tree of the third base is in build/6.6" test -d "$repo/build/6.6/linux/.git"
expect "BASE: make help names the third base" sh -c 'make -C "$1" help | grep "7\.3 6\.12 tip 6\.6;"' - "$repo"
refused "BASE: KDIR= of the third base for the default base" "KDIR=$tmp/third is Linux 6\.6\.0, .* for 7\.3: use BASE=6\.6" \
	env KDIR="$tmp/third" "$repo/scripts/tree.sh"

# A base may be another with a patch.
cat >"$repo/scripts/base-next.patch" <<'END'
Subject: as with a commit for next
--- a/arch/x86/xen/next
+++ b/arch/x86/xen/next
@@ -1 +1 @@
-now
+next
--- a/arch/x86/include/asm/string.h
+++ b/arch/x86/include/asm/string.h
@@ -1 +1 @@
-none
+ours
END
printf 'next\town\tno\t7.3\tbase-next.patch\n' >>"$repo/scripts/bases"
: >"$repo/series-next"
tiny_tree "$tmp/now"
mkdir -p "$tmp/now/arch/x86/include/asm"
echo none >"$tmp/now/arch/x86/include/asm/string.h"
echo now >"$tmp/now/arch/x86/xen/next"
for_next="env BASE=next KDIR=$tmp/now"
works "BASE: make tree for a base that is another with a patch" $for_next "$repo/scripts/tree.sh"
expect "BASE: the base commit names the patch" \
	is "Linux 7.3.0 (KDIR, as with a commit for next)" "$(git -C "$repo/build/next/linux" log -1 --format=%s pvh-base)"
expect "BASE: the base commit has the patch" is next "$(git -C "$repo/build/next/linux" show pvh-base:arch/x86/xen/next)"
sed -i 's/+next/+next year/' "$repo/scripts/base-next.patch"
works "BASE: make tree after the patch has changed" $for_next "$repo/scripts/tree.sh"
expect "BASE: the base commit has the new patch" is "next year" "$(git -C "$repo/build/next/linux" show pvh-base:arch/x86/xen/next)"
echo next year >"$tmp/now/arch/x86/xen/next"
echo theirs >"$tmp/now/arch/x86/include/asm/string.h"
rm -rf "$repo/build/next"
works "BASE: make tree with KDIR= of a kernel that has the patch, with another inline function" $for_next "$repo/scripts/tree.sh"
expect "BASE: the base commit does not name the patch" \
	is "Linux 7.3.0 (KDIR)" "$(git -C "$repo/build/next/linux" log -1 --format=%s pvh-base)"
echo then >"$tmp/now/arch/x86/xen/next"
rm -rf "$repo/build/next"
refused "BASE: the patch does not apply" 'scripts/base-next\.patch does not apply to Linux 7\.3\.0 .KDIR.$' \
	$for_next "$repo/scripts/tree.sh"
expect "BASE: no tree without the patch is left" test ! -e "$repo/build/next/linux"

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
works "refresh of the default base" "$repo/scripts/refresh.sh"
works "refresh of 6.12" $for_lts "$repo/scripts/refresh.sh"
lists "refresh: the series of the default base has its three patches" series \
	0001-Add-one.patch 0002-Add-two.patch 0003-Add-three.patch
lists "refresh: the series of 6.12 shares the patches that are the same" series-6.12 \
	0001-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 0003-Add-three.patch
expect "refresh: patches/6.12 has only the patches that differ" \
	is "0002-Add-before.patch 0003-Add-two.patch " "$(ls "$repo/patches/6.12" | tr '\n' ' ')"
for base in "" 6.12; do
	kdir=$tmp/new
	[ -z "$base" ] || kdir=$tmp/lts
	works "refresh --check of ${base:-the default base} after refresh" env BASE="$base" KDIR="$kdir" "$repo/scripts/refresh.sh" --check
	works "make tree for ${base:-the default base} after refresh" env BASE="$base" KDIR="$kdir" "$repo/scripts/tree.sh"
done

# Words are part of a patch.
git -C "$lts" -c user.name=me -c user.email=me@localhost commit -q --amend -m 'Add three' -m 'Why'
works "refresh after another message" $for_lts "$repo/scripts/refresh.sh"
lists "refresh: another message makes another patch" series-6.12 \
	0001-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 6.12/0004-Add-three.patch
expect "refresh: the patch has the new message" grep -x Why "$repo/patches/6.12/0004-Add-three.patch"

# What the default gets, the other keeps up with, or says that it cannot.
keep "$repo/patches/6.12"
git -C "$tree" checkout -q pvh-base
work "$tree" zero
git -C "$tree" -c user.name=me -c user.email=me@localhost cherry-pick pvh-base..pvh >/dev/null
git -C "$tree" checkout -q -B pvh
works "refresh with a new first patch" "$repo/scripts/refresh.sh"
same "refresh: patches/6.12" "$repo/patches/6.12"
lists "refresh: the series of 6.12 has the new numbers" series-6.12 \
	0002-Add-one.patch 6.12/0002-Add-before.patch 6.12/0003-Add-two.patch 6.12/0004-Add-three.patch
works "make tree for 6.12 with the new numbers" $for_lts "$repo/scripts/tree.sh"
expect "tree: the tree of 6.12 has its series" \
	is "Add three Add two Add before Add one " "$(git -C "$lts" log --format=%s pvh-base..HEAD | tr '\n' ' ')"
sed -i 's/one/eins/' "$repo/patches/6.12/0003-Add-two.patch"
sed -i 's/0003-Add-two/0003-Add-2/' "$repo/series-6.12"
refused "tree: a series that names a missing patch" 'series-6\.12 names 6\.12/0003-Add-2\.patch, and patches/ has no such' \
	$for_lts "$repo/scripts/tree.sh"

# Work in either tree
start
keep "$tree" "$lts"
refused "clean of the default base with work in its tree" "$tree has commits" "$repo/scripts/clean.sh"
refused "clean of 6.12 with work in its tree" "$lts has commits" $for_lts "$repo/scripts/clean.sh"
same "clean: the two trees" "$tree" "$lts"
keep "$lts"
works "clean FORCE=1 of the default base" env FORCE=1 "$repo/scripts/clean.sh"
expect "clean FORCE=1 removes the tree of the default base" test ! -e "$tree"
same "clean FORCE=1 of the default base: the tree of 6.12" "$lts"
works "make tree for the default base after clean" "$repo/scripts/tree.sh"
keep "$tree"
works "clean FORCE=1 of 6.12" env FORCE=1 BASE=6.12 "$repo/scripts/clean.sh"
expect "clean FORCE=1 removes the tree of 6.12" test ! -e "$lts"
same "clean FORCE=1 of 6.12: the tree of the default base" "$tree"

# One build directory for both: the tree is made anew, if there is no work in it.
mkdir "$tmp/b"
export BUILD="$tmp/b"
works "BUILD: make tree for the default base" "$repo/scripts/tree.sh"
works "BUILD: make tree for 6.12 in the same directory" $for_lts "$repo/scripts/tree.sh"
expect "BUILD: the tree is that of 6.12" is "Linux 6.12.0 (KDIR)" "$(git -C "$tmp/b/linux" log -1 --format=%s pvh-base)"
work "$tmp/b/linux" mine
refused "BUILD: make tree for the default base with work for 6.12" "is made from another base and has commits" "$repo/scripts/tree.sh"
tap_done
