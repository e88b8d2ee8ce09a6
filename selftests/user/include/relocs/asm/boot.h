/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_BOOT_H
#define SHIM_ASM_BOOT_H

#include <linux/build_bug.h>
#include <asm/page_types.h>

#define MIN_KERNEL_ALIGN	PMD_SIZE

#endif
