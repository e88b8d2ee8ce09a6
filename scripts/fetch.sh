#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Have the base kernel's source as a tarball in the cache, and print its name.
# It is Debian's linux-source-7.3, verified by the archive's signature.
#
# usage: fetch.sh

. "$(dirname -- "$0")/lib.sh"
. "$top/scripts/apt.sh"

package=linux-source-7.3
suite=trixie-backports
have=$cache/$package.tar.xz

# The stamp is written after the unpacked tarball is complete.
if [ -e "$have" ] && [ -e "$have.version" ]; then
	printf '%s\n' "$have"
	exit 0
fi

apt_suite $suite
deb=$(apt_deb $package)
make_tmp
say "unpacking ${deb##*/}"
mkdir -p "$cache"
rm -rf "$cache/unpack"
dpkg-deb -x "$deb" "$cache/unpack" ||
	die "unpacking $deb failed: no room left in $cache? ($(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }') MiB free)"
mv -f "$cache/unpack/usr/src/$package.tar.xz" "$have"
rm -rf "$cache/unpack"
dpkg-deb -f "$deb" Version >"$have.version.new"
mv -f "$have.version.new" "$have.version"
# The tarball is all that was wanted of it.
rm -f "$deb"
printf '%s\n' "$have"
