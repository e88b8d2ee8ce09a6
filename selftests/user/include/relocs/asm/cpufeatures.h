/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_CPUFEATURES_H
#define SHIM_ASM_CPUFEATURES_H

/* Word and bit, as the kernel numbers them */
#define X86_FEATURE_TSC		(0 * 32 + 4)
#define X86_FEATURE_RDRAND	(4 * 32 + 30)

#endif
