// SPDX-License-Identifier: GPL-2.0
/*
 * KASLR: choose where in the kernel mapping the kernel is going to be, and
 * relocate it. Where it is in physical memory was the loader's choice.
 */

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/math.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/cpufeatures.h>
#include <asm/cpuid/api.h>
#include <asm/page_types.h>
#include <asm/pvh_relocs.h>
#include <asm/setup.h>

#include "../pvh.h"

/*
 * The seed and the sum of the table are made the same way. PVH_RELOCS_SUM_ALIGN
 * bytes at a time, of which @size is a multiple.
 */
static u64 __init rotate_xor(const void *area, size_t size)
{
	const u64 *p = area, *end = area + size;
	u64 hash = 0;

	for (; p != end; p += 4) {
		hash = rol64(hash, PVH_RELOCS_SUM_ROTATE) ^ p[0];
		hash = rol64(hash, PVH_RELOCS_SUM_ROTATE) ^ p[1];
		hash = rol64(hash, PVH_RELOCS_SUM_ROTATE) ^ p[2];
		hash = rol64(hash, PVH_RELOCS_SUM_ROTATE) ^ p[3];
	}

	return hash;
}

/*
 * The functions that the decompressor takes its entropy from, with what they
 * need. CPUID is an exit to the hypervisor, so the one leaf is read once.
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

static u64 __init random(const struct boot_params *bp)
{
	u32 eax = 1, ebx, ecx = 0, edx;

	native_cpuid(&eax, &ebx, &ecx, &edx);
	cpuid_1_ecx = ecx;
	cpuid_1_edx = edx;
	boot_seed = rotate_xor(bp, sizeof(*bp));

	return kaslr_get_random_long(NULL);
}

/*
 * Each message names what is wrong with the table. What was not applied has
 * harmed nothing: the kernel boots at its link address.
 */
static bool __init check_relocs(const struct pvh_relocs *relocs, u64 room,
				u64 kernel_size, struct pvh_error *err)
{
	u64 sum, size;

	if (relocs->magic != PVH_RELOCS_MAGIC)
		return pvh_refuse(err, "relocs magic", relocs->magic,
				  "not that of the relocation table, so KASLR is off");
	size = ALIGN(offsetof(struct pvh_relocs, runs) -
		     offsetof(struct pvh_relocs, magic) + (u64)relocs->size,
		     PVH_RELOCS_SUM_ALIGN);
	if (size > room - offsetof(struct pvh_relocs, magic))
		return pvh_refuse(err, "relocs size", relocs->size,
				  "more than the relocation table has room for, so KASLR is off");
	sum = rotate_xor(&relocs->magic, size);
	if (relocs->sum != sum)
		return pvh_refuse(err, "relocs sum", relocs->sum,
				  "not that of the relocation table, so KASLR is off");
	if (relocs->span > kernel_size)
		return pvh_refuse(err, "relocs span", relocs->span,
				  "the relocation table goes beyond the kernel, so KASLR is off");

	return true;
}

static __always_inline char *relocate_next(char *at, u8 step, u32 delta)
{
	at += step;
	*(u32 *)at += delta;

	return at;
}

/*
 * Three instructions for most places, as there are tens of thousands of them.
 * What was summed up is not looked at twice.
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

		for (stop = p + (steps & ~7); p != stop;) {
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
		}
		if (steps & 4) {
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
		}
		if (steps & 2) {
			at = relocate_next(at, *p++, delta);
			at = relocate_next(at, *p++, delta);
		}
		if (steps & 1)
			at = relocate_next(at, *p++, delta);
	}
}

/**
 * pvh_randomize() - Move the kernel to a random virtual address
 * @kernel: where the kernel is; its boot_params are complete but for what this
 *          adds, and they seed the choice
 *
 * Runs on the mapping of head_64.S. Nothing that runs before startup_64 is
 * position dependent, so it can be relocated with the rest.
 *
 * The range and the steps are those of the native choice: from 16 MiB above
 * __START_KERNEL_map (LOAD_PHYSICAL_ADDR) by CONFIG_PHYSICAL_ALIGN, such that
 * _end is below 1 GiB (KERNEL_IMAGE_SIZE). _end itself has to be an address of
 * the kernel mapping, because the kernel asks for its physical address.
 *
 * The kernel stays where it is linked if it cannot be moved.
 */
void __init pvh_randomize(struct pvh_kernel *kernel)
{
	u64 size = kernel->end - kernel->start;
	struct pvh_error err;
	u64 slots, slot;

	kernel->params->hdr.loadflags |= KASLR_FLAG;

	/* The loader may have relocated the kernel. Twice would be wrong. */
	if (pvh_linked_text != __START_KERNEL)
		return;

	if (size >= KERNEL_IMAGE_SIZE - LOAD_PHYSICAL_ADDR) {
		pvh_warn("kernel size", size, "too large to move, so KASLR is off");
		return;
	}
	if (!check_relocs(&pvh_relocs, pvh_relocs_end - (const char *)&pvh_relocs,
			  size, &err)) {
		pvh_warn(err.field, err.value, err.reason);
		return;
	}

	slots = DIV_ROUND_UP(KERNEL_IMAGE_SIZE - LOAD_PHYSICAL_ADDR - size,
			     CONFIG_PHYSICAL_ALIGN);
	slot = random(kernel->params) % slots;
	if (slot)
		relocate(&pvh_relocs, (char *)kernel->start,
			 slot * CONFIG_PHYSICAL_ALIGN);
}
