// SPDX-License-Identifier: GPL-2.0
/*
 * Print what the CPU says of hypervisors: the bit, and the signature at each base at
 * which leaves can begin. It shares nothing with the kernel's scan for them.
 */

#include <stdio.h>
#include <string.h>

#include <cpuid.h>

#define FIRST 0x40000000u
#define LAST  0x4000ff00u
#define STEP  0x100u

static const struct {
	char sig[13];
	const char *name;
} known[] = {
	{ "KVMKVMKVM", "KVM" },
	{ "Microsoft Hv", "Hyper-V" },
	{ "XenVMMXenVMM", "Xen" },
	{ "VMwareVMware", "VMware" },
	{ "TCGTCGTCGTCG", "TCG" },
};

static const char *name_of(const char *sig)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(sig, known[i].sig))
			return known[i].name;
	}

	return sig;
}

int main(void)
{
	unsigned int eax, ebx, ecx, edx;
	const char *sep = " ";

	__cpuid(1, eax, ebx, ecx, edx);
	printf("hypervisors: bit %s\n", ecx >> 31 ? "set" : "clear");

	printf("hypervisors: leaves");
	for (unsigned int base = FIRST; base <= LAST; base += STEP) {
		unsigned int last, part[3];
		char sig[sizeof(part) + 1] = "";

		__cpuid(base, last, part[0], part[1], part[2]);
		/* A leaf that is not there has 0, or what another leaf has. */
		if (last < base || last >= base + STEP)
			continue;
		memcpy(sig, part, sizeof(part));
		printf("%s%s at 0x%x", sep, name_of(sig), base);
		sep = ", ";
	}
	puts(*sep == ' ' ? " none" : "");

	return 0;
}
