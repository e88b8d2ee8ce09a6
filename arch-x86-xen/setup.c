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

static void __init setup_xen(void)
{
	struct pvh_error no_xen_pvh = {
		.field	= "hypervisor Xen",
		.reason	= "needs a kernel with CONFIG_XEN_PVH",
	};

	if (!IS_ENABLED(CONFIG_XEN_PVH))
		__pi_pvh_die(&no_xen_pvh);

	/* See the list of loader types in boot.rst: 0x9 is Xen. */
	boot_params.hdr.type_of_loader = 0x9 << 4;
	xen_pvh_init(&boot_params);
	if (!boot_params.e820_entries)
		mem_map_via_hcall(&boot_params);
}

/**
 * pvh_setup() - Finish boot_params after an entry through the PVH ELF note
 *
 * Does nothing if the kernel was entered another way. Runs on the kernel
 * mapping, from x86_64_start_reservations(), before anything reads the memory
 * map or the platform's legacy devices.
 *
 * On Xen this makes the domain known to the kernel as PVH, and takes the
 * memory map from the hypervisor if the loader gave none: a version 0
 * start_info has no room for it. The map of a domain says nothing of the hole
 * between 640 KiB and 1 MiB, which is reserved here.
 */
void __init pvh_setup(void)
{
	struct pvh_error no_map = {
		.field	= "memmap_entries",
		.reason	= "no memory map from the loader, and none from Xen",
	};

	if (pvh_start_info.magic != XEN_HVM_START_MAGIC_VALUE)
		return;

	if (xen_cpuid_base())
		setup_xen();

	/* No console is up yet that would show a panic. */
	if (!boot_params.e820_entries)
		__pi_pvh_die(&no_map);

	e820__range_add(ISA_START_ADDRESS, ISA_END_ADDRESS - ISA_START_ADDRESS,
			E820_TYPE_RESERVED);
}
