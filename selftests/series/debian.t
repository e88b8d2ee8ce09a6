#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series for Debian's linux source package: quilt applies it to the base and ends at
# the same files as the commits, the headers are those of DEP-3, and no file replaces one
# of Debian's.

# shellcheck disable=SC2016,SC2086 # for inner shells; a command
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"
real=$tree
base_name=$BASE
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"

out_dir=$tmp/debian
status=0
$here "$top/scripts/debian.sh" "$out_dir" >"$out" 2>&1 || status=1
expect "make debian succeeds" test $status -eq 0
[ $status -eq 0 ] || tap_diag <"$out"
patches=$out_dir/debian/patches

touched_base "$real" "$tmp/base"
# In Debian's series file they come after Debian's own patches.
mkdir -p "$tmp/base/debian"
cp -R "$patches" "$tmp/base/debian/patches"
echo "# Debian's own" >"$tmp/base/debian/patches/series"
cat "$patches/series.pvh" >>"$tmp/base/debian/patches/series"
push() {
	(cd "$tmp/base" && QUILT_PATCHES=debian/patches quilt --quiltrc=- push -a --fuzz=0) >"$tmp/log" 2>&1 &&
		! grep -i fuzz "$tmp/log" || { cat "$tmp/log"; return 1; }
}
# changed FILTER: the files that the series changes in that way
changed() {
	git -C "$real" diff --name-only --no-renames --diff-filter="$1" pvh-base pvh-series
}
same_end() {
	want='' got=$(
		changed AM | while read -r f; do
			git -C "$real" show "pvh-series:$f" | cmp -s - "$tmp/base/$f" || echo "$f"
		done
		changed D | while read -r f; do
			[ ! -e "$tmp/base/$f" ] || echo "$f"
		done
	)
	[ -z "$got" ]
}
expect "quilt push -a applies the patches without fuzz" push
expect "quilt ends at the same files as the commits" same_end
expect "the series file has all patches, and nothing else" is \
	"$(cd "$patches" && find . -name '*.patch' | sed 's|^\./||' | sort)" \
	"$(sed 's/#.*//; /^$/d' "$patches/series.pvh" | sort)"

# dep3 FILE: the first paragraph is a header as DEP-3 describes it
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
	[ -z "$bad" ] || { echo "$1: $bad"; return 1; }
}
all_dep3() {
	n=0
	for f in $(find "$patches" -name '*.patch'); do
		n=$((n + 1))
		dep3 "$f" || return 1
	done
	[ $n -gt 0 ]
}
expect "each patch has the headers of DEP-3" all_dep3
git mailinfo "$tmp/m.msg" "$tmp/m.diff" <"$top/patches/$(series_patches | tail -n 1)" >/dev/null
sed '1,/^$/d; /^---$/,$d' "$(find "$patches" -name '*.patch' | sort | tail -n 1)" >"$tmp/m"
expect "the last patch has its whole message" diff "$tmp/m" "$tmp/m.msg"

# Those of ARCH_ have no prompt: others select them.
new_options() {
	git -C "$real" diff pvh-base pvh-series -- '*Kconfig*' | sed -n 's/^+config //p' |
		grep -v '^ARCH_' | sort
}
expect "config.pvh has each new option of the series" is "$(new_options)" \
	"$(sed -n 's/^#* *CONFIG_\([A-Z0-9_]*\).*/\1/p' "$out_dir/debian/config/amd64/config.pvh" | sort)"

# Debian's own files: the configuration of its kernel, to which the lines are added; and
# its packaging, if the archive has the source of this version
deb=$(find "$cache/deb" -name "linux-config-${base_name}_*_amd64.deb" 2>/dev/null | head -n 1)
if [ -n "$deb" ] && dpkg-deb --fsys-tarfile "$deb" |
   tar -xOf - "./usr/src/linux-config-$base_name/config.amd64_none_amd64.xz" | xz -dc >"$tmp/config"; then
	for option in X86_64 PVH XEN_PVH RELOCATABLE RANDOMIZE_BASE; do
		expect "Debian's configuration has CONFIG_$option" grep -x "CONFIG_$option=y" "$tmp/config"
	done
	sed -n 's/^#* *\(CONFIG_[A-Z0-9_]*\).*/\1/p' "$out_dir/debian/config/amd64/config.pvh" >"$tmp/options"
	expect "Debian's configuration has none of the options that are added" \
		not grep -wf "$tmp/options" "$tmp/config"
else
	tap_skip "Debian's configuration" "make check-cloud fetches it, and has not been run"
fi

if tarball=$($here "$top/scripts/packaging.sh" 2>"$tmp/log"); then
	mkdir "$tmp/packaging"
	tar -xf "$tarball" -C "$tmp/packaging"
	for f in patches/series config/amd64/config; do
		expect "Debian's packaging has debian/$f" test -f "$tmp/packaging/debian/$f"
	done
	expect "Debian's packaging has no debian/patches/features/x86/pvh" \
		test ! -e "$tmp/packaging/debian/patches/features/x86/pvh"
	expect "the series file of Debian's packaging ends with a newline" \
		is 0a "$(tail -c 1 "$tmp/packaging/debian/patches/series" | od -An -tx1 | tr -d ' ')"
else
	tap_skip "Debian's packaging has the files that are added to" "$(sed -n 's/^pvh: error: //p' "$tmp/log")"
fi

# Errors
export KDIR="$tmp/kdir"
tiny_tree "$KDIR"
new_repo
refused "make debian without a tree" 'no .*/linux: run make tree first' "$repo/scripts/debian.sh"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
refused "series without the option" 'the series has no option PVH_KUNIT_TEST' "$repo/scripts/debian.sh"
printf 'config PVH_KUNIT_TEST\n' >"$KDIR/Kconfig"
rm -rf "$repo/build"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
refused "FORWARDED= that is no URL" 'FORWARDED=maybe: neither a URL nor' env FORWARDED=maybe "$repo/scripts/debian.sh"
mkdir "$tmp/theirs"
echo mine >"$tmp/theirs/file"
keep "$tmp/theirs"
refused "directory of other files" "$tmp/theirs holds files that were not made here" "$repo/scripts/debian.sh" "$tmp/theirs"
same "directory of other files" "$tmp/theirs"
works "FORWARDED= of a URL: make debian" env FORWARDED=https://lists.example.org/1 "$repo/scripts/debian.sh"
expect "FORWARDED= of a URL: the headers have it" grep -x 'Forwarded: https://lists.example.org/1' \
	"$repo/build/debian/debian/patches/features/x86/pvh/0001-one.patch"
works "make debian over its own files" "$repo/scripts/debian.sh"
echo 'no patch' >"$repo/patches/one.patch"
refused "file that is no patch" 'patches/one\.patch: ' "$repo/scripts/debian.sh"
expect "file that is no patch: the files of the last run are kept" test -s \
	"$repo/build/debian/debian/patches/features/x86/pvh/0001-one.patch"
tap_done
