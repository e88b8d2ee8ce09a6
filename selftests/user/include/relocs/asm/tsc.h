/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_TSC_H
#define SHIM_ASM_TSC_H

#include <linux/types.h>

u64 shim_rdtsc(void);

#define rdtsc()	shim_rdtsc()

#endif
