// SPDX-License-Identifier: GPL-2.0
/*
 * kaslr-shared.c: where the kernel is moved to, what the check of the relocation table
 * promises, and where a table that is right is written to. What the check is not: a sum
 * that somebody has made on purpose fits any table. So the proof of apply_relocs() takes
 * a table of which the places are in the image, and relocs.t compares the tables that
 * the build makes with the relocations of the linker.
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

/* -- apply_relocs() -------------------------------------------------------- */

#define IMAGE	64

static unsigned char image[IMAGE], before[IMAGE];

/* Add to the 32 bits at each place, as asm/kernel_relocs.h describes the runs; or fail */
static bool expected(u32 delta)
{
	const unsigned char *runs = table.relocs.runs;
	u32 at = 0, i = 0, size = table.relocs.size, steps, run, word;

	while (i < size) {
		if (size - i < 4)
			return false;
		run = runs[i] | runs[i + 1] << 8 | runs[i + 2] << 16 | (u32)runs[i + 3] << 24;
		i += 4;
		steps = run & 0xff;
		if (run >> 8 > IMAGE - at)
			return false;
		at += run >> 8;
		if (steps == 0xff)
			continue;
		if (steps > size - i)
			return false;
		for (;;) {
			if (at > IMAGE - 4)
				return false;
			word = before[at] | before[at + 1] << 8 | before[at + 2] << 16 |
			       (u32)before[at + 3] << 24;
			word += delta;
			before[at] = word;
			before[at + 1] = word >> 8;
			before[at + 2] = word >> 16;
			before[at + 3] = word >> 24;
			if (!steps--)
				break;
			if (runs[i] > IMAGE - at)
				return false;
			at += runs[i++];
		}
	}

	return true;
}

void applies(void)
{
	u32 delta = nondet_u32();
	size_t at = nondet_size();

	__CPROVER_havoc_object(&table);
	__CPROVER_havoc_object(image);
	ASSUME(at < IMAGE && table.relocs.size <= ROOM - 32);
	__CPROVER_array_copy(before, image);
	ASSUME(expected(delta));
	apply_relocs(&table.relocs, (char *)image, delta);
	PROVE("a place has the distance added, and no other byte changes", image[at] == before[at]);
	if (table.relocs.size == ROOM - 32)
		REACHED("a table that fills its room");
}

/* Of a table that is damaged, or by no distance */
void moves(void)
{
	u32 delta = nondet_u32();
	size_t at = nondet_size();
	bool moved;

	__CPROVER_havoc_object(&table);
	__CPROVER_havoc_object(image);
	ASSUME(at < IMAGE);
	__CPROVER_array_copy(before, image);
	ASSUME(!delta || !check_relocs(&table.relocs, ROOM, IMAGE));
	moved = move_kernel(&table.relocs, ROOM, (char *)image, IMAGE, delta);
	PROVE("a kernel whose table is damaged is not touched", image[at] == before[at]);
	PROVE("a table is marked if it is not damaged, and only then",
	      moved == !delta && (!moved || !table.relocs.magic));
	REACHED("move_kernel() returns");
}
