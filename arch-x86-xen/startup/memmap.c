// SPDX-License-Identifier: GPL-2.0
/*
 * The loader's memory map, as boot_params and a setup_data have it.
 */

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <asm/setup_data.h>
#include <xen/interface/hvm/start_info.h>

#include "../pvh.h"

/*
 * pvh_setup() adds the hole between 640 KiB and 1 MiB, and trim_bios_range()
 * makes an entry of its own of page 0.
 */
#define MAX_ENTRIES	(E820_MAX_ENTRIES - 2)

static const struct boot_e820_entry isa_hole __initconst = {
	.addr	= ISA_START_ADDRESS,
	.size	= ISA_END_ADDRESS - ISA_START_ADDRESS,
};

/* Entry @i of the kernel's memory map, in boot_params or behind in the setup_data. */
static struct boot_e820_entry * __init entry(struct pvh_kernel *kernel, u32 i)
{
	if (i < E820_MAX_ENTRIES_ZEROPAGE)
		return &kernel->params->e820_table[i];

	return &kernel->e820_ext->entries[i - E820_MAX_ENTRIES_ZEROPAGE];
}

static bool __init ends_within(const struct boot_e820_entry *a,
			       const struct boot_e820_entry *b)
{
	u64 end = a->addr + a->size;

	return a->size && end > b->addr && end < b->addr + b->size;
}

/*
 * Where entries overlap, e820__update_table() splits them, and drops what there
 * is no room for. Each end of one entry within another one can make for one
 * more entry.
 *
 * Ordinary maps have so few entries that there is no need to look.
 */
static bool __init fits(struct pvh_kernel *kernel, u32 nr)
{
	u32 total = nr;
	u32 i, j;

	/* The hole's end is one, too. */
	if (total + nr + 1 <= MAX_ENTRIES)
		return true;

	for (i = 0; i < nr; i++) {
		const struct boot_e820_entry *e = entry(kernel, i);

		for (j = 0; j < nr && !ends_within(e, entry(kernel, j)); j++)
			;
		if (j < nr || ends_within(e, &isa_hole))
			total++;
	}
	for (j = 0; j < nr && !ends_within(&isa_hole, entry(kernel, j)); j++)
		;
	if (j < nr)
		total++;

	return total <= MAX_ENTRIES;
}

/**
 * pvh_convert_memmap() - Fill in the memory map from the loader's
 * @si: the kernel's own copy of hvm_start_info
 * @kernel: gets the map: params the first 128 entries and e820_ext the rest, as
 *          boot.rst and zero-page.rst have it
 * @err: set to what is wrong, if anything is
 *
 * Runs on the mapping of head_64.S, or without paging. Types 1 to 5 and 7 of the
 * PVH boot ABI are those of ACPI, which boot_params uses too. What the kernel
 * makes of types that it does not know, of empty, unsorted and overlapping
 * entries is the same as for any loader's map, and is left to e820.c, but for
 * what that would silently drop or misplace.
 *
 * Without a map the number of entries stays 0: whether there is another source
 * is not known before pvh_setup().
 *
 * Return: true, or false if @err says what is wrong
 */
bool __init pvh_convert_memmap(const struct hvm_start_info *si,
			       struct pvh_kernel *kernel, struct pvh_error *err)
{
	const struct hvm_memmap_table_entry *from;
	u64 size = (u64)si->memmap_entries * sizeof(*from);
	struct pvh_e820_ext *ext = kernel->e820_ext;
	u32 nr = si->memmap_entries;
	bool ram = false;
	u32 i;

	if (!nr || !si->memmap_paddr)
		return true;

	if (!pvh_addressable(si->memmap_paddr, 1))
		return pvh_refuse(err, "memmap_paddr", si->memmap_paddr,
				  "cannot be addressed");
	if (nr > MAX_ENTRIES)
		return pvh_refuse(err, "memmap_entries", nr,
				  "more than the kernel has room for");
	if (!pvh_addressable(si->memmap_paddr, size))
		return pvh_refuse(err, "memmap_paddr", si->memmap_paddr,
				  "not all of the memory map can be addressed");
	if (pvh_overlaps_kernel(kernel, si->memmap_paddr, size))
		return pvh_refuse(err, "memmap_paddr", si->memmap_paddr,
				  "the memory map overlaps the kernel");

	from = pvh_map(si->memmap_paddr, size);
	if (!from)
		return pvh_refuse(err, "memmap_paddr", si->memmap_paddr,
				  "no room to map the memory map");

	for (i = 0; i < nr; i++) {
		struct boot_e820_entry *to = entry(kernel, i);

		to->addr = READ_ONCE(from[i].addr);
		to->size = READ_ONCE(from[i].size);
		to->type = READ_ONCE(from[i].type);
		if (to->size > U64_MAX - to->addr)
			return pvh_refuse(err, "memmap size", to->size,
					  "ends beyond the address space");
		if (to->type == E820_TYPE_RAM && to->size)
			ram = true;
	}
	if (!ram)
		return pvh_refuse(err, "memmap_entries", nr,
				  "no RAM in the memory map");
	if (!fits(kernel, nr))
		return pvh_refuse(err, "memmap_entries", nr,
				  "more than the kernel has room for, as some overlap");

	if (nr <= E820_MAX_ENTRIES_ZEROPAGE) {
		kernel->params->e820_entries = nr;
		return true;
	}

	kernel->params->e820_entries = E820_MAX_ENTRIES_ZEROPAGE;
	ext->next = kernel->params->hdr.setup_data;
	ext->type = SETUP_E820_EXT;
	ext->len = (nr - E820_MAX_ENTRIES_ZEROPAGE) * sizeof(ext->entries[0]);
	kernel->params->hdr.setup_data = (unsigned long)ext;

	return true;
}
