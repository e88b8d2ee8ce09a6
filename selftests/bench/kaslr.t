#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What KASLR adds to a boot, whether the kernel or its decompressor applies it, against
# the limits that the series set itself. make bench-kaslr has other ways to compress a
# bzImage, and the base beside it.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/measured.sh"

make_tmp
needs "$build/bzImage"
measure "$tmp/kaslr" --paths "pvh-q35 pvh-q35-nokaslr bz-gzip bz-gzip-nokaslr" --image main.gzip.bzImage="$build/bzImage" kaslr
for limit in "instructions a relocation (pvh-q35)" "instructions a relocation (bz-gzip)" "bytes a relocation" "times fewer instructions"; do
	text=$(sed -n "s/^limit,\([0-9.]* $limit.*\),.*/\1/p" "$tmp/kaslr.csv")
	expect "KASLR limit: ${text:-$limit: not measured}" is kept "$(value "$tmp/kaslr" limit "$text")"
done
# make bench-kaslr uses that.
expect "run.sh kaslr: its exit status says that all limits are kept" is 0 "$status"
tap_done
