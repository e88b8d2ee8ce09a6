// SPDX-License-Identifier: GPL-2.0
/*
 * The ELF notes, as three loaders read them: Xen's libelf, which is what the
 * ABI is about, QEMU, and rust-vmm's linux-loader.
 */

#include <elf.h>

#include "pvhinfo.h"

/* Xen's public headers elfnote.h and features.h */
#define XEN_ELFNOTE_ENTRY		1
#define XEN_ELFNOTE_XEN_VERSION		5
#define XEN_ELFNOTE_GUEST_OS		6
#define XEN_ELFNOTE_LOADER		8
#define XEN_ELFNOTE_FEATURES		10
#define XEN_ELFNOTE_SUPPORTED_FEATURES	17
#define XEN_ELFNOTE_PHYS32_ENTRY	18
#define XEN_ELFNOTE_PHYS32_RELOC	19
#define XENFEAT_DOM0			11

#define XEN_OWNER	"Xen"
#define PAGE_SIZE	0x1000
#define DEFAULT_ALIGN	0x200000
#define RUST_VMM_ALIGN	4

struct note {
	uint32_t type;
	struct bytes owner;
	struct bytes desc;
};

struct pv {
	bool generic;
	bool linux_os;
	bool xen_3_0;
};

static uint64_t round_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) / align * align;
}

/* The note at @at of a note segment, and where the next one is */
static bool get_note(const struct bytes *seg, uint64_t *at, uint64_t align, struct note *note)
{
	const uint8_t *p = seg->p + *at;
	uint64_t owner, desc;

	if (!has(seg, *at, sizeof(Elf64_Nhdr)))
		return false;
	*at += sizeof(Elf64_Nhdr);
	owner = le32(p);
	desc = le32(p + 4);
	note->type = le32(p + 8);
	if (!has(seg, *at, owner))
		return false;
	note->owner = (struct bytes){ seg->p + *at, owner };
	*at += round_up(owner, align);
	if (!has(seg, *at, desc))
		return false;
	note->desc = (struct bytes){ seg->p + *at, desc };
	*at += round_up(desc, align);
	/* There may be no padding behind the last one. */
	if (*at > seg->size)
		*at = seg->size;

	return true;
}

static bool is_xen(const struct note *note)
{
	return note->owner.size == sizeof(XEN_OWNER) &&
		!memcmp(note->owner.p, XEN_OWNER, sizeof(XEN_OWNER));
}

static bool starts(const struct bytes *b, const char *what)
{
	return has(b, 0, strlen(what)) && !memcmp(b->p, what, strlen(what));
}

/* Of 4 or 8 bytes */
static uint64_t number(const struct note *note)
{
	return note->desc.size == 4 ? le32(note->desc.p) : le64(note->desc.p);
}

static bool read_entry(struct kernel *k, const struct note *note)
{
	uint64_t value;

	if (note->desc.size != 4 && note->desc.size != 8)
		return refuse(k, "PHYS32_ENTRY descsz %zu: neither 4 nor 8 bytes", note->desc.size);
	value = number(note);
	if (value > UINT32_MAX)
		return refuse(k, "PHYS32_ENTRY 0x%llx: above 4 GiB, and it is entered with 32 bits",
			      (unsigned long long)value);
	if (k->notes.has_entry && k->notes.entry != value)
		return refuse(k,
			      "PHYS32_ENTRY 0x%llx: there was another before, 0x%llx, and loaders do not agree on which counts",
			      (unsigned long long)value, (unsigned long long)k->notes.entry);
	k->notes.has_entry = true;
	k->notes.entry = value;
	k->notes.entry_size = note->desc.size;

	return true;
}

static bool read_reloc(struct kernel *k, const struct note *note)
{
	struct notes *n = &k->notes;
	const uint8_t *p = note->desc.p;

	if (note->desc.size % 4)
		return refuse(k, "PHYS32_RELOC descsz %zu: not of whole 32-bit numbers",
			      note->desc.size);
	n->has_reloc = true;
	n->reloc_has_align = note->desc.size >= 4;
	n->reloc_align = n->reloc_has_align ? le32(p) : 0;
	n->reloc_min = note->desc.size >= 8 ? le32(p + 4) : 0;
	n->reloc_max = note->desc.size >= 12 ? le32(p + 8) : UINT32_MAX;

	return true;
}

