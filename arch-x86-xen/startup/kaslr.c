// SPDX-License-Identifier: GPL-2.0
/*
 * KASLR: choose a virtual address for the kernel, and relocate it. The loader has
 * chosen the physical address.
 */

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/math.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/unroll.h>

#include <asm/bootparam.h>
#include <asm/cpufeatures.h>
#include <asm/cpuid/api.h>
#include <asm/page_types.h>
#include <asm/pvh_relocs.h>
#include <asm/setup.h>

#include "startup.h"

/* Hash of the seed and of the table. @size is a multiple of 8 bytes. */
static u64 __init rotate_xor(const void *area, size_t size)
{
	const u64 *p = area, *end = area + size;
	u64 hash = 0;

	unrolled_count(4)
	while (p != end)
		hash = rol64(hash, PVH_RELOCS_SUM_ROTATE) ^ *p++;

	return hash;
}

/*
 * The decompressor's functions for entropy, and what they need. CPUID is an exit
 * to the hypervisor, so read the leaf once.
 */
static u32 cpuid_1_ecx __initdata;
static u32 cpuid_1_edx __initdata;
static u64 boot_seed __initdata;

static __always_inline bool has_cpuflag(int flag)
{
	BUILD_BUG_ON(flag != X86_FEATURE_RDRAND && flag != X86_FEATURE_TSC);

	return (flag == X86_FEATURE_RDRAND ? cpuid_1_ecx : cpuid_1_edx) &
	       (1U << (flag & 31));
}

static unsigned long __init get_boot_seed(void)
{
	return boot_seed;
}

static inline void debug_putstr(const char *s)
{
}

#define KASLR_COMPRESSED_BOOT
#include "../../../lib/kaslr.c"

static_assert(KERNEL_IMAGE_SIZE <= PVH_RELOCS_MAX_MOVE);
static_assert(sizeof(struct boot_params) % PVH_RELOCS_SUM_ALIGN == 0);

/*
 * Without RDRAND and TSC, kaslr_get_random_long() would wait for a PIT, and a
 * PVH guest need not have one.
 */
static bool __init has_entropy(void)
{
	u32 eax = 1, ebx, ecx = 0, edx;

	native_cpuid(&eax, &ebx, &ecx, &edx);
	cpuid_1_ecx = ecx;
	cpuid_1_edx = edx;

	return has_cpuflag(X86_FEATURE_RDRAND) || has_cpuflag(X86_FEATURE_TSC);
}

static u64 __init pick_random(const struct boot_params *bp)
{
	boot_seed = rotate_xor(bp, sizeof(*bp));

	return kaslr_get_random_long(NULL);
}

/*
 * A table that was not applied has done no harm: the kernel boots at its link
 * address.
 */
static int __init check_relocs(const struct pvh_relocs *relocs, u64 room,
			       u64 kernel_size, struct pvh_error *err)
{
	u64 sum, size;

	if (relocs->magic != PVH_RELOCS_MAGIC)
		return pvh_refuse(err, "relocs magic", relocs->magic,
				  "not that of the relocation table, so the kernel is not moved");
	size = ALIGN(offsetof(struct pvh_relocs, runs) -
		     offsetof(struct pvh_relocs, magic) + (u64)relocs->size,
		     PVH_RELOCS_SUM_ALIGN);
	if (size > room - offsetof(struct pvh_relocs, magic))
		return pvh_refuse(err, "relocs size", relocs->size,
				  "more than the relocation table has room for, so the kernel is not moved");
	sum = rotate_xor(&relocs->magic, size);
	if (relocs->sum != sum)
		return pvh_refuse(err, "relocs sum", relocs->sum,
				  "not that of the relocation table, so the kernel is not moved");
	if (relocs->span > kernel_size)
		return pvh_refuse(err, "relocs span", relocs->span,
				  "the relocation table goes beyond the kernel, so the kernel is not moved");

	return 0;
}

/*
 * There are tens of thousands of relocations, so the Makefile asks for -O2 and
 * the loop for three instructions each. The sum of the table is right, so this
 * does not check what it reads.
 */
static void __init relocate(const struct pvh_relocs *relocs, char *at,
			    u32 delta)
{
	const u8 *p = relocs->runs;
	const u8 *end = p + relocs->size;
	const u8 *stop;

	while (p < end) {
		u32 run = *(const u32 *)p;
		u32 steps = run & PVH_RELOCS_STEPS;

		p += sizeof(run);
		at += run >> 8;
		if (steps == PVH_RELOCS_SKIP)
			continue;
		*(u32 *)at += delta;

		stop = p + steps;
		unrolled_count(8)
		while (p != stop) {
			at += *p++;
			*(u32 *)at += delta;
		}
	}
}

/**
 * pvh_randomize() - Move the kernel to a random virtual address
 * @kernel: location of the kernel; its boot_params are complete except for the
 *          flag that this adds, and they seed the choice
 *
 * Runs on the mapping of head_64.S. Nothing that runs before startup_64 is
 * position dependent, so it can be relocated with the rest.
 *
 * The range and the steps are those of the native choice: from 16 MiB above
 * __START_KERNEL_map (LOAD_PHYSICAL_ADDR) by CONFIG_PHYSICAL_ALIGN, such that
 * _end is below 1 GiB (KERNEL_IMAGE_SIZE). _end itself has to be an address of
 * the kernel mapping, because the kernel asks for its physical address.
 *
 * The kernel stays at its link address if it cannot be moved.
 */
void __init pvh_randomize(struct pvh_kernel *kernel)
{
	u64 size = kernel->end - kernel->start;
	struct pvh_error err;
	u64 slots, slot;

	if (!has_entropy()) {
		pvh_warn("cpuid 0x1 ecx", cpuid_1_ecx,
			 "no RDRAND and no TSC, so KASLR is off");
		return;
	}

	/* The kernel randomizes its direct map even if it is not moved. */
	kernel->params->hdr.loadflags |= KASLR_FLAG;

	/* The loader may have relocated the kernel. Twice would be wrong. */
	if (pvh_linked_text != __START_KERNEL)
		return;

	if (size >= KERNEL_IMAGE_SIZE - LOAD_PHYSICAL_ADDR) {
		pvh_warn("kernel size", size,
			 "so large that the kernel is not moved");
		return;
	}
	if (check_relocs(&pvh_relocs, pvh_relocs_end - (const char *)&pvh_relocs,
			 size, &err)) {
		pvh_warn(err.field, err.value, err.reason);
		return;
	}

	slots = DIV_ROUND_UP(KERNEL_IMAGE_SIZE - LOAD_PHYSICAL_ADDR - size,
			     CONFIG_PHYSICAL_ALIGN);
	slot = pick_random(kernel->params) % slots;
	if (slot)
		relocate(&pvh_relocs, (char *)kernel->start,
			 slot * CONFIG_PHYSICAL_ALIGN);
}
