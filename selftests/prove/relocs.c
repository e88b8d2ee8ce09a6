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
