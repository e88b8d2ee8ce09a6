// SPDX-License-Identifier: GPL-2.0
/* The guest: its memory, and which addresses are of use in it */

#include <string.h>

#include "guest.h"

typedef unsigned __int128 u128;

struct guest guest;

static void overlay(u64 paddr, u64 size, u8 *to, u64 at, const void *bytes,
		    u64 len)
{
	u128 from = paddr > at ? paddr : at;
	u128 end = (u128)paddr + size;
	u128 at_end = (u128)at + len;

	if (end > at_end)
		end = at_end;
	/* Nothing is at 0. */
	if (at && from < end)
		memcpy(to + (u64)(from - paddr), (const u8 *)bytes + (u64)(from - at),
		       (u64)(end - from));
}

/*
 * Where objects overlap, the last one counts. The command line is at its address, and
 * at the lower half of that as well.
 */
void guest_read(u64 paddr, u64 size, void *to)
{
	memset(to, 0xcc, size);
	overlay(paddr, size, to, (u32)guest.si.cmdline_paddr, guest.cmdline,
		sizeof(guest.cmdline));
	overlay(paddr, size, to, guest.si.memmap_paddr, guest.memmap,
		guest.entries * sizeof(guest.memmap[0]));
	overlay(paddr, size, to, guest.si.cmdline_paddr, guest.cmdline,
		sizeof(guest.cmdline));
	overlay(paddr, size, to, guest.si.modlist_paddr, &guest.module,
		sizeof(guest.module));
	overlay(paddr, size, to, guest.si_paddr, &guest.si, sizeof(guest.si));
}

/* How far the kernel's direct mapping will reach */
static unsigned int direct_map = 46;

void guest_set_levels(unsigned int levels)
{
	direct_map = levels == 5 ? 52 : 46;
}

/* The CPU can address no more, or the direct mapping reaches no further. */
u64 guest_max_paddr(void)
{
	unsigned int bits = 36;

	if (guest.cpuid_ext_max >= 0x80000008)
		bits = guest.cpuid_width % 256;

	return 1ULL << (bits > direct_map ? direct_map : bits);
}

bool guest_addressable(u64 paddr, u64 size)
{
	u64 max = guest_max_paddr();

	if (max < SIZE_4G)
		max = SIZE_4G;

	return paddr < max && (u128)paddr + size <= max;
}
