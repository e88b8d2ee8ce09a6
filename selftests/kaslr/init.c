// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1, and the whole user space, of guests that tests boot by the hundred: print
 * where the kernel is, and reboot.
 *
 *	kaslr: text ADDRESS
 *	kaslr: direct-map ADDRESS
 *	kaslr: rdrand yes|no
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

	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	__cpuid(1, eax, ebx, ecx, edx);
	if (mount("proc", "/proc", "proc", 0, NULL)) {
		perror("kaslr: mounting /proc");
	} else {
		ret = read_kcore(&kcore);
		if (ret)
			printf("kaslr: /proc/kcore: %s\n", strerror(-ret));
		else
			printf("kaslr: text %llx\nkaslr: direct-map %llx\nkaslr: rdrand %s\n",
			       kcore.text, kcore.direct_map, ecx & bit_RDRND ? "yes" : "no");
	}
	fflush(stdout);
	reboot(RB_AUTOBOOT);

	return 1;
}
