// SPDX-License-Identifier: GPL-2.0
/*
 * A loader that enters a kernel through its PVH note. It is a multiboot kernel, and
 * its modules are vmlinux and an initrd.
 *
 * QEMU's -kernel writes vmlinux to memory at each reset of the machine. A wakeup from
 * S3 is a reset, so the suspended kernel would be overwritten. QEMU does not write
 * again what it has loaded by the multiboot protocol.
 */
#include <stddef.h>
#include <stdint.h>

#define MULTIBOOT_MAX_MAP	64

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define START_INFO_MAGIC	0x336ec578

#define ALIGN(x, a)		(((x) + (a) - 1) & ~((a) - 1))

/* elf.h needs the 32-bit headers of libc, which may not be installed. */
struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_note {
	uint32_t namesz, descsz, type;
};

#define PT_LOAD			1
#define PT_NOTE			4

struct multiboot_info {
	uint32_t flags, mem_lower, mem_upper, boot_device;
	uint32_t cmdline, mods_count, mods_addr, syms[4];
	uint32_t mmap_length, mmap_addr;
};

struct multiboot_module {
	uint32_t start, end, string, reserved;
};

struct multiboot_range {
	uint32_t size;		/* of the rest */
	uint64_t addr, len;
	uint32_t type;
} __attribute__((packed));

/* struct hvm_start_info of Xen's public/arch-x86/hvm/start_info.h, and its parts */
struct start_info {
	uint32_t magic, version, flags, nr_modules;
	uint64_t modlist, cmdline, rsdp, memmap;
	uint32_t memmap_entries, reserved;
};

static struct {
	uint64_t addr, size, cmdline, reserved;
} initrd;

static struct {
	uint64_t addr, size;
	uint32_t type, reserved;
} memmap[MULTIBOOT_MAX_MAP];

struct start_info start_info = {
	.magic		= START_INFO_MAGIC,
	.version	= 1,
};

char stack[4096];

/* The multiboot header before it asks for page aligned modules and a memory map. */
asm("	.balign	4\n"
    "	.long	0x1badb002, 3, -(0x1badb002 + 3)\n"
    "	.globl	_start\n"
    "_start:\n"
    "	movl	$stack + 4096, %esp\n"
    "	pushl	%ebx\n"
    "	call	load\n"
    "	movl	$start_info, %ebx\n"
    "	jmp	*%eax\n");

/* gcc replaces loops by calls of these, and there is no libc. */
void *memcpy(void *to, const void *from, size_t n)
{
	void *d = to;

	asm volatile("rep movsb" : "+D" (d), "+S" (from), "+c" (n) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *d = to;

	asm volatile("rep stosb" : "+D" (d), "+c" (n) : "a" (c) : "memory");
	return to;
}

/* The entry that the notes of a segment have, 0 if there is none */
static uint32_t find_entry(const char *note, const char *end)
{
	while (note < end) {
		const struct elf_note *n = (const void *)note;
		const char *name = note + sizeof(*n);
		const char *desc = name + ALIGN(n->namesz, 4);

		if (n->type == XEN_ELFNOTE_PHYS32_ENTRY && name[0] == 'X')
			return *(const uint32_t *)desc;
		note = desc + ALIGN(n->descsz, 4);
	}

	return 0;
}

uint32_t load(const struct multiboot_info *mb)
{
	const struct multiboot_module *mod = (const void *)mb->mods_addr;
	const char *file = (const void *)mod[0].start;
	const struct elf_header *ehdr = (const void *)file;
	const struct elf_segment *p = (const void *)(file + ehdr->phoff);
	const char *cmdline = (const void *)mb->cmdline;
	const char *map = (const void *)mb->mmap_addr;
	const struct multiboot_range *range;
	uint32_t entry = 0, n;

	for (n = 0; n < ehdr->phnum; n++, p++) {
		char *to = (void *)(uint32_t)p->paddr;
		const char *from = file + p->offset;

		if (p->type == PT_NOTE && !entry)
			entry = find_entry(from, from + p->filesz);
		if (p->type != PT_LOAD)
			continue;
		memcpy(to, from, p->filesz);
		memset(to + p->filesz, 0, p->memsz - p->filesz);
	}

	initrd.addr = mod[1].start;
	initrd.size = mod[1].end - mod[1].start;
	start_info.nr_modules = 1;
	start_info.modlist = (uint32_t)&initrd;

	/* The first word is the name of this file. */
	while (*cmdline && *cmdline++ != ' ')
		;
	start_info.cmdline = (uint32_t)cmdline;

	for (n = 0; n < MULTIBOOT_MAX_MAP &&
	     map < (char *)mb->mmap_addr + mb->mmap_length; n++) {
		range = (const void *)map;
		memmap[n].addr = range->addr;
		memmap[n].size = range->len;
		memmap[n].type = range->type;
		map += range->size + sizeof(range->size);
	}
	start_info.memmap = (uint32_t)memmap;
	start_info.memmap_entries = n;

	return entry;
}
