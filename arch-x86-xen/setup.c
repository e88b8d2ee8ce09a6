// SPDX-License-Identifier: GPL-2.0
/*
 * The rest of a PVH boot, once the kernel runs in its own mapping, with an IDT
 * and a page fault handler: everything that needs to know which hypervisor this
 * is, and hypercalls.
 */

#include <linux/console.h>
#include <linux/hex.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>

#include <asm/bootparam.h>
#include <asm/e820/api.h>
#include <asm/page_types.h>
#include <asm/ptrace.h>
#include <asm/pvh.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/xen/hypervisor.h>

#include <xen/interface/hvm/start_info.h>
#include <xen/xen.h>

#include "pvh.h"

/*
 * The identity mapping code writes these, before .bss is cleared.
 * pvh_boot_params is what a loader of the Linux boot protocol would provide:
 * copy_bootdata() copies it.
 */
struct boot_params pvh_boot_params __initdata;
struct hvm_start_info pvh_start_info __initdata;

/*
 * In vmlinuz.elf the decompressor writes pvh_start_info, the warnings and
 * pvh_cmdline. The strings of the warnings stay with the entry, in this memory.
 */
struct pvh_range pvh_strings __initdata;

/* Strings of their own, because literals would stay in memory after boot. */
static const char warning[] __initconst = KERN_WARNING "pvh: %s %#llx: %s\n";
static const char warnings[] __initconst = "warnings";
static const char no_strings[] __initconst =
	"they are lost, because the memory map has no RAM where their text is";
static const char version[] __initconst = "version";
static const char version_0[] __initconst =
	"no memory map, and no Xen to query for one";
static const char memmap_paddr[] __initconst = "memmap_paddr";
static const char memmap_entries[] __initconst = "memmap_entries";
static const char no_memmap[] __initconst =
	"no memory map from the loader, and none from Xen";
static const char xen_memmap[] __initconst =
	"so many entries fill the kernel's table, and Xen can have more";
static const char cpuid_base[] __initconst = "Xen's CPUID base";
static const char no_xen_pvh[] __initconst =
	"this kernel has no CONFIG_XEN_PVH, and uses nothing of Xen";
static const char panic_field[] __initconst = "panic";
static const char before_console[] __initconst = "before there is a console";

static void __init __noreturn pvh_fail(const char *field, u64 value,
				       const char *reason)
{
	struct pvh_error err = {
		.field	= field,
		.value	= value,
		.reason	= reason,
	};

	__pi_pvh_die(&err);
}

static void __init __noreturn die_no_memmap(const struct hvm_start_info *si)
{
	if (!si->version && !xen_pvh_domain())
		pvh_fail(version, 0, version_0);
	if (si->memmap_entries && !si->memmap_paddr)
		pvh_fail(memmap_paddr, 0, no_memmap);
	pvh_fail(memmap_entries, si->memmap_entries, no_memmap);
}

static void __init setup_xen(u32 base)
{
	u32 nr;

	if (!IS_ENABLED(CONFIG_XEN_PVH)) {
		printk(warning, cpuid_base, (u64)base, no_xen_pvh);
		return;
	}

	/* See the list of loader types in boot.rst: 0x9 is Xen. */
	boot_params.hdr.type_of_loader = 0x9 << 4;
	xen_pvh_init(&boot_params);
	if (boot_params.e820_entries)
		return;

	mem_map_via_hcall(&boot_params);
	nr = boot_params.e820_entries + e820_table->nr_entries;
	if (nr == XEN_MAX_HCALL_MEMMAP)
		printk(warning, memmap_entries, (u64)nr, xen_memmap);
}

/*
 * Without a console nobody sees that the kernel has stopped, or why. The PVH
 * entry has code to print a line and to end the machine.
 */
static bool __init has_no_console(void)
{
	return pvh_start_info.magic == XEN_HVM_START_MAGIC_VALUE &&
	       hlist_empty(&console_list);
}

/**
 * pvh_early_exception() - End the machine if the exception cannot be printed
 * @regs: registers at the exception
 * @trapnr: its vector
 *
 * Called for early exceptions from which the kernel does not recover. Returns if
 * there is a console for them, or if the kernel was not entered by PVH. The line
 * has the link address of the instruction.
 */
