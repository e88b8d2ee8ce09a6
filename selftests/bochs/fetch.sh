#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unpack Bochs of a Debian release in build/bochs-SUITE, with its BIOS and the libraries of
# its release. Nothing is installed. bin/bochs there runs it.
#
# usage: fetch.sh SUITE   exit status 4: it is not available, and standard output has the
#                         reason
# variables: MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

[ $# -eq 1 ] || die "usage: fetch.sh SUITE"
suite=$1
out=$build/bochs-$suite
list=$cache/bochs-$suite.list
bochs=$out/bin/bochs

# not_here REASON
not_here() {
	echo "no Bochs of $suite: $*"
	exit 4
}

if apt_unpacked "$list" "$out" && [ -x "$bochs" ]; then
	exit 0
fi
for need in apt-get dpkg-deb; do
	command -v $need >/dev/null 2>&1 || not_here "there is no $need to get its packages"
done
own_build
if ! apt_collected "$list"; then
	apt_need "$cache" 100 "Bochs of $suite"
	apt_try_suite "$suite" ||
		not_here "no index of that suite from $mirror, or no network; MIRROR= names another$(room "$build")"
	# Its debugger has a window, so the program is linked to GTK.
	libraries=$(apt_libraries bochs) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$list" bochs bochsbios vgabios $libraries
fi
say "unpacking Bochs of $suite"
rm -rf "$out"
apt_need "$out" 250 "Bochs of $suite"
mkdir "$out/root"
apt_unpack "$list" "$out/root"
plugins=
for dir in "$out"/root/usr/lib/x86_64-linux-gnu/bochs/plugins "$out"/root/usr/lib/bochs/plugins; do
	[ ! -d "$dir" ] || plugins=${dir#"$out/root/"}
done
[ -n "$plugins" ] || die "the packages of suite $suite have no bochs/plugins"
program=
for file in "$out"/root/usr/bin/bochs "$out"/root/usr/bin/bochs-bin; do
	! head -c 4 "$file" 2>/dev/null | grep -q ELF || program=${file#"$out/root/"}
done
[ -n "$program" ] || die "the packages of suite $suite have no usr/bin/bochs"
# shellcheck disable=SC2016 # $root is the wrapper's
apt_wrap "$out" bochs "$program" '' 'export LTDL_LIBRARY_PATH="$root/'"$plugins"'" BXSHARE="$root/usr/share/bochs"'
version=$("$bochs" --help 2>&1 | grep -o 'Bochs x86 Emulator [0-9.]*' | head -n 1) || version=
[ -n "$version" ] || die "Bochs of $suite does not run here: $("$bochs" --help 2>&1 | head -n 1)"
say "$version"
cp "$list" "$out/stamp"
