/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_INIT_H
#define SHIM_LINUX_INIT_H

#include <linux/compiler.h>

#define __init
#define __initconst

/* What has to be as it was at the start of each simulated boot. */
#ifdef SHIM_RESET
#define __initdata	__attribute__((section("shim_initdata")))
#else
#define __initdata
#endif

#define early_initcall(fn)	int shim_early_initcall(void) { return fn(); }

int shim_early_initcall(void);

#endif
