// SPDX-License-Identifier: GPL-2.0
/* memmap.c: what becomes of one entry of a memory map, after any entries before */

#include <startup/check.c>

#include "abi.h"

#include <linux/limits.h>
#include <linux/minmax.h>

/* 2 less than the kernel's table: see docs/abi.md. */
#define ROOM	(E820_MAX_ENTRIES - 2)

typedef struct hvm_memmap_table_entry entry;

static struct boot_params bp;
static struct e820_table table;
static struct pvh_kernel k;

#define NR_OUT	(bp.e820_entries + table.nr_entries)
#define COUNTED								\
	(bp.e820_entries <= 128 && table.nr_entries <= ROOM - 128 &&	\
	 (!table.nr_entries || bp.e820_entries == 128))

/* What comes out at place, and at all others */
static u32 place;
static struct boot_e820_entry out, other;

/*
 * The code is about to write to this entry. It gets another, so that the proof need not
 * remember thousands.
 */
static struct boot_e820_entry *written(struct boot_e820_entry *to)
{
	u32 n = NR_OUT - 1;

	PROVE("an entry goes to the next place of boot_params, or of e820_table",
	      n < 128 ? to == &bp.e820_table[n] :
	      n < ROOM && to == (void *)&table.entries[n - 128]);

	return n == place ? &out : &other;
}

#define TAKE_TO	to = written(to);

/* -- docs/abi.md ----------------------------------------------------------- */

/* "ends at or after 2^64" */
#define WRAPS(e)	((u128)(e).addr + (e).size > U64_MAX)
/* "clipped, and RAM is taken as empty" */
#define CLIPPED(e)	(!WRAPS(e) ? (e).size : (e).type == 1 ? 0 : U64_MAX - (e).addr)
/* What the kernel has of an entry, if it takes nothing from limit on */
#define USED(e, limit)							\
	((e).addr >= (limit) ? 0 :					\
	 (e).type == 1 && CLIPPED(e) > (limit) - (e).addr ? (limit) - (e).addr : CLIPPED(e))
#define AS_TAKEN(o, e, limit)						\
	((o).addr == (e).addr && (o).type == (e).type && (o).size == USED(e, limit))

#include <startup/memmap.c>

/* -- The world ------------------------------------------------------------- */

bool pvh_addressable(u64 paddr, u64 size)
{
	return nondet_bool();
}

const void *pvh_map(u64 paddr, u64 size)
{
	return NULL;
}

bool pvh_option(const char *name)
{
	return nondet_bool();
}

static u64 initrd_start, initrd_bytes;

static void any_kernel_and_initrd(void)
{
	any_kernel(&k);
	k.params = &bp;
	k.e820_table = &table;
	initrd_start = nondet_u64();
	initrd_bytes = nondet_u64();
	/* convert_initrd() has seen to that. */
	ASSUME((u128)initrd_start + initrd_bytes <= 1ULL << 52);
	bp.hdr.ramdisk_image = (u32)initrd_start;
	bp.ext_ramdisk_image = initrd_start >> 32;
	bp.hdr.ramdisk_size = (u32)initrd_bytes;
	bp.ext_ramdisk_size = initrd_bytes >> 32;
	place = nondet_u32();
}

/* After any entries before */
static void any_selection(struct selection *s)
{
	s->kernel = &k;
	s->ram = nondet_bool();
	s->lost = nondet_u64();
	s->limit = nondet_u64();
	s->clipped = nondet_u64();
	s->initrd = nondet_u64();
	bp.e820_entries = nondet_u8();
	table.nr_entries = nondet_u32();
	ASSUME(COUNTED);
}

/* -- The proofs ------------------------------------------------------------ */

void takes(void)
{
	struct selection s, old;
	u32 max = nondet_u32(), n;
	u64 used, start;
	u128 sum, end;
	bool taken;
	entry e;

	any_kernel_and_initrd();
	any_selection(&s);
	e.addr = nondet_u64();
	e.size = nondet_u64();
	e.type = nondet_u32();
	ASSUME(max <= ROOM);
	old = s;
	n = NR_OUT;

	taken = n < max && e.addr < s.limit;
	used = taken ? USED(e, s.limit) : 0;
	ASSUME(place == n);
	take(&s, e.addr, e.size, e.type, max);
	PROVE("one entry more comes out if there is room, and the range begins below the limit",
	      COUNTED && NR_OUT == n + taken);
	PROVE("what comes out is what went in, clipped as docs/abi.md says",
	      !taken || AS_TAKEN(out, e, s.limit));
	sum = (u128)old.lost + (e.type == 1 ? CLIPPED(e) - used : 0);
	PROVE("RAM that is not used is lost, and the sum stops at 2^64 - 1",
	      s.lost == (sum > U64_MAX ? U64_MAX : (u64)sum));
	PROVE("there is RAM if some of it is used", s.ram == (old.ram || (e.type == 1 && used)));
	PROVE("the size of a range that ends at or after 2^64 is noted, and no other",
	      s.clipped == (WRAPS(e) ? e.size : old.clipped));
	start = e.addr > initrd_start ? e.addr : initrd_start;
	end = (u128)e.addr + used;
	if (end > initrd_start + initrd_bytes)
		end = initrd_start + initrd_bytes;
	sum = (u128)old.initrd + (e.type == 1 && start < end ? end - start : 0);
	PROVE("the bytes of the initrd in RAM are counted, and the sum stops at 2^64 - 1",
	      s.initrd == (sum > U64_MAX ? U64_MAX : (u64)sum));
	PROVE("the limit stays", s.limit == old.limit);
	if (taken)
		REACHED("an entry is taken");
	else
		REACHED("an entry is not taken");
}
