#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unpack GRUB for EFI and the programs that sign for secure boot, of the machine's own
# release, in build/efi, with the libraries of these programs. Nothing is installed.
# bin/NAME there runs such a program.
#
# usage: efi-fetch.sh    exit status 4: they are not available, and standard output has
#                        the reason
# variables: MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

out=$build/efi
suite=$(apt_codename)
list=$cache/efi-$suite.list

# not_here REASON
not_here() {
	echo "no programs for EFI of $suite: $*"
	exit 4
}

if apt_unpacked "$list" "$out" && [ -x "$out/bin/sbsign" ]; then
	exit 0
fi
for need in apt-get dpkg-deb; do
	command -v $need >/dev/null 2>&1 || not_here "there is no $need to get the packages"
done
own_build
if ! apt_collected "$list"; then
	apt_need "$cache" 50 "GRUB for EFI"
	apt_try_suite "$suite" security ||
		not_here "no index of that suite from $mirror, or no network; MIRROR= names another$(room "$build")"
	libraries=$(apt_libraries sbsigntool) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$list" grub-efi-amd64-bin sbsigntool $libraries
fi
say "unpacking GRUB for EFI and sbsigntool"
rm -rf "$out"
apt_need "$out" 100 "GRUB for EFI"
mkdir "$out/root"
apt_unpack "$list" "$out/root"
for program in sbsign sbsiglist sbvarsign; do
	apt_wrap "$out" $program usr/bin/$program
done
version=$("$out/bin/sbsign" --version 2>&1) || version=
case $version in
sbsign*) say "$version" ;;
*) die "sbsign of $suite does not run here: $("$out/bin/sbsign" --version 2>&1 | head -n 1)" ;;
esac
[ -e "$out/root/usr/lib/grub/x86_64-efi/moddep.lst" ] ||
	die "the packages of suite $suite have no usr/lib/grub/x86_64-efi"
cp "$list" "$out/stamp"
