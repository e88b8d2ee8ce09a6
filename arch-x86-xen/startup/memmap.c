// SPDX-License-Identifier: GPL-2.0
/*
 * The loader's memory map.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <xen/interface/hvm/start_info.h>

#include "startup.h"

/*
 * pvh_setup() adds the hole between 640 KiB and 1 MiB, and trim_bios_range()
 * makes page 0 an entry of its own.
 */
#define MAX_ENTRIES	(E820_MAX_ENTRIES - 2)

/* Which entries of the loader's map to take */
enum take_type { TAKE_ALL, TAKE_RAM, TAKE_NOT_RAM };

/**
 * struct selection - What the kernel takes of the loader's map
 * @kernel: receives the entries
 * @ram: true if there is RAM
 * @lost: bytes of RAM for which there is no room, U64_MAX if there are more
 * @limit: physical address from which on no range is taken
 * @clipped: size of an entry that ends at or after 2^64, 0 if there is none
 * @initrd: bytes of the initrd in RAM; twice if two entries have them
 */
struct selection {
	struct pvh_kernel *kernel;
	bool ram;
	u64 lost;
	u64 limit;
	u64 clipped;
	u64 initrd;
};

/* The entries of both tables have the same layout. */
static_assert(sizeof(struct boot_e820_entry) == sizeof(struct e820_entry));
static_assert(offsetof(struct boot_e820_entry, addr) ==
	      offsetof(struct e820_entry, addr));
static_assert(offsetof(struct boot_e820_entry, size) ==
	      offsetof(struct e820_entry, size));
static_assert(offsetof(struct boot_e820_entry, type) ==
	      offsetof(struct e820_entry, type));

static u32 __init nr_entries(const struct selection *s)
{
	return s->kernel->params->e820_entries + s->kernel->e820_table->nr_entries;
}

/* The next entry of the kernel's map: of boot_params or, if full, e820_table */
static struct boot_e820_entry * __init new_entry(struct selection *s)
{
	struct boot_params *bp = s->kernel->params;
	struct e820_table *table = s->kernel->e820_table;

	if (bp->e820_entries < E820_MAX_ENTRIES_ZEROPAGE)
		return &bp->e820_table[bp->e820_entries++];

	return (void *)&table->entries[table->nr_entries++];
}

static u64 __init initrd_paddr(const struct boot_params *bp)
{
	return bp->hdr.ramdisk_image | (u64)bp->ext_ramdisk_image << 32;
}

static u64 __init initrd_size(const struct boot_params *bp)
{
	return bp->hdr.ramdisk_size | (u64)bp->ext_ramdisk_size << 32;
}

/* Cut a range of RAM at the limit, or to nothing if there is no room. */
static bool __init use_ram(struct selection *s, u64 addr, u64 *size, bool room)
{
	const struct boot_params *bp = s->kernel->params;
	u64 end, start, initrd = initrd_paddr(bp);
	u64 usable = 0;

	if (room && addr < s->limit)
		usable = min(*size, s->limit - addr);
	s->lost += min(*size - usable, U64_MAX - s->lost);
	s->ram |= usable > 0;

	start = max(addr, initrd);
	end = min(addr + usable, initrd + initrd_size(bp));
	if (start < end)
		s->initrd += min(end - start, U64_MAX - s->initrd);

	*size = usable;
	return usable;
}

/*
 * Convert one entry of the loader's map, unless @max entries are in use.
 *
 * Clip a range that ends at or after 2^64. RAM cannot end there, so take an entry
 * of RAM as empty.
 */
static void __init take(struct selection *s, u64 addr, u64 size, u32 type, u32 max)
{
	struct boot_e820_entry *to;
	bool room = nr_entries(s) < max;

	if (size > U64_MAX - addr) {
		s->clipped = size;
		size = type == E820_TYPE_RAM ? 0 : U64_MAX - addr;
	}

	if (size && type == E820_TYPE_RAM)
		room = use_ram(s, addr, &size, room);
	else if (addr >= s->limit)
		room = false;
	if (!room)
		return;

	to = new_entry(s);
	to->addr = addr;
	to->size = size;
	to->type = type;
}

/* Convert the entries of one type, or all, unless @max entries are in use. */
static void __init take_entries(struct selection *s,
				const struct hvm_memmap_table_entry *from,
				u32 nr, enum take_type take_type, u32 max)
{
	u32 i, type;

	for (i = 0; i < nr; i++) {
		type = READ_ONCE(from[i].type);
		if (take_type != (type == E820_TYPE_RAM ? TAKE_NOT_RAM : TAKE_RAM))
			take(s, READ_ONCE(from[i].addr),
			     READ_ONCE(from[i].size), type, max);
	}
}

