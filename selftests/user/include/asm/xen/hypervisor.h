/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_XEN_HYPERVISOR_H
#define SHIM_ASM_XEN_HYPERVISOR_H

#include <linux/types.h>
#include <asm/bootparam.h>
#include <asm/e820/types.h>

#define XEN_MAX_HCALL_MEMMAP	(E820_MAX_ENTRIES - 3)

u32 xen_cpuid_base(void);
void xen_pvh_init(struct boot_params *bp);
void mem_map_via_hcall(struct boot_params *bp);

#endif
