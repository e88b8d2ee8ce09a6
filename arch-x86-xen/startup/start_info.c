// SPDX-License-Identifier: GPL-2.0
/*
 * From the hvm_start_info of the PVH boot ABI to boot_params.
 *
 * The layout of the former is in Xen's public header
 * arch-x86/hvm/start_info.h, that of the latter in
 * Documentation/arch/x86/zero-page.rst and boot.rst. Nothing here and in
 * memmap.c touches anything but its arguments, pvh_module and what pvh_map()
 * makes accessible, so that the same files also build as an ordinary program.
 */

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/setup.h>
#include <xen/interface/hvm/start_info.h>

#include "../pvh.h"

/* boot.rst's number for a loader that is not listed there by a better name. */
#define LOADER_TYPE_QEMU	(0xb << 4)
#define BOOT_PROTOCOL_2_12	0x20c

/* Bytes of the ACPI 1.0 structure, with which all later ones begin. */
#define RSDP_SIZE		20

/* What pvh_setup() needs of the first entry. */
struct hvm_modlist_entry pvh_module __initdata;

/**
 * pvh_refuse() - Note what is wrong
 * @err: where
 * @field: name of the field
 * @value: what it holds
 * @reason: why that cannot be
 *
 * Return: false
 */
bool __init pvh_refuse(struct pvh_error *err, const char *field, u64 value,
		       const char *reason)
{
	err->field = field;
	err->value = value;
	err->reason = reason;
	return false;
}

/**
 * pvh_overlaps_kernel() - Tell whether data and the kernel share memory
 * @kernel: where the kernel is
 * @paddr: physical address of the data
 * @size: bytes, such that @paddr + @size does not wrap
 *
 * The image includes .bss and the room for early page tables, which the kernel
 * writes to before it can know what else is there.
 *
 * Return: whether they do
 */
bool __init pvh_overlaps_kernel(const struct pvh_kernel *kernel, u64 paddr,
				u64 size)
{
	return paddr < kernel->end && paddr + size > kernel->start;
}

/*
 * The first module is the initrd. What others are for, the ABI leaves to the
 * kernel, which has no use for them.
 */
static bool __init convert_modules(const struct hvm_start_info *si,
				   struct pvh_kernel *kernel,
				   struct pvh_error *err)
{
	struct boot_params *bp = kernel->params;
	const struct hvm_modlist_entry *mod;
	u64 list_size = (u64)si->nr_modules * sizeof(*mod);
	u64 paddr, size;

	if (!si->nr_modules || !si->modlist_paddr)
		return true;

	if (!pvh_addressable(si->modlist_paddr, list_size))
		return pvh_refuse(err, "modlist_paddr", si->modlist_paddr,
				  "not all of the module list can be addressed");
	if (pvh_overlaps_kernel(kernel, si->modlist_paddr, list_size))
		return pvh_refuse(err, "modlist_paddr", si->modlist_paddr,
				  "the module list overlaps the kernel");

	mod = pvh_map(si->modlist_paddr, sizeof(*mod));
	if (!mod)
		return pvh_refuse(err, "modlist_paddr", si->modlist_paddr,
				  "no room to map the module list");

	paddr = READ_ONCE(mod->paddr);
	size = READ_ONCE(mod->size);
	pvh_module.paddr = paddr;
	pvh_module.size = size;
	if (!paddr || !size)
		return true;

	if (!pvh_addressable(paddr, 1))
		return pvh_refuse(err, "module 0 paddr", paddr,
				  "cannot be addressed");
	if (!pvh_addressable(paddr, size))
		return pvh_refuse(err, "module 0 size", size,
				  "ends where it cannot be addressed");
	if (pvh_overlaps_kernel(kernel, paddr, size))
		return pvh_refuse(err, "module 0 paddr", paddr,
				  "the initrd overlaps the kernel");

	bp->hdr.ramdisk_image = (u32)paddr;
	bp->ext_ramdisk_image = paddr >> 32;
	bp->hdr.ramdisk_size = (u32)size;
	bp->ext_ramdisk_size = size >> 32;

	return true;
}

/*
 * copy_bootdata() copies COMMAND_LINE_SIZE bytes, whatever they are, and what
 * reads them takes for granted that they end somewhere.
 */
static bool __init convert_cmdline(const struct hvm_start_info *si,
				   struct pvh_kernel *kernel,
				   struct pvh_error *err)
{
	struct boot_params *bp = kernel->params;
	const char *cmdline;
	u64 len = 0;

	if (!si->cmdline_paddr)
		return true;

	cmdline = pvh_map(si->cmdline_paddr, COMMAND_LINE_SIZE);
	if (!cmdline)
		return pvh_refuse(err, "cmdline_paddr", si->cmdline_paddr,
				  "not all of the command line can be addressed");

	while (len < COMMAND_LINE_SIZE && cmdline[len])
		len++;
	if (len == COMMAND_LINE_SIZE)
		return pvh_refuse(err, "cmdline_paddr", si->cmdline_paddr,
				  "no end of the command line within COMMAND_LINE_SIZE");
	if (pvh_overlaps_kernel(kernel, si->cmdline_paddr, len + 1))
		return pvh_refuse(err, "cmdline_paddr", si->cmdline_paddr,
				  "the command line overlaps the kernel");

	kernel->cmdline = cmdline;
	bp->hdr.cmd_line_ptr = (u32)si->cmdline_paddr;
	bp->ext_cmd_line_ptr = si->cmdline_paddr >> 32;

	return true;
}

/**
 * pvh_convert() - Fill in boot_params from the loader's hvm_start_info
 * @si: the kernel's own copy of the structure. Fields that its version does
 *      not have are 0.
 * @kernel: what to fill in, and where the kernel is
 * @err: set to what is wrong, if anything is: to the first in the order of the
 *       structure if there is more than one
 *
 * Runs on the mapping of head_64.S, or without paging. All addresses in @si are
 * physical and may be 0, which means absent.
 *
 * Return: true if the kernel can go on, false if @err says why it cannot.
 */
bool __init pvh_convert(const struct hvm_start_info *si,
			struct pvh_kernel *kernel, struct pvh_error *err)
{
	struct boot_params *bp = kernel->params;

	if (si->magic != XEN_HVM_START_MAGIC_VALUE)
		return pvh_refuse(err, "magic", si->magic,
				  "not that of a hvm_start_info, 0x336ec578");

	if (!convert_modules(si, kernel, err) ||
	    !convert_cmdline(si, kernel, err))
		return false;

	if (!pvh_addressable(si->rsdp_paddr, RSDP_SIZE))
		return pvh_refuse(err, "rsdp_paddr", si->rsdp_paddr,
				  "cannot be addressed");
	if (pvh_overlaps_kernel(kernel, si->rsdp_paddr, RSDP_SIZE))
		return pvh_refuse(err, "rsdp_paddr", si->rsdp_paddr,
				  "the RSDP overlaps the kernel");
	bp->acpi_rsdp_addr = si->rsdp_paddr;

	if (!pvh_convert_memmap(si, kernel, err))
		return false;

	/*
	 * hardware_subarch stays 0, a PC. pvh_setup() corrects the type of
	 * the loader if it turns out to be Xen.
	 */
	bp->hdr.version = BOOT_PROTOCOL_2_12;
	bp->hdr.type_of_loader = LOADER_TYPE_QEMU;

	return true;
}
