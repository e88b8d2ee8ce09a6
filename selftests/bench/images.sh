# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Sourced by run.sh: images that a firmware or a loader boots from. They need $tmp.

# grub_image IMAGE [KERNEL INITRAMFS COMMAND_LINE]: GRUB as a PVH kernel, with a kernel
# and an initramfs inside, which a guest without a disk boots; or GRUB alone, for its
# size
grub_image() {
	needs_programs grub-mkimage
	modules=/usr/lib/grub/i386-xen_pvh image=$1
	[ -e "$modules/kernel.img" ] || die "no $modules: package grub-xen-bin"
	if [ $# -eq 4 ]; then
		mkdir -p "$image.d"
		cp "$2" "$image.d/bzImage" && cp "$3" "$image.d/initrd" &&
			tar -cf "$image.tar" --mtime=@0 --owner=0 --group=0 --mode=644 -C "$image.d" bzImage initrd ||
			die "cannot copy to $image.d$(room "$tmp")"
		printf '%s\n' "linux (memdisk)/bzImage $4" "initrd (memdisk)/initrd" boot >"$image.cfg"
		set -- -m "$image.tar" -c "$image.cfg"
	else
		set --
	fi
	grub-mkimage -O i386-xen_pvh -d "$modules" -o "$image" -p '(memdisk)/' "$@" \
		memdisk tar linux normal 2>"$image.log" || die "grub-mkimage: $(tail -n 1 "$image.log")"
	rm -rf "$image.d"
}

# uboot_disk DISK COMMAND_LINE [KERNEL INITRAMFS]: a disk with a script that u-boot
# runs by itself, because nobody types; the kernel and an initramfs are on it too, or
# QEMU has them in fw_cfg (-kernel, -initrd)
uboot_disk() {
	PATH=$PATH:/sbin:/usr/sbin
	needs_programs mkimage sfdisk mformat mcopy
	disk=$1 mib=40
	# 16 MiB is below u-boot itself. With the size after the address u-boot would
	# forget which device the image is from.
	if [ $# -eq 4 ]; then
		printf '%s\n' "setenv bootargs $2 initrd=initrd" "load virtio 0:1 1000000 bzImage" "bootefi 1000000"
		mib=$(($(cat "$3" "$4" | wc -c) / 1048576 + mib))
	else
		# shellcheck disable=SC2016 # u-boot's variable
		printf '%s\n' "qfw load 1000000 4000000" "setenv bootargs $2" 'bootefi 1000000:${filesize}'
	fi >"$disk.cmd"
	rm -f "$disk"
	truncate -s "${mib}M" "$disk" || die "cannot write $disk$(room "$tmp")"
	{
		echo 'start=2048, type=c, bootable' | sfdisk -q --label dos "$disk" &&
			mkimage -A x86 -T script -d "$disk.cmd" "$disk.scr" &&
			mformat -i "$disk@@1M" -F :: && mcopy -i "$disk@@1M" "$disk.scr" ::boot.scr &&
			{ [ $# -eq 2 ] || { mcopy -i "$disk@@1M" "$3" ::bzImage && mcopy -i "$disk@@1M" "$4" ::initrd; }; }
	} >"$disk.log" 2>&1 || die "cannot make $disk: $(tail -n 1 "$disk.log")$(room "$tmp")"
}

# needs_programs NAME ...: end unless they are installed
needs_programs() {
	for program; do
		command -v "$program" >/dev/null 2>&1 || die "no $program: run scripts/deps.sh evaluate"
	done
}
