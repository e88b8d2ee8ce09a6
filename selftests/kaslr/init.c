// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1, and the whole user space, of guests of which there are hundreds: say
 * where the kernel is, and end the machine.
 *
 *	kaslr: TEXT DIRECT_MAP rdrand|none
 */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>

#include "kcore.h"

int main(void)
{
	unsigned int eax, ebx, ecx, edx;
	struct kcore kcore;
	int ret;

	__cpuid(1, eax, ebx, ecx, edx);
	if (mount("proc", "/proc", "proc", 0, NULL)) {
		perror("kaslr: mounting /proc");
	} else {
		ret = read_kcore(&kcore);
		if (ret)
			printf("kaslr: /proc/kcore: %s\n", strerror(-ret));
		else
			printf("kaslr: %llx %llx %s\n", kcore.text, kcore.direct_map,
			       ecx & bit_RDRND ? "rdrand" : "none");
	}
	fflush(stdout);
	reboot(RB_AUTOBOOT);

	return 1;
}
