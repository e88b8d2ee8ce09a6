#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Have in the cache the packaging of Debian's linux source package, of the base's own
# version (*.debian.tar.xz), verified by the archive's signature, and print
# its name. The kernel's source is not fetched.
#
# usage: packaging.sh

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/apt.sh"

tarball=$("$top/scripts/fetch.sh") || exit 1
version=$(cat "$tarball.version")
have=$cache/$base_package-$version.debian.tar.xz
if [ -e "$have" ]; then
	printf '%s\n' "$have"
	exit 0
fi

apt_types=deb-src
for suite in $base_suites; do
	security=
	if [ "$suite" = own ]; then
		suite=$(apt_codename)
		security=security
	fi
	apt_try_suite "$suite" $security || continue
	found=$(apt_private source --print-uris --download-only --diff-only "$base_package=$version" 2>/dev/null |
		grep '\.debian\.tar\.xz ') && break
done
[ -n "${found:-}" ] ||
	die "no source of $base_package $version to be had from $mirror: no network, or it is not there (any more)"
say "fetching ${have##*/}"
make_tmp
(cd "$tmp" && logged "$build/log/packaging" \
	apt_private source --download-only --diff-only "$base_package=$version") && mv -f "$tmp"/*.debian.tar.xz "$have.new" ||
	die "fetching ${have##*/} failed$(room "$cache")"
mv -f "$have.new" "$have"
printf '%s\n' "$have"
