/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SETUP_H
#define SHIM_ASM_SETUP_H

#include <linux/types.h>
#include <asm/asm.h>

#define COMMAND_LINE_SIZE	2048

#if CONFIG_CMDLINE_BOOL
extern bool builtin_cmdline_added;
#else
#define builtin_cmdline_added	0
#endif

#endif