/* A list of names, with | between them; ! is in front of what is required */
static void read_features(struct notes *n, const struct bytes *list)
{
	enum { DOM0 = 6, NR_KNOWN };
	static const char *const known[NR_KNOWN] = {
		"writable_page_tables", "writable_descriptor_tables",
		"auto_translated_physmap", "supervisor_mode_kernel",
		"pae_pgdir_above_4gb", "hvm_callback_vector",
		[DOM0] = "dom0",
	};
	size_t at = 0, len, i;

	while (at < list->size && list->p[at]) {
		const char *name = (const char *)list->p + at;
		bool required = *name == '!';

		for (len = 0; at + len < list->size && name[len] && name[len] != '|'; len++)
			;
		at += len + 1;
		name += required;
		len -= required;
		for (i = 0; i < NR_KNOWN; i++) {
			if (strlen(known[i]) == len && !memcmp(known[i], name, len))
				break;
		}
		if (i == NR_KNOWN)
			n->unknown_feature |= required;
		if (i == DOM0) {
			n->dom0 = true;
			n->needs_dom0 |= required;
		}
	}
}

static bool read_note(struct kernel *k, const struct note *note, struct pv *pv)
{
	struct notes *n = &k->notes;

	switch (note->type) {
	case XEN_ELFNOTE_PHYS32_ENTRY:
		return read_entry(k, note);
	case XEN_ELFNOTE_PHYS32_RELOC:
		return read_reloc(k, note);
	case XEN_ELFNOTE_ENTRY:
		n->pv_has_entry = note->desc.size == 4 || note->desc.size == 8;
		if (n->pv_has_entry)
			n->pv_entry = number(note);
		break;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
		n->has_features = true;
		if (note->desc.size >= 4 && !(note->desc.size % 4) &&
		    le32(note->desc.p) & 1U << XENFEAT_DOM0)
			n->dom0 = true;
		break;
	case XEN_ELFNOTE_FEATURES:
		read_features(n, &note->desc);
		break;
	case XEN_ELFNOTE_LOADER:
		pv->generic = starts(&note->desc, "generic");
		break;
	case XEN_ELFNOTE_GUEST_OS:
		pv->linux_os = starts(&note->desc, "linux");
		break;
	case XEN_ELFNOTE_XEN_VERSION:
		pv->xen_3_0 = starts(&note->desc, "xen-3.0");
		break;
	}

	return true;
}

static bool read_segment(struct kernel *k, unsigned int i, const struct bytes *seg, struct pv *pv)
{
	uint64_t at = 0, before;
	struct note note;

	while (at < seg->size) {
		before = at;
		if (!get_note(seg, &at, RUST_VMM_ALIGN, &note)) {
			/* Padding */
			while (before < seg->size && !seg->p[before])
				before++;
			if (before == seg->size)
				return true;
			return refuse(k,
				      "segment %u note at 0x%llx: goes beyond the segment, which is of 0x%zx bytes",
				      i, (unsigned long long)before, seg->size);
		}
		if (is_xen(&note) && !read_note(k, &note, pv))
			return false;
	}

	return true;
}

/*
 * The first note of that type, whoever owns it, with the padding that p_align
 * says; of a 64-bit file 8 bytes, of which 32 bits are used.
 */
static uint32_t qemu_entry(const struct bytes *seg, uint64_t align)
{
	struct note note;
	uint64_t at = 0;

	if (!align || align > UINT32_MAX)
		return 0;
	while (get_note(seg, &at, align, &note)) {
		if (note.type == XEN_ELFNOTE_PHYS32_ENTRY)
			return note.desc.size >= 4 ? le32(note.desc.p) : 0;
	}

	return 0;
}

