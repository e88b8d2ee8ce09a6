/* SPDX-License-Identifier: GPL-2.0 */
/* The ELF notes of the running kernel by which a PVH loader enters it. */
#ifndef ELF_NOTES_H
#define ELF_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define KERNEL_NOTES		"/sys/kernel/notes"
#define KERNEL_NOTES_MAX	65536

/* As in include/xen/interface/elfnote.h, which is no header for user space. */
#define XEN_ELFNOTE_PHYS32_ENTRY	18
#define XEN_ELFNOTE_PHYS32_RELOC	19

struct pvh_notes {
	unsigned int nr;		/* notes of any owner */
	unsigned int nr_entry;
	unsigned int nr_reloc;
	__u64 entry;
	__u32 reloc_align;
	__u32 reloc_min;
	__u32 reloc_max;
};

/*
 * Walk the @len bytes of notes at @buf. NULL when every note lies within
 * them, else what is wrong at *@offset.
 */
const char *parse_notes(const void *buf, size_t len, struct pvh_notes *notes,
			size_t *offset);

#endif /* ELF_NOTES_H */
