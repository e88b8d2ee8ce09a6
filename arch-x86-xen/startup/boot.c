// SPDX-License-Identifier: GPL-2.0
/*
 * What runs between the trampoline in head.S and startup_64.
 */

#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <xen/interface/hvm/start_info.h>

#include "../pvh.h"

#define PVH_IDENT_SIZE	((u64)PVH_IDENT_GIB * SZ_1G)

static_assert(PVH_START_INFO_MAGIC == XEN_HVM_START_MAGIC_VALUE);

/**
 * pvh_map() - Make a physical range accessible
 * @paddr: physical address of its first byte
 * @size: bytes
 *
 * Runs on the identity mapping, which covers the first PVH_IDENT_GIB GiB.
 *
 * Return: where the range can be read, NULL if not all of it is mapped. There
 * is no telling that from address 0, which in the ABI stands for "absent".
 */
const void * __init pvh_map(u64 paddr, u64 size)
{
	if (paddr >= PVH_IDENT_SIZE || size > PVH_IDENT_SIZE - paddr)
		return NULL;

	return (const void *)(unsigned long)paddr;
}

/**
 * pvh_boot() - Turn what the loader left into what startup_64 expects
 * @start_info_paddr: physical address of the loader's hvm_start_info
 * @bp: boot_params to fill in, all zeroes
 * @si: where the kernel keeps its copy of the hvm_start_info, all zeroes
 *
 * Called by head.S on the identity mapping, on the stack of the init task, with
 * no IDT and no GS base. Everything is read from the copy, so that it cannot
 * change between a check and its use.
 *
 * Does not return if the kernel cannot be booted this way: then it says why.
 */
void __init pvh_boot(u64 start_info_paddr, struct boot_params *bp,
		     struct hvm_start_info *si)
{
	const size_t v0_size = offsetof(struct hvm_start_info, memmap_paddr);
	const struct hvm_start_info *from;
	struct pvh_error err;

	if (!start_info_paddr) {
		err.reason = "no address of it in %ebx";
		goto no_start_info;
	}

	err.reason = "not all of it is below 4 GiB";
	from = pvh_map(start_info_paddr, v0_size);
	if (!from)
		goto no_start_info;

	si->magic = from->magic;
	si->version = from->version;
	si->flags = from->flags;
	si->nr_modules = from->nr_modules;
	si->modlist_paddr = from->modlist_paddr;
	si->cmdline_paddr = from->cmdline_paddr;
	si->rsdp_paddr = from->rsdp_paddr;

	/* Later versions only add to version 1. */
	if (si->version >= 1) {
		if (!pvh_map(start_info_paddr, sizeof(*from)))
			goto no_start_info;
		si->memmap_paddr = from->memmap_paddr;
		si->memmap_entries = from->memmap_entries;
	}

	if (!pvh_convert(si, bp, &err))
		pvh_die(&err);

	return;

no_start_info:
	err.field = "start_info";
	err.value = start_info_paddr;
	pvh_die(&err);
}
