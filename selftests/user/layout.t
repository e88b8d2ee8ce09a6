#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The structures of the PVH boot ABI as the kernel's header has them, against
# those of Xen's own public header, in Debian's libxen-dev.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
export LC_ALL=C

# Unpacked, not installed
if ! "$top/selftests/xen/fetch.sh" >"$tmp/fetch" 2>&1; then
	tap_ok 1 "Xen's headers are there"
	tap_diag <"$tmp/fetch"
	tap_done
fi
xens=$build/xen/root/usr/include/xen/arch-x86/hvm/start_info.h
kernels=$tree/include/xen/interface/hvm/start_info.h

# agree KERNEL_H: whether it compiles with all that is asserted
agree() {
	gcc -std=gnu11 -Wall -Werror -fsyntax-only -DXEN_H="\"$xens\"" \
		-DKERNEL_H="\"$1\"" "$top/selftests/user/layout.c" >"$tmp/cc" 2>&1
}

agree "$kernels"
status=$?
tap_ok $status "hvm_start_info, its tables, its constants are Xen's"
[ $status -eq 0 ] || tap_diag <"$tmp/cc"

# That a difference would show: each in a copy of the header
differs() {
	sed "$2" "$kernels" >"$tmp/start_info.h"
	if cmp -s "$kernels" "$tmp/start_info.h"; then
		tap_ok 1 "$1: nothing to change in the header"
		return
	fi
	! agree "$tmp/start_info.h" && grep -q "$3" "$tmp/cc"
	tap_ok $? "$1 would show"
}
differs "a field that is missing" '/uint64_t rsdp_paddr;/d' 'rsdp_paddr'
differs "a field of another size" 's/uint32_t memmap_entries;/uint64_t memmap_entries;/' 'start_info.memmap_entries'
differs "another magic" 's/0x336ec578$/0x336ec579/' 'XEN_HVM_START_MAGIC_VALUE'
differs "another type of memory" '/MEMMAP_TYPE_UNUSABLE/s/5/6/' 'MEMMAP_TYPE_UNUSABLE'
tap_done
