// SPDX-License-Identifier: GPL-2.0
/* The header of a bzImage: Documentation/arch/x86/boot.rst */

#include "pvhinfo.h"

#define SETUP_SECTS		0x1f1
#define SYSSIZE			0x1f4
#define BOOT_FLAG		0x1fe
#define HEADER			0x202
#define VERSION			0x206
#define KERNEL_VERSION		0x20e
#define LOADFLAGS		0x211
#define XLOADFLAGS		0x236
#define PAYLOAD_OFFSET		0x248
#define PAYLOAD_LENGTH		0x24c
#define INIT_SIZE		0x260
#define HEADER_END		0x264

#define BOOT_FLAG_MAGIC		0xaa55
#define LOADED_HIGH		0x01
#define XLF_KERNEL_64		0x01
#define SECTOR			512
#define DEFAULT_SETUP_SECTS	4
#define PARAGRAPH		16

bool is_bzimage(const struct bytes *file)
{
	return has(file, HEADER, 4) && !memcmp(file->p + HEADER, "HdrS", 4);
}

/* The string is a user's: what is no ASCII in it may not get to a terminal. */
static bool read_kernel_version(struct kernel *k, uint64_t setup_size)
{
	uint64_t at = le16(k->file.p + KERNEL_VERSION);
	size_t n = 0;

	if (!at)
		return true;
	if (at + SECTOR >= setup_size)
		return refuse(k, "bzImage kernel_version 0x%llx: goes beyond the setup code",
			      (unsigned long long)at);
	for (at += SECTOR; at < setup_size && n < sizeof(k->setup.kernel_version) - 1; at++) {
		uint8_t c = k->file.p[at];

		if (!c)
			break;
		k->setup.kernel_version[n++] = c < ' ' || c > '~' ? '?' : c;
	}

	return true;
}

bool read_bzimage(struct kernel *k, struct bytes *payload)
{
	const uint8_t *p = k->file.p;
	uint64_t sects, setup_size, code_size, offset, length;

	if (!has(&k->file, 0, HEADER_END))
		return refuse(k, "bzImage size %zu: the file ends in the header", k->file.size);
	if (le16(p + BOOT_FLAG) != BOOT_FLAG_MAGIC)
		return refuse(k, "bzImage boot_flag 0x%04x: not 0xaa55", le16(p + BOOT_FLAG));
	k->setup.version = le16(p + VERSION);
	if (k->setup.version < 0x208)
		return refuse(k,
			      "bzImage version 0x%04x: below 2.08 (Linux 2.6.26), the header does not say where vmlinux is",
			      k->setup.version);
	if (!(p[LOADFLAGS] & LOADED_HIGH))
		return refuse(k, "bzImage loadflags 0x%02x: a zImage, not a bzImage", p[LOADFLAGS]);

	sects = p[SETUP_SECTS] ? p[SETUP_SECTS] : DEFAULT_SETUP_SECTS;
	setup_size = (sects + 1) * SECTOR;
	if (setup_size < HEADER_END || setup_size > k->file.size)
		return refuse(k, "bzImage setup_sects %llu: %s", (unsigned long long)sects,
			      setup_size < HEADER_END ? "less than the header" :
			      "goes beyond the end of the file");
	/* There may be more: a signature, padding */
	code_size = (uint64_t)le32(p + SYSSIZE) * PARAGRAPH;
	if (code_size > k->file.size - setup_size)
		return refuse(k,
			      "bzImage syssize 0x%x: the file ends ahead of that: %zu bytes, not %llu",
			      le32(p + SYSSIZE), k->file.size,
			      (unsigned long long)(setup_size + code_size));
	if (!read_kernel_version(k, setup_size))
		return false;

	offset = le32(p + PAYLOAD_OFFSET);
	length = le32(p + PAYLOAD_LENGTH);
	if (!length)
		return refuse(k, "bzImage payload_length 0: there is no vmlinux in it");
	if (offset >= code_size)
		return refuse(k,
			      "bzImage payload_offset 0x%llx: goes beyond the code, which is of 0x%llx bytes",
			      (unsigned long long)offset, (unsigned long long)code_size);
	if (length > code_size - offset)
		return refuse(k,
			      "bzImage payload_length 0x%llx: goes beyond the code, which is of 0x%llx bytes",
			      (unsigned long long)length, (unsigned long long)code_size);
	if (length < 16)
		return refuse(k, "bzImage payload_length 0x%llx: too short for a kernel",
			      (unsigned long long)length);
	if (k->setup.version >= 0x20a) {
		k->setup.init_size = le32(p + INIT_SIZE);
		if (!k->setup.init_size)
			return refuse(k, "bzImage init_size 0: a kernel takes memory");
	}
	k->setup.entry64 = k->setup.version >= 0x20c &&
		le16(p + XLOADFLAGS) & XLF_KERNEL_64;
	payload->p = p + setup_size + offset;
	payload->size = length;

	return true;
}
