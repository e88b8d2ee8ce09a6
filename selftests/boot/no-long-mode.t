#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel on a CPU that cannot run it: a line that says so, and the end.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
MACHINE=q35 CPU=qemu32 ACCEL=tcg BOOT_TIMEOUT=60
status=0
run_qemu "$tmp/log" -machine q35 -kernel "$build/vmlinux" -append console=ttyS0 || status=$?
tap_ok $status "a 32-bit CPU: QEMU ends by itself"
tap_run "a 32-bit CPU: one line names what is missing" \
	grep -qx 'pvh: cpuid 0x80000001 lm 0: .*' "$tmp/log.e9"
tap_diag <"$tmp/log.e9"
tap_done
