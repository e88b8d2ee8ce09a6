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

/* e820__memory_setup_default() */
void e820_boot(const struct boot_params *bp)
{
	if (append_e820_table((struct boot_e820_entry *)bp->e820_table, bp->e820_entries) < 0)
		fail("the kernel does not take the memory map");
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

/* The entry of the kernel's table that has @addr, or the next one */
static const struct e820_entry *entry_at(u64 addr)
{
	static u32 i;
	const struct e820_entry *e = e820_table->entries;
	const struct e820_entry *end = e + e820_table->nr_entries;

	/* Mostly no less far than the last time */
	if (i > e820_table->nr_entries || (i && e[i - 1].addr + e[i - 1].size > addr))
		i = 0;
	for (; e + i < end && e[i].addr + e[i].size <= addr; i++)
		;

	return e + i < end ? e + i : NULL;
}

/* e820__update_table() stops where the table is full. */
static bool cut_off(u64 addr)
{
	const struct e820_entry *last = &e820_table->entries[e820_table->nr_entries - 1];

	return e820_table->nr_entries == E820_MAX_ENTRIES && addr >= last->addr + last->size;
}

/* [addr, end) is of @type by the loader's map, or of none. */
static void check_range(u64 addr, u64 end, u32 type, bool later)
{
	while (addr < end) {
		const struct e820_entry *e = entry_at(addr);
		u64 to = e && e->addr + e->size < end ? e->addr + e->size : end;

		if (e && e->addr >= end)
			e = NULL;
		if (e && e->addr > addr) {
			to = e->addr;
			e = NULL;
		}
		if (e && e->type == E820_TYPE_RAM) {
			if (type != E820_TYPE_RAM || (later && addr < PAGE_SIZE))
				fail("%#llx-%#llx is RAM, and not of type %u", addr, to, type);
		} else if (later) {
			;
		} else if (e) {
			/* Of a type that is less than one that is left out, perhaps */
			if (!type || type == E820_TYPE_RAM ||
			    (e->type != type && !oracle_left_out))
				fail("%#llx-%#llx is of type %u and not %u", addr, to, e->type, type);
		} else if (type && !cut_off(addr)) {
			if (type == E820_TYPE_RAM ? !oracle_ram_lost : !oracle_left_out)
				fail("%#llx-%#llx is not there, and of type %u", addr, to, type);
		}
		addr = to;
	}
}

/*
 * See that each byte is of the highest type that an entry gives it, or the hole
 * below 1 MiB, and of none if there is no entry. Where the kernel leaves entries
 * out RAM may be missing and may be gone, but there must be no more than the
 * loader has: @later, that is all that is asked.
 *
 * Entries of RAM that end at or after 2^64 are none.
 */
void e820_check(const struct hvm_memmap_table_entry *map, u32 nr, bool later)
{
	struct point *points = malloc(2 * (nr + 1) * sizeof(*points));
	u32 *types = malloc((nr + 1) * sizeof(*types));
	u32 *covers = calloc(nr + 1, sizeof(*covers));
	u32 n = 0, nr_types = 0, i, t;
	u64 done = 0;

	if (!points || !types || !covers)
		abort();
	for (i = 0; i <= nr; i++) {
		u64 addr = i < nr ? map[i].addr : 0xa0000;
		u64 size = i < nr ? map[i].size : 0x60000;
		u32 type = i < nr ? map[i].type : 2;

		if (size > ~addr)
			size = type == E820_TYPE_RAM ? 0 : ~addr;
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
		u32 type = 0;

		for (t = 0; t < nr_types; t++) {
			if (covers[t] && types[t] > type)
				type = types[t];
		}
		check_range(done, points[i].addr, type, later);
		done = points[i].addr;
		for (t = 0; types[t] != points[i].type; t++)
			;
		covers[t] += points[i].end ? -1 : 1;
	}
	check_range(done, U64_MAX, 0, later);
	free(points);
	free(types);
	free(covers);
}
