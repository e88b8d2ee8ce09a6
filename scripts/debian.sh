#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Lay the series out as Debian's linux source package takes it, below build/debian/:
#
#	debian/patches/features/x86/pvh/	the patches, with DEP-3 headers
#	debian/patches/series.pvh		for the end of debian/patches/series
#	debian/config/amd64/config.pvh		for the end of debian/config/amd64/config
#
# docs/distro.md has what to do with them.
#
# usage: debian.sh [DIRECTORY]     build/debian/ if none is named
# variables: FORWARDED=URL, where the series was sent to, if it was

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/patchinfo.sh"

out=$(realpath -m -- "${1:-$build/debian}")
forwarded=${FORWARDED:-no}
printf '%s\n' "$forwarded" | grep -Eqx 'no|not-needed|yes|https?://[^[:space:]]+' ||
	die "FORWARDED=$forwarded: neither a URL nor no, not-needed or yes"
[ -d "$tree/.git" ] || die "no $tree: run make tree first"
[ -n "$(series_patches)" ] || die "$series_file names no patches"
if [ -e "$out" ] && [ ! -e "$out/.pvh-debian" ] && [ -n "$(ls -A "$out")" ]; then
	die "$out holds files that were not made here: name a new or an empty directory"
fi

make_tmp
new=$tmp/new
dir=features/x86/pvh
mkdir -p "$new/debian/patches/$dir" "$new/debian/config/amd64"

# headers PATCH: those of git that say something, and DEP-3's
headers() {
	updated=$(date -u -d "$(field Date)" +%Y-%m-%d) || die "patches/$1: Date: $(field Date): is none"
	printf '%s\n' \
		"From: $(field Author) <$(field Email)>" \
		"Date: $(field Date)" \
		"Subject: $(field Subject)" \
		"Origin: other, the pvh-boot series for Linux $base_version, patches/$1" \
		"Forwarded: $forwarded" \
		"Last-Update: $updated"
}

n=0
{
	echo
	echo "# PVH entry: KASLR, five levels of page tables, checks"
} >"$new/debian/patches/series.pvh"
series_patches >"$tmp/names"
while read -r patch; do
	n=$((n + 1))
	read_patch "$patch"
	name=${patch##*/}
	name=$dir/$(printf '%04d' "$n")-${name#????-}
	{
		headers "$patch"
		echo
		cat "$tmp/text"
		# The diffstat is first, and what begins it
		cat "$tmp/diff"
	} >"$new/debian/patches/$name" || die "cannot write $new$(room "$tmp")"
	echo "$name" >>"$new/debian/patches/series.pvh"
done <"$tmp/names"

# has_option NAME: the series has that option
has_option() {
	git -C "$tree" grep -q "^config $1\$" HEAD -- '*Kconfig*'
}

# options FILE NAME=VALUE ...: print the configuration of the options that the series has,
# below a heading that names their Kconfig FILE
options() {
	file=$1
	shift
	for option; do
		has_option "${option%=*}" || continue
		[ -z "$file" ] || printf '%s\n' "" "##" "## file: $file" "##"
		file=
		case $option in
		*=n) echo "# CONFIG_${option%=n} is not set" ;;
		*) echo "CONFIG_$option" ;;
		esac
	done
}

# In Debian's configuration there are CONFIG_PVH, by CONFIG_XEN_PVH,
# CONFIG_RANDOMIZE_BASE and what that takes. KASLR by PVH has an option of its own in
# 6.12 only, and vmlinuz.elf and the second test are not in 6.12.
{
	options arch/x86/Kconfig PVH_VMLINUZ=y HYPERVISOR_LEAVES_KUNIT_TEST=n
	options arch/x86/xen/pvh/Kconfig PVH_KASLR=y PVH_KASLR_TABLE_SIZE=0x0 PVH_KUNIT_TEST=n
} >"$new/debian/config/amd64/config.pvh"
has_option PVH_KUNIT_TEST ||
	die "the series has no option PVH_KUNIT_TEST (any more): scripts/debian.sh names it"

rm -rf "${out:?}"
{ mkdir -p "$out" && touch "$out/.pvh-debian" && cp -R "$new/debian" "$out/"; } ||
	die "cannot write to $out$(room "$(dirname -- "$out")")"
say "wrote $n patches for Debian's linux source package to ${out#"$top"/}/debian; see docs/distro.md"
