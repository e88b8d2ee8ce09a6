// SPDX-License-Identifier: GPL-2.0
/* The ELF header and the program headers, of 32 and of 64 bits */

#include <elf.h>
#include <stdlib.h>

#include "pvhinfo.h"

/* Where in the file the fields are, and how many bytes they have */
struct field {
	uint8_t at;
	uint8_t size;
};

#define FIELD(type, name) \
	{ offsetof(type, name), sizeof(((type *)NULL)->name) }
#define FIELDS(bits)							\
	{								\
		.ehdr_size	= sizeof(Elf##bits##_Ehdr),		\
		.phdr_size	= sizeof(Elf##bits##_Phdr),		\
		.shdr_size	= sizeof(Elf##bits##_Shdr),		\
		.e_entry	= FIELD(Elf##bits##_Ehdr, e_entry),	\
		.e_phoff	= FIELD(Elf##bits##_Ehdr, e_phoff),	\
		.e_shoff	= FIELD(Elf##bits##_Ehdr, e_shoff),	\
		.e_flags	= FIELD(Elf##bits##_Ehdr, e_flags),	\
		.e_phentsize	= FIELD(Elf##bits##_Ehdr, e_phentsize),	\
		.e_phnum	= FIELD(Elf##bits##_Ehdr, e_phnum),	\
		.e_shentsize	= FIELD(Elf##bits##_Ehdr, e_shentsize),	\
		.e_shnum	= FIELD(Elf##bits##_Ehdr, e_shnum),	\
		.e_shstrndx	= FIELD(Elf##bits##_Ehdr, e_shstrndx),	\
		.p_type		= FIELD(Elf##bits##_Phdr, p_type),	\
		.p_flags	= FIELD(Elf##bits##_Phdr, p_flags),	\
		.p_offset	= FIELD(Elf##bits##_Phdr, p_offset),	\
		.p_vaddr	= FIELD(Elf##bits##_Phdr, p_vaddr),	\
		.p_paddr	= FIELD(Elf##bits##_Phdr, p_paddr),	\
		.p_filesz	= FIELD(Elf##bits##_Phdr, p_filesz),	\
		.p_memsz	= FIELD(Elf##bits##_Phdr, p_memsz),	\
		.p_align	= FIELD(Elf##bits##_Phdr, p_align),	\
		.sh_name	= FIELD(Elf##bits##_Shdr, sh_name),	\
		.sh_type	= FIELD(Elf##bits##_Shdr, sh_type),	\
		.sh_offset	= FIELD(Elf##bits##_Shdr, sh_offset),	\
		.sh_size	= FIELD(Elf##bits##_Shdr, sh_size),	\
	}

static const struct fields {
	unsigned int ehdr_size, phdr_size, shdr_size;
	struct field e_entry, e_phoff, e_shoff, e_flags;
	struct field e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
	struct field p_type, p_flags, p_offset, p_vaddr, p_paddr;
	struct field p_filesz, p_memsz, p_align;
	struct field sh_name, sh_type, sh_offset, sh_size;
} fields32 = FIELDS(32), fields64 = FIELDS(64);

static uint64_t get(const uint8_t *p, struct field f)
{
	p += f.at;
	switch (f.size) {
	case 2:
		return le16(p);
	case 4:
		return le32(p);
	default:
		return le64(p);
	}
}

bool is_elf(const struct bytes *image)
{
	return has(image, 0, SELFMAG) && !memcmp(image->p, ELFMAG, SELFMAG);
}

static bool read_type(struct kernel *k, const uint8_t *p)
{
	uint16_t type = le16(p + offsetof(Elf64_Ehdr, e_type));

	k->elf.machine = le16(p + offsetof(Elf64_Ehdr, e_machine));
	if (k->elf.machine != EM_386 && k->elf.machine != EM_X86_64)
		return refuse(k, "e_machine %u: not for x86", k->elf.machine);
	if (k->elf.machine == EM_386 && k->elf.is64)
		return refuse(k, "e_ident[EI_CLASS] 2: 64 bits, and e_machine is the i386");
	switch (type) {
	case ET_EXEC:
	case ET_DYN:
		return true;
	case ET_REL:
		return refuse(k, "e_type 1: an object file, not a kernel");
	case ET_CORE:
		return refuse(k, "e_type 4: a core dump, not a kernel");
	default:
		return refuse(k, "e_type %u: not an executable", type);
	}
}

static int by_paddr(const void *a, const void *b)
{
	const struct segment *x = *(struct segment *const *)a;
	const struct segment *y = *(struct segment *const *)b;

	return x->paddr < y->paddr ? -1 : x->paddr > y->paddr;
}

static bool read_loads(struct kernel *k)
{
	struct elf *elf = &k->elf;
	unsigned int i;

	for (i = 0; i < elf->nr_segments; i++) {
		struct segment *s = &elf->segments[i];

		if (s->type == PT_LOAD && s->memsz)
			elf->loads[elf->nr_loads++] = s;
	}
	if (!elf->nr_loads)
		return refuse(k, "e_phnum %u: no PT_LOAD among them, there is nothing to load",
			      elf->nr_segments);
	qsort(elf->loads, elf->nr_loads, sizeof(*elf->loads), by_paddr);
	elf->load_start = elf->loads[0]->paddr;
	for (i = 0; i < elf->nr_loads; i++) {
		const struct segment *s = elf->loads[i];

		/* What is cleared may be the place of others: see QEMU's loader. */
		if (i && s->paddr - elf->loads[i - 1]->paddr < elf->loads[i - 1]->filesz)
			return refuse(k, "p_paddr 0x%llx: in the segment before",
				      (unsigned long long)s->paddr);
		if (s->paddr + s->memsz > elf->load_end)
			elf->load_end = s->paddr + s->memsz;
		if (s->align > elf->load_align)
			elf->load_align = s->align;
	}

	return true;
}

static bool read_segment(struct kernel *k, struct segment *s, unsigned int i)
{
	if (!has(&k->image, s->offset, s->filesz))
		return refuse(k,
			      "segment %u p_filesz 0x%llx: from 0x%llx on, the file ends ahead of that",
			      i, (unsigned long long)s->filesz, (unsigned long long)s->offset);
	if (s->offset + s->filesz > k->elf.end)
		k->elf.end = s->offset + s->filesz;
	if (s->type == PT_INTERP)
		return refuse(k, "segment %u p_type 3: PT_INTERP, so not a kernel", i);
	if (s->type != PT_LOAD)
		return true;
	if (s->filesz > s->memsz)
		return refuse(k, "segment %u p_memsz 0x%llx: less than p_filesz, 0x%llx",
			      i, (unsigned long long)s->memsz, (unsigned long long)s->filesz);
	if (s->paddr + s->memsz < s->paddr)
		return refuse(k, "segment %u p_paddr 0x%llx: wraps around with p_memsz, 0x%llx",
			      i, (unsigned long long)s->paddr, (unsigned long long)s->memsz);
	if (s->align & (s->align - 1))
		return refuse(k, "segment %u p_align 0x%llx: not a power of two",
			      i, (unsigned long long)s->align);

	return true;
}

/* The section of that name, in which a decompressor has its kernel */
#define PAYLOAD_NAME	".rodata..compressed"
#define PAYLOAD_MIN	16

static bool is_payload(const struct kernel *k, const struct fields *f, uint64_t shoff,
		       uint64_t n, const uint8_t *sh)
{
	const uint8_t *p = k->image.p;
	uint64_t strings = get(p, f->e_shstrndx), at;

	if (strings >= n)
		return false;
	at = get(p + shoff + strings * f->shdr_size, f->sh_offset) + get(sh, f->sh_name);

	return has(&k->image, at, sizeof(PAYLOAD_NAME)) &&
	       !memcmp(p + at, PAYLOAD_NAME, sizeof(PAYLOAD_NAME));
}

/*
 * For where the file ends: what is behind may be a bzImage's relocations. And for the
 * compressed kernel of a vmlinuz.elf.
 */
static bool read_sections(struct kernel *k, const struct fields *f)
{
	const uint8_t *p = k->image.p;
	uint64_t at = get(p, f->e_shoff), n = get(p, f->e_shnum), i;

	if (!at || !n)
		return true;
	if (get(p, f->e_shentsize) != f->shdr_size)
		return refuse(k, "e_shentsize %llu: not %u",
			      (unsigned long long)get(p, f->e_shentsize), f->shdr_size);
	if (!has(&k->image, at, n * f->shdr_size))
		return refuse(k,
			      "e_shoff 0x%llx: %llu section headers there, the file ends ahead of that",
			      (unsigned long long)at, (unsigned long long)n);
	if (at + n * f->shdr_size > k->elf.end)
		k->elf.end = at + n * f->shdr_size;
	for (i = 0; i < n; i++) {
		const uint8_t *sh = p + at + i * f->shdr_size;
		uint64_t offset = get(sh, f->sh_offset), size = get(sh, f->sh_size);

		if (get(sh, f->sh_type) == SHT_NOBITS || get(sh, f->sh_type) == SHT_NULL)
			continue;
		if (!has(&k->image, offset, size))
			return refuse(k,
				      "section %llu sh_size 0x%llx: from 0x%llx on, the file ends ahead of that",
				      (unsigned long long)i, (unsigned long long)size,
				      (unsigned long long)offset);
		if (offset + size > k->elf.end)
			k->elf.end = offset + size;
		if (size >= PAYLOAD_MIN && is_payload(k, f, at, n, sh))
			k->elf.payload = (struct bytes){ p + offset, size };
	}

	return true;
}

static bool read_segments(struct kernel *k, const struct fields *f, uint64_t phoff)
{
	const uint8_t *p = k->image.p;
	struct elf *elf = &k->elf;
	unsigned int i;

	elf->segments = calloc(elf->nr_segments, sizeof(*elf->segments));
	elf->loads = calloc(elf->nr_segments, sizeof(*elf->loads));
	if (!elf->segments || !elf->loads)
		return refuse(k, "e_phnum %u: no memory for that", elf->nr_segments);
	for (i = 0; i < elf->nr_segments; i++) {
		const uint8_t *ph = p + phoff + (uint64_t)i * f->phdr_size;

		elf->segments[i] = (struct segment) {
			.type = get(ph, f->p_type),
			.flags = get(ph, f->p_flags),
			.offset = get(ph, f->p_offset),
			.vaddr = get(ph, f->p_vaddr),
			.paddr = get(ph, f->p_paddr),
			.filesz = get(ph, f->p_filesz),
			.memsz = get(ph, f->p_memsz),
			.align = get(ph, f->p_align),
		};
		if (!read_segment(k, &elf->segments[i], i))
			return false;
	}

	return true;
}

bool read_elf(struct kernel *k)
{
	const uint8_t *p = k->image.p;
	struct elf *elf = &k->elf;
	const struct fields *f;
	uint64_t phoff;

	if (!has(&k->image, 0, sizeof(Elf32_Ehdr)))
		return refuse(k, "size %zu: the file ends in the ELF header", k->image.size);
	if (p[EI_CLASS] != ELFCLASS32 && p[EI_CLASS] != ELFCLASS64)
		return refuse(k, "e_ident[EI_CLASS] %u: neither 32 nor 64 bits", p[EI_CLASS]);
	if (p[EI_DATA] != ELFDATA2LSB)
		return refuse(k, "e_ident[EI_DATA] %u: not little-endian", p[EI_DATA]);
	elf->is64 = p[EI_CLASS] == ELFCLASS64;
	f = elf->is64 ? &fields64 : &fields32;
	if (!has(&k->image, 0, f->ehdr_size))
		return refuse(k, "size %zu: the file ends in the ELF header", k->image.size);
	if (!read_type(k, p))
		return false;

	elf->flags = get(p, f->e_flags);
	elf->entry = get(p, f->e_entry);
	phoff = get(p, f->e_phoff);
	elf->nr_segments = get(p, f->e_phnum);
	elf->end = f->ehdr_size;
	if (!elf->nr_segments)
		return refuse(k, "e_phnum 0: no program headers, there is nothing to load");
	if (elf->nr_segments == PN_XNUM)
		return refuse(k, "e_phnum 0xffff: more program headers than loaders look at");
	if (get(p, f->e_phentsize) != f->phdr_size)
		return refuse(k, "e_phentsize %llu: not %u",
			      (unsigned long long)get(p, f->e_phentsize), f->phdr_size);
	if (!has(&k->image, phoff, (uint64_t)elf->nr_segments * f->phdr_size))
		return refuse(k,
			      "e_phoff 0x%llx: %u program headers there, the file ends ahead of that",
			      (unsigned long long)phoff, elf->nr_segments);
	if (phoff + (uint64_t)elf->nr_segments * f->phdr_size > elf->end)
		elf->end = phoff + (uint64_t)elf->nr_segments * f->phdr_size;

	return read_segments(k, f, phoff) && read_loads(k) && read_sections(k, f);
}

const struct segment *load_at(const struct elf *elf, uint64_t paddr, uint64_t n)
{
	unsigned int low = 0, high = elf->nr_loads;

	/* The last one that begins there or ahead of it */
	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (elf->loads[mid]->paddr <= paddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	paddr -= elf->loads[low - 1]->paddr;
	if (paddr > elf->loads[low - 1]->filesz || n > elf->loads[low - 1]->filesz - paddr)
		return NULL;

	return elf->loads[low - 1];
}
