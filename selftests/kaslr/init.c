// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1, and the whole user space, of guests that tests boot by the hundred: print
 * where the kernel is, and reboot.
 *
 *	kaslr: text ADDRESS
 *	kaslr: physical ADDRESS	of the same
 *	kaslr: direct-map ADDRESS
 *	kaslr: rdrand yes|no
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>

#include "kcore.h"

/* Where the kernel's first byte is in physical memory; 0 if the kernel does not say */
static unsigned long long physical(void)
{
	unsigned long long start = 0;
	FILE *f = fopen("/proc/iomem", "r");
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (strstr(line, " : Kernel code"))
			start = strtoull(line, NULL, 16);
	}
	if (f)
		fclose(f);

	return start;
}

int main(void)
{
	unsigned int eax, ebx, ecx, edx;
	struct kcore kcore;
	int ret;

	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	__cpuid(1, eax, ebx, ecx, edx);
	if (mount("proc", "/proc", "proc", 0, NULL)) {
		perror("kaslr: mounting /proc");
	} else {
		ret = read_kcore(&kcore);
		if (ret)
			printf("kaslr: /proc/kcore: %s\n", strerror(-ret));
		else
			printf("kaslr: text %llx\nkaslr: physical %llx\nkaslr: direct-map %llx\nkaslr: rdrand %s\n",
			       kcore.text, physical(), kcore.direct_map, ecx & bit_RDRND ? "yes" : "no");
	}
	fflush(stdout);
	reboot(RB_AUTOBOOT);

	return 1;
}
