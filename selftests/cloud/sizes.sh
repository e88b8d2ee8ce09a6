#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the series and the base in the configuration of one of Debian's kernels, without
# modules, and compare the sizes of vmlinux and of bzImages: a table of bytes, in
# build/bench/FLAVOUR.sizes, too. Of a vmlinux the segments count, which a loader reads.
#
# usage: sizes.sh FLAVOUR COMPRESSION ...    as for build.sh and bzimages.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
here=$top/selftests/cloud

[ $# -ge 2 ] || die "usage: sizes.sh FLAVOUR COMPRESSION ..."
flavour=$1
shift
"$here/build.sh" "$flavour"
"$top/scripts/bzimages.sh" "$flavour" "$@"
"$here/build.sh" --base "$flavour"
"$top/scripts/bzimages.sh" "base-$flavour" "$@"

# segments VMLINUX: the bytes of what is loaded
segments() {
	LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" { print $5 }' | {
		n=0
		while read -r size; do
			n=$((n + size))
		done
		echo "$n"
	}
}

# compared WHAT BASE SERIES: a row
compared() {
	awk -v what="$1" -v base="$2" -v series="$3" 'BEGIN {
		printf "| %-14s | %10d | %10d | %+6.2f %% |\n", what, base, series, (series / base - 1) * 100 }'
}

mkdir -p "$build/bench"
{
	echo "| $flavour | base | series | |"
	echo "|---|---|---|---|"
	compared vmlinux "$(segments "$build/base-$flavour.vmlinux")" "$(segments "$build/$flavour.vmlinux")"
	for how; do
		compared "bzImage, $how" "$(wc -c <"$build/base-$flavour.$how.bzImage")" \
			"$(wc -c <"$build/$flavour.$how.bzImage")"
	done
} | tee "$build/bench/$flavour.sizes"
