/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_LIMITS_H
#define SHIM_LINUX_LIMITS_H

/* The C library wants the real one. */
#include_next <linux/limits.h>

#ifndef INT_MAX
#define INT_MAX		__INT_MAX__
#endif
#define U64_MAX		0xffffffffffffffffULL

#endif
