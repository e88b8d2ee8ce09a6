// SPDX-License-Identifier: GPL-2.0
/*
 * What runs between the trampoline in head_64.S and startup_64, or that in
 * head_32.S and startup_32.
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/cpufeature.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/cpuid/api.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/setup.h>
#include <asm/special_insns.h>
#include <xen/interface/hvm/start_info.h>

#include "../pvh.h"

static_assert(PVH_START_INFO_MAGIC == XEN_HVM_START_MAGIC_VALUE);

/*
 * Copy the loader's start_info. Everything is read from the copy, so that it
 * cannot change between a check and its use.
 */
static bool __init copy_start_info(struct hvm_start_info *si, u64 paddr,
				   const struct pvh_kernel *kernel,
				   struct pvh_error *err)
{
	u64 size = offsetof(struct hvm_start_info, memmap_paddr);
	const struct hvm_start_info *from;
	u32 version = 0;

	if (!paddr)
		return pvh_refuse(err, "start_info", paddr,
				  "no address of it in %ebx");

	from = pvh_map(paddr, size);
	if (from) {
		version = READ_ONCE(from->version);
		/* Later versions only add to version 1. */
		if (version)
			from = pvh_map(paddr, size = sizeof(*from));
	}
	if (!from)
		return pvh_refuse(err, "start_info", paddr,
				  "cannot be addressed");
	if (pvh_overlaps_kernel(kernel, paddr, size))
		return pvh_refuse(err, "start_info", paddr,
				  "overlaps the kernel");

	si->magic = from->magic;
	si->version = version;
	si->flags = from->flags;
	si->nr_modules = from->nr_modules;
	si->modlist_paddr = from->modlist_paddr;
	si->cmdline_paddr = from->cmdline_paddr;
	si->rsdp_paddr = from->rsdp_paddr;

	if (version) {
		si->memmap_paddr = from->memmap_paddr;
		si->memmap_entries = from->memmap_entries;
	}

	return true;
}

/*
 * The entry has turned on five levels of page tables if the CPU has them. As in
 * the decompressor "no5lvl" has the last word; what is looked at after that has
 * to be in reach of the kernel as it is going to be.
 *
 * Return: whether startup_64 has to get four levels instead
 */
static bool __init drop_fifth_level(const struct hvm_start_info *si)
{
	const char *cmdline = NULL;

	if (!IS_ENABLED(CONFIG_X86_64) || !(native_read_cr4() & X86_CR4_LA57))
		return false;

	pvh_set_levels(5);
	if (si->magic == XEN_HVM_START_MAGIC_VALUE && si->cmdline_paddr)
		cmdline = pvh_map(si->cmdline_paddr, COMMAND_LINE_SIZE);
	if (!cmdline || !pvh_cmdline_has(cmdline, COMMAND_LINE_SIZE, "no5lvl"))
		return false;

	pvh_set_levels(4);

	return true;
}

/*
 * As the PHYS32_RELOC note has it: startup_64 would wait for ever where the kernel
 * is not aligned. Right below 4 GiB, where it could not end, there is no RAM.
 */
static bool __init check_load_address(const struct pvh_kernel *kernel,
				      struct pvh_error *err)
{
	if (kernel->start & (CONFIG_PHYSICAL_ALIGN - 1))
		return pvh_refuse(err, "load address", kernel->start,
				  "not a multiple of CONFIG_PHYSICAL_ALIGN");
	if (kernel->start < LOAD_PHYSICAL_ADDR)
		return pvh_refuse(err, "load address", kernel->start,
				  "below CONFIG_PHYSICAL_START");

	return true;
}

/*
 * A 32-bit kernel on a CPU without what it was built to need would end in a
 * silent triple fault. To 64-bit kernels long mode is enough, which head_64.S
 * has checked.
 */
static bool __init check_cpu(struct pvh_error *err)
{
	u32 missing;

	if (IS_ENABLED(CONFIG_X86_64))
		return true;

	missing = REQUIRED_MASK0 & ~native_cpuid_edx(1);
	if (missing)
		return pvh_refuse(err, "cpuid 0x1 edx, missing bits", missing,
				  "this kernel needs a CPU that has them");

	return true;
}

static bool __init randomize(struct pvh_kernel *kernel, struct pvh_error *err)
{
	if (!IS_ENABLED(CONFIG_PVH_KASLR))
		return true;

	if (kernel->cmdline &&
	    pvh_cmdline_has(kernel->cmdline, COMMAND_LINE_SIZE, "nokaslr"))
		return true;

	return pvh_randomize(kernel, err);
}

/**
 * pvh_boot() - Turn what the loader left into what the native entry expects
 * @start_info_paddr: physical address of the loader's hvm_start_info
 * @bp: boot_params to fill in, all zeroes
 * @si: where the kernel keeps its copy of the hvm_start_info, all zeroes
 * @e820_ext: for what of the memory map @bp has no room for, all zeroes
 * @start: first byte of the kernel image
 * @end: the byte after its last
 *
 * Called by head_64.S on the mapping that it made, or by head_32.S without
 * paging. The kernel's own addresses are physical ones. This is on the stack of
 * the init task, with no IDT and no GS base.
 *
 * Does not return if the kernel cannot be booted this way: then it says why.
 *
 * Return: whether startup_64 has to get four levels of page tables, where five
 * are in use
 */
bool __init pvh_boot(u64 start_info_paddr, struct boot_params *bp,
		     struct hvm_start_info *si, struct pvh_e820_ext *e820_ext,
		     const char *start, const char *end)
{
	struct pvh_kernel kernel = {
		.params		= bp,
		.e820_ext	= e820_ext,
		.start		= (unsigned long)start,
		.end		= (unsigned long)end,
	};
	const char *cmdline = NULL;
	struct pvh_error err;
	bool copied, drop;

	copied = copy_start_info(si, start_info_paddr, &kernel, &err);
	drop = drop_fifth_level(si);
	/* Only now, as the start_info leads to the serial console. */
	if (check_cpu(&err) && check_load_address(&kernel, &err) && copied &&
	    pvh_convert(si, &kernel, &err) && randomize(&kernel, &err))
		return drop;

	if (si->magic == XEN_HVM_START_MAGIC_VALUE && si->cmdline_paddr)
		cmdline = pvh_map(si->cmdline_paddr, COMMAND_LINE_SIZE);

	pvh_die(&err, cmdline, cmdline ? COMMAND_LINE_SIZE : 0);
}
