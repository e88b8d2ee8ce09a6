/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SETUP_H
#define SHIM_ASM_SETUP_H

#include <linux/types.h>
#include <asm/bootparam.h>

#define COMMAND_LINE_SIZE	2048

extern struct boot_params boot_params;

#endif
