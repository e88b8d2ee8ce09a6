#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The cost of the way from the PVH entry to startup_64 with nokaslr, against the limits
# that the series set itself; and from the entry of vmlinuz.elf to the decompressor's
# startup_64. make bench-entry has the unmodified base beside it, and kaslr.t has what
# KASLR adds.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/measured.sh"

make_tmp
# limit RESULT PATH TITLE ITEM MOST
limit() {
	n=$(value "$1" "$2" "startup_64 $4")
	expect "$3 from the PVH entry to startup_64: ${n:-not counted}, at most $5" at_most "$5" "$n"
}
# limits RESULT PATH
limits() {
	name=$2
	limit "$1" "$2" instructions insns 2000
	limit "$1" "$2" CPUID cpuid 2
	limit "$1" "$2" "MSR accesses" msr 3
}

measure "$tmp/entry" --paths pvh-q35-nokaslr entry
limits "$tmp/entry" pvh-q35-nokaslr
if [ -e "$build/vmlinuz.elf" ]; then
	# How it is compressed does not matter here.
	measure "$tmp/elf" --paths elf-q35 --image "main.lz4.vmlinuz.elf=$build/vmlinuz.elf" evaluate
	limits "$tmp/elf" elf-q35
else
	tap_skip "vmlinuz.elf has the same limits" "this base has no vmlinuz.elf"
fi
tap_done
