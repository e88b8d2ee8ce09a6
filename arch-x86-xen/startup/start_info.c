// SPDX-License-Identifier: GPL-2.0
/*
 * From the hvm_start_info of the PVH boot ABI to boot_params.
 *
 * The layout of the former is in Xen's public header
 * arch-x86/hvm/start_info.h, that of the latter in
 * Documentation/arch/x86/zero-page.rst and boot.rst. The code here and in
 * memmap.c uses only its arguments, variables of startup/ and what pvh_map()
 * makes accessible, so that the same files also build as an ordinary program.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/setup.h>
#include <xen/interface/hvm/start_info.h>
#include <xen/interface/xen.h>

#include "startup.h"

/* Loader type for PVH loaders other than Xen (0xb is QEMU in boot.rst). */
#define LOADER_TYPE_QEMU	(0xb << 4)
#define BOOT_PROTOCOL_2_12	0x20c

/* Bytes of the ACPI 1.0 structure, with which all later ones begin. */
#define RSDP_SIZE		20

/* Bits that Xen's public header names */
#define KNOWN_FLAGS		(SIF_PRIVILEGED | SIF_INITDOMAIN | SIF_MULTIBOOT_MOD | \
				 SIF_MOD_START_PFN | SIF_VIRT_P2M_4TOOLS | SIF_PM_MASK)

static const char initrd_low_bits[] __initconst =
	"the initrd cannot be addressed, so only the low 32 bits are used";

/*
 * The first module is the initrd. Until now the kernel used the low 32 bits of
 * its address and size only. If not all of them are usable, do the same.
 */
static int __init convert_initrd(u64 paddr, u64 size, struct pvh_kernel *kernel,
				 struct pvh_error *err)
{
	struct boot_params *bp = kernel->params;

	if (!size) {
		pvh_warn("module 0 size", size, "an empty initrd");
		return 0;
	}
	if (!paddr) {
		pvh_warn("module 0 paddr", paddr, "no initrd, but it has a size");
		return 0;
	}
	if (!pvh_addressable(paddr, size)) {
		if (pvh_addressable(paddr, 1))
			pvh_warn("module 0 size", size, initrd_low_bits);
		else
			pvh_warn("module 0 paddr", paddr, initrd_low_bits);
		paddr = (u32)paddr;
		size = (u32)size;
		if (!paddr || !size || paddr + size >= SZ_4G)
			return 0;
	}
	if (pvh_overlaps_kernel(kernel, paddr, size))
		return pvh_refuse(err, "module 0 paddr", paddr,
				  "the initrd overlaps the kernel");

	bp->hdr.ramdisk_image = (u32)paddr;
	bp->ext_ramdisk_image = paddr >> 32;
	bp->hdr.ramdisk_size = (u32)size;
	bp->ext_ramdisk_size = size >> 32;

	return 0;
}

/* The kernel has no use for modules after the first, and does not read them. */
static int __init convert_modules(const struct hvm_start_info *si,
				  struct pvh_kernel *kernel,
				  struct pvh_error *err)
{
	const struct hvm_modlist_entry *mod;
	u64 paddr = si->modlist_paddr;

	if (!si->nr_modules)
		return 0;
	if (!paddr) {
		pvh_warn("modlist_paddr", paddr,
			 "no module list, so no module is used");
		return 0;
	}
	if (si->nr_modules > 1)
		pvh_warn("nr_modules", si->nr_modules,
			 "only the first module, the initrd, is used");

	mod = pvh_map(paddr, sizeof(*mod));
	if (!mod)
		return pvh_refuse(err, "modlist_paddr", paddr,
				  "the module list cannot be addressed");
	if (pvh_overlaps_contents(kernel, paddr, sizeof(*mod)))
		return pvh_refuse(err, "modlist_paddr", paddr,
				  "the module list overlaps the kernel");

	return convert_initrd(READ_ONCE(mod->paddr), READ_ONCE(mod->size),
			      kernel, err);
}

/* pvh_boot() has copied the command line to pvh_cmdline, if it can be read. */
static int __init convert_cmdline(struct pvh_kernel *kernel,
				  struct pvh_error *err)
{
	if (!kernel->cmdline_size)
		return 0;

	if (pvh_overlaps_contents(kernel, kernel->cmdline_paddr,
				  kernel->cmdline_size))
		return pvh_refuse(err, "cmdline_paddr", kernel->cmdline_paddr,
				  "the command line overlaps the kernel");

	/* It is in the kernel image, so below 4 GiB. */
	kernel->params->hdr.cmd_line_ptr = (unsigned long)pvh_cmdline;

	return 0;
}

/* Without an RSDP the kernel looks for one, as on a PC. */
static int __init convert_rsdp(const struct hvm_start_info *si,
			       struct pvh_kernel *kernel, struct pvh_error *err)
{
	u64 paddr = si->rsdp_paddr;

	if (!paddr)
		return 0;
	if (!pvh_addressable(paddr, RSDP_SIZE)) {
		pvh_warn("rsdp_paddr", paddr,
			 "cannot be addressed, and is not used");
		return 0;
	}
	if (pvh_overlaps_contents(kernel, paddr, RSDP_SIZE))
		return pvh_refuse(err, "rsdp_paddr", paddr,
				  "the RSDP overlaps the kernel");
	if (paddr + RSDP_SIZE > kernel->bss && paddr < kernel->end) {
		pvh_warn("rsdp_paddr", paddr,
			 "the RSDP is in memory that the kernel clears, and is not used");
		return 0;
	}

	kernel->params->acpi_rsdp_addr = paddr;

	return 0;
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
 * Return: 0, or -EINVAL if the kernel cannot boot: @err has the reason
 */
int __init pvh_convert(const struct hvm_start_info *si,
		       struct pvh_kernel *kernel, struct pvh_error *err)
{
	struct boot_params *bp = kernel->params;

	if (si->magic != XEN_HVM_START_MAGIC_VALUE)
		return pvh_refuse(err, "magic", si->magic,
				  "not that of a hvm_start_info, 0x336ec578");
	if (si->version > 1)
		pvh_warn("version", si->version, "taken as version 1");
	if (si->flags & ~KNOWN_FLAGS)
		pvh_warn("flags", si->flags, "unknown bits are ignored");

	if (convert_modules(si, kernel, err) || convert_cmdline(kernel, err) ||
	    convert_rsdp(si, kernel, err) ||
	    pvh_convert_memmap(si, kernel, err))
		return -EINVAL;

	/*
	 * hardware_subarch stays 0, a PC. pvh_setup() corrects the type of
	 * the loader if it turns out to be Xen.
	 */
	bp->hdr.version = BOOT_PROTOCOL_2_12;
	bp->hdr.type_of_loader = LOADER_TYPE_QEMU;

	return 0;
}
