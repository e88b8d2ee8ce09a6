// SPDX-License-Identifier: GPL-2.0
/*
 * From the hvm_start_info of the PVH boot ABI to boot_params.
 *
 * The layout of the former is in Xen's public header
 * arch-x86/hvm/start_info.h, that of the latter in
 * Documentation/arch/x86/zero-page.rst and boot.rst. Nothing here touches
 * anything but its arguments and what pvh_map() makes accessible, so that the
 * same file also builds as an ordinary program.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/setup.h>
#include <xen/interface/hvm/start_info.h>

#include "../pvh.h"

/* boot.rst's number for a loader that is not listed there by a better name. */
#define LOADER_TYPE_QEMU	(0xb << 4)
#define BOOT_PROTOCOL_2_12	0x20c

/* The direct mapping of a kernel with 4-level page tables. */
#define PVH_MAX_PADDR		BIT_ULL(46)

static bool __init refuse(struct pvh_error *err, const char *field, u64 value,
			  const char *reason)
{
	err->field = field;
	err->value = value;
	err->reason = reason;
	return false;
}

/* The last byte may be that at the end of the address space. */
static bool __init wraps(u64 addr, u64 size)
{
	return size && size - 1 > U64_MAX - addr;
}

/*
 * The first module is the initrd. What others are for, the ABI leaves to the
 * kernel, which has no use for them.
 */
static bool __init convert_modules(const struct hvm_start_info *si,
				   struct boot_params *bp,
				   struct pvh_error *err)
{
	const struct hvm_modlist_entry *mod;
	u64 paddr, size;

	if (!si->nr_modules)
		return true;

	if (!si->modlist_paddr)
		return refuse(err, "modlist_paddr", 0,
			      "no module list, but nr_modules is not 0");

	mod = pvh_map(si->modlist_paddr, sizeof(*mod));
	if (!mod)
		return refuse(err, "modlist_paddr", si->modlist_paddr,
			      "not all of the module list is below 4 GiB");

	paddr = mod->paddr;
	size = mod->size;
	if (!size)
		return true;
	if (!paddr)
		return refuse(err, "module 0 paddr", paddr,
			      "no address, but a size that is not 0");
	if (paddr > PVH_MAX_PADDR)
		return refuse(err, "module 0 paddr", paddr,
			      "beyond what the kernel can map this early");
	if (size > PVH_MAX_PADDR - paddr)
		return refuse(err, "module 0 size", size,
			      "ends beyond what the kernel can map this early");

	bp->hdr.ramdisk_image = (u32)paddr;
	bp->ext_ramdisk_image = paddr >> 32;
	bp->hdr.ramdisk_size = (u32)size;
	bp->ext_ramdisk_size = size >> 32;

	return true;
}

/*
 * Types 1 to 5 and 7 of the ABI are those of ACPI, which boot_params uses too;
 * the native code treats the ones it does not know as reserved.
 */
static bool __init convert_memmap(const struct hvm_start_info *si,
				  struct boot_params *bp,
				  struct pvh_error *err)
{
	const struct hvm_memmap_table_entry *from;
	struct boot_e820_entry *to = bp->e820_table;
	u32 i;

	if (!si->memmap_entries)
		return true;

	if (si->memmap_entries > ARRAY_SIZE(bp->e820_table))
		return refuse(err, "memmap_entries", si->memmap_entries,
			      "more than boot_params has room for");
	if (!si->memmap_paddr)
		return refuse(err, "memmap_paddr", 0,
			      "no memory map, but memmap_entries is not 0");

	from = pvh_map(si->memmap_paddr, si->memmap_entries * sizeof(*from));
	if (!from)
		return refuse(err, "memmap_paddr", si->memmap_paddr,
			      "not all of the memory map is below 4 GiB");

	for (i = 0; i < si->memmap_entries; i++) {
		to[i].addr = from[i].addr;
		to[i].size = from[i].size;
		to[i].type = from[i].type;
		if (wraps(to[i].addr, to[i].size))
			return refuse(err, "memmap size", to[i].size,
				      "wraps around the end of the address space");
	}
	bp->e820_entries = si->memmap_entries;

	return true;
}

/**
 * pvh_convert() - Fill in boot_params from the loader's hvm_start_info
 * @si: the kernel's own copy of the structure. Fields that its version does
 *      not have are 0.
 * @bp: what to fill in, all zeroes
 * @err: set to what is wrong, if anything is
 *
 * Runs on the identity mapping. All addresses in @si are physical and may be
 * 0, which means absent.
 *
 * Without a memory map bp->e820_entries stays 0: whether there is another
 * source is not known before pvh_setup().
 *
 * Return: true if the kernel can go on, false if @err says why it cannot.
 */
bool __init pvh_convert(const struct hvm_start_info *si, struct boot_params *bp,
			struct pvh_error *err)
{
	if (si->magic != XEN_HVM_START_MAGIC_VALUE)
		return refuse(err, "magic", si->magic,
			      "not that of a hvm_start_info, 0x336ec578");

	if (!convert_modules(si, bp, err))
		return false;

	/* copy_bootdata() reads that many bytes of it, at __va(). */
	if (si->cmdline_paddr > PVH_MAX_PADDR - COMMAND_LINE_SIZE)
		return refuse(err, "cmdline_paddr", si->cmdline_paddr,
			      "beyond what the kernel can map this early");

	bp->hdr.cmd_line_ptr = (u32)si->cmdline_paddr;
	bp->ext_cmd_line_ptr = si->cmdline_paddr >> 32;
	bp->acpi_rsdp_addr = si->rsdp_paddr;

	if (!convert_memmap(si, bp, err))
		return false;

	/*
	 * hardware_subarch stays 0, a PC. pvh_setup() corrects the type of
	 * the loader if it turns out to be Xen.
	 */
	bp->hdr.version = BOOT_PROTOCOL_2_12;
	bp->hdr.type_of_loader = LOADER_TYPE_QEMU;

	return true;
}
