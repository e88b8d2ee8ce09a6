#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE as a PVH domU of a 64-bit dom0, under the crafted loaders of
# loader/xen.t. Without the QEMU for such guests (see qemu.sh) the test has only those
# loaders that the kernel has to refuse: it tells Xen, and the domain has crashed.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/i386/i386.sh"
. "$top/selftests/loader/loader.sh"
. "$top/selftests/loader/xen.sh"
. "$top/selftests/xen/results.sh"

make_tmp
use_i386_guest
export LOG=xen.i386-loader
loader_prefix="pae: "
xen_loader_test "$no_qemu"
tap_done
