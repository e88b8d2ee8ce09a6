#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the guest side tests of the series, and pack them with a busybox into
# build/initramfs.cpio.gz, and into the root disk build/root.img.
#
# usage: initramfs.sh

. "$(dirname -- "$0")/lib.sh"
. "$top/scripts/kmake.sh"

progs=$obj/kselftest/pvh
init=$top/selftests/init
parts=$top/selftests/initramfs

[ -d "$tree/.git" ] || die "no $tree: run make tree first"
mkdir -p "$obj" "$build/log"

# Of what the guests boot, everything that it is made of
stamp=$(
	{
		git -C "$tree" rev-parse HEAD:tools/testing/selftests
		git -C "$tree" diff HEAD -- tools/testing/selftests/pvh
		cat "$init" "$parts"/*.sh /bin/busybox
	} | sha256sum | cut -d' ' -f1
)
if [ "$(cat "$build/initramfs.stamp" 2>/dev/null)" = "$stamp" ] &&
   [ -e "$build/initramfs.cpio.gz" ] && [ -e "$build/root.img" ]; then
	exit 0
fi

say "building the guest side tests"
rm -f "$build/initramfs.stamp"
logged "$build/log/kselftest" kmake "$tree" "$obj" -s kselftest-all TARGETS=pvh ||
	die "building the guest side tests failed; see $build/log/kselftest"
say "packing the initramfs and the root disk"
logged "$build/log/initramfs" sh "$parts/mkinitramfs.sh" "$build/initramfs.cpio.gz" "$progs" "$init" &&
	logged "$build/log/initramfs" sh "$parts/mkdisk.sh" "$build/root.img" "$progs" "$init" ||
	die "packing failed"
echo "$stamp" >"$build/initramfs.stamp"
