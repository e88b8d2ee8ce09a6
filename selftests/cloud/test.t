#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel of build.sh, which is as large as those of distributions, boots through its
# note with KASLR.
#
# variables: BOOTS=8; FLAVOUR=cloud-amd64, as given to build.sh

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
kernel=$build/${FLAVOUR:-cloud-amd64}.vmlinux
boots=${BOOTS:-8}
guest_defaults --mem 1G --run "$here/guest.sh"

expect "${kernel##*/} has a relocation table" test -n "$(table_symbol "$kernel")"

boot() { # NAME CMDLINE
	guest --cmdline "console=ttyS0 $2"
}

bases=
judge() { # NAME ...
	name=$1
	case $1 in
	nokaslr)
		expect "the kernel is at its link address" \
			is "ffffffff$(symbol_low "$kernel" _text)" "$(said text)" ;;
	panic)
		expect "a panic prints the KASLR offset" has 'Kernel Offset: 0x[1-9a-f]' ;;
	*)
		expect "the guest powers off" finished
		expect "the kernel is entered by its PVH note" reported "entered by" "PVH.*"
		expect "ftrace finds functions" test "$(said ftrace-functions)" -gt 0
		expect "a kprobe is hit" test "$(said kprobe-hits)" -gt 0
		tap_diag "$name: at $(said text)"
		bases="$bases$(said text)$nl" ;;
	esac
}

run_cases boot judge <<END
$(seq -f 'boot %g  -' "$boots")
nokaslr  nokaslr
panic    kunit.enable=0 panic=-1 init=/none rdinit=/none
END

# With more than 400 slots it is very unlikely that half of the boots share addresses.
if [ -n "$bases" ]; then
	all=$(printf '%s' "$bases" | wc -l)
	distinct=$(printf '%s' "$bases" | sort -u | wc -l)
	expect "KASLR gives the kernel different addresses: $distinct in $all boots" \
		test $((distinct * 2)) -gt "$all"
fi
tap_done
