#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE as a PVH domU, of a 64-bit dom0.
#
# Under QEMU's emulation of AMD's SVM this does not pass: Xen (4.17, 4.20) takes the exit
# of the first CPUID that a guest executes with 32-bit PAE paging on, and enters the guest
# at the same CPUID again, for ever. That goes for any kernel, such as Debian's
# 686-pae. GUEST= names another one, to see whether that is so.

. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/selftests/host/tap.sh"

make_tmp
[ -n "${GUEST:-}" ] || "$top/selftests/i386/build.sh" pae >&2
export GUEST="${GUEST:-$build/i386-pae.vmlinux}" GUEST_INITRAMFS="$build/i386.initramfs.cpio.gz"
export LOG=xen.i386
"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$tmp/run" 2>"$tmp/err" || tap_diag <"$tmp/err"
for fact in "done" "guest_type PVH"; do
	tap_run "xl create: $fact" grep -qx "xen-result: domU vmlinux pvh $fact" "$tmp/run"
done
sed -n 's/^xen-result: domU vmlinux pvh test //p' "$tmp/run" >"$tmp/tests"
tap_run "the guest runs its tests" test -s "$tmp/tests"
while read -r test status; do
	case $status in
	4) tap_skip "guest: $test" "the test skipped all" ;;
	*) tap_ok "$status" "guest: $test" ;;
	esac
done <"$tmp/tests"
tap_done
