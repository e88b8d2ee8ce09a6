// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel makes of the memory map: its own functions, which the
 * Makefile cuts out of arch/x86/kernel/e820.c, between here and there.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/array_size.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <asm/page_types.h>

#include "test.h"

unsigned int e820_dropped;

/* "E820 table full; ignoring" is the only one. */
#define pr_err(...)		(e820_dropped++)
#define printk(...)		do { } while (0)
#define pr_cont(...)		do { } while (0)
#define KERN_DEBUG
#define e820_print_type(type)	do { } while (0)
#define BUG_ON(c)		do { if (c) fail("BUG: " #c); } while (0)
#define likely(c)		(c)
#define ULLONG_MAX		U64_MAX
#define ENOENT			2
#define EINVAL			22
#define sort(base, n, size, cmp, swap)	qsort(base, n, size, cmp)

static struct e820_table e820_table_init;
struct e820_table *e820_table = &e820_table_init;

void e820__range_add(u64 start, u64 size, enum e820_type type);
int e820__update_table(struct e820_table *table);
u64 e820__range_update(u64 start, u64 size, enum e820_type old_type,
		       enum e820_type new_type);

#include "e820-kernel.h"

void e820_begin(void)
{
	e820_table->nr_entries = 0;
	e820_dropped = 0;
}

/* e820__memory_setup_default(), parse_setup_data() */
void e820_boot(const struct boot_params *bp, const struct pvh_e820_ext *ext)
{
	if (append_e820_table((struct boot_e820_entry *)bp->e820_table, bp->e820_entries) < 0)
		fail("the kernel does not take the memory map");
	e820__update_table(e820_table);
	if (!ext)
		return;

	if (append_e820_table((struct boot_e820_entry *)ext->entries, ext->len / 20) < 0)
		fail("the kernel does not take the rest of the memory map");
	e820__update_table(e820_table);
}

/* trim_bios_range() */
void e820_later(void)
{
	e820__range_update(0, PAGE_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	remove_ram(BIOS_BEGIN, BIOS_END - BIOS_BEGIN);
	e820__update_table(e820_table);
}

struct point {
	u64 addr;
	u32 type;
	bool end;
};

static int by_addr(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	return p->addr < q->addr ? -1 : p->addr > q->addr;
}

/*
 * See that each byte is of the highest type that an entry gives it, or the hole
 * below 1 MiB, and of none if there is no entry.
 */
void e820_check(const struct hvm_memmap_table_entry *map, u32 nr)
{
	struct point *points = malloc(2 * (nr + 1) * sizeof(*points));
	u32 *types = malloc((nr + 1) * sizeof(*types));
	u32 *covers = calloc(nr + 1, sizeof(*covers));
	u32 n = 0, nr_types = 0, i, t, piece = 0;

	if (!points || !types || !covers)
		abort();
	for (i = 0; i <= nr; i++) {
		u64 addr = i < nr ? map[i].addr : 0xa0000;
		u64 size = i < nr ? map[i].size : 0x60000;
		u32 type = i < nr ? map[i].type : 2;

		if (!size || !type)
			continue;
		points[n++] = (struct point) { addr, type, false };
		points[n++] = (struct point) { addr + size, type, true };
		for (t = 0; t < nr_types && types[t] != type; t++)
			;
		if (t == nr_types)
			types[nr_types++] = type;
	}
	qsort(points, n, sizeof(*points), by_addr);

	for (i = 0; i < n; i++) {
		const struct e820_entry *e;
		u64 addr = points[i].addr, end;
		u32 type = 0;

		for (t = 0; types[t] != points[i].type; t++)
			;
		covers[t] += points[i].end ? -1 : 1;
		if (i + 1 == n)
			break;
		end = points[i + 1].addr;
		if (end == addr)
			continue;
		for (t = 0; t < nr_types; t++) {
			if (covers[t] && types[t] > type)
				type = types[t];
		}

		/* [addr, end) is of that type, in one piece or more. */
		while (addr < end) {
			while (piece < e820_table->nr_entries &&
			       e820_table->entries[piece].addr + e820_table->entries[piece].size <= addr)
				piece++;
			e = &e820_table->entries[piece];
			if (!type) {
				if (piece < e820_table->nr_entries && e->addr < end)
					fail("%#llx-%#llx is of type %u", addr, end, e->type);
				break;
			}
			if (piece == e820_table->nr_entries || e->addr > addr || e->type != type)
				fail("%#llx-%#llx is not of type %u", addr, end, type);
			addr = e->addr + e->size;
		}
	}
	free(points);
	free(types);
	free(covers);
}
