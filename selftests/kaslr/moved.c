// SPDX-License-Identifier: GPL-2.0
/*
 * Count how often each relocation was applied to a kernel.
 *
 * On the host: write those of .rodata, which nothing else changes, to a file:
 *
 *	moved VMLINUX LIST >PLACES
 *
 * LIST is what arch/x86/tools/relocs prints of VMLINUX.
 *
 * In a guest, as PID 1: compare these places of the kernel's memory with /places,
 * and reboot.
 *
 *	kaslr: text ADDRESS
 *	kaslr: protocol VERSION		of boot_params; the PVH entry sets 20c
 *	kaslr: loader TYPE		type_of_loader of boot_params
 *	kaslr: efi yes|no
 *	kaslr: flag yes|no		KASLR_FLAG
 *	kaslr: places N
 *	kaslr: applied TIMES N		how many were applied so often; TIMES is "never",
 *					"once", or "otherwise"
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <linux/elf.h>

#include "kcore.h"

#define LINKED_TEXT	0xffffffff81000000ULL
#define KERNEL_MAP	0xffffffff80000000ULL

struct place {
	uint32_t low;		/* half of the link address */
	uint32_t value;		/* in the file */
};

static void *read_all(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	char *p = NULL;
	size_t n;

	*size = 0;
	if (!f)
		err(1, "%s", name);
	do {
		p = realloc(p, *size + 65536);
		if (!p)
			err(1, "%s", name);
		n = fread(p + *size, 1, 65536, f);
		*size += n;
	} while (n);
	if (ferror(f))
		err(1, "%s", name);
	fclose(f);

	return p;
}

static int write_places(const char *vmlinux, const char *list)
{
	size_t size, list_size, i;
	char *file = read_all(vmlinux, &size);
	uint32_t *low = read_all(list, &list_size);
	const struct elf64_hdr *ehdr = (void *)file;
	const struct elf64_shdr *sh = (void *)(file + ehdr->e_shoff);
	const char *names = file + sh[ehdr->e_shstrndx].sh_offset;

	for (i = 0; i < ehdr->e_shnum && strcmp(names + sh->sh_name, ".rodata"); i++)
		sh++;
	if (i == ehdr->e_shnum)
		errx(1, "%s: no section .rodata", vmlinux);
	for (i = 0; i < list_size / sizeof(*low); i++) {
		uint64_t at = (uint64_t)(int32_t)low[i] - sh->sh_addr;
		struct place place = { .low = low[i] };

		if (!low[i] || at > sh->sh_size - sizeof(place.value))
			continue;
		memcpy(&place.value, file + sh->sh_offset + at, sizeof(place.value));
		if (fwrite(&place, sizeof(place), 1, stdout) != 1)
			err(1, "standard output");
	}

	return fflush(stdout) ? 1 : 0;
}

/* Where /proc/kcore has that address of the kernel mapping */
static off_t kcore_offset(int fd, uint64_t addr)
{
	struct elf64_phdr phdr;
	struct elf64_hdr ehdr;
	unsigned int i;

	if (pread(fd, &ehdr, sizeof(ehdr), 0) != sizeof(ehdr))
		return -1;
	for (i = 0; i < ehdr.e_phnum; i++) {
		if (pread(fd, &phdr, sizeof(phdr), ehdr.e_phoff + i * sizeof(phdr)) != sizeof(phdr))
			return -1;
		if (phdr.p_type == PT_LOAD && phdr.p_vaddr >= KERNEL_MAP &&
		    addr - phdr.p_vaddr < phdr.p_memsz)
			return phdr.p_offset + (addr - phdr.p_vaddr);
	}

	return -1;
}

static void count(uint64_t text)
{
	uint32_t delta = text - LINKED_TEXT, value;
	size_t size, i, n, never = 0, once = 0;
	struct place *place = read_all("/places", &size);
	int fd = open("/proc/kcore", O_RDONLY);
	off_t at = kcore_offset(fd, text);

	if (at < 0) {
		printf("kaslr: /proc/kcore has no %llx\n", (unsigned long long)text);
		return;
	}
	n = size / sizeof(*place);
	for (i = 0; i < n; i++) {
		if (pread(fd, &value, sizeof(value), at + (place[i].low - (uint32_t)LINKED_TEXT)) !=
		    sizeof(value))
			break;
		if (value == place[i].value)
			never++;
		else if (value == place[i].value + delta)
			once++;
	}
	printf("kaslr: places %zu\nkaslr: applied never %zu\nkaslr: applied once %zu\nkaslr: applied otherwise %zu\n",
	       i, never, once, i - never - once);
}

static void boot_params(void)
{
	unsigned char bp[0x220];
	int fd = open("/sys/kernel/boot_params/data", O_RDONLY);

	if (fd < 0 || pread(fd, bp, sizeof(bp), 0) != sizeof(bp)) {
		printf("kaslr: /sys/kernel/boot_params/data: %s\n", strerror(errno));
		return;
	}
	printf("kaslr: protocol %x\nkaslr: loader %x\nkaslr: flag %s\nkaslr: efi %s\n",
	       bp[0x206] | bp[0x207] << 8, bp[0x210], bp[0x211] & 2 ? "yes" : "no",
	       access("/sys/firmware/efi", F_OK) ? "no" : "yes");
}

int main(int argc, char **argv)
{
	struct kcore kcore;
	int ret;

	if (argc == 3)
		return write_places(argv[1], argv[2]);
	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		perror("kaslr: mount");
	ret = read_kcore(&kcore);
	if (ret) {
		printf("kaslr: /proc/kcore: %s\n", strerror(-ret));
	} else {
		printf("kaslr: text %llx\n", kcore.text);
		boot_params();
		count(kcore.text);
	}
	fflush(stdout);
	reboot(RB_AUTOBOOT);

	return 1;
}
