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

/* In a section for each level, as in the kernel: check.c calls all of them. */
typedef int (*initcall_t)(void);
#define SHIM_INITCALL(fn, level)					\
	static initcall_t shim_initcall_##fn				\
		__attribute__((used, section("shim_initcalls_" level))) = fn
#define early_initcall(fn)	SHIM_INITCALL(fn, "early")
#define late_initcall_sync(fn)	SHIM_INITCALL(fn, "late")

#endif
