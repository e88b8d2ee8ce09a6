// SPDX-License-Identifier: GPL-2.0
/*
 * What is left to do of a PVH boot once the kernel runs in its own mapping,
 * with an IDT and a page fault handler: whatever needs to know which
 * hypervisor this is, and hypercalls.
 */

#include <linux/init.h>
#include <linux/io.h>

#include <asm/bootparam.h>
#include <asm/e820/api.h>
#include <asm/pvh.h>
#include <asm/setup.h>
#include <asm/xen/hypervisor.h>

#include <xen/interface/hvm/start_info.h>
#include <xen/xen.h>

#include "pvh.h"

/*
 * Written on the identity mapping, before .bss is cleared. pvh_boot_params is
 * the loader's side of boot_params: copy_bootdata() takes it from here.
 */
struct boot_params pvh_boot_params __initdata;
struct hvm_start_info pvh_start_info __initdata;
struct pvh_e820_ext pvh_e820_ext __initdata;

/* Strings of their own, as literals would stay in memory after boot. */
static const char version[] __initconst = "version";
static const char version_0[] __initconst =
	"has no memory map, and this is not Xen, which could be asked";
static const char memmap_paddr[] __initconst = "memmap_paddr";
static const char memmap_entries[] __initconst = "memmap_entries";
static const char no_memmap[] __initconst =
	"no memory map from the loader, and none from Xen";
static const char cpuid_base[] __initconst = "Xen's CPUID base";
static const char no_xen_pvh[] __initconst =
	"this kernel has no CONFIG_XEN_PVH";

/* No console is up yet that would show a panic. */
static void __init __noreturn die(const char *field, u64 value,
				  const char *reason)
{
	struct pvh_error err = {
		.field	= field,
		.value	= value,
		.reason	= reason,
	};

	__pi_pvh_die(&err, boot_command_line, COMMAND_LINE_SIZE);
}

static void __init __noreturn die_no_memmap(const struct hvm_start_info *si)
{
	if (!si->version && !xen_pvh_domain())
		die(version, 0, version_0);
	if (si->memmap_entries && !si->memmap_paddr)
		die(memmap_paddr, 0, no_memmap);
	die(memmap_entries, si->memmap_entries, no_memmap);
}

static void __init setup_xen(u32 base)
{
	if (IS_ENABLED(CONFIG_XEN_PVH)) {
		/* See the list of loader types in boot.rst: 0x9 is Xen. */
		boot_params.hdr.type_of_loader = 0x9 << 4;
		xen_pvh_init(&boot_params);
		if (!boot_params.e820_entries)
			mem_map_via_hcall(&boot_params);
	} else {
		die(cpuid_base, base, no_xen_pvh);
	}
}

/**
 * pvh_setup() - Finish boot_params after an entry through the PVH ELF note
 *
 * Does nothing if the kernel was entered another way. Runs on the kernel
 * mapping, from x86_64_start_kernel() or i386_start_kernel(), before
 * start_kernel() and what it calls read any of the result.
 *
 * On Xen this makes the domain known to the kernel as PVH, and takes the
 * memory map from the hypervisor if the loader gave none: a version 0
 * start_info has no room for it. The map of a domain says nothing of the hole
 * between 640 KiB and 1 MiB, which is reserved here.
 */
void __init pvh_setup(void)
{
	u32 xen_base;

	if (pvh_start_info.magic != XEN_HVM_START_MAGIC_VALUE)
		return;

	/* It had an end when it was checked, in the loader's memory. */
	boot_command_line[COMMAND_LINE_SIZE - 1] = '\0';

	xen_base = xen_cpuid_base();
	if (xen_base)
		setup_xen(xen_base);

	if (!boot_params.e820_entries)
		die_no_memmap(&pvh_start_info);

	pvh_log_oddities(&pvh_start_info, &__pi_pvh_module);

	e820__range_add(ISA_START_ADDRESS, ISA_END_ADDRESS - ISA_START_ADDRESS,
			E820_TYPE_RESERVED);
}

/*
 * The memory map has long been taken over; what looks at the list from here on
 * must not find init memory in it.
 */
static int __init drop_e820_ext(void)
{
	if (boot_params.hdr.setup_data == __pa_symbol(&pvh_e820_ext))
		boot_params.hdr.setup_data = pvh_e820_ext.next;

	return 0;
}
early_initcall(drop_e820_ext);
