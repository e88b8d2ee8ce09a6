#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE boots as a PVH domU of a 64-bit dom0 to user space, where it
# compares its data with the loader's.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/i386/i386.sh"
. "$top/selftests/xen/results.sh"

make_tmp
use_i386_guest
if [ -n "$no_qemu" ]; then
	tap_skip "a 32-bit domU boots" "$no_qemu"
	tap_done
fi
export LOG=xen.i386

boot() {
	status=0
	"$top/selftests/xen/boot-xen.sh" --kernel vmlinux || status=$?
	echo "$status" >"$dir/exit"
	cp "$build/log/$LOG" "$dir/console.lines"
}

judge() {
	name="32-bit domU"
	expect "Xen boots its dom0, which starts the domU" is 0 "$(cat "$dir/exit")"
	expect "it has a 32-bit kernel" has 'pvh-report: KASLR offset: .*(32-bit kernel'
	expect "it boots until it powers off" has_result "domU vmlinux pvh done"
	expect "it finds that it is a PVH guest" has_result "domU vmlinux pvh guest_type PVH"
	expect_tests "domU vmlinux pvh"
}

run_cases boot judge <<'END'
Xen with a 32-bit domU
END
tap_done
