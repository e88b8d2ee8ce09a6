// SPDX-License-Identifier: GPL-2.0
/*
 * In dom0: read the kernel's offset from the memory of a domain that runs, as a debugger
 * does, in the note VMCOREINFO at that physical address:
 *
 *	vmcoreinfo: kerneloffset OFFSET		in hexadecimal, as the kernel prints it
 *
 * usage: vmcoreinfo DOMID ADDRESS
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE	4096
#define NAME	"VMCOREINFO"

/* As in the kernel's include/uapi/xen/privcmd.h */
struct privcmd_mmapbatch_v2 {
	unsigned int num;
	uint16_t dom;
	uint64_t addr;
	const unsigned long *arr;
	int *err;
};

#define IOCTL_PRIVCMD_MMAPBATCH_V2	_IOC(_IOC_NONE, 'P', 4, sizeof(struct privcmd_mmapbatch_v2))

int main(int argc, char **argv)
{
	struct privcmd_mmapbatch_v2 map = { .num = 1 };
	static char text[PAGE + 1];
	unsigned long frame;
	const Elf64_Nhdr *n;
	uint64_t address;
	int fd, error = 0;
	size_t room;
	char *key;
	void *p;

	if (argc != 3)
		errx(1, "usage: vmcoreinfo DOMID ADDRESS");
	address = strtoull(argv[2], NULL, 16);
	frame = address / PAGE;
	room = PAGE - address % PAGE;

	fd = open("/dev/xen/privcmd", O_RDWR);
	if (fd < 0)
		err(1, "/dev/xen/privcmd");
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	map.dom = strtoul(argv[1], NULL, 10);
	map.addr = (uintptr_t)p;
	map.arr = &frame;
	map.err = &error;
	if (ioctl(fd, IOCTL_PRIVCMD_MMAPBATCH_V2, &map) || error)
		err(1, "page %#lx of domain %s, error %d", frame, argv[1], error);

	n = (const void *)((const char *)p + address % PAGE);
	if (room < sizeof(*n) + sizeof(NAME) + 1 || n->n_type || n->n_namesz != sizeof(NAME) ||
	    strcmp((const char *)(n + 1), NAME))
		errx(1, "no note " NAME " at %#llx", (unsigned long long)address);
	room -= sizeof(*n) + (sizeof(NAME) + 3) / 4 * 4;
	memcpy(text, (const char *)(n + 1) + (sizeof(NAME) + 3) / 4 * 4,
	       n->n_descsz < room ? n->n_descsz : room);
	key = strstr(text, "\nKERNELOFFSET=");
	if (!key)
		errx(1, NAME " has no KERNELOFFSET");
	printf("vmcoreinfo: kerneloffset %.*s\n", (int)strcspn(key + 14, "\n"), key + 14);

	return 0;
}