void __init pvh_early_exception(const struct pt_regs *regs, int trapnr)
{
	static char field[] __initdata = "exception 0x?? at";

	if (!has_no_console())
		return;

	field[12] = hex_asc_hi(trapnr);
	field[13] = hex_asc_lo(trapnr);
	pvh_fail(field, regs->ip - ((unsigned long)_text - __START_KERNEL),
		 before_console);
}

static int __init panic_without_console(struct notifier_block *nb,
					unsigned long unused, void *text)
{
	if (has_no_console())
		pvh_fail(panic_field, 0, text);

	return NOTIFY_DONE;
}

static struct notifier_block panic_block __initdata = {
	.notifier_call = panic_without_console,
	/* Ahead of the others: after this one none of them runs. */
	.priority = INT_MAX,
};

/*
 * Drivers of all consoles have had their initcalls by now. Init memory, which has
 * the notifier, is freed next. Free the pages of the strings, too, which the rest
 * of the entry shares.
 */
static int __init end_of_boot(void)
{
	if (pvh_start_info.magic != XEN_HVM_START_MAGIC_VALUE)
		return 0;

	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);

	if (pvh_strings.end)
		free_reserved_area(__va(pvh_strings.start),
				   __va(pvh_strings.end), -1, NULL);

	return 0;
}
late_initcall_sync(end_of_boot);

/*
 * Log the warnings after the memory map is printed: a map of thousands of lines
 * would overwrite them in the log buffer. The strings of a warning are in the
 * kernel image, at physical addresses.
 */
static int __init log_warnings(void)
{
	const struct pvh_error *w = __pi_pvh_warnings;
	u32 i;

	if (pvh_start_info.magic != XEN_HVM_START_MAGIC_VALUE)
		return 0;

	/* The loader's map need not have the entry, and only RAM is mapped. */
	if (pvh_strings.end &&
	    !e820__mapped_all(pvh_strings.start, pvh_strings.end, E820_TYPE_RAM)) {
		if (__pi_pvh_nr_warnings)
			printk(warning, warnings, (u64)__pi_pvh_nr_warnings,
			       no_strings);
		pvh_strings.end = 0;
		return 0;
	}

	for (i = 0; i < __pi_pvh_nr_warnings; i++, w++)
		printk(warning, (char *)__va((unsigned long)w->field), w->value,
		       (char *)__va((unsigned long)w->reason));

	return 0;
}
early_initcall(log_warnings);

/**
 * pvh_setup() - Finish boot_params after an entry through the PVH ELF note
 *
 * Does nothing if the kernel was entered another way. Runs on the kernel
 * mapping, from x86_64_start_kernel() or i386_start_kernel(), before
 * start_kernel() and what it calls read any of the result.
 *
 * On Xen this makes the domain known to the kernel as PVH, and takes the
 * memory map from the hypervisor if the loader gave none: a version 0
 * start_info has no room for it. The map of a domain does not mention the hole
 * between 640 KiB and 1 MiB, which is reserved here.
 */
void __init pvh_setup(void)
{
	u32 xen_base;

	if (pvh_start_info.magic != XEN_HVM_START_MAGIC_VALUE)
		return;

	if (pvh_strings.end) {
		pvh_strings.start = PAGE_ALIGN_DOWN(pvh_strings.start);
		pvh_strings.end = PAGE_ALIGN(pvh_strings.end);
		memblock_reserve(pvh_strings.start,
				 pvh_strings.end - pvh_strings.start);
	}

	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);

	xen_base = xen_cpuid_base();
	if (xen_base)
		setup_xen(xen_base);

	if (!boot_params.e820_entries)
		die_no_memmap(&pvh_start_info);

	/* e820.c drops an entry of boot_params if this takes the last one. */
	if (boot_params.e820_entries + e820_table->nr_entries < E820_MAX_ENTRIES)
		e820__range_add(ISA_START_ADDRESS, ISA_END_ADDRESS - ISA_START_ADDRESS,
				E820_TYPE_RESERVED);
}