static bool vmm_entry(const struct bytes *seg)
{
	struct note note;
	uint64_t at = 0;

	while (get_note(seg, &at, RUST_VMM_ALIGN, &note)) {
		if (note.type == XEN_ELFNOTE_PHYS32_ENTRY && is_xen(&note))
			return true;
	}

	return false;
}

/* What Xen's libelf looks for, and what docs/misc/pvh.pandoc requires */
static bool check_entry(struct kernel *k)
{
	struct notes *n = &k->notes;
	struct elf *elf = &k->elf;

	if (n->entry < elf->load_start || n->entry >= elf->load_end)
		return refuse(k, "PHYS32_ENTRY 0x%llx: outside of what is loaded, 0x%llx to 0x%llx",
			      (unsigned long long)n->entry, (unsigned long long)elf->load_start,
			      (unsigned long long)elf->load_end - 1);
	if (elf->load_end > (uint64_t)UINT32_MAX + 1)
		return refuse(k,
			      "p_memsz: what is loaded, 0x%llx to 0x%llx, goes beyond 4 GiB, where PVH kernels are",
			      (unsigned long long)elf->load_start,
			      (unsigned long long)elf->load_end - 1);
	if (!load_at(elf, n->entry, 1))
		return refuse(k,
			      "PHYS32_ENTRY 0x%llx: nothing is loaded there, it is cleared memory or a gap",
			      (unsigned long long)n->entry);

	return true;
}

static bool check_reloc(struct kernel *k)
{
	struct notes *n = &k->notes;
	struct elf *elf = &k->elf;
	uint64_t size = elf->load_end - elf->load_start;

	if (!n->reloc_has_align)
		n->reloc_align = elf->load_align >= PAGE_SIZE ? elf->load_align : DEFAULT_ALIGN;
	if (!n->reloc_align || n->reloc_align & (n->reloc_align - 1))
		return refuse(k, "PHYS32_RELOC align 0x%llx: not a power of two",
			      (unsigned long long)n->reloc_align);
	if (n->reloc_max < n->reloc_min || n->reloc_max - n->reloc_min < size - 1)
		return refuse(k,
			      "PHYS32_RELOC max 0x%llx: no room from 0x%llx on for the kernel's 0x%llx bytes",
			      (unsigned long long)n->reloc_max, (unsigned long long)n->reloc_min,
			      (unsigned long long)size);
	if (elf->load_start & (n->reloc_align - 1))
		return refuse(k,
			      "PHYS32_RELOC align 0x%llx: the kernel is linked to 0x%llx",
			      (unsigned long long)n->reloc_align,
			      (unsigned long long)elf->load_start);
	if (elf->load_start < n->reloc_min || elf->load_end - 1 > n->reloc_max)
		return refuse(k,
			      "PHYS32_RELOC min 0x%llx, max 0x%llx: the kernel is linked to 0x%llx to 0x%llx",
			      (unsigned long long)n->reloc_min, (unsigned long long)n->reloc_max,
			      (unsigned long long)elf->load_start,
			      (unsigned long long)elf->load_end - 1);

	return true;
}

bool read_notes(struct kernel *k)
{
	struct pv pv = { 0 };
	unsigned int i;

	for (i = 0; i < k->elf.nr_segments; i++) {
		const struct segment *s = &k->elf.segments[i];
		const struct bytes seg = { k->image.p + s->offset, s->filesz };
		uint32_t entry;

		if (s->type != PT_NOTE)
			continue;
		if (!read_segment(k, i, &seg, &pv))
			return false;
		/* The last segment that has one, and the last segment */
		entry = qemu_entry(&seg, s->align);
		if (entry)
			k->notes.qemu_entry = entry;
		k->notes.vmm_entry = vmm_entry(&seg);
	}
	k->notes.pv = (pv.generic || pv.linux_os) && pv.xen_3_0;
	if (!k->notes.has_entry)
		return true;

	return check_entry(k) && (!k->notes.has_reloc || check_reloc(k));
}
