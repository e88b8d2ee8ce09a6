// SPDX-License-Identifier: GPL-2.0
/* map.c: which addresses can be accessed, and where pvh_map() shows them */

#include "abi.h"

#include <asm/cpuid/api.h>
#include <asm/pgtable_types.h>
#include <asm/special_insns.h>

/* So that the harness can name the variables within functions, too. */
unsigned int bits, used;

static u64 asked, asked_at, other_entry;
static unsigned int before, other;

#define INDEX		(((asked + asked_at) >> 21) - (asked >> 21))
#define LOOP_MAP							\
	__CPROVER_assigns(pmd, used, __CPROVER_object_whole(pvh_window))	\
	__CPROVER_loop_invariant(pmd >= asked >> 21 && pmd <= last + 1 && used == before + (pmd - (asked >> 21)) && \
	 used <= 512 && (other >= before || pvh_window[other] == other_entry) &&				\
	 (INDEX >= pmd - (asked >> 21) ||				\
	  pvh_window[before + INDEX] == ((((asked + asked_at) >> 21) << 21) | 0xe3)))	\
	__CPROVER_decreases(last + 1 - pmd)

/* Whether what is written is dropped, as by a hypervisor that has put no memory there */
static bool dropped;

#undef WRITE_ONCE
#define WRITE_ONCE(x, v)						\
	do {								\
		if (!dropped)						\
			(x) = (v);					\
	} while (0)

#define static extern
#include <startup/map.c>
#undef static

u32 abi_max_leaf, abi_address_leaf;
unsigned int abi_levels;

void native_cpuid(u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 leaf = *eax;

	*eax = leaf == 0x80000000 ? abi_max_leaf :
	       leaf == 0x80000008 && abi_max_leaf >= leaf ? abi_address_leaf : nondet_u32();
	*ebx = nondet_u32();
	*ecx = nondet_u32();
	*edx = nondet_u32();
}

/* Whatever the CPU, or the hypervisor, says */
static void any_cpu(void)
{
	abi_max_leaf = nondet_u32();
	abi_address_leaf = nondet_u32();
	abi_levels = nondet_bool() ? 5 : 4;
	pvh_set_levels(abi_levels);
	bits = 0;
}

void addressable(void)
{
	u64 paddr = nondet_u64(), size = nondet_u64();

	any_cpu();
	/* "no5lvl" takes a level away after the first ranges. */
	if (nondet_bool())
		pvh_addressable(nondet_u64(), nondet_u64());
	abi_levels = nondet_bool() ? 5 : 4;
	pvh_set_levels(abi_levels);
	PROVE("a range is addressable if docs/abi.md says so",
	      pvh_addressable(paddr, size) == abi_addressable(paddr, size));
	REACHED("pvh_addressable() returns");
}

/* 2 MiB pages from a to the end of the range */
static u64 pages(u64 paddr, u64 size)
{
	return (u64)(((u128)paddr + size - 1) >> 21) - (paddr >> 21) + 1;
}

/* What a page walk makes of a virtual address below 5 GiB */
static u64 walk(u64 vaddr)
{
	u64 entry;

	if (vaddr < 4 * GIB)
		return vaddr;
	entry = pvh_window[(vaddr - 4 * GIB) >> 21];
	PROVE("an entry of the window is a 2 MiB page that is there and has no reserved bits",
	      (entry & (1 | 1 << 7)) == (1 | 1 << 7) && !(entry & 0xfff0000000000000) &&
	      !(entry & 0x1fe000));

	return (entry & 0xfffffffe00000) | (vaddr & 0x1fffff);
}

/* After any calls before: all that pvh_map() knows of them is how many entries are used. */
void maps(void)
{
	u64 paddr = nondet_u64(), size = nondet_u64(), at = nondet_u64(), vaddr;
	bool fits, low;

	any_cpu();
	used = nondet_u32();
	other = nondet_u32();
	ASSUME(used <= 512 && size && at < size && other < 512);
	__CPROVER_havoc_object(pvh_window);
	before = used;
	other_entry = pvh_window[other];
	asked = paddr;
	asked_at = at;

	vaddr = (u64)pvh_map(paddr, size);

	low = (u128)paddr + size <= 4 * GIB;
	fits = low || (abi_addressable(paddr, size) && pages(paddr, size) <= 512 - before);
	PROVE("a range has no address if it is not addressable, or does not fit into the window",
	      fits || !vaddr);
	PROVE("the window is never overrun", used <= 512);
	PROVE("what was mapped before stays as it is",
	      other >= before || pvh_window[other] == other_entry);
	PROVE("entries are used for ranges only that are mapped there",
	      used == (fits && !low ? before + pages(paddr, size) : before));
	if (fits) {
		PROVE("all of a range that fits is within the 5 GiB that are mapped",
		      (u128)vaddr + size <= 5 * GIB);
		PROVE("each byte that is mapped is the byte that was asked for",
		      walk(vaddr + at) == paddr + at);
		REACHED("a range is mapped");
	}
	REACHED("pvh_map() returns");
}

void memory(void)
{
	u32 word = nondet_u32(), before = word;
	bool found;

	dropped = nondet_bool();

	found = pvh_is_memory((u64)&word);

	PROVE("what can be written to is memory, and nothing else is", found == !dropped);
	PROVE("the bytes are as they were", word == before);
	if (dropped)
		REACHED("what is written is dropped");
	REACHED("pvh_is_memory() returns");
}
