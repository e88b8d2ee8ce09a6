#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A disk that u-boot boots from: a FAT partition with a script that u-boot finds by
# itself, as no one types; and with the kernel and an initramfs, or without them, as
# QEMU has them in fw_cfg (-kernel, -initrd). The EFI stub finds an initramfs only on
# the device that its kernel is from.
#
# usage: uboot-disk.sh DISK COMMAND_LINE [KERNEL INITRAMFS]

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 2 ] || [ $# -eq 4 ] || die "usage: uboot-disk.sh DISK COMMAND_LINE [KERNEL INITRAMFS]"
PATH=$PATH:/sbin:/usr/sbin
for p in mkimage sfdisk mformat mcopy; do
	command -v "$p" >/dev/null 2>&1 || die "no $p: run scripts/deps.sh evaluate"
done
make_tmp

# 16 MiB is below where u-boot itself is then. With the size beside the address it
# would forget what device the image is from.
mib=40
if [ $# -eq 4 ]; then
	cat >"$tmp/cmd" <<-EOF
	setenv bootargs $2 initrd=initrd
	load virtio 0:1 1000000 bzImage
	bootefi 1000000
	EOF
	mib=$(($(cat "$3" "$4" | wc -c) / 1048576 + mib))
else
	cat >"$tmp/cmd" <<-EOF
	qfw load 1000000 4000000
	setenv bootargs $2
	bootefi 1000000:\${filesize}
	EOF
fi
rm -f "$1"
truncate -s "${mib}M" "$1" || die "cannot write $1$(room "$build")"
{
	echo 'start=2048, type=c, bootable' | sfdisk -q --label dos "$1" &&
		mkimage -A x86 -T script -d "$tmp/cmd" "$tmp/boot.scr" &&
		mformat -i "$1@@1M" -F :: && mcopy -i "$1@@1M" "$tmp/boot.scr" ::boot.scr &&
		{ [ $# -eq 2 ] ||
			{ mcopy -i "$1@@1M" "$3" ::bzImage && mcopy -i "$1@@1M" "$4" ::initrd; }; }
} >"$tmp/log" 2>&1 || die "cannot make $1: $(tail -n 1 "$tmp/log")$(room "$build")"
