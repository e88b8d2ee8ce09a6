#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the guest side tests of the series, and pack them with a busybox into
# build/initramfs.cpio.gz, and into the root disk build/root.img.
#
# usage: initramfs.sh
#        initramfs.sh i386      for 32-bit kernels: build/i386.initramfs.cpio.gz
#                               and build/i386.root.img

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"

. "$top/scripts/lib/apt.sh"

case ${1:-} in
'')	o=$obj prefix=
	BUSYBOX=/bin/busybox ;;
i386)	o=$tree/o.$1 prefix=$1.
	KARCH=$1
	BUSYBOX=$build/busybox.$1 ;;
*)	die "initramfs.sh: '$1' is no width of kernels: i386, or nothing" ;;
esac
export BUSYBOX
progs=$o/kselftest/pvh
initramfs=$build/${prefix}initramfs.cpio.gz
root=$build/${prefix}root.img

# The machine has that of its own architecture only.
fetch_busybox() {
	[ ! -e "$BUSYBOX" ] || return 0
	apt_arch=$1
	apt_suite "$(apt_codename)"
	deb=$(apt_deb busybox-static)
	make_tmp
	# Below /usr since Debian 13
	dpkg-deb -x "$deb" "$tmp/busybox" &&
		cp "$(find "$tmp/busybox" -type f -path '*/bin/busybox')" "$BUSYBOX.new" &&
		mv "$BUSYBOX.new" "$BUSYBOX" ||
		die "unpacking $deb failed$(room "$build")"
}

[ -d "$tree/.git" ] || die "no $tree: run make tree first"
mkdir -p "$o" "$build/log"
[ -z "${1:-}" ] || fetch_busybox "$1"

# All sources of the initramfs and the root disk
stamp=$(
	{
		git -C "$tree" rev-parse HEAD:tools/testing/selftests
		git -C "$tree" diff HEAD -- tools/testing/selftests/pvh
		cat "$top"/selftests/init/* "$BUSYBOX"
	} | sha256sum | cut -d' ' -f1
)
if [ "$(cat "$build/${prefix}initramfs.stamp" 2>/dev/null)" = "$stamp" ] &&
   [ -e "$initramfs" ] && [ -e "$root" ]; then
	exit 0
fi

say "building the guest side tests${1:+ for $1}"
rm -f "$build/${prefix}initramfs.stamp"
# A kernel to be built there is not needed, a configuration is.
{ [ -e "$o/.config" ] || logged "$build/log/${prefix}kselftest" kmake "$tree" "$o" -s tinyconfig; } &&
	logged "$build/log/${prefix}kselftest" kmake "$tree" "$o" -s kselftest-all TARGETS=pvh ||
	die "building the guest side tests failed; see $build/log/${prefix}kselftest"
say "packing the initramfs and the root disk"
logged "$build/log/${prefix}initramfs" "$top/selftests/init/pack.sh" "$initramfs" "$root" "$progs" ||
	die "packing failed"
echo "$stamp" >"$build/${prefix}initramfs.stamp"
