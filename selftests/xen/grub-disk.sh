#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make two disks from which GRUB boots a hypervisor or a kernel: DIR/grub.disk has GRUB,
# DIR/files.tar has the files, for GRUB (hd1)/NAME, and the COMMANDS of standard input.
#
# usage: grub-disk.sh DIR NAME=FILE ... <COMMANDS

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -ge 2 ] || die "usage: grub-disk.sh DIR NAME=FILE ... <COMMANDS"
dir=$1
shift
grub=/usr/lib/grub/i386-pc
command -v grub-mkimage >/dev/null 2>&1 || die "no grub-mkimage: package grub-common"
[ -e "$grub/boot.img" ] || die "no $grub: package grub-pc-bin"

TMPDIR=$dir make_tmp
mkdir "$tmp/files"
{
	echo 'serial --unit=0 --speed=115200'
	echo 'terminal_output serial'
	cat
	echo boot
} >"$tmp/files/grub.cfg"
for file; do
	ln -s "$(realpath -- "${file#*=}")" "$tmp/files/${file%%=*}" || die "cannot write to $dir$(room "$dir")"
done
echo 'configfile (hd1)/grub.cfg' >"$tmp/first"
tar -chf "$dir/files.tar" -C "$tmp/files" . || die "cannot write $dir/files.tar$(room "$dir")"
# The firmware loads the first sector, which loads the sectors after it. The disk has
# to have at least one cylinder, or the firmware finds none.
grub-mkimage -O i386-pc -d "$grub" -o "$tmp/core" -p '(hd1)/' -c "$tmp/first" \
	biosdisk tar configfile serial terminal mmap multiboot multiboot2 linux 2>"$tmp/log" ||
	die "grub-mkimage: $(tail -n 1 "$tmp/log")"
cat "$grub/boot.img" "$tmp/core" >"$dir/grub.disk" && truncate -s 2M "$dir/grub.disk" ||
	die "cannot write $dir/grub.disk$(room "$dir")"
