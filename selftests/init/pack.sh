#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Pack a static busybox, init, and the programs built in PROGDIR into an initramfs,
# and onto an ext2 image that a guest without an initrd boots as root=/dev/vda. The
# tests are in /pvh/tests/ there. The same input gives the same initramfs.
#
# usage: pack.sh OUT.cpio.gz OUT.img PROGDIR
# variables: BUSYBOX=/bin/busybox

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

applets="cat cttyhack dmesg grep ls mkdir mount poweroff reboot setsid sh sleep umount"

[ $# -eq 3 ] || die "usage: pack.sh OUT.cpio.gz OUT.img PROGDIR"
initramfs=$(realpath -- "$1") disk=$(realpath -- "$2") progdir=$(realpath -- "$3")
here=$top/selftests/init
busybox=${BUSYBOX:-/bin/busybox}
PATH=$PATH:/sbin:/usr/sbin
for program in readelf cpio mke2fs; do
	command -v "$program" >/dev/null || die "no $program: run scripts/deps.sh build check"
done
[ -x "$busybox" ] || die "no $busybox: install busybox-static"

TMPDIR=$(dirname -- "$initramfs") make_tmp
umask 022
mkdir "$tmp/root"
cd "$tmp/root" || exit
mkdir -p bin sbin dev proc pvh/tests run sys tmp

# put FILE DIR: nothing in the guest could load a dynamic program
put() {
	LC_ALL=C readelf -lW "$1" >"$tmp/headers" || die "$1 is no ELF file"
	! grep -q INTERP "$tmp/headers" || die "$1 is not static"
	cp -L "$1" "$2"
}

put "$busybox" bin/busybox
"$busybox" --list >"$tmp/applets"
for applet in $applets; do
	grep -qx "$applet" "$tmp/applets" || die "$busybox has no $applet"
	ln -s busybox "bin/$applet"
done
# All programs are tests, except the one that prints the report.
for program in "$progdir"/*; do
	put "$program" pvh/tests/
done
mv pvh/tests/pvh_report pvh/
cp "$here/run-tests" pvh/
cp "$here/init" init
ln -s /init sbin/init

# Whatever umask and times the sources came with, the result is the same.
find . ! -type l -exec chmod u=rwX,go=rX {} +
find . -exec env TZ=UTC touch -h -t 197001010000 {} +

# No pipe, because nobody sees all but the last command of one fail.
find . ! -name . -print >"$tmp/found"
LC_ALL=C sort "$tmp/found" >"$tmp/list"
cpio -o -H newc -R 0:0 --reproducible --quiet <"$tmp/list" >"$tmp/cpio"
gzip -1 -n "$tmp/cpio"

# The file system itself needs room, too.
used=$(du -sk . | cut -f 1)
: >"$tmp/img"
mke2fs -q -F -t ext2 -m 0 -L pvh -E root_owner=0:0 -d . "$tmp/img" $((used + used / 4 + 2048))k
mv "$tmp/cpio.gz" "$initramfs"
mv "$tmp/img" "$disk"
