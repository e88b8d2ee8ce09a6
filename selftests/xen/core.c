// SPDX-License-Identifier: GPL-2.0
/*
 * Read the core file of a PVH domain that "xl dump-core" and on_crash="coredump-..."
 * write, as a debugger does: Xen's note, and in the domain's memory the VMCOREINFO note
 * of its kernel, by the physical address of it.
 *
 *	core: vcpus N pages N
 *	core: kerneloffset OFFSET	in hexadecimal, as the kernel prints it
 *
 * usage: core FILE ADDRESS
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE			4096
#define DUMPCORE_HEADER		0x2000001
#define CORE_MAGIC_HVM		0xf00febeeULL

struct core_header {
	uint64_t magic, vcpus, pages, page_size;
};

static const char *core;
static size_t core_size;

static const void *at(uint64_t offset, uint64_t size)
{
	if (offset > core_size || size > core_size - offset)
		errx(1, "%#llx bytes at %#llx: behind the end of the file",
		     (unsigned long long)size, (unsigned long long)offset);
	return core + offset;
}

static const Elf64_Shdr *section(const char *name)
{
	const Elf64_Ehdr *ehdr = at(0, sizeof(*ehdr));
	const Elf64_Shdr *shdrs = at(ehdr->e_shoff, ehdr->e_shnum * sizeof(*shdrs));
	const char *names;
	unsigned int i;

	if (ehdr->e_shstrndx >= ehdr->e_shnum)
		errx(1, "no section with the names of sections");
	names = at(shdrs[ehdr->e_shstrndx].sh_offset, shdrs[ehdr->e_shstrndx].sh_size);
	for (i = 0; i < ehdr->e_shnum; i++) {
		if (!strcmp(names + shdrs[i].sh_name, name)) {
			at(shdrs[i].sh_offset, shdrs[i].sh_size);
			return &shdrs[i];
		}
	}
	errx(1, "no section %s", name);
}

/* The descriptor of the note, of SIZE bytes or more: it has *FOUND */
static const void *find_note(const char *notes, size_t notes_size, const char *name,
			     uint32_t type, size_t size, int *found)
{
	const Elf64_Nhdr *n = (const void *)notes;
	size_t pos = 0, desc;

	for (; pos + sizeof(*n) <= notes_size; pos = desc + (n->n_descsz + 3) / 4 * 4) {
		n = (const void *)(notes + pos);
		desc = pos + sizeof(*n) + (n->n_namesz + 3) / 4 * 4;
		if (desc + n->n_descsz > notes_size)
			break;
		if (n->n_type == type && n->n_namesz == strlen(name) + 1 &&
		    !strcmp(notes + pos + sizeof(*n), name) && n->n_descsz >= size) {
			*found = n->n_descsz;
			return notes + desc;
		}
	}
	errx(1, "no note %s of type %#x", name, type);
}

/* That page of the domain's memory */
static const char *page(uint64_t pfn)
{
	const Elf64_Shdr *pfns = section(".xen_pfn"), *pages = section(".xen_pages");
	const uint64_t *list = at(pfns->sh_offset, pfns->sh_size);
	uint64_t i;

	for (i = 0; i < pfns->sh_size / sizeof(*list) && i < pages->sh_size / PAGE; i++) {
		if (list[i] == pfn)
			return at(pages->sh_offset + i * PAGE, PAGE);
	}
	errx(1, "page %#llx of the domain is not in the file", (unsigned long long)pfn);
}

int main(int argc, char **argv)
{
	const struct core_header *header;
	const Elf64_Shdr *notes;
	const char *info, *key;
	static char text[PAGE];
	uint64_t address;
	struct stat st;
	int bytes, fd;

	if (argc != 3)
		errx(1, "usage: core FILE ADDRESS");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", argv[1]);
	core_size = st.st_size;
	core = mmap(NULL, core_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (core == MAP_FAILED)
		err(1, "%s", argv[1]);
	if (memcmp(at(0, SELFMAG), ELFMAG, SELFMAG))
		errx(1, "no ELF file");

	notes = section(".note.Xen");
	header = find_note(at(notes->sh_offset, notes->sh_size), notes->sh_size, "Xen",
			   DUMPCORE_HEADER, sizeof(*header), &bytes);
	if (header->magic != CORE_MAGIC_HVM)
		errx(1, "Xen's note has the magic %#llx", (unsigned long long)header->magic);
	printf("core: vcpus %llu pages %llu\n", (unsigned long long)header->vcpus,
	       (unsigned long long)header->pages);

	address = strtoull(argv[2], NULL, 16);
	info = page(address / PAGE) + address % PAGE;
	info = find_note(info, PAGE - address % PAGE, "VMCOREINFO", 0, 1, &bytes);
	snprintf(text, sizeof(text), "%.*s", bytes, info);
	key = strstr(text, "\nKERNELOFFSET=");
	if (!key)
		errx(1, "VMCOREINFO has no KERNELOFFSET");
	printf("core: kerneloffset %.*s\n", (int)strcspn(key + 14, "\n"), key + 14);

	return 0;
}
