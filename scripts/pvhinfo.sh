#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build tools/pvhinfo: build/pvhinfo.
#
# usage: pvhinfo.sh [asan|fuzz]      also build/pvhinfo.d/pvhinfo.asan, or
#                                    build/pvhinfo.d/fuzz

. "$(dirname -- "$0")/lib/common.sh"

case ${1:-} in
'' | fuzz) also=${1:-} ;;
asan) also=pvhinfo.asan ;;
*) die "pvhinfo.sh: unknown '$1'" ;;
esac
own_build
"$top/scripts/deps.sh" pvhinfo ${1:+fuzz}
logged "$build/log/pvhinfo" make -s -C "$top/tools/pvhinfo" OUT="$build/pvhinfo.d" pvhinfo $also ||
	die "pvhinfo does not build$(room "$build")"
cmp -s "$build/pvhinfo.d/pvhinfo" "$build/pvhinfo" ||
	{ cp "$build/pvhinfo.d/pvhinfo" "$build/pvhinfo.new" && mv -f "$build/pvhinfo.new" "$build/pvhinfo"; } ||
	die "cannot write $build/pvhinfo$(room "$build")"
