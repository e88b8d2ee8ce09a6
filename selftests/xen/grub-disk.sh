#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make two disks from which GRUB boots Xen with a dom0: DIR/grub.disk has GRUB,
# DIR/files.tar has Xen, its modules, and GRUB's commands. Those of the file COMMANDS
# come first.
#
# usage: grub-disk.sh DIR COMMANDS XEN_CMDLINE KERNEL KERNEL_CMDLINE RAMDISK

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/xen.sh"

[ $# -eq 6 ] || die "usage: grub-disk.sh DIR COMMANDS XEN_CMDLINE KERNEL KERNEL_CMDLINE RAMDISK"
dir=$1
grub=/usr/lib/grub/i386-pc
command -v grub-mkimage >/dev/null 2>&1 || die "no grub-mkimage: package grub-common"
[ -e "$grub/boot.img" ] || die "no $grub: package grub-pc-bin"

TMPDIR=$dir make_tmp
{
	echo 'serial --unit=0 --speed=115200'
	echo 'terminal_output serial'
	cat "$2"
	cat <<-EOF
	multiboot2 (hd1)/xen $3
	module2 (hd1)/kernel $5
	module2 --nounzip (hd1)/ramdisk
	boot
	EOF
} >"$tmp/grub.cfg"
echo 'configfile (hd1)/grub.cfg' >"$tmp/first"
ln -s "$xen_dir/xen" "$tmp/xen" && ln -s "$(realpath -- "$4")" "$tmp/kernel" &&
	ln -s "$(realpath -- "$6")" "$tmp/ramdisk" &&
	tar -chf "$dir/files.tar" -C "$tmp" grub.cfg xen kernel ramdisk ||
	die "cannot write $dir/files.tar$(room "$dir")"
# The firmware loads the first sector, which loads the sectors after it. The disk has
# to have at least one cylinder, or the firmware finds none.
grub-mkimage -O i386-pc -d "$grub" -o "$tmp/core" -p '(hd1)/' -c "$tmp/first" \
	biosdisk tar configfile serial terminal mmap multiboot2 2>"$tmp/log" ||
	die "grub-mkimage: $(tail -n 1 "$tmp/log")"
cat "$grub/boot.img" "$tmp/core" >"$dir/grub.disk" && truncate -s 2M "$dir/grub.disk" ||
	die "cannot write $dir/grub.disk$(room "$dir")"
