#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Arguments: OUT.img PROGDIR INIT
#
# Put the PVH boot tests on an ext2 image, to boot without an initrd as
# root=/dev/vda. See mkroot.sh for the environment.

set -eu

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

[ $# -eq 3 ] || die "usage: OUT.img PROGDIR INIT"
here=$(cd "$(dirname "$0")" && pwd)
out=$1
PATH=$PATH:/sbin:/usr/sbin
command -v mke2fs >/dev/null || die "no mke2fs"

tmp=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$tmp/root"
sh "$here/mkroot.sh" "$tmp/root" "$2" "$3"

# Room for what the file system itself needs, and a little to spare.
used=$(du -sk "$tmp/root" | cut -f 1)
: >"$tmp/img"
mke2fs -q -F -t ext2 -m 0 -L pvh -E root_owner=0:0 -d "$tmp/root" \
	"$tmp/img" $((used + used / 4 + 2048))k
mv "$tmp/img" "$out"
