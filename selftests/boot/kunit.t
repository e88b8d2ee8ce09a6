#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suite of the series, in a kernel that boots through its PVH note.
#
# knobs: VMLINUX=FILE, another kernel than build/vmlinux; INITRD=FILE, with it

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
MACHINE=q35
run_qemu "$tmp/log" -machine q35 -kernel "${VMLINUX:-$build/vmlinux}" \
	-initrd "${INITRD:-$build/initramfs.cpio.gz}" -append "console=ttyS0 kunit.enable=1" || :
tr -d '\r' <"$tmp/log" | sed -n 's/^\[[ 0-9.]*\] *\(\(not \)\{0,1\}ok [0-9]* .*\)/\1/p' >"$tmp/tests"
while read -r line; do
	status=0
	[ "${line#not }" = "$line" ] || status=1
	tap_ok $status "KUnit: ${line#*ok * }"
done <"$tmp/tests"
tap_run "the suite pvh_start_info has run" grep -q '^ok [0-9]* pvh_start_info$' "$tmp/tests"
tap_run "and the kernel goes on to user space" grep -q '^pvh-init: done' "$tmp/log"
[ "$tap_bad" -eq 0 ] || grep -a -A4 'EXPECTATION FAILED\|not ok' "$tmp/log" | tap_diag
tap_done
