#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# GRUB as a PVH kernel with a kernel and an initramfs inside, as a guest without a
# disk boots from: what pvgrub is, but for the disk.
#
# usage: grub-image.sh IMAGE KERNEL INITRAMFS COMMAND_LINE
#        grub-image.sh IMAGE			GRUB alone, to see its size

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 4 ] || [ $# -eq 1 ] || die "usage: grub-image.sh IMAGE [KERNEL INITRAMFS COMMAND_LINE]"
command -v grub-mkimage >/dev/null 2>&1 || die "no grub-mkimage: package grub-common"
modules=/usr/lib/grub/i386-xen_pvh
[ -e "$modules/kernel.img" ] || die "no $modules: package grub-xen-bin"
make_tmp

if [ $# -eq 4 ]; then
	mkdir "$tmp/disk"
	cp "$2" "$tmp/disk/bzImage" && cp "$3" "$tmp/disk/initrd" &&
		tar -cf "$tmp/disk.tar" --mtime=@0 --owner=0 --group=0 --mode=644 -C "$tmp/disk" bzImage initrd ||
		die "cannot copy to $tmp$(room "$tmp")"
	cat >"$tmp/cfg" <<-EOF
	linux (memdisk)/bzImage $4
	initrd (memdisk)/initrd
	boot
	EOF
	set -- "$1" -m "$tmp/disk.tar" -c "$tmp/cfg"
fi
image=$1
shift
grub-mkimage -O i386-xen_pvh -d "$modules" -o "$image" -p '(memdisk)/' "$@" \
	memdisk tar linux normal 2>"$tmp/log" || die "grub-mkimage: $(tail -n 1 "$tmp/log")"
