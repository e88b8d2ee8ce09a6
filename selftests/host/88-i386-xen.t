#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE as a PVH domU, of a 64-bit dom0; and as that under the
# forged loaders of 83-forged-xen.t.

. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/selftests/host/tap.sh"

make_tmp
"$top/selftests/i386/build.sh" pae >&2
export GUEST="$build/i386-pae.vmlinux" GUEST_INITRAMFS="$build/i386.initramfs.cpio.gz"
"$top/selftests/xen/boot-xen.sh" >"$tmp/run" 2>"$tmp/err" || tap_diag <"$tmp/err"
for fact in "done" "guest_type PVH" "kaslr 0xc1000000 0x0 (32-bit kernel, as linked)"; do
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

sh "$top/selftests/host/83-forged-xen.t" >"$tmp/forged" 2>&1 || :
tap_include "forged" "$tmp/forged"
tap_done
