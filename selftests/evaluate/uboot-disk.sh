#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A disk that u-boot boots from: a FAT partition with the kernel, an initramfs, and a
# script that u-boot finds by itself, as no one types.
#
# usage: uboot-disk.sh DISK KERNEL INITRAMFS COMMAND_LINE

. "$(dirname -- "$0")/../../scripts/lib.sh"

[ $# -eq 4 ] || die "usage: uboot-disk.sh DISK KERNEL INITRAMFS COMMAND_LINE"
PATH=$PATH:/sbin:/usr/sbin
for p in mkimage sfdisk mformat mcopy; do
	command -v "$p" >/dev/null 2>&1 || die "no $p: run scripts/deps.sh evaluate"
done
make_tmp

# Above what u-boot itself is at; no size with the address, or it forgets what
# device the image is from, and the EFI stub then finds no initrd.
cat >"$tmp/cmd" <<EOF2
setenv bootargs $4 initrd=initrd
load virtio 0:1 1000000 bzImage
bootefi 1000000
EOF2
mib=$((($(stat -c %s "$2") + $(stat -c %s "$3")) / 1048576 + 40))
rm -f "$1"
truncate -s "${mib}M" "$1" || die "cannot write $1$(room "$build")"
{
	echo 'start=2048, type=c, bootable' | sfdisk -q --label dos "$1" &&
		mkimage -A x86 -T script -d "$tmp/cmd" "$tmp/boot.scr" &&
		mformat -i "$1@@1M" -F :: && mcopy -i "$1@@1M" "$tmp/boot.scr" ::boot.scr &&
		mcopy -i "$1@@1M" "$2" ::bzImage && mcopy -i "$1@@1M" "$3" ::initrd
} >"$tmp/log" 2>&1 || die "cannot make $1: $(tail -n 1 "$tmp/log")$(room "$build")"
