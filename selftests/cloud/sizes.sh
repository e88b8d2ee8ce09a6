#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the series and the base in the configuration of one of Debian's kernels, without
# modules, and compare the sizes of vmlinux and of bzImages: a table of bytes, in
# build/bench/FLAVOUR.sizes, too. Of a vmlinux the segments count, which a loader reads.
#
# usage: sizes.sh FLAVOUR COMPRESSION ...    as for build.sh and bzimages.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/kernel.sh"
here=$top/selftests/cloud

[ $# -ge 2 ] || die "usage: sizes.sh FLAVOUR COMPRESSION ..."
flavour=$1
shift
"$here/build.sh" "$flavour"
"$top/scripts/bzimages.sh" "$flavour" "$@"
"$here/build.sh" --base "$flavour"
"$top/scripts/bzimages.sh" "base-$flavour" "$@"

# compared WHAT IMAGE: a row
compared() {
	awk -v what="$1" -v base="$(image_bytes "$build/base-$flavour.$2")" -v series="$(image_bytes "$build/$flavour.$2")" 'BEGIN {
		printf "| %-14s | %10d | %10d | %+6.2f %% |\n", what, base, series, (series / base - 1) * 100 }'
}

mkdir -p "$build/bench"
{
	echo "| $flavour | base | series | |"
	echo "|---|---|---|---|"
	compared vmlinux vmlinux
	for how; do
		compared "bzImage, $how" "$how.bzImage"
	done
} | tee "$build/bench/$flavour.sizes"
