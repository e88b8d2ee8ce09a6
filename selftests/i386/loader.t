#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE under the forged loaders of loader/test.t, but for what
# is about where a kernel is loaded, and about page tables.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

"$top/selftests/i386/build.sh" pae >&2
export BITS=32 VMLINUX="$build/i386-pae.vmlinux"
export INITRD="$build/i386.initramfs.cpio.gz" ROOT="$build/i386.root.img"
exec sh "$top/selftests/loader/test.t"
