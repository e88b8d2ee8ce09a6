/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_IO_H
#define SHIM_LINUX_IO_H

#include <linux/types.h>

/* Physical addresses in the kernel are not those at which it can read. */
void *shim_va(u64 paddr);

#define __va(paddr)		shim_va(paddr)

#endif
