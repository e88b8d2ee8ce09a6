#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE as a PVH domU of a 64-bit dom0, to user space, where it
# compares what it has with what the loader gave.
#
# knobs: GUEST=, another vmlinux for the domU

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
[ -n "${GUEST:-}" ] || "$top/selftests/i386/build.sh" pae >&2
. "$top/selftests/i386/with-qemu.sh"
if [ -n "$no_qemu" ]; then
	tap_skip "a 32-bit domU" "$no_qemu"
	tap_done
fi
export GUEST="${GUEST:-$build/i386-pae.vmlinux}" GUEST_INITRAMFS="$build/i386.initramfs.cpio.gz"
export LOG=xen.i386
status=0
"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$tmp/run" 2>"$tmp/err" || status=$?
tap_ok $status "Xen boots, its dom0, and the domU is through"
[ $status -eq 0 ] || tap_diag <"$tmp/err"
tap_run "it is a 32-bit kernel" grep -aq 'pvh-report: KASLR offset: .*(32-bit kernel' "$build/log/$LOG"
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
