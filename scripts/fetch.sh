#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Have the base kernel's source as a tarball in the cache, and print its name.
# It is Debian's linux-source-VERSION, verified by the archive's signature.
#
# usage: fetch.sh        BASE= says which

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/apt.sh"

have=$cache/$base_package.tar.xz

# Several bases may be of one version, and two may be made at a time.
{ mkdir -p "$cache" && true >>"$cache/fetch.lock"; } 2>/dev/null || die "cannot write to $cache$(room "$build")"
exec 8>"$cache/fetch.lock"
flock 8

# The stamp is written after the unpacked tarball is complete.
if [ -e "$have" ] && [ -e "$have.version" ]; then
	printf '%s\n' "$have"
	exit 0
fi

apt_base_suite "$base_package"
deb=$(apt_deb "$base_package")
make_tmp
say "unpacking ${deb##*/}"
rm -rf "$cache/unpack"
dpkg-deb -x "$deb" "$cache/unpack" ||
	die "unpacking $deb failed: no room left in $cache? ($(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }') MiB free)"
mv -f "$cache/unpack/usr/src/$base_package.tar.xz" "$have"
rm -rf "$cache/unpack"
dpkg-deb -f "$deb" Version >"$have.version.new"
mv -f "$have.version.new" "$have.version"
# The tarball is all that was wanted of it.
rm -f "$deb"
printf '%s\n' "$have"
