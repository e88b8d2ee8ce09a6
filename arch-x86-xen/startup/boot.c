// SPDX-License-Identifier: GPL-2.0
/*
 * The C code between the trampoline in head_64.S and startup_64, or between the
 * one in head_32.S and startup_32.
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/cpufeature.h>
#include <linux/init.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/cpuid/api.h>
#include <asm/pgtable_types.h>
#include <asm/processor-flags.h>
#include <asm/setup.h>
#include <asm/special_insns.h>
#include <xen/interface/hvm/start_info.h>

#include "startup.h"

static_assert(PVH_START_INFO_MAGIC == XEN_HVM_START_MAGIC_VALUE);
static_assert(sizeof(struct hvm_start_info) == PVH_START_INFO_SIZE);
static_assert(sizeof(struct e820_entry) == PVH_E820_ENTRY_SIZE);
static_assert(sizeof(struct e820_table) <= PVH_E820_TABLE_MAX);
static_assert(offsetof(struct boot_params, hdr.setup_data) == PVH_BP_SETUP_DATA);
static_assert(sizeof(struct pvh_error) == PVH_ERROR_SIZE ||
	      !IS_ENABLED(CONFIG_X86_64));

/*
 * Copy the loader's start_info. Everything is read from the copy, so that it
 * cannot change between a check and its use.
 */
static int __init copy_start_info(struct hvm_start_info *si, u64 paddr,
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
		if (version) {
			size = sizeof(*from);
			from = pvh_map(paddr, size);
		}
	}
	if (!from)
		return pvh_refuse(err, "start_info", paddr,
				  "cannot be addressed");
	if (pvh_overlaps_contents(kernel, paddr, size))
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

	return 0;
}

/*
 * Copy the command line once, before anything looks for an option in it.
 *
 * Until now the kernel used the low 32 bits of the address only. If not all of
 * the address is usable, do the same: a loader may leave the others undefined.
 */
static void __init copy_cmdline(const struct hvm_start_info *si,
				struct pvh_kernel *kernel)
{
	u64 paddr = si->cmdline_paddr;
	const char *from;

	if (si->magic != XEN_HVM_START_MAGIC_VALUE || !paddr)
		return;

	from = pvh_map(paddr, COMMAND_LINE_SIZE);
	if (!from) {
		pvh_warn("cmdline_paddr", paddr,
			 "cannot be addressed, so only its low 32 bits are used");
		paddr = (u32)paddr;
		from = paddr ? pvh_map(paddr, COMMAND_LINE_SIZE) : NULL;
		if (!from)
			return;
	}

	kernel->cmdline_paddr = paddr;
	kernel->cmdline_size = pvh_copy_cmdline(from, paddr);
}

/*
 * head_64.S has turned on five levels of page tables if the CPU has them.
 * "no5lvl" overrides this, as in the EFI stub. All later address checks use
 * the final number of levels.
 *
 * Return: true if startup_64 has to get four levels instead
 */
static bool __init drop_fifth_level(void)
{
	if (!IS_ENABLED(CONFIG_X86_64) || !(native_read_cr4() & X86_CR4_LA57) ||
	    !pvh_option("no5lvl"))
		return false;

	pvh_set_levels(4);

	return true;
}

/*
 * A virtual machine can have less memory than its kernel needs. head_64.S has
 * checked that the entry itself is in memory.
 */
static int __init check_memory(const struct pvh_kernel *kernel,
			       struct pvh_error *err)
{
	if (kernel->end > (u64)PVH_IDENT_GIB * SZ_1G ||
	    !pvh_is_memory(kernel->end - sizeof(u32)))
		return pvh_refuse(err, "kernel end", kernel->end,
				  "not in memory");

	return 0;
}

/* startup_64 loops for ever if the kernel is not aligned. */
static int __init check_load_address(const struct pvh_kernel *kernel,
				     struct pvh_error *err)
{
	if (IS_ENABLED(CONFIG_X86_64) && kernel->start & ~PMD_MASK)
		return pvh_refuse(err, "load address", kernel->start,
				  "not a multiple of 2 MiB");

	return 0;
}

/*
 * A 32-bit kernel on a CPU without a feature that it was built to require would
 * end in a silent triple fault. For 64-bit kernels long mode is enough, which
 * head_64.S has checked.
 */
static int __init check_cpu(struct pvh_error *err)
{
	u32 missing;

	if (IS_ENABLED(CONFIG_X86_64))
		return 0;

	missing = REQUIRED_MASK0 & ~native_cpuid_edx(1);
	if (missing)
		return pvh_refuse(err, "cpuid 0x1 edx, missing bits", missing,
				  "this kernel needs a CPU that has them");

	return 0;
}

/**
 * pvh_boot() - Convert the loader's data to what the native entry expects
 * @start_info_paddr: physical address of the loader's hvm_start_info
 * @bp: boot_params to fill in, zeroed
 * @si: receives the kernel's copy of the hvm_start_info, zeroed
 * @start: first byte of the kernel image
 * @e820_table: link address of the kernel's empty e820_table
 *
 * Called by head_64.S on the mapping that it made, or by head_32.S without
 * paging. The kernel's own addresses are physical ones. Runs on the stack of the
 * init task, with no GS base.
 *
 * Does not return if the kernel cannot be booted: prints the reason and ends the
 * machine.
 *
 * Return: true if startup_64 has to get four levels of page tables, but five
 * are in use
 */
bool __init pvh_boot(u64 start_info_paddr, struct boot_params *bp,
		     struct hvm_start_info *si, const char *start,
		     unsigned long e820_table)
{
	struct pvh_kernel kernel = {
		.params	= bp,
		.e820_table = (void *)(start + e820_table - pvh_linked_text),
		.start	= (unsigned long)start,
		.rodata_end = (unsigned long)start + pvh_link.rodata_end -
			      pvh_linked_text,
		.data	= (unsigned long)start + pvh_link.data - pvh_linked_text,
		.bss	= (unsigned long)start + pvh_link.bss - pvh_linked_text,
		.end	= (unsigned long)start + pvh_link.end - pvh_linked_text,
	};
	struct pvh_error err;
	bool drop;
	int copied;

	if (IS_ENABLED(CONFIG_X86_64)) {
		pvh_set_idt(kernel.start);
		if (native_read_cr4() & X86_CR4_LA57)
			pvh_set_levels(5);
	}

	copied = copy_start_info(si, start_info_paddr, &kernel, &err);
	copy_cmdline(si, &kernel);
	drop = drop_fifth_level();

	/*
	 * Check the CPU and the memory before the loader's data, but after the
	 * command line is copied, because it names the console for the message.
	 */
	if (check_cpu(&err) || check_memory(&kernel, &err) ||
	    check_load_address(&kernel, &err) || copied ||
	    pvh_convert(si, &kernel, &err))
		pvh_die(&err);

	return drop;
}
