#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The 32-bit kernel with PAE under the crafted loaders of loader/test.t, except those
# that load the kernel at another address, and those about page tables.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/i386/i386.sh"
. "$top/selftests/loader/loader.sh"

make_tmp
use_i386 pae
BITS=32 loader_prefix="pae: "
loader_test
tap_done
