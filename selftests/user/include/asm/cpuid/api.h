/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_CPUID_API_H
#define SHIM_ASM_CPUID_API_H

#include <linux/types.h>

void native_cpuid(u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

#define for_each_possible_cpuid_base_hypervisor(leaf) \
	for (leaf = 0x40000000; leaf < 0x40010000; leaf += 0x100)

static inline u32 native_cpuid_eax(u32 leaf)
{
	u32 eax = leaf, ebx, ecx = 0, edx;

	native_cpuid(&eax, &ebx, &ecx, &edx);

	return eax;
}

static inline u32 native_cpuid_edx(u32 leaf)
{
	u32 eax = leaf, ebx, ecx = 0, edx;

	native_cpuid(&eax, &ebx, &ecx, &edx);

	return edx;
}

#endif
