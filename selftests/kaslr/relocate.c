// SPDX-License-Identifier: GPL-2.0
/*
 * Relocate vmlinux as a loader can: by DISTANCE bytes of virtual memory, with the
 * table in it. The addresses in the ELF headers and symbols do not change, because a
 * loader by the PVH ABI uses the physical ones.
 *
 * usage: relocate VMLINUX TABLE DISTANCE OUT
 *
 * TABLE is where the relocation table is in the file VMLINUX, in bytes.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elf.h>

#if __has_include("arch/x86/include/asm/kernel_relocs.h")
#include "arch/x86/include/asm/kernel_relocs.h"
#else	/* Linux 6.12 */
#include "arch/x86/include/asm/pvh_relocs.h"
#define kernel_relocs		pvh_relocs
#define KERNEL_RELOCS_MAGIC	PVH_RELOCS_MAGIC
#define KERNEL_RELOCS_STEPS	PVH_RELOCS_STEPS
#define KERNEL_RELOCS_SKIP	PVH_RELOCS_SKIP
#endif

#define KERNEL_MAP 0xffffffff80000000ULL	/* __START_KERNEL_map */

static unsigned char *file;
static size_t file_size;

static void read_file(const char *name)
{
	FILE *f = fopen(name, "rb");

	if (!f || fseek(f, 0, SEEK_END))
		err(1, "%s", name);
	file_size = ftell(f);
	rewind(f);
	file = malloc(file_size);
	if (!file || fread(file, 1, file_size, f) != file_size)
		err(1, "%s", name);
	fclose(f);
}

/* The bytes at @offset of the file. The program ends if the file has fewer. */
static void *bytes(__u64 offset, __u64 size)
{
	if (offset > file_size || size > file_size - offset)
		errx(1, "the file has fewer than %llu bytes at 0x%llx",
		     (unsigned long long)size, (unsigned long long)offset);

	return file + offset;
}

static const struct elf64_phdr *segments(unsigned int *count)
{
	const struct elf64_hdr *ehdr = bytes(0, sizeof(*ehdr));

	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG) || ehdr->e_ident[EI_CLASS] != ELFCLASS64)
		errx(1, "not a 64-bit ELF file");
	*count = ehdr->e_phnum;

	return bytes(ehdr->e_phoff, ehdr->e_phnum * sizeof(struct elf64_phdr));
}

/* _text, which is the start of the first segment of the kernel mapping */
static __u64 text(void)
{
	unsigned int i, count;
	const struct elf64_phdr *p = segments(&count);
	__u64 lowest = ~0ULL;

	for (i = 0; i < count; i++) {
		if (p[i].p_type == PT_LOAD && p[i].p_vaddr >= KERNEL_MAP && p[i].p_vaddr < lowest)
			lowest = p[i].p_vaddr;
	}

	return lowest;
}

static void move(__u64 at, __u32 distance)
{
	unsigned int i, count;
	const struct elf64_phdr *p = segments(&count);
	__u32 value;
	void *slot;

	for (i = 0; i < count; i++) {
		if (p[i].p_type == PT_LOAD && at >= p[i].p_vaddr &&
		    at - p[i].p_vaddr < p[i].p_filesz)
			break;
	}
	if (i == count)
		errx(1, "the file has no bytes for the relocation at 0x%llx", (unsigned long long)at);

	slot = bytes(p[i].p_offset + (at - p[i].p_vaddr), sizeof(value));
	memcpy(&value, slot, sizeof(value));
	value += distance;
	memcpy(slot, &value, sizeof(value));
}

int main(int argc, char **argv)
{
	const __u8 *run, *end;
	struct kernel_relocs relocs;
	__u32 distance, head, steps, done = 0;
	__u64 table;
	__u64 at;
	FILE *out;

	if (argc != 5)
		errx(2, "usage: relocate VMLINUX TABLE DISTANCE OUT");
	read_file(argv[1]);
	table = strtoull(argv[2], NULL, 0);
	distance = strtoul(argv[3], NULL, 0);

	memcpy(&relocs, bytes(table, sizeof(relocs)), sizeof(relocs));
	if (relocs.magic != KERNEL_RELOCS_MAGIC)
		errx(1, "no table of relocations at 0x%llx", (unsigned long long)table);
	run = bytes(table + sizeof(relocs), relocs.size);
	end = run + relocs.size;

	for (at = text(); run < end;) {
		memcpy(&head, run, sizeof(head));
		run += sizeof(head);
		at += head >> 8;
		steps = head & KERNEL_RELOCS_STEPS;
		if (steps == KERNEL_RELOCS_SKIP)
			continue;
		move(at, distance);
		for (done++; steps; steps--, done++) {
			at += *run++;
			move(at, distance);
		}
	}
	if (done != relocs.count)
		errx(1, "%u relocations, the table says %u", done, relocs.count);

	out = fopen(argv[4], "wb");
	if (!out || fwrite(file, 1, file_size, out) != file_size || fclose(out))
		err(1, "%s", argv[4]);

	return 0;
}
