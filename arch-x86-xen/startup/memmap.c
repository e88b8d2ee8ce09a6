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

#include "../pvh.h"

/*
 * pvh_setup() adds the hole between 640 KiB and 1 MiB, and trim_bios_range()
 * makes page 0 an entry of its own.
 */
#define MAX_ENTRIES	(E820_MAX_ENTRIES - 2)

/**
 * struct selection - What the kernel takes of the loader's map
 * @kernel: receives the entries
 * @nr: number of entries so far
 * @ram: true if there is RAM
 * @lost: bytes of RAM for which there is no room
 * @limit: physical address from which on no range is used
 * @clipped: size of an entry that ends at or after 2^64, 0 if there is none
 * @initrd: bytes of the initrd that are in RAM
 */
struct selection {
	struct pvh_kernel *kernel;
	u32 nr;
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

/* The next entry of the kernel's map: of boot_params or, if full, e820_table */
static struct boot_e820_entry * __init new_entry(struct selection *s)
{
	struct boot_params *bp = s->kernel->params;
	struct e820_table *table = s->kernel->e820_table;

	s->nr++;
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

/* Add a range of RAM as far as there is room for it and it is below the limit. */
static bool __init use_ram(struct selection *s, u64 addr, u64 *size, bool room)
{
	const struct boot_params *bp = s->kernel->params;
	u64 end, start, initrd = initrd_paddr(bp);
	u64 usable = 0;

	if (room && addr < s->limit)
		usable = min(*size, s->limit - addr);
	s->lost += *size - usable;
	s->ram |= usable > 0;

	start = max(addr, initrd);
	end = min(addr + usable, initrd + initrd_size(bp));
	if (start < end)
		s->initrd += end - start;

	*size = usable;
	return usable;
}

/*
 * Take one entry of the loader's map, if there are fewer than @max so far.
 *
 * Clip a range that ends at or after 2^64. RAM cannot end there: the entry is
 * taken as empty.
 */
static void __init take(struct selection *s, u64 addr, u64 size, u32 type, u32 max)
{
	struct boot_e820_entry *to;
	bool room = s->nr < max;

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

static void __init take_all(struct selection *s,
			    const struct hvm_memmap_table_entry *from, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		take(s, READ_ONCE(from[i].addr), READ_ONCE(from[i].size),
		     READ_ONCE(from[i].type), MAX_ENTRIES);
}

static void __init take_type(struct selection *s,
			     const struct hvm_memmap_table_entry *from, u32 nr,
			     bool ram, u32 max)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		u32 type = READ_ONCE(from[i].type);
		bool is_ram = type == E820_TYPE_RAM;

		if (is_ram == ram)
			take(s, READ_ONCE(from[i].addr),
			     READ_ONCE(from[i].size), type, max);
	}
}

/*
 * The highest address below which at most @max ranges begin that are not RAM.
 * The loader's map is in no particular order, and there is no room to sort it:
 * find one bit of the address after the other.
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
 * Take as much as there is room for. A range that is reserved within RAM must
 * not become RAM because its entry is dropped. So take reserved ranges before
 * RAM, the lowest ones, and no RAM above the first that is dropped. But leave up
 * to half of the room to RAM.
 */
static void __init take_some(struct selection *s,
			     const struct hvm_memmap_table_entry *from, u32 nr)
{
	u32 i, nr_ram = 0;

	for (i = 0; i < nr && nr_ram < MAX_ENTRIES / 2; i++)
		nr_ram += READ_ONCE(from[i].type) == E820_TYPE_RAM;

	s->limit = find_limit(from, nr, MAX_ENTRIES - nr_ram);
	take_type(s, from, nr, false, MAX_ENTRIES - nr_ram);
	take_type(s, from, nr, true, MAX_ENTRIES);
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
 * unknown types, and empty, unsorted and overlapping entries, as it does for any
 * loader.
 *
 * Without a map the number of entries stays 0: only pvh_setup() knows whether
 * there is another source.
 *
 * Return: true, or false if @err says what is wrong
 */
bool __init pvh_convert_memmap(const struct hvm_start_info *si,
			       struct pvh_kernel *kernel, struct pvh_error *err)
{
	const struct hvm_memmap_table_entry *from;
	u64 size = (u64)si->memmap_entries * sizeof(*from);
	struct boot_params *bp = kernel->params;
	struct selection s = { .kernel = kernel, .limit = U64_MAX };
	u64 paddr = si->memmap_paddr;
	u32 nr = si->memmap_entries;

	if (!nr || !paddr)
		return true;

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
		take_all(&s, from, nr);
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

	return true;
}
