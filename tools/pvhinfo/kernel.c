// SPDX-License-Identifier: GPL-2.0
/* From a file to what is known of it */

#include <stdlib.h>

#include "pvhinfo.h"

/* The ELF file, from whatever it is wrapped in */
static bool unwrap(struct kernel *k)
{
	struct bytes payload = k->file;
	bool has_size = k->format == FORMAT_PAYLOAD;

	if (!k->file.size)
		return refuse(k, "size 0: the file is empty");
	if (is_elf(&k->file)) {
		k->format = FORMAT_ELF;
		k->image = k->file;
		return true;
	}
	if (is_bzimage(&k->file)) {
		k->format = FORMAT_BZIMAGE;
		if (!read_bzimage(k, &payload))
			return false;
		if (is_elf(&payload)) {
			k->image = payload;
			return true;
		}
		k->compression = detect(&payload);
		if (!k->compression)
			return refuse(k,
				      "payload magic 0x%02x%02x%02x%02x: of no compressor that Linux offers, and not ELF",
				      payload.p[0], payload.p[1], payload.p[2], payload.p[3]);
		return unpack(k, &payload, true);
	}
	k->format = FORMAT_COMPRESSED;
	k->compression = detect(&payload);
	if (k->compression)
		return unpack(k, &payload, has_size);
	if (k->file.size < 4)
		return refuse(k, "size %zu: too short for a kernel", k->file.size);

	return refuse(k,
		      "magic 0x%02x%02x%02x%02x: neither ELF, nor a bzImage, nor compressed as a kernel may be",
		      k->file.p[0], k->file.p[1], k->file.p[2], k->file.p[3]);
}

/* The kernel in a vmlinuz.elf, of which loaders see the outside only */
static bool read_inner(struct kernel *k)
{
	struct kernel *inner = calloc(1, sizeof(*inner));

	k->inner = inner;
	if (!inner)
		return refuse(k, "payload size %zu: no memory for it", k->elf.payload.size);
	inner->file = k->elf.payload;
	inner->format = FORMAT_PAYLOAD;
	inner->max_unpacked = k->max_unpacked;
	if (!kernel_read(inner))
		return refuse(k, "payload: %.200s", inner->error);
	k->format = FORMAT_VMLINUZ_ELF;

	return true;
}

bool kernel_read(struct kernel *k)
{
	if (!unwrap(k))
		return false;
	if (!is_elf(&k->image)) {
		if (k->image.size < 4)
			return refuse(k,
				      "unpacked size %zu: too short for a kernel", k->image.size);
		return refuse(k, "unpacked magic 0x%02x%02x%02x%02x: what is in it is no ELF file",
			      k->image.p[0], k->image.p[1], k->image.p[2], k->image.p[3]);
	}
	if (!read_elf(k) || !read_notes(k) || !read_table(k))
		return false;
	if (k->format == FORMAT_BZIMAGE && !read_list(k))
		return false;
	if (k->format == FORMAT_ELF && detect(&k->elf.payload) && !read_inner(k))
		return false;
	k->pvh = k->notes.has_entry;
	judge(k);

	return true;
}

void kernel_free(struct kernel *k)
{
	if (k->inner)
		kernel_free(k->inner);
	free(k->inner);
	free(k->unpacked);
	free(k->elf.segments);
	free(k->elf.loads);
}
