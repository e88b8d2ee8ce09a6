// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>

#include <linux/elf.h>

#include "elf_notes.h"

/* The kernel's notes are aligned to 4 bytes on 64-bit, too. */
static __u64 note_align(__u64 len)
{
	return (len + 3) & ~3ULL;
}

static const char *parse_entry(const char *desc, size_t len,
			       struct pvh_notes *notes)
{
	__u32 entry32;

	/* The width of a pointer is up to the kernel, the value is 32 bits. */
	switch (len) {
	case sizeof(entry32):
		memcpy(&entry32, desc, sizeof(entry32));
		notes->entry = entry32;
		break;
	case sizeof(notes->entry):
		memcpy(&notes->entry, desc, sizeof(notes->entry));
		break;
	default:
		return "PHYS32_ENTRY is neither 4 nor 8 bytes";
	}
	notes->nr_entry++;

	return NULL;
}

static const char *parse_reloc(const char *desc, size_t len,
			       struct pvh_notes *notes)
{
	/* What a loader assumes for values that the note leaves out. */
	__u32 val[3] = { 0x200000, 0, UINT32_MAX };

	if (len > sizeof(val) || len % sizeof(val[0]))
		return "PHYS32_RELOC is not up to three 32-bit values";

	memcpy(val, desc, len);
	notes->reloc_align = val[0];
	notes->reloc_min = val[1];
	notes->reloc_max = val[2];
	notes->nr_reloc++;

	return NULL;
}

const char *parse_notes(const void *buf, size_t len, struct pvh_notes *notes,
			size_t *offset)
{
	const char *pos = buf, *name, *desc, *err;
	struct elf64_note nhdr;
	size_t left;

	memset(notes, 0, sizeof(*notes));

	for (left = len; left; left = len - (pos - (const char *)buf)) {
		*offset = len - left;

		if (left < sizeof(nhdr))
			return "header of a note is cut off";
		memcpy(&nhdr, pos, sizeof(nhdr));
		pos += sizeof(nhdr);
		left -= sizeof(nhdr);

		if (note_align(nhdr.n_namesz) > left)
			return "name of a note is longer than what is left";
		name = pos;
		pos += note_align(nhdr.n_namesz);
		left -= note_align(nhdr.n_namesz);

		if (nhdr.n_descsz > left)
			return "value of a note is longer than what is left";
		desc = pos;
		/* Nothing has to pad the very last one. */
		if (note_align(nhdr.n_descsz) > left)
			pos += left;
		else
			pos += note_align(nhdr.n_descsz);
		notes->nr++;

		if (nhdr.n_namesz != sizeof("Xen") ||
		    memcmp(name, "Xen", sizeof("Xen")))
			continue;

		err = NULL;
		if (nhdr.n_type == XEN_ELFNOTE_PHYS32_ENTRY)
			err = parse_entry(desc, nhdr.n_descsz, notes);
		else if (nhdr.n_type == XEN_ELFNOTE_PHYS32_RELOC)
			err = parse_reloc(desc, nhdr.n_descsz, notes);
		if (err)
			return err;
	}

	return NULL;
}
