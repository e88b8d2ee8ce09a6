/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_XEN_INTERFACE_XEN_H
#define SHIM_XEN_INTERFACE_XEN_H

#define __HYPERVISOR_sched_op	29

#define SIF_PRIVILEGED		(1 << 0)
#define SIF_INITDOMAIN		(1 << 1)
#define SIF_MULTIBOOT_MOD	(1 << 2)
#define SIF_MOD_START_PFN	(1 << 3)
#define SIF_VIRT_P2M_4TOOLS	(1 << 4)
#define SIF_PM_MASK		(0xff << 8)

#endif
