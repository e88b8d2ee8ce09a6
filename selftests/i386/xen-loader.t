#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE as a PVH domU of a 64-bit dom0, under the forged loaders of
# loader/xen.t. Without the QEMU that it boots under there (see selftests/i386/qemu.sh)
# only those that it has to refuse: it says so to Xen, and the domain counts as crashed.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

"$top/selftests/i386/build.sh" pae >&2
export GUEST="$build/i386-pae.vmlinux" GUEST_INITRAMFS="$build/i386.initramfs.cpio.gz"
. "$top/selftests/i386/with-qemu.sh"
export LOG=xen.i386-forged REFUSED="$no_qemu"
exec sh "$top/selftests/loader/xen.t"
