// SPDX-License-Identifier: GPL-2.0
/*
 * What is odd about the loader's hvm_start_info but did not keep the kernel
 * from booting. It goes to the log in the form in which startup/report.c says
 * what did.
 */

#include <linux/init.h>
#include <linux/printk.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <asm/setup.h>
#include <xen/interface/hvm/start_info.h>
#include <xen/interface/xen.h>

#include "pvh.h"

#define KNOWN_FLAGS	(SIF_PRIVILEGED | SIF_INITDOMAIN | SIF_MULTIBOOT_MOD | \
			 SIF_MOD_START_PFN | SIF_VIRT_P2M_4TOOLS | SIF_PM_MASK)

/* A literal would stay in memory after boot. */
#define log_line(fmt, ...)						\
do {									\
	static const char line[] __initconst = KERN_WARNING "pvh: " fmt "\n"; \
	printk(line, ##__VA_ARGS__);					\
} while (0)

static void __init log_modules(const struct hvm_start_info *si,
			       const struct hvm_modlist_entry *mod)
{
	if (!si->nr_modules)
		return;

	if (!si->modlist_paddr) {
		log_line("modlist_paddr 0x0: no module list, so none of the %u modules is used",
			 si->nr_modules);
		return;
	}

	if (!mod->size)
		log_line("module 0 size 0x0: an empty initrd");
	else if (!mod->paddr)
		log_line("module 0 paddr 0x0: no initrd, but a size of %#llx",
			 mod->size);

	if (si->nr_modules > 1)
		log_line("nr_modules %#x: only the first, the initrd, is used",
			 si->nr_modules);
}

/**
 * pvh_log_oddities() - Log what of a start_info is ignored or unusual
 * @si: the kernel's copy of it, checked
 * @mod: the kernel's copy of the first entry of the module list
 *
 * Runs on the kernel mapping before there is a console, which gets to print the
 * lines once it is up.
 */
void __init pvh_log_oddities(const struct hvm_start_info *si,
			     const struct hvm_modlist_entry *mod)
{
	if (si->version > 1)
		log_line("version %#x: taken as version 1", si->version);

	if (si->flags & ~KNOWN_FLAGS)
		log_line("flags %#x: bits %#x are unknown and ignored",
			 si->flags, si->flags & ~KNOWN_FLAGS);

	log_modules(si, mod);

	/* Xen gives as much as there is room for, and does not say so. */
	if ((!si->memmap_paddr || !si->memmap_entries) &&
	    boot_params.e820_entries == E820_MAX_ENTRIES_ZEROPAGE)
		log_line("memmap_entries %#x: of Xen's memory map no more than %u entries are used",
			 si->memmap_entries, boot_params.e820_entries);
}
