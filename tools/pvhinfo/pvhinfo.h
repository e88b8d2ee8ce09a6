/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pvhinfo: what a kernel image says of how it boots by PVH.
 *
 * Nothing of the file is trusted: what is read was found to be in it before,
 * and every function that finds something wrong says so by refuse().
 */
#ifndef PVHINFO_H
#define PVHINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PVHINFO_VERSION	"1"

/* Xen's toolstack (XC_DOM_DECOMPRESS_MAX) takes no more either. */
#define MAX_UNPACKED	0x40000000UL
#define MAX_FILE	0x100000000UL

/* A fuzzer would not get past them. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define CHECKSUMS	0
#else
#define CHECKSUMS	1
#endif

struct bytes {
	const uint8_t *p;
	size_t size;
};

static inline bool has(const struct bytes *b, uint64_t at, uint64_t n)
{
	return at <= b->size && n <= b->size - at;
}

static inline uint16_t le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static inline uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static inline uint16_t be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

enum format {
	FORMAT_ELF,
	FORMAT_BZIMAGE,
	FORMAT_COMPRESSED,	/* an ELF file, compressed as a whole */
	FORMAT_VMLINUZ_ELF,	/* an ELF file that is a decompressor */
	FORMAT_PAYLOAD,		/* what that has in it */
};

enum compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_BZIP2,
	COMPRESSION_LZMA,
	COMPRESSION_XZ,
	COMPRESSION_LZO,
	COMPRESSION_LZ4,
	COMPRESSION_ZSTD,
};

/* Documentation/arch/x86/boot.rst */
struct setup {
	uint16_t version;
	uint32_t init_size;		/* 0 ahead of 2.10 */
	bool entry64;			/* has the 64-bit entry */
	char kernel_version[128];
};

struct segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

struct elf {
	bool is64;
	uint16_t machine;
	uint32_t flags;
	uint64_t entry;
	struct segment *segments;
	unsigned int nr_segments;
	struct segment **loads;		/* PT_LOAD of a size, by paddr */
	unsigned int nr_loads;
	uint64_t load_start;
	uint64_t load_end;		/* the first byte behind */
	uint64_t load_align;
	uint64_t end;			/* in the file: what is behind is not ELF */
	struct bytes payload;		/* of a vmlinuz.elf */
};

struct notes {
	bool has_entry;
	unsigned int entry_size;
	uint64_t entry;
	bool has_reloc;
	bool reloc_has_align;
	uint64_t reloc_align;
	uint64_t reloc_min;
	uint64_t reloc_max;		/* the last byte */
	bool pv;
	bool pv_has_entry;
	uint64_t pv_entry;
	bool has_features;		/* SUPPORTED_FEATURES */
	bool dom0;			/* .. says that dom0 is among them */
	bool needs_dom0;		/* FEATURES has !dom0 */
	bool unknown_feature;		/* .. or one that Xen does not know */
	/* As the loaders look for the entry that do not do it by Xen's code */
	uint32_t qemu_entry;		/* 0 if it is not found */
	bool vmm_entry;			/* rust-vmm finds it */
};

/* The relocation table of this series: asm/kernel_relocs.h */
struct table {
	bool found;
	uint64_t paddr;
	uint64_t size;
	unsigned int before_sum;	/* bytes of fields that the sum does not have */
	uint32_t count;
	uint64_t places;		/* virtual bases to choose from */
};

/* A field of the table: bytes from the sum on, and bytes of the field */
struct table_field {
	const char *name;
	unsigned int offset;
	unsigned int size;		/* 0: all that follows */
};

/* The list that is behind the ELF file in a bzImage */
struct list {
	bool found;
	uint64_t count;
};

enum loader {
	LOADER_XEN_DOM0,
	LOADER_XEN_DOMU,
	LOADER_QEMU,
	LOADER_FIRECRACKER,
	LOADER_CLOUD_HYPERVISOR,
	NR_LOADERS,
};

struct verdict {
	const char *how;		/* "pvh", another way, or "no" */
	const char *why;
};

struct kernel {
	struct bytes file;
	enum format format;
	enum compression compression;
	struct setup setup;
	uint8_t *unpacked;
	struct bytes image;		/* the ELF file, and what is behind it */
	struct elf elf;
	struct notes notes;
	struct table table;
	struct list list;
	bool pvh;
	struct verdict verdicts[NR_LOADERS];
	struct kernel *inner;		/* of a vmlinuz.elf: the vmlinux in it */
	size_t max_unpacked;
	char error[256];
};

/**
 * kernel_read() - Find out all there is to know of a kernel image
 * @k: only @file and @max_unpacked are set, and @format if it is FORMAT_PAYLOAD. To be
 *     freed in any case.
 *
 * Return: whether this is a sound kernel; if not, @k->error says why
 */
bool kernel_read(struct kernel *k);
void kernel_free(struct kernel *k);

/* What a loader or a decompressor ends up with: @k, or the kernel in it */
static inline const struct kernel *vmlinux_of(const struct kernel *k)
{
	return k->inner ? k->inner : k;
}

/* @k->error is "field value: why"; always false */
bool refuse(struct kernel *k, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

bool read_bzimage(struct kernel *k, struct bytes *payload);
bool is_bzimage(const struct bytes *file);

enum compression detect(const struct bytes *packed);
bool unpack(struct kernel *k, const struct bytes *packed, bool has_size);
const char *compression_name(enum compression c);

bool is_elf(const struct bytes *image);
bool read_elf(struct kernel *k);
bool read_notes(struct kernel *k);
bool read_table(struct kernel *k);
/* The fields of a table, up to one without a name */
extern const struct table_field table_fields[];
bool read_list(struct kernel *k);
void judge(struct kernel *k);

/**
 * load_at() - The segment that has bytes of the file at some address
 * @elf: the kernel
 * @paddr: physical address of the first byte
 * @n: how many there have to be
 */
const struct segment *load_at(const struct elf *elf, uint64_t paddr, uint64_t n);

void report(const struct kernel *k, FILE *out);
void report_table(const struct table *table, FILE *out);

/* Either leaves what is wrong in @error, and @name is what goes in front. */
bool read_file(const char *name, struct bytes *file, char *error, size_t size);
bool write_file(const char *name, const struct bytes *content, char *error, size_t size);

#endif /* PVHINFO_H */
