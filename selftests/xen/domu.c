// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1, and the whole user space, of the domains that soak.t and life.t create. With
 * the argument "once" it prints one line and powers off:
 *
 *	domu: up text ADDRESS cpus NUMBER end
 *
 * Otherwise it prints a line a second, until the domain ends:
 *
 *	domu: tick N uptime MS text ADDRESS cpus NUMBER balloon KIB memtotal KIB
 *	      vmcoreinfo ADDRESS end
 *
 * It is one line. The "end" shows that all of it was printed. "balloon" is how much
 * memory the driver says that the domain has, vmcoreinfo where the kernel's VMCOREINFO
 * note is in physical memory.
 *
 * The kernel runs it as /sbin/poweroff and /sbin/reboot for "xl shutdown" and "xl reboot".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "kcore.h"

#define BALLOON	"/sys/devices/system/xen_memory/xen_memory0/info/current_kb"

/* The first word of the file, or "none" */
static const char *word(const char *name, char *buf)
{
	FILE *f = fopen(name, "r");

	if (!f || fscanf(f, "%63s", buf) != 1)
		strcpy(buf, "none");
	if (f)
		fclose(f);

	return buf;
}

static void print_tick(unsigned int n, unsigned long long text)
{
	char balloon[64], vmcoreinfo[64];
	struct sysinfo info;
	struct timespec up;

	clock_gettime(CLOCK_MONOTONIC, &up);
	sysinfo(&info);
	printf("domu: tick %u uptime %lld text %llx cpus %ld balloon %s memtotal %lu vmcoreinfo %s end\n",
	       n, up.tv_sec * 1000LL + up.tv_nsec / 1000000, text,
	       sysconf(_SC_NPROCESSORS_ONLN), word(BALLOON, balloon),
	       info.totalram * info.mem_unit / 1024,
	       word("/sys/kernel/vmcoreinfo", vmcoreinfo));
	fflush(stdout);
}

/* As udev does: a CPU that "xl vcpu-set" gives back waits for somebody to start it. */
static void start_cpus(void)
{
	char name[64];
	unsigned int cpu;
	FILE *f;

	for (cpu = 1; cpu < 8; cpu++) {
		snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/online", cpu);
		f = fopen(name, "w");
		if (!f)
			continue;
		fputs("1", f);
		fclose(f);
	}
}

int main(int argc, char **argv)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	struct kcore kcore;
	unsigned int n;
	int ret;

	if (getpid() != 1) {
		reboot(strstr(argv[0], "reboot") ? RB_AUTOBOOT : RB_POWER_OFF);
		return 1;
	}

	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		perror("domu: mount");
	ret = read_kcore(&kcore);
	if (ret)
		printf("domu: /proc/kcore: %s\n", strerror(-ret));

	if (argc > 1 && !strcmp(argv[1], "once")) {
		/* It returns only if the timer's interrupts arrive. */
		nanosleep(&tenth, NULL);
		printf("domu: up text %llx cpus %ld end\n", kcore.text, sysconf(_SC_NPROCESSORS_ONLN));
		fflush(stdout);
		reboot(RB_POWER_OFF);
		return 1;
	}

	for (n = 1;; n++) {
		start_cpus();
		print_tick(n, kcore.text);
		sleep(1);
	}
}
