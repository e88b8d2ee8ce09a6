# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: 32-bit kernels, and the QEMU for them as Xen guests.

# use_i386 NAME: build the kernel of NAME.config, unless KERNEL= names another, and set
# $kernel, $initrd and $root
use_i386() {
	[ -n "${KERNEL:-}" ] || "$top/selftests/i386/build.sh" "$1" >&2 || return
	kernel=${KERNEL:-$build/i386-$1.vmlinux}
	initrd=${INITRD:-$build/i386.initramfs.cpio.gz}
	root=${ROOT:-$build/i386.root.img}
}

# use_old_qemu: make qemu-system-x86_64 that of Debian 11, version 5.2, or set $no_qemu
# to the reason why it is not available. 32-bit guests of Xen need it.
#
# Since 7.2 QEMU's TCG sets the accessed bit in every level of page tables that it walks,
# also in the first level of 32-bit PAE (the PDPTEs), where that bit is reserved. Xen has
# to read the length of an instruction that SVM intercepts from the guest's memory,
# because emulated SVM has no NRIPS. It finds the reserved bit, takes the page tables for
# wrong, and enters the guest at the same instruction for ever. Any 32-bit kernel has this
# problem, for example Debian's 686-pae.
use_old_qemu() {
	qemu_status=0
	no_qemu=$("$top/selftests/releases/qemu.sh" bullseye) || qemu_status=$?
	case $qemu_status in
	0) PATH=$build/qemu-bullseye/bin:$PATH ;;
	4) ;;
	*) exit 1 ;;
	esac
}

# use_i386_guest: the kernel with PAE for the PVH guests of boot-xen.sh
use_i386_guest() {
	use_i386 pae
	use_old_qemu
	export GUEST="$kernel" GUEST_INITRAMFS="$initrd"
}
