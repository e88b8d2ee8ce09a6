/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XEN_PVH_PVH_H
#define _XEN_PVH_PVH_H

/* XEN_HVM_START_MAGIC_VALUE, whose header assembly cannot include. */
#define PVH_START_INFO_MAGIC	0x336ec578

/*
 * The debug console of Xen (for any domain, with hypervisor messages of that
 * level on) and of QEMU (-debugcon). Elsewhere nobody listens at that port.
 */
#define PVH_DEBUG_CONSOLE_PORT	0xe9

/* What the page tables of head.S map, in GiB from physical address 0. */
#define PVH_IDENT_GIB		4

#ifndef __ASSEMBLER__

#include <linux/compiler.h>
#include <linux/types.h>

struct boot_params;
struct hvm_start_info;

/**
 * struct pvh_error - What the loader said that cannot be booted
 * @field: name of the field of hvm_start_info, or of an entry of its tables
 * @value: what it holds
 * @reason: why that cannot be
 */
struct pvh_error {
	const char *field;
	u64 value;
	const char *reason;
};

/*
 * The code in startup/ runs before the kernel does, from the identity mapping
 * that head.S loads. Its symbols carry the prefix __pi_ in the kernel image;
 * that is added to the object files, so startup/ itself does without.
 */
#ifdef PVH_STARTUP
void pvh_boot(u64 start_info_paddr, struct boot_params *bp,
	      struct hvm_start_info *si);
bool pvh_convert(const struct hvm_start_info *si, struct boot_params *bp,
		 struct pvh_error *err);
const void *pvh_map(u64 paddr, u64 size);
void __noreturn pvh_die(const struct pvh_error *err);
#else
void __noreturn __pi_pvh_die(const struct pvh_error *err);
#endif

#endif /* __ASSEMBLER__ */

#endif /* _XEN_PVH_PVH_H */