/*
 * Find the highest address below which at most @max ranges begin that are not
 * RAM. The loader's map is in no particular order, and there is no room to sort
 * it, so find one bit of the address after the other.
 */
static u64 __init find_limit(const struct hvm_memmap_table_entry *from, u32 nr,
			     u32 max)
{
	u64 bit, limit = 0;
	u32 i, count;

	for (bit = BIT_ULL(63); bit; bit >>= 1) {
		for (i = 0, count = 0; i < nr && count <= max; i++)
			count += READ_ONCE(from[i].type) != E820_TYPE_RAM &&
				 READ_ONCE(from[i].addr) < (limit | bit);
		if (count <= max)
			limit |= bit;
	}

	return limit;
}

/*
 * The map does not fit. Dropping a reserved range could turn reserved memory into
 * RAM. So take reserved ranges first, the lowest ones, and no RAM above the first
 * one that is dropped. But leave up to half of the room to RAM.
 */
static void __init take_some(struct selection *s,
			     const struct hvm_memmap_table_entry *from, u32 nr)
{
	u32 i, nr_ram = 0;

	for (i = 0; i < nr && nr_ram < MAX_ENTRIES / 2; i++)
		nr_ram += READ_ONCE(from[i].type) == E820_TYPE_RAM;

	s->limit = find_limit(from, nr, MAX_ENTRIES - nr_ram);
	take_entries(s, from, nr, TAKE_NOT_RAM, MAX_ENTRIES - nr_ram);
	take_entries(s, from, nr, TAKE_RAM, MAX_ENTRIES);
}

/**
 * pvh_convert_memmap() - Convert the loader's memory map
 * @si: the kernel's own copy of hvm_start_info
 * @kernel: receives the map: @kernel->params the first 128 entries,
 *          @kernel->e820_table the others
 * @err: set to what is wrong, if anything is
 *
 * Runs on the mapping of head_64.S, or without paging. Types 1 to 5 and 7 of the
 * PVH boot ABI are those of ACPI, which boot_params uses as well. e820.c handles
 * unknown types, and empty, unsorted and overlapping entries, for all loaders.
 *
 * Without a map the number of entries stays 0: only pvh_setup() knows whether
 * there is another source.
 *
 * Return: 0, or -EINVAL if the map cannot be used: @err has the reason
 */
int __init pvh_convert_memmap(const struct hvm_start_info *si,
			      struct pvh_kernel *kernel, struct pvh_error *err)
{
	const struct hvm_memmap_table_entry *from;
	u64 size = (u64)si->memmap_entries * sizeof(*from);
	struct boot_params *bp = kernel->params;
	struct selection s = { .kernel = kernel, .limit = U64_MAX };
	u64 paddr = si->memmap_paddr;
	u32 nr = si->memmap_entries;

	if (!nr || !paddr)
		return 0;

	if (!pvh_addressable(paddr, size))
		return pvh_refuse(err, "memmap_paddr", paddr,
				  "not all of the memory map can be addressed");
	if (pvh_overlaps_contents(kernel, paddr, size))
		return pvh_refuse(err, "memmap_paddr", paddr,
				  "the memory map overlaps the kernel");

	from = pvh_map(paddr, size);
	if (!from)
		return pvh_refuse(err, "memmap_paddr", paddr,
				  "no room to map the memory map");

	if (nr <= MAX_ENTRIES)
		take_entries(&s, from, nr, TAKE_ALL, MAX_ENTRIES);
	else
		take_some(&s, from, nr);

	/* "memmap=" can replace the map, or add to it. */
	if (!s.ram && !pvh_option("memmap="))
		return pvh_refuse(err, "memmap_entries", nr,
				  "no RAM in the memory map");

	if (s.clipped)
		pvh_warn("memmap size", s.clipped,
			 "the entry ends beyond the address space, and is clipped");
	if (nr > MAX_ENTRIES)
		pvh_warn("memmap_entries", nr,
			 "more than the kernel has room for");
	if (s.lost)
		pvh_warn("memmap RAM", s.lost,
			 "so many bytes of RAM are not used, for lack of room");
	if (s.initrd < initrd_size(bp))
		pvh_warn("module 0 paddr", initrd_paddr(bp),
			 "not all of the initrd is in RAM");

	return 0;
}
