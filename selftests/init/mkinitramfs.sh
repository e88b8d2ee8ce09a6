#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Arguments: OUT.cpio.gz PROGDIR INIT
#
# Pack the PVH boot tests into an initramfs. The same input gives the same
# bytes. See mkroot.sh for the environment.

set -eu

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

[ $# -eq 3 ] || die "usage: OUT.cpio.gz PROGDIR INIT"
here=$(cd "$(dirname "$0")" && pwd)
out=$1
command -v cpio >/dev/null || die "no cpio"

tmp=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$tmp/root"
sh "$here/mkroot.sh" "$tmp/root" "$2" "$3"

# No pipe: all but the last command of one could fail unnoticed.
(cd "$tmp/root" && find . ! -name . -print) >"$tmp/found"
LC_ALL=C sort "$tmp/found" >"$tmp/list"
(cd "$tmp/root" && cpio -o -H newc -R 0:0 --reproducible --quiet) \
	<"$tmp/list" >"$tmp/cpio"
gzip -1 -n "$tmp/cpio"
mv "$tmp/cpio.gz" "$out"
