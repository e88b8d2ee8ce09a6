#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# loader.t with some of the crafted loaders: the usual ones, of each field of hvm_start_info
# one that boots and one that is refused, and those on which a 32-bit kernel decides
# otherwise.

export ONLY="${ONLY:-usual, q35|usual, initrd, microvm|start_info (0|in .bss|at 1.5)|magic 0|version 0 outside Xen$|two modules$|\
modlist_paddr (absent$|with bit 63)|module list (above|at 1.5)|module 0 size wraps|initrd (at 1.5 GiB|above 4 GiB, q35)|\
command line (of 2047 bytes$|of 2048 bytes$|above 4 GiB$)|cmdline_paddr in the kernel|rsdp_paddr (absent|above 4)|\
memory map of (200|256|3000|10000) entries$|memory map (above 4|without RAM$|with an entry that wraps)|all wrong$}"
exec sh "$(dirname -- "$0")/loader.t"
