// SPDX-License-Identifier: GPL-2.0
/*
 * kaslr-shared.c: where the kernel is moved to, and what the check of the relocation
 * table promises. What the check is not: a sum that somebody has made on purpose fits any
 * table. relocs.t compares the tables that the build makes with the relocations of the
 * linker.
 */

#include "prove.h"

#include <asm/boot.h>
#include <asm/cpufeatures.h>
#include <asm/page_types.h>

static struct boot_params params, *boot_params_ptr = &params;
static const char build_str[] = "";

static inline bool has_cpuflag(int flag)
{
	return true;
}

static inline void debug_putstr(const char *s)
{
}

bool shim_rdrand(unsigned long *v)
{
	*v = nondet_u64();

	return nondet_bool();
}

u64 shim_rdtsc(void)
{
	return nondet_u64();
}

#ifndef UNROLLED
/*
 * What is taken for granted of a table, where apply_relocs() reads it: what is in a run is
 * in the table, and each place is in the image. There may be any number of runs.
 */
#define IMAGE	64
static char image[IMAGE];
static u64 place;
static const unsigned char *runs_end;

static bool next_run(const unsigned char *p)
{
	u32 run, steps;

	ASSUME(runs_end - p >= 4);
	run = *(const u32 *)p;
	steps = run & 0xff;
	place += run >> 8;
	if (steps == 0xff)
		ASSUME(place <= IMAGE);
	else
		ASSUME(place <= IMAGE - 4 && steps <= runs_end - p - 4);

	return true;
}

static bool next_step(const unsigned char *p)
{
	place += *p;
	ASSUME(place <= IMAGE - 4);

	return true;
}

#define IN_TABLE(p)	(__CPROVER_same_object(p, end) &&		\
			 __CPROVER_POINTER_OFFSET(p) >= sizeof(*relocs) && \
			 __CPROVER_POINTER_OFFSET(p) <= __CPROVER_POINTER_OFFSET(end))
#define AT_PLACE	(__CPROVER_same_object(at, image) && place <= IMAGE && \
			 __CPROVER_POINTER_OFFSET(at) == place)

#define LOOP_RUNS							\
	__CPROVER_assigns(p, at, stop, place, __CPROVER_object_whole(image)) \
	__CPROVER_loop_invariant(IN_TABLE(p) && AT_PLACE)		\
	__CPROVER_decreases(__CPROVER_POINTER_OFFSET(end) - __CPROVER_POINTER_OFFSET(p)) \
	if (next_run(p))
#define LOOP_STEPS							\
	__CPROVER_assigns(p, at, place, __CPROVER_object_whole(image))	\
	__CPROVER_loop_invariant(IN_TABLE(p) && IN_TABLE(stop) &&	\
				 __CPROVER_POINTER_OFFSET(p) <= __CPROVER_POINTER_OFFSET(stop) && \
				 AT_PLACE && place <= IMAGE - 4)	\
	__CPROVER_decreases(__CPROVER_POINTER_OFFSET(stop) - __CPROVER_POINTER_OFFSET(p)) \
	if (next_step(p))
#else
#define LOOP_RUNS
#define LOOP_STEPS
#endif

#include <startup/kaslr-shared.c>

void chooses(void)
{
	unsigned long size = nondet_u64(), min = nondet_u64(), at;

	/* randomize() and the decompressor look that the image fits. */
	ASSUME(size && min <= KERNEL_IMAGE_SIZE && !(min % CONFIG_PHYSICAL_ALIGN) &&
	       size <= KERNEL_IMAGE_SIZE - min);
	at = find_random_virt_addr(min, size);
	PROVE("the address is not below the lowest one", at >= min);
	PROVE("the image ends within the kernel mapping", at + size <= KERNEL_IMAGE_SIZE);
	PROVE("the address is aligned", !(at % CONFIG_PHYSICAL_ALIGN));
	REACHED("find_random_virt_addr() returns");
}

/* A table in ROOM bytes, which are all that may be read */
static union {
	struct kernel_relocs relocs;
	unsigned char bytes[ROOM];
} table;

void checks(void)
{
	unsigned long kernel_size = nondet_u64();

	__CPROVER_havoc_object(&table);
	if (check_relocs(&table.relocs, ROOM, kernel_size)) {
		PROVE("a table that passes has the magic", table.relocs.magic == 0x4c45524b);
		PROVE("a table that passes ends within its room", 32 + (u64)table.relocs.size <= ROOM);
		PROVE("a table that passes says that its places are in the image",
		      table.relocs.span <= kernel_size);
		REACHED("a table that passes");
	} else {
		REACHED("a table that does not");
	}
}

#ifndef UNROLLED
/* The checks of accesses are what is proved: table and image have not a byte more. */
void applies(void)
{
	__CPROVER_havoc_object(&table);
	ASSUME(table.relocs.size <= ROOM - sizeof(table.relocs));
	runs_end = table.relocs.runs + table.relocs.size;
	place = 0;
	apply_relocs(&table.relocs, image, nondet_u32());
	if (table.relocs.size == ROOM - sizeof(table.relocs))
		REACHED("all relocations of a table that fills its room are applied");
}
#endif
