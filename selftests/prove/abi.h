/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of docs/abi.md as predicates, in numbers that do not wrap. "a to b" is without
 * b. They use nothing of the code that they judge.
 */
#ifndef ABI_H
#define ABI_H

#include "prove.h"

/* The two ranges share a byte; sizes are not 0. */
static inline bool abi_overlap(u64 paddr, u64 size, u64 start, u64 end)
{
	return (u128)paddr + size > start && paddr < end;
}

/* "shares memory with K" */
static inline bool abi_in_kernel(const struct pvh_kernel *k, u64 paddr, u64 size)
{
	return abi_overlap(paddr, size, k->start, k->end);
}

/* "shares memory with C" */
static inline bool abi_in_contents(const struct pvh_kernel *k, u64 paddr, u64 size)
{
	return abi_overlap(paddr, size, k->start, k->rodata_end) ||
	       abi_overlap(paddr, size, k->data, k->bss);
}

/* What the CPU says of its physical addresses: CPUID 0x80000000 and 0x80000008 */
extern u32 abi_max_leaf, abi_address_leaf;
/* The levels of page tables that the kernel will have */
extern unsigned int abi_levels;

/* "addressable": all of the bytes from paddr on */
static inline bool abi_addressable(u64 paddr, u64 size)
{
	unsigned int cpu = abi_max_leaf >= 0x80000008 ? abi_address_leaf & 0xff : 36;
	unsigned int direct = abi_levels == 5 ? 52 : 46;
	unsigned int bits = cpu < direct ? cpu : direct;
	u128 end = (u128)paddr + size;

	return (paddr < 4 * GIB && end <= 4 * GIB) ||
	       (!(paddr >> bits) && end <= (u128)1 << bits);
}

#endif
