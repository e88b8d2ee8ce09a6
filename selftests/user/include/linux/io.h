/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_IO_H
#define SHIM_LINUX_IO_H

#include <linux/types.h>

/* A module list entry of the forged memory */
void *shim_va(u64 paddr);

#define __va(paddr)		shim_va(paddr)
#define __pa_symbol(p)		((unsigned long)(p))

#endif
