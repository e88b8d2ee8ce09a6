#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build a 32-bit kernel of the series, build/i386-NAME.vmlinux, with its initramfs and
# root disk.
#
# usage: build.sh pae|nopae

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ -e "$top/selftests/i386/${1:-none}.config" ] || die "build.sh: '${1:-}' is none of pae, nopae"
"$top/scripts/deps.sh" i386
"$top/scripts/build.sh" --fragment "$top/selftests/i386/$1.config" "i386-$1"
"$top/scripts/initramfs.sh" i386
