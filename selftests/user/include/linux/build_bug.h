/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_BUILD_BUG_H
#define SHIM_LINUX_BUILD_BUG_H

#include <linux/compiler.h>

/* The compiler of a test need not know the values of inlined functions. */
#define BUILD_BUG_ON(cond)	((void)(cond))

#endif
