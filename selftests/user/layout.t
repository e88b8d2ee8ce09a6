#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The structures of the PVH boot ABI in the kernel's header, compared with those of
# Xen's own public header, in Debian's libxen-dev.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
export LC_ALL=C
xens=$build/xen/root/usr/include/xen/arch-x86/hvm/start_info.h
kernels=$tree/include/xen/interface/hvm/start_info.h

# agrees KERNEL_H: layout.c compiles, with all that it asserts
agrees() {
	cc_status=0
	gcc -std=gnu11 -Wall -Werror -fsyntax-only -DXEN_H="\"$xens\"" \
		-DKERNEL_H="\"$1\"" "$here/layout.c" >"$tmp/cc" 2>&1 || cc_status=$?
	want="layout.c compiles" got=$(cat "$tmp/cc")
	[ "$cc_status" -eq 0 ]
}

# differs EDIT MESSAGE: with that edit of the header, which sed makes, gcc says so
differs() {
	sed "$1" "$kernels" >"$tmp/start_info.h"
	want="a header that the edit changes" got="the header as it was"
	! cmp -s "$kernels" "$tmp/start_info.h" || return 1
	! agrees "$tmp/start_info.h" || { want="an error about $2" got="no error"; return 1; }
	want="an error about $2"
	grep -q "$2" "$tmp/cc"
}

# Unpacked, not installed
expect "Xen's headers can be unpacked" "$top/selftests/xen/fetch.sh"
[ "$tap_bad" -eq 0 ] || tap_done
expect "hvm_start_info, its tables and its constants are Xen's" agrees "$kernels"
expect "a missing field is noticed" differs '/uint64_t rsdp_paddr;/d' 'rsdp_paddr'
expect "a field of another size is noticed" \
	differs 's/uint32_t memmap_entries;/uint64_t memmap_entries;/' 'start_info.memmap_entries'
expect "another magic is noticed" differs 's/0x336ec578$/0x336ec579/' 'XEN_HVM_START_MAGIC_VALUE'
expect "another type of memory is noticed" differs '/MEMMAP_TYPE_UNUSABLE/s/5/6/' 'MEMMAP_TYPE_UNUSABLE'
tap_done
