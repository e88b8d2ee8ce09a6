#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series for Debian's linux source package: applied by quilt on the base as they
# name it, ending where the commits do, with headers as DEP-3 has them, and beside what
# Debian has there.

# shellcheck disable=SC2016,SC2086 # for inner shells; a command
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
real=$tree
base_name=$BASE
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"

out_dir=$tmp/debian
status=0
$here "$top/scripts/debian.sh" "$out_dir" >"$out" 2>&1 || status=1
tap_ok $status "make debian"
[ $status -eq 0 ] || tap_diag <"$out"
patches=$out_dir/debian/patches

# Of the base what the series changes
mkdir "$tmp/base"
git -C "$real" diff --name-only --no-renames --diff-filter=MD pvh-base pvh-series >"$tmp/touched"
# shellcheck disable=SC2046 # names without spaces
git -C "$real" archive pvh-base $(cat "$tmp/touched") | tar -xf - -C "$tmp/base"

# Behind patches of its own, as in Debian's file
mkdir -p "$tmp/base/debian"
cp -R "$patches" "$tmp/base/debian/patches"
echo "# Debian's own" >"$tmp/base/debian/patches/series"
cat "$patches/series.pvh" >>"$tmp/base/debian/patches/series"
push() {
	(cd "$tmp/base" && QUILT_PATCHES=debian/patches quilt --quiltrc=- push -a --fuzz=0) >"$tmp/log" 2>&1 &&
		! grep -i fuzz "$tmp/log" && return
	tap_diag <"$tmp/log"
	return 1
}
same_end() {
	git -C "$real" diff --name-only --no-renames --diff-filter=AM pvh-base pvh-series | while read -r f; do
		git -C "$real" show "pvh-series:$f" | cmp -s - "$tmp/base/$f" || echo "$f"
	done >"$tmp/differ"
	git -C "$real" diff --name-only --no-renames --diff-filter=D pvh-base pvh-series | while read -r f; do
		[ ! -e "$tmp/base/$f" ] || echo "$f"
	done >>"$tmp/differ"
	[ ! -s "$tmp/differ" ] && return
	tap_diag <"$tmp/differ"
	return 1
}
tap_run "quilt push -a" push
tap_run "it ends where the commits do" same_end
tap_run "every patch is in the series, and every line is a patch" sh -c '
	sed "s/#.*//; /^$/d" "$1/series.pvh" | sort >"$2.a"
	(cd "$1" && find . -name "*.patch" | sed "s|^\./||" | sort) | diff - "$2.a"' - "$patches" "$tmp/list"

# dep3 FILE: the first paragraph, as DEP-3 has it
dep3() {
	sed '/^$/q' "$1" >"$tmp/head"
	bad=
	grep -Eq '^(Subject|Description): .' "$tmp/head" || bad="no Subject"
	grep -Eq '^(From|Author): .+ <.+@.+>$' "$tmp/head" || bad="no From"
	grep -Eq '^Origin: ((upstream|backport|vendor|other), )?.' "$tmp/head" || bad="no Origin"
	grep -Eq '^Forwarded: (no|not-needed|yes|https?://.*)$' "$tmp/head" || bad="Forwarded"
	date=$(sed -n 's/^Last-Update: //p' "$tmp/head")
	[ "$(date -d "$date" +%Y-%m-%d 2>/dev/null)" = "$date" ] || bad="Last-Update: $date"
	! grep -Evq '^[A-Z][A-Za-z-]*: .|^ .|^$' "$tmp/head" || bad="$(grep -Ev '^[A-Z][A-Za-z-]*: .|^ .|^$' "$tmp/head")"
	[ "$(cut -d: -f1 "$tmp/head" | sort | uniq -d | wc -l)" -eq 0 ] || bad="a field twice"
	[ -z "$bad" ] && return
	tap_diag "$1: $bad"
	return 1
}
all_dep3() {
	n=0
	for f in $(find "$patches" -name '*.patch'); do
		n=$((n + 1))
		dep3 "$f" || return 1
	done
	[ $n -gt 0 ]
}
tap_run "DEP-3 headers" all_dep3
tap_run "what a message says is still there" sh -c '
	git mailinfo "$3.msg" "$3.diff" <"$1" >/dev/null && sed "1,/^$/d; /^---$/,\$d" "$2" | diff - "$3.msg"' - \
	"$top/patches/$(series_patches | tail -n 1)" "$(find "$patches" -name '*.patch' | sort | tail -n 1)" "$tmp/m"

