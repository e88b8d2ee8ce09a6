#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The cost of the way from the PVH entry to startup_64 with nokaslr, against the limits
# that the series set itself. make bench-entry has the unmodified base beside it, and
# kaslr.t has what KASLR adds.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/measured.sh"

make_tmp
measure "$tmp/entry" --paths pvh-q35-nokaslr entry
# limit TITLE ITEM MOST
limit() {
	n=$(value "$tmp/entry" pvh-q35-nokaslr "startup_64 $2")
	expect "$1 from the PVH entry to startup_64: ${n:-not counted}, at most $3" at_most "$3" "$n"
}
limit instructions insns 2000
limit CPUID cpuid 2
limit "MSR accesses" msr 3
tap_done
