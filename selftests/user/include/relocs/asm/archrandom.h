/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_ARCHRANDOM_H
#define SHIM_ASM_ARCHRANDOM_H

#include <linux/types.h>

bool shim_rdrand(unsigned long *v);

#define rdrand_long(v)	shim_rdrand(v)

#endif
