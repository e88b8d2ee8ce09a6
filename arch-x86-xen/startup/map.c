// SPDX-License-Identifier: GPL-2.0
/*
 * Access to the loader's data, wherever in physical memory that is.
 */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include <asm/cpuid/api.h>
#include <asm/page_types.h>
#include <asm/pgtable_types.h>
#include <asm/special_insns.h>

#include "startup.h"

/* Page table of the GiB after the identity mapping: see head_64.S */
u64 pvh_window[PTRS_PER_PMD] __initzero __aligned(PAGE_SIZE);

#define IDENT_SIZE	((u64)PVH_IDENT_GIB * SZ_1G)

/*
 * Width of the kernel's direct mapping, through which the native code accesses
 * the loader's data: with four levels of page tables, and with five.
 */
#define DIRECT_MAP_BITS		46u
#define DIRECT_MAP_BITS_LA57	52u

static unsigned int direct_map_bits __initdata = DIRECT_MAP_BITS;

static bool __init in_ident_map(u64 paddr, u64 size)
{
	return paddr < IDENT_SIZE && size <= IDENT_SIZE - paddr;
}

/*
 * An access beyond the CPU's physical address width sets reserved bits of a page
 * table entry. That is a page fault, which nothing can handle yet.
 */
static u64 __init max_paddr(void)
{
	static unsigned int bits __initdata;

	if (!bits) {
		bits = 36;
		if (native_cpuid_eax(0x80000000) >= 0x80000008)
			bits = native_cpuid_eax(0x80000008) & 0xff;
	}

	return BIT_ULL(min(bits, direct_map_bits));
}

/**
 * pvh_set_levels() - Set how many levels the kernel's page tables will have
 * @levels: 4, which is the default, or 5
 *
 * The number of levels limits the addresses that the kernel can map.
 */
void __init pvh_set_levels(unsigned int levels)
{
	direct_map_bits = levels == 5 ? DIRECT_MAP_BITS_LA57 : DIRECT_MAP_BITS;
}

/**
 * pvh_addressable() - Check whether a physical range can be accessed
 * @paddr: physical address of its first byte
 * @size: bytes
 *
 * Ask the CPU only about a range that is not all below PVH_IDENT_GIB GiB, because
 * a CPUID of a guest is an exit to the hypervisor. A 32-bit kernel takes no
 * initrd and no command line from above, and no loader puts an RSDP there for
 * one.
 *
 * Return: true if this CPU can address, and the kernel can map, all of the range
 */
bool __init pvh_addressable(u64 paddr, u64 size)
{
	u64 max;

	if (in_ident_map(paddr, size))
		return true;
	if (!IS_ENABLED(CONFIG_X86_64))
		return false;

	max = max_paddr();
	return paddr < max && size <= max - paddr;
}

/**
 * pvh_map() - Make a physical range accessible
 * @paddr: physical address of its first byte
 * @size: bytes, not 0
 *
 * Runs on the mapping of head_64.S, which has the first PVH_IDENT_GIB GiB. Maps
 * other ranges with 2 MiB pages to the GiB after that. No entry is used twice, so
 * the TLB never has an old one.
 *
 * A 32-bit kernel runs this without paging, and has these GiB only.
 *
 * Return: pointer to the mapped range; NULL if not all of it is addressable, or if
 * it is larger than the rest of the GiB
 */
const void * __init pvh_map(u64 paddr, u64 size)
{
	static unsigned int used __initdata;
	u64 pmd, last, vaddr;

	if (in_ident_map(paddr, size))
		return (const void *)(unsigned long)paddr;

	if (!IS_ENABLED(CONFIG_X86_64) || !pvh_addressable(paddr, size))
		return NULL;

	pmd = paddr >> PMD_SHIFT;
	last = (paddr + size - 1) >> PMD_SHIFT;
	if (last - pmd >= PTRS_PER_PMD - used)
		return NULL;

	vaddr = IDENT_SIZE + ((u64)used << PMD_SHIFT) + (paddr & ~PMD_MASK);
	for (; pmd <= last; pmd++)
		pvh_window[used++] = (pmd << PMD_SHIFT) |
			(__PAGE_KERNEL_LARGE & ~(_PAGE_GLOBAL | _PAGE_NX));

	/*
	 * A page walk need not see a store to a table before CR3 is written, and
	 * nothing can handle a page fault yet.
	 */
	native_write_cr3(__native_read_cr3());

	return (const void *)(unsigned long)vaddr;
}

/**
 * pvh_is_memory() - Check whether there is memory at an address
 * @paddr: physical address of 4 bytes, in the first PVH_IDENT_GIB GiB
 *
 * Change the bytes, look whether they have changed, and change them back. A
 * hypervisor drops writes to addresses where it has put no memory.
 *
 * Return: true if the bytes are memory
 */
bool __init pvh_is_memory(u64 paddr)
{
	u32 *p = (u32 *)(unsigned long)paddr;
	u32 old = READ_ONCE(*p);
	bool changed;

	WRITE_ONCE(*p, ~old);
	changed = READ_ONCE(*p) == ~old;
	WRITE_ONCE(*p, old);

	return changed;
}