# What Debian has: its kernel's configuration, in which the lines are to be taken; its
# packaging, if the archive has the source of this version.
option_on() {
	grep -qx "CONFIG_$1=y" "$tmp/config"
}
deb=$(find "$cache/deb" -name "linux-config-${base_name}_*_amd64.deb" 2>/dev/null | head -n 1)
if [ -n "$deb" ] && dpkg-deb --fsys-tarfile "$deb" |
   tar -xOf - "./usr/src/linux-config-$base_name/config.amd64_none_amd64.xz" | xz -dc >"$tmp/config"; then
	for option in X86_64 PVH XEN_PVH RELOCATABLE RANDOMIZE_BASE; do
		tap_run "Debian's configuration has CONFIG_$option" option_on $option
	done
	tap_run "what the lines set Debian does not" sh -c '
		! sed -n "s/^#* *\(CONFIG_[A-Z0-9_]*\).*/\1/p" "$1" | grep -wf - "$2" | grep .' - \
		"$out_dir/debian/config/amd64/config.pvh" "$tmp/config"
else
	tap_skip "Debian's configuration" "make check-cloud fetches it, and has not been run"
fi

if tarball=$($here "$top/scripts/packaging.sh" 2>"$tmp/log"); then
	mkdir "$tmp/packaging"
	tar -xf "$tarball" -C "$tmp/packaging"
	for f in patches/series config/amd64/config; do
		tap_run "Debian's packaging has debian/$f" test -f "$tmp/packaging/debian/$f"
	done
	tap_run "and nothing where the patches go" test ! -e "$tmp/packaging/debian/patches/features/x86/pvh"
	tap_run "its series ends with a line that is one" sh -c 'tail -c 1 "$1" | cmp -s - "$2"' - \
		"$tmp/packaging/debian/patches/series" "$(printf '\n' >"$tmp/nl"; echo "$tmp/nl")"
else
	tap_skip "beside Debian's packaging" "$(sed -n 's/^pvh: error: //p' "$tmp/log")"
fi

# What is wrong gets said.
export KDIR="$tmp/kdir"
tiny_tree "$KDIR"
new_repo
refused "no tree" 'no .*/linux: run make tree first' "$repo/scripts/debian.sh"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
refused "the options are not in the series" 'the series has no option PVH_KASLR' "$repo/scripts/debian.sh"
printf 'config PVH_KASLR\nconfig PVH_KUNIT_TEST\n' >"$KDIR/Kconfig"
rm -rf "$repo/build"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
refused "FORWARDED is no URL" 'FORWARDED=maybe: neither a URL nor' env FORWARDED=maybe "$repo/scripts/debian.sh"
mkdir "$tmp/theirs"
echo mine >"$tmp/theirs/file"
keep "$tmp/theirs"
refused "another's directory" "$tmp/theirs holds files that were not made here" "$repo/scripts/debian.sh" "$tmp/theirs"
same "which stays" "$tmp/theirs"
works "FORWARDED is a URL" env FORWARDED=https://lists.example.org/1 "$repo/scripts/debian.sh"
tap_run "and in the headers" grep -qx 'Forwarded: https://lists.example.org/1' \
	"$repo/build/debian/debian/patches/features/x86/pvh/0001-one.patch"
works "once more, in place of the first" "$repo/scripts/debian.sh"
echo 'no patch' >"$repo/patches/one.patch"
refused "what is no patch" 'patches/one\.patch: ' "$repo/scripts/debian.sh"
tap_run "and the one of before is still there" test -s \
	"$repo/build/debian/debian/patches/features/x86/pvh/0001-one.patch"
tap_done
