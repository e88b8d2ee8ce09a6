// SPDX-License-Identifier: GPL-2.0
/*
 * Make a PVH loader that passes the data of a description, valid or malformed.
 *
 *	forge VMLINUX OUT <DESCRIPTION
 *
 * OUT is an ELF file with the segments of VMLINUX, with segments for a
 * hvm_start_info, its tables and all other data of the description, and with a
 * stub that loads %ebx and jumps to the kernel's PVH entry. The note
 * PHYS32_ENTRY has the address of the stub. So the kernel gets the start_info
 * of the description, and not that of the program that loads OUT. OUT has no
 * note PHYS32_RELOC, because its segments have to be loaded at their
 * addresses. OUT is a 64-bit file for a 32-bit kernel, too.
 *
 * The description is made of lines; # begins a comment, at the start of a line
 * or after a blank. A line is made of words without blanks, except a text.
 *
 *	kernel at ADDR		default: the link address
 *	stub at ADDR
 *	ebx VALUE		default: the address of start_info
 *
 *	start_info at ADDR [SIZE]	default: as many bytes as its version has
 *	start_info none
 *	FIELD VALUE		of hvm_start_info: magic version flags
 *				nr_modules modlist_paddr cmdline_paddr
 *				rsdp_paddr memmap_paddr memmap_entries reserved
 *	modlist at ADDR
 *	module PADDR SIZE [CMDLINE_PADDR [RESERVED]]
 *	memmap at ADDR
 *	entry ADDR SIZE TYPE [RESERVED]		TYPE: a number, or ram reserved
 *				acpi nvs unusable disabled pmem
 *	split N START END [EVERY]	N adjoining entries from START to END: each
 *				EVERYth is RAM (an even number, default 2),
 *				the others are reserved and acpi in turn
 *	holes N START END [TYPE]	N entries from START to END, each followed by
 *				a hole of its size (default: reserved)
 *	shuffle SEED		the entries before this line
 *	cmdline at ADDR
 *	cmdline text TEXT	to the end of the line; a blank separates it from
 *				the text of the lines before
 *	cmdline fill N CHAR	appends N times CHAR
 *	cmdline open		no NUL at its end
 *	rsdp at ADDR		ACPI tables: an RSDP, and an XSDT without entries
 *
 *	file NAME at ADDR PATH	PATH may be $VARIABLE, of the environment
 *	text NAME at ADDR TEXT	with a NUL
 *	bytes NAME at ADDR HEX ...
 *	fill NAME at ADDR N BYTE
 *
 *	skip NAME N		the first N bytes of NAME are in no segment,
 *				because the machine's ROM has them
 *
 * By default a field has the address or the number of entries of the described
 * table, or 0 if there is no such table; version is 1. Data without an ADDR,
 * or with the ADDR "auto", goes after the kernel.
 *
 * A value is made of numbers (0x.., decimal; with K, M, G or T) and names, with
 * + - * between them, modulo 2^64. Names: "text", "hole", "data", "bss" and "end" of
 * the kernel image, each NAME above, and NAME.size. The hole is ahead of the data, that
 * is the last segment, and has nothing of the image.
 *
 * Standard output describes the loader:
 *
 *	kernel 0xTEXT 0xEND
 *	start_info 0xADDR		the value of %ebx
 *	FIELD 0xVALUE			each field of hvm_start_info
 *	module 0xPADDR 0xSIZE		each of them
 *	cmdline TEXT			if it has an end
 *	map 0xFIRST 0xLAST TYPE		the memory map in order, with the hole below
 *					1 MiB that the kernel reserves. The
 *					higher type wins where entries overlap,
 *					adjoining entries of a type are merged
 *	map_entries N			number of lines "map"
 *	ram_bytes N			bytes of type 1 in them
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#define XEN_ELFNOTE_PHYS32_ENTRY	18
#define XEN_ELFNOTE_PHYS32_RELOC	19

#define START_MAGIC	0x336ec578

#define KIB		1024ULL
#define MIB		(1024 * KIB)
#define PAGE		(4 * KIB)

#define ISA_START	0xa0000
#define ISA_END		0x100000

#define TYPE_RAM	1
#define TYPE_RESERVED	2
#define TYPE_ACPI	3
/* The kernel does not merge adjoining entries of these types. */
#define TYPE_PRAM	12
#define TYPE_SOFT	0xefffffffU

#define MAX_WORDS	64
#define MAX_BLOBS	128
#define MAX_MODULES	64
#define MAX_SEGS	(MAX_BLOBS + 64)
#define MAX_ENTRIES	1000000
#define MAX_FILL	(64 * MIB)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __noreturn	__attribute__((__noreturn__))
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))

/* The line of the description that is read or evaluated; 0: none */
static unsigned int line_nr;

static void __noreturn __printf(1, 2) die(const char *fmt, ...)
{
	va_list ap;

	fputs("forge: ", stderr);
	if (line_nr)
		fprintf(stderr, "line %u: ", line_nr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void *grow(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		die("no memory for %zu bytes", size);

	return p;
}

static char *copy_string(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(grow(NULL, size), s, size);
}

/* A growing array of bytes */
struct buf {
	uint8_t *data;
	size_t len;
};

static void buf_add(struct buf *buf, const void *data, size_t len)
{
	buf->data = grow(buf->data, buf->len + len);
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
}

static void buf_fill(struct buf *buf, uint64_t len, uint8_t byte)
{
	if (len > MAX_FILL)
		die("%" PRIu64 " bytes are more than the %llu of room", len, MAX_FILL);
	buf->data = grow(buf->data, buf->len + len);
	memset(buf->data + buf->len, byte, len);
	buf->len += len;
}

static void buf_le(struct buf *buf, uint64_t value, unsigned int bytes)
{
	uint8_t byte;

	for (; bytes; bytes--, value >>= 8) {
		byte = value;
		buf_add(buf, &byte, 1);
	}
}

static void read_all(const char *path, struct buf *buf)
{
	static uint8_t chunk[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		die("%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(buf, chunk, n);
	if (ferror(f))
		die("%s: %s", path, strerror(errno));
	fclose(f);
}

/* The kernel. */

static const char *kernel_path;
static struct buf kernel;
static Elf64_Ehdr ehdr;
static Elf64_Phdr *phdrs;
static uint64_t link_text, link_hole, link_data, link_bss, link_end, link_entry;
static struct buf notes;

static bool within(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

static uint32_t get_u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));

	return v;
}

static uint64_t note_align(uint64_t len)
{
	return (len + 3) & ~3ULL;
}

/* Keep all notes except PHYS32_ENTRY and PHYS32_RELOC, which have addresses. */
static void read_notes(unsigned int ph)
{
	const uint8_t *p = kernel.data + phdrs[ph].p_offset;
	uint64_t left = phdrs[ph].p_filesz;
	uint64_t namesz, descsz, total;
	uint64_t value;
	uint32_t type;
	bool xen;

	while (left) {
		if (left < 12)
			die("%s: segment %u: a note's header is cut off", kernel_path, ph);
		namesz = get_u32(p);
		descsz = get_u32(p + 4);
		type = get_u32(p + 8);
		total = 12 + note_align(namesz) + descsz;
		if (total > left)
			die("%s: segment %u: a note is longer than what is left", kernel_path, ph);
		/* The last note need not be padded. */
		total = note_align(total);
		if (total > left)
			total = left;

		xen = namesz == 4 && !memcmp(p + 12, "Xen", 4);
		if (xen && type == XEN_ELFNOTE_PHYS32_ENTRY) {
			if (descsz != 4 && descsz != 8)
				die("%s: PHYS32_ENTRY has %" PRIu64 " bytes, not 4 or 8",
				    kernel_path, descsz);
			value = 0;
			memcpy(&value, p + 16, descsz);
			if (link_entry)
				die("%s: more than one PHYS32_ENTRY", kernel_path);
			link_entry = value;
		} else if (!xen || type != XEN_ELFNOTE_PHYS32_RELOC) {
			buf_add(&notes, p, total);
			buf_fill(&notes, -notes.len & 3, 0);
		}
		p += total;
		left -= total;
	}
}

/*
 * Convert a 32-bit kernel's ELF headers to 64-bit ones. The kernel is entered in
 * 32-bit mode either way, and the loader does not look at its code.
 */
static void widen_kernel(const char *path)
{
	size_t size, end = kernel.len;
	Elf32_Ehdr head;
	Elf32_Phdr ph;
	Elf64_Phdr wide;
	unsigned int i;

	memcpy(&head, kernel.data, sizeof(head));
	size = head.e_phnum * sizeof(ph);
	if (head.e_phentsize != sizeof(ph) || !within(head.e_phoff, size, kernel.len))
		die("%s: program headers are beyond its end", path);

	buf_fill(&kernel, head.e_phnum * sizeof(wide), 0);
	for (i = 0; i < head.e_phnum; i++) {
		memcpy(&ph, kernel.data + head.e_phoff + i * sizeof(ph), sizeof(ph));
		wide = (Elf64_Phdr) {
			.p_type		= ph.p_type,
			.p_flags	= ph.p_flags,
			.p_offset	= ph.p_offset,
			.p_vaddr	= ph.p_vaddr,
			.p_paddr	= ph.p_paddr,
			.p_filesz	= ph.p_filesz,
			.p_memsz	= ph.p_memsz,
			.p_align	= ph.p_align,
		};
		memcpy(kernel.data + end + i * sizeof(wide), &wide, sizeof(wide));
	}

	ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	ehdr.e_type = head.e_type;
	ehdr.e_machine = EM_X86_64;
	ehdr.e_version = head.e_version;
	ehdr.e_entry = head.e_entry;
	ehdr.e_phoff = end;
	ehdr.e_flags = head.e_flags;
	ehdr.e_ehsize = sizeof(ehdr);
	ehdr.e_phentsize = sizeof(wide);
	ehdr.e_phnum = head.e_phnum;
	ehdr.e_shentsize = sizeof(Elf64_Shdr);
}

static void read_kernel(const char *path)
{
	unsigned int i;
	Elf64_Phdr *ph;

	kernel_path = path;
	read_all(path, &kernel);
	if (kernel.len < sizeof(ehdr))
		die("%s: too short for an ELF file", path);
	memcpy(&ehdr, kernel.data, sizeof(ehdr));
	if (memcmp(ehdr.e_ident, ELFMAG, SELFMAG))
		die("%s: no ELF file", path);
	if (ehdr.e_ident[EI_CLASS] == ELFCLASS32 && ehdr.e_machine == EM_386)
		widen_kernel(path);
	if (ehdr.e_ident[EI_CLASS] != ELFCLASS64 || ehdr.e_ident[EI_DATA] != ELFDATA2LSB ||
	    ehdr.e_machine != EM_X86_64)
		die("%s: no ELF file for x86", path);
	if (ehdr.e_phentsize != sizeof(*ph) || !ehdr.e_phnum || ehdr.e_phnum > 32)
		die("%s: %u program headers of %u bytes", path, ehdr.e_phnum, ehdr.e_phentsize);
	if (!within(ehdr.e_phoff, (uint64_t)ehdr.e_phnum * sizeof(*ph), kernel.len))
		die("%s: program headers are beyond its end", path);

	phdrs = grow(NULL, ehdr.e_phnum * sizeof(*ph));
	memcpy(phdrs, kernel.data + ehdr.e_phoff, ehdr.e_phnum * sizeof(*ph));
	link_text = UINT64_MAX;
	for (i = 0; i < ehdr.e_phnum; i++) {
		ph = &phdrs[i];
		if (ph->p_type != PT_LOAD && ph->p_type != PT_NOTE)
			continue;
		if (!within(ph->p_offset, ph->p_filesz, kernel.len))
			die("%s: segment %u is beyond its end", path, i);
		if (ph->p_type == PT_NOTE) {
			read_notes(i);
			continue;
		}
		if (ph->p_filesz > ph->p_memsz || ph->p_memsz > UINT64_MAX - ph->p_paddr)
			die("%s: sizes of segment %u are wrong", path, i);
		if (ph->p_paddr < link_text)
			link_text = ph->p_paddr;
		/* link_bss is where the contents of the segment before end. */
		if (ph->p_paddr > link_bss && link_bss) {
			link_hole = link_bss;
			link_data = ph->p_paddr;
		}
		if (ph->p_paddr + ph->p_memsz > link_end) {
			link_end = ph->p_paddr + ph->p_memsz;
			link_bss = ph->p_paddr + ph->p_filesz;
		}
	}
	if (!link_entry)
		die("%s: no note PHYS32_ENTRY", path);
	if (link_entry < link_text || link_entry >= link_end)
		die("%s: PHYS32_ENTRY 0x%" PRIx64 " is in none of its segments", path, link_entry);
}

/* Data in memory in addition to the kernel. */

/* An expression and the number of its line */
struct expr {
	const char *text;
	unsigned int line;
};

struct blob {
	const char *name;
	unsigned int line;
	const char *at;		/* NULL: after the kernel */
	bool used;
	bool resolving;
	bool resolved;
	uint64_t addr;
	uint64_t size;
	struct buf buf;
	struct expr skip;
};

/* Blobs without an address are in memory in this order. */
enum { STUB, START_INFO, MODLIST, MEMMAP, CMDLINE, RSDP, NR_KNOWN };

static struct blob blobs[MAX_BLOBS] = {
	[STUB]		= { .name = "stub", .used = true },
	[START_INFO]	= { .name = "start_info", .used = true },
	[MODLIST]	= { .name = "modlist" },
	[MEMMAP]	= { .name = "memmap" },
	[CMDLINE]	= { .name = "cmdline" },
	[RSDP]		= { .name = "rsdp" },
};

static unsigned int nr_blobs = NR_KNOWN;

static struct expr kernel_at, ebx, start_info_size;
static uint64_t text, hole, data, bss, end, ebx_value;

static struct {
	const char *name;
	unsigned int bytes;
	struct expr value;
	uint64_t is;
} fields[] = {
	{ .name = "magic", .bytes = 4 },
	{ .name = "version", .bytes = 4 },
	{ .name = "flags", .bytes = 4 },
	{ .name = "nr_modules", .bytes = 4 },
	{ .name = "modlist_paddr", .bytes = 8 },
	{ .name = "cmdline_paddr", .bytes = 8 },
	{ .name = "rsdp_paddr", .bytes = 8 },
	{ .name = "memmap_paddr", .bytes = 8 },
	{ .name = "memmap_entries", .bytes = 4 },
	{ .name = "reserved", .bytes = 4 },
};

enum {
	MAGIC, VERSION, FLAGS, NR_MODULES, MODLIST_PADDR, CMDLINE_PADDR,
	RSDP_PADDR, MEMMAP_PADDR, MEMMAP_ENTRIES, RESERVED
};

static struct {
	struct expr word[4];
	uint64_t is[4];
} modules[MAX_MODULES];

static unsigned int nr_modules;

struct entry {
	unsigned int line;
	const char *word[4];
	uint64_t addr;
	uint64_t size;
	uint64_t type;
	uint64_t reserved;
};

static struct entry *entries;
static unsigned int nr_entries;
static bool cmdline_open;
static const char *cmdline_text;

/* Values. */

static uint64_t blob_addr(struct blob *blob);

static uint64_t name_value(const char *name, size_t len)
{
	struct blob *blob;
	size_t n;

	if (len == 4 && !memcmp(name, "text", len))
		return text;
	if (len == 4 && !memcmp(name, "hole", len))
		return hole;
	if (len == 4 && !memcmp(name, "data", len))
		return data;
	if (len == 3 && !memcmp(name, "bss", len))
		return bss;
	if (len == 3 && !memcmp(name, "end", len))
		return end;
	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		n = strlen(blob->name);
		if (len < n || memcmp(name, blob->name, n))
			continue;
		if (len != n && (len != n + 5 || memcmp(name + n, ".size", 5)))
			continue;
		if (!blob->used)
			die("%.*s: there is no %s", (int)len, name, blob->name);
		return len == n ? blob_addr(blob) : blob->size;
	}
	die("%.*s: neither a number nor a name", (int)len, name);
}

static uint64_t factor(const char **pos)
{
	static const char suffixes[] = "KMGT";
	size_t len = strcspn(*pos, "+-*");
	const char *start = *pos, *suffix;
	uint64_t value, unit = 1;
	char *stop;

	*pos += len;
	if (!len)
		die("a value is missing before or after + - *");
	if (*start < '0' || *start > '9')
		return name_value(start, len);
	errno = 0;
	value = strtoull(start, &stop, !strncmp(start, "0x", 2) ? 16 : 10);
	if (errno)
		die("%.*s: more than 64 bits", (int)len, start);
	if (stop + 1 == *pos) {
		suffix = memchr(suffixes, *stop, strlen(suffixes));
		if (suffix) {
			unit = 1ULL << 10 * (suffix - suffixes + 1);
			stop++;
		}
	}
	if (stop != *pos || (stop == start + 2 && start[1] == 'x'))
		die("%.*s: not a number", (int)len, start);
	if (value > UINT64_MAX / unit)
		die("%.*s: more than 64 bits", (int)len, start);

	return value * unit;
}

static uint64_t product(const char **pos)
{
	uint64_t value = factor(pos);

	while (**pos == '*') {
		++*pos;
		value *= factor(pos);
	}

	return value;
}

static uint64_t evaluate(const char *word)
{
	const char *pos = word;
	uint64_t value, next;
	char op;

	value = product(&pos);
	while (*pos) {
		op = *pos++;
		next = product(&pos);
		value = op == '+' ? value + next : value - next;
	}

	return value;
}

static uint64_t expr_value(const struct expr *expr)
{
	line_nr = expr->line;

	return evaluate(expr->text);
}

static uint64_t blob_addr(struct blob *blob)
{
	unsigned int line = line_nr;

	if (blob->resolved)
		return blob->addr;
	if (blob->resolving)
		die("the address of %s depends on itself", blob->name);
	blob->resolving = true;
	line_nr = blob->line;
	blob->addr = evaluate(blob->at);
	blob->resolved = true;
	line_nr = line;

	return blob->addr;
}

/* The description. */

/* The line that is read, and its words */
static const char *line_text;
static char *words[MAX_WORDS];
static unsigned int nr_words;

/* Expect @least to @most words on the line, with the keyword. */
static void need(unsigned int least, unsigned int most)
{
	if (nr_words < least)
		die("%s: something is missing", words[0]);
	if (nr_words > most)
		die("%s: %s is too much", words[0], words[most]);
}

static struct expr word_expr(unsigned int i)
{
	struct expr expr = { copy_string(words[i]), line_nr };

	return expr;
}

/* Words @i and @i + 1 are "at ADDR". */
static void set_at(struct blob *blob, unsigned int i)
{
	if (nr_words < i + 2 || strcmp(words[i], "at"))
		die("%s: \"at ADDR\" is missing", words[0]);
	if (blob->line)
		die("%s: has its address on line %u", blob->name, blob->line);
	blob->used = true;
	blob->line = line_nr;
	if (strcmp(words[i + 1], "auto"))
		blob->at = copy_string(words[i + 1]);
}

static struct blob *new_blob(void)
{
	struct blob *blob;
	const char *p;

	for (p = words[1]; *p; p++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz_", *p))
			die("%s: a name is made of small letters", words[1]);
	}
	if (!strcmp(words[1], "text") || !strcmp(words[1], "hole") ||
	    !strcmp(words[1], "data") || !strcmp(words[1], "bss") ||
	    !strcmp(words[1], "end"))
		die("%s: the name is taken", words[1]);
	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (!strcmp(words[1], blob->name))
			die("%s: the name is taken", words[1]);
	}
	if (nr_blobs == MAX_BLOBS)
		die("more than %u pieces of data", MAX_BLOBS);
	blob = &blobs[nr_blobs++];
	blob->name = copy_string(words[1]);
	set_at(blob, 2);

	return blob;
}

/* The text of the line from word @i on */
static const char *rest(unsigned int i)
{
	const char *p = line_text;

	for (;;) {
		p += strspn(p, " \t");
		if (!i--)
			return p;
		p += strcspn(p, " \t");
	}
}

static struct entry *new_entry(void)
{
	if (nr_entries == MAX_ENTRIES)
		die("more than %u entries", MAX_ENTRIES);
	entries = grow(entries, (nr_entries + 1) * sizeof(*entries));
	memset(&entries[nr_entries], 0, sizeof(*entries));
	entries[nr_entries].line = line_nr;
	blobs[MEMMAP].used = true;

	return &entries[nr_entries++];
}

static uint64_t entry_type(const char *word)
{
	static const char * const types[] = {
		NULL, "ram", "reserved", "acpi", "nvs", "unusable", "disabled", "pmem",
	};
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(word, types[i]))
			return i;
	}

	return evaluate(word);
}

static void add_entry(void)
{
	struct entry *entry;
	unsigned int i;

	entry = new_entry();
	for (i = 1; i < nr_words; i++)
		entry->word[i - 1] = copy_string(words[i]);
}

/*
 * All entries have the same number of pages. The last one also has the rest.
 * Names cannot be used because the addresses of the tables depend on the size
 * of the map.
 */
static void add_generated(bool holes)
{
	uint64_t n, start, stop, step, i, every = 0, type = 0;
	struct entry *entry;

	n = evaluate(words[1]);
	start = evaluate(words[2]);
	stop = evaluate(words[3]);
	if (!n || n > MAX_ENTRIES)
		die("%s: not a number of entries", words[1]);
	if (holes) {
		type = nr_words > 4 ? entry_type(words[4]) : TYPE_RESERVED;
		stop = start + (stop - start) / 2;
	} else {
		every = nr_words > 4 ? evaluate(words[4]) : 2;
		if (!every || every % 2)
			die("%s: not an even number", words[4]);
	}
	if (start >= stop || (stop - start) / PAGE < n)
		die("no room for %" PRIu64 " entries there", n);
	step = (stop - start) / n & -PAGE;
	for (i = 0; i < n; i++) {
		entry = new_entry();
		entry->addr = start + i * step;
		if (holes) {
			entry->addr += i * step;
			entry->size = step;
			entry->type = type;
			continue;
		}
		entry->size = (i == n - 1 ? stop : entry->addr + step) - entry->addr;
		if (!(i % every))
			entry->type = TYPE_RAM;
		else
			entry->type = i % 2 ? TYPE_RESERVED : TYPE_ACPI;
	}
}

static void add_split(void)
{
	add_generated(false);
}

static void add_holes(void)
{
	add_generated(true);
}

static void shuffle(void)
{
	uint64_t state, i, j;
	struct entry tmp;

	state = evaluate(words[1]);
	for (i = nr_entries; i > 1; i--) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		j = (state >> 33) % i;
		tmp = entries[i - 1];
		entries[i - 1] = entries[j];
		entries[j] = tmp;
	}
}

static void add_module(void)
{
	unsigned int i;

	if (nr_modules == MAX_MODULES)
		die("more than %u modules", MAX_MODULES);
	blobs[MODLIST].used = true;
	for (i = 1; i < nr_words; i++)
		modules[nr_modules].word[i - 1] = word_expr(i);
	nr_modules++;
}

static void add_cmdline(void)
{
	struct blob *blob = &blobs[CMDLINE];
	const char *text;

	if (!strcmp(words[1], "at")) {
		need(3, 3);
		set_at(blob, 1);
	} else if (!strcmp(words[1], "text")) {
		text = rest(2);
		if (blob->buf.len)
			buf_fill(&blob->buf, 1, ' ');
		buf_add(&blob->buf, text, strlen(text));
	} else if (!strcmp(words[1], "fill")) {
		need(4, 4);
		if (strlen(words[3]) != 1)
			die("%s: not one character", words[3]);
		buf_fill(&blob->buf, evaluate(words[2]), *words[3]);
	} else if (!strcmp(words[1], "open")) {
		need(2, 2);
		cmdline_open = true;
	} else {
		die("cmdline %s: not one of at, text, fill, open", words[1]);
	}
	blob->used = true;
}

static void add_file(void)
{
	struct blob *blob = new_blob();
	const char *path;

	path = words[4];
	if (*path == '$') {
		path = getenv(words[4] + 1);
		if (!path || !*path)
			die("%s is not in the environment", words[4]);
	}
	read_all(path, &blob->buf);
}

static void add_bytes(void)
{
	struct blob *blob = new_blob();
	unsigned int i, byte;
	const char *p;
	int n;

	for (i = 4; i < nr_words; i++) {
		for (p = words[i]; *p; p += 2) {
			n = 0;
			if (sscanf(p, "%2x%n", &byte, &n) != 1 || n != 2)
				die("%s: not pairs of hexadecimal digits", words[i]);
			buf_le(&blob->buf, byte, 1);
		}
	}
}

static void add_text(void)
{
	struct blob *blob = new_blob();

	buf_add(&blob->buf, rest(4), strlen(rest(4)) + 1);
}

static void add_fill(void)
{
	struct blob *blob = new_blob();
	uint64_t byte = evaluate(words[5]);

	if (byte > UINT8_MAX)
		die("%s: not a byte", words[5]);
	buf_fill(&blob->buf, evaluate(words[4]), byte);
}

static void set_kernel(void)
{
	if (strcmp(words[1], "at"))
		die("kernel: \"at ADDR\" is missing");
	kernel_at = word_expr(2);
}

static void set_ebx(void)
{
	ebx = word_expr(1);
}

static void set_start_info(void)
{
	if (nr_words == 2 && !strcmp(words[1], "none")) {
		blobs[START_INFO].used = false;
		return;
	}
	set_at(&blobs[START_INFO], 1);
	if (nr_words == 4)
		start_info_size = word_expr(3);
}

static void set_skip(void)
{
	struct blob *blob;

	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (!strcmp(words[1], blob->name)) {
			blob->skip = word_expr(2);
			return;
		}
	}
	die("%s: there is none above this line", words[1]);
}

static bool set_field(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(words[0], fields[i].name))
			continue;
		need(2, 2);
		if (fields[i].value.text)
			die("%s: has its value on line %u", words[0], fields[i].value.line);
		fields[i].value = word_expr(1);
		return true;
	}

	return false;
}

static bool set_known_at(void)
{
	unsigned int i;

	for (i = 0; i < NR_KNOWN; i++) {
		if (strcmp(words[0], blobs[i].name))
			continue;
		need(3, 3);
		set_at(&blobs[i], 1);
		return true;
	}

	return false;
}

static const struct {
	const char *keyword;
	void (*parse)(void);
	unsigned int least;	/* words, with the keyword */
	unsigned int most;
} keywords[] = {
	{ "kernel",	set_kernel,	3, 3 },
	{ "ebx",	set_ebx,	2, 2 },
	{ "start_info",	set_start_info,	2, 4 },
	{ "module",	add_module,	3, 5 },
	{ "entry",	add_entry,	4, 5 },
	{ "split",	add_split,	4, 5 },
	{ "holes",	add_holes,	4, 5 },
	{ "shuffle",	shuffle,	2, 2 },
	{ "cmdline",	add_cmdline,	2, MAX_WORDS },
	{ "file",	add_file,	5, 5 },
	{ "text",	add_text,	4, MAX_WORDS },
	{ "bytes",	add_bytes,	5, MAX_WORDS },
	{ "fill",	add_fill,	6, 6 },
	{ "skip",	set_skip,	3, 3 },
};

static void parse_words(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (strcmp(words[0], keywords[i].keyword))
			continue;
		need(keywords[i].least, keywords[i].most);
		keywords[i].parse();
		return;
	}
	if (!set_field() && !set_known_at())
		die("%s: not known", words[0]);
}

static void parse_line(const char *line)
{
	char *copy = copy_string(line), *word, *save;

	line_text = line;
	nr_words = 0;
	for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (nr_words == MAX_WORDS)
			die("more than %u words", MAX_WORDS);
		words[nr_words++] = word;
	}
	if (nr_words)
		parse_words();
	free(copy);
}

static void read_description(void)
{
	struct buf line = {};
	char *s, *p;
	int c;

	line_nr = 1;
	do {
		c = getchar();
		if (c != '\n' && c != EOF) {
			if (!c)
				die("has a NUL");
			buf_le(&line, c, 1);
			continue;
		}
		if (c == EOF && !line.len)
			break;
		buf_le(&line, 0, 1);
		s = (char *)line.data;
		for (p = s; *p; p++) {
			if (*p == '#' && (p == s || p[-1] == ' ' || p[-1] == '\t')) {
				*p = '\0';
				/* The blanks before a comment are not part of a text. */
				while (p > s && (p[-1] == ' ' || p[-1] == '\t'))
					*--p = '\0';
				break;
			}
		}
		parse_line(s);
		line.len = 0;
		line_nr++;
	} while (c != EOF);
	if (ferror(stdin))
		die("standard input: %s", strerror(errno));
	line_nr = 0;
}

/* From the description to bytes. */

static void make_map(void)
{
	struct buf *buf = &blobs[MEMMAP].buf;
	struct entry *e;

	buf->len = 0;
	for (e = entries; e < entries + nr_entries; e++) {
		line_nr = e->line;
		if (e->word[0]) {
			e->addr = evaluate(e->word[0]);
			e->size = evaluate(e->word[1]);
			e->type = entry_type(e->word[2]);
			e->reserved = e->word[3] ? evaluate(e->word[3]) : 0;
		}
		if (e->type > UINT32_MAX || e->reserved > UINT32_MAX)
			die("type and reserved have 32 bits");
		buf_le(buf, e->addr, 8);
		buf_le(buf, e->size, 8);
		buf_le(buf, e->type, 4);
		buf_le(buf, e->reserved, 4);
	}
	line_nr = 0;
}

static void make_modlist(void)
{
	struct buf *buf = &blobs[MODLIST].buf;
	unsigned int i, j;

	buf->len = 0;
	for (i = 0; i < nr_modules; i++) {
		for (j = 0; j < 4; j++) {
			if (modules[i].word[j].text)
				modules[i].is[j] = expr_value(&modules[i].word[j]);
			buf_le(buf, modules[i].is[j], 8);
		}
	}
	line_nr = 0;
}

static uint8_t checksum(const uint8_t *p, size_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *p++;

	return -sum;
}

/* An RSDP of revision 2, which has the address of the XSDT, and an empty XSDT */
static void make_rsdp(void)
{
	struct blob *blob = &blobs[RSDP];
	struct buf *buf = &blob->buf;

	buf->len = 0;
	buf_add(buf, "RSD PTR \0PVHFRG\2", 16);
	buf_le(buf, 0, 4);
	buf_le(buf, 36, 4);
	buf_le(buf, blob->resolved ? blob->addr + 64 : 0, 8);
	buf_le(buf, 0, 4);
	buf->data[8] = checksum(buf->data, 20);
	buf->data[32] = checksum(buf->data, 36);
	buf_fill(buf, 64 - buf->len, 0);

	buf_add(buf, "XSDT\x24\0\0\0\1\0PVHFRGFORGED  \1\0\0\0PVHF\1\0\0\0", 36);
	buf->data[64 + 9] = checksum(buf->data + 64, 36);
}

static void make_stub(void)
{
	struct buf *buf = &blobs[STUB].buf;
	uint64_t entry = link_entry - link_text + text;

	if (ebx.text)
		ebx_value = expr_value(&ebx);
	else if (blobs[START_INFO].used)
		ebx_value = blob_addr(&blobs[START_INFO]);
	else
		die("no start_info, and no ebx");
	if (ebx_value > UINT32_MAX)
		die("0x%" PRIx64 ": %%ebx has 32 bits", ebx_value);
	line_nr = 0;
	if (entry > UINT32_MAX)
		die("the entry would be at 0x%" PRIx64 ", above 4 GiB", entry);

	buf->len = 0;
	buf_add(buf, "\xbb", 1);	/* movl $ebx_value, %ebx */
	buf_le(buf, ebx_value, 4);
	buf_add(buf, "\xb8", 1);	/* movl $entry, %eax */
	buf_le(buf, entry, 4);
	buf_add(buf, "\xff\xe0", 2);	/* jmp *%eax */
}

static void make_start_info(void)
{
	struct buf *buf = &blobs[START_INFO].buf;
	uint64_t size;
	unsigned int i;

	fields[MAGIC].is = START_MAGIC;
	fields[VERSION].is = 1;
	fields[NR_MODULES].is = nr_modules;
	fields[MODLIST_PADDR].is = blobs[MODLIST].used ? blob_addr(&blobs[MODLIST]) : 0;
	fields[CMDLINE_PADDR].is = blobs[CMDLINE].used ? blob_addr(&blobs[CMDLINE]) : 0;
	fields[RSDP_PADDR].is = blobs[RSDP].used ? blob_addr(&blobs[RSDP]) : 0;
	fields[MEMMAP_PADDR].is = blobs[MEMMAP].used ? blob_addr(&blobs[MEMMAP]) : 0;
	fields[MEMMAP_ENTRIES].is = nr_entries;
	buf->len = 0;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].value.text)
			fields[i].is = expr_value(&fields[i].value);
		if (fields[i].bytes == 4 && fields[i].is > UINT32_MAX)
			die("%s has 32 bits", fields[i].name);
		buf_le(buf, fields[i].is, fields[i].bytes);
	}
	size = blobs[START_INFO].size;
	if (size < buf->len)
		buf->len = size;
	else
		buf_fill(buf, size - buf->len, 0);
	line_nr = 0;
}

static void set_kernel_address(void)
{
	text = link_text;
	if (kernel_at.text)
		text = expr_value(&kernel_at);
	line_nr = 0;
	/* The kernel's read-only data ends at the end of a page. */
	hole = text + ((link_hole - link_text + PAGE - 1) & ~(PAGE - 1));
	data = text + (link_data - link_text);
	/* .bss begins at the next page after the end of the file's data. */
	bss = text + ((link_bss - link_text + 4 * PAGE - 1) & ~(4 * PAGE - 1));
	end = text + (link_end - link_text);
	if (text > UINT32_MAX || end > UINT32_MAX)
		die("the kernel would be at 0x%" PRIx64 ", above 4 GiB", text);
}

static void set_sizes(void)
{
	struct blob *blob;
	uint64_t size;

	if (!cmdline_open && blobs[CMDLINE].used) {
		buf_le(&blobs[CMDLINE].buf, 0, 1);
		cmdline_text = copy_string((char *)blobs[CMDLINE].buf.data);
	}
	buf_fill(&blobs[STUB].buf, 12, 0);
	buf_fill(&blobs[MODLIST].buf, nr_modules * 32, 0);
	buf_fill(&blobs[MEMMAP].buf, nr_entries * 24, 0);
	make_rsdp();
	for (blob = blobs; blob < blobs + nr_blobs; blob++)
		blob->size = blob->buf.len;

	size = 56;
	if (fields[VERSION].value.text && !expr_value(&fields[VERSION].value))
		size = 40;
	if (start_info_size.text)
		size = expr_value(&start_info_size);
	buf_fill(&blobs[START_INFO].buf, size, 0);
	blobs[START_INFO].size = size;
	line_nr = 0;
}

static void set_addresses(void)
{
	uint64_t next = (end + 2 * MIB) & -(2 * MIB);
	struct blob *blob;

	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (!blob->used || blob->at)
			continue;
		blob->addr = next;
		blob->resolved = true;
		next += (blob->size + PAGE) & -PAGE;
	}
	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (blob->used)
			blob_addr(blob);
	}
}

static void skip_bytes(void)
{
	struct blob *blob;
	uint64_t n;

	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (!blob->used || !blob->skip.text)
			continue;
		n = expr_value(&blob->skip);
		if (n > blob->buf.len)
			die("skip: %s has %zu bytes", blob->name, blob->buf.len);
		memmove(blob->buf.data, blob->buf.data + n, blob->buf.len - n);
		blob->buf.len -= n;
		blob->addr += n;
	}
	line_nr = 0;
}

/*
 * The addresses depend on the sizes, and the contents of the tables on the
 * addresses.
 */
static void lay_out(void)
{
	set_kernel_address();
	set_sizes();
	set_addresses();

	make_map();
	make_modlist();
	make_rsdp();
	make_start_info();
	make_stub();

	skip_bytes();
}

/* The new file. */

struct segment {
	Elf64_Phdr ph;
	const char *name;
	unsigned int line;
	const uint8_t *data;
};

static struct segment segs[MAX_SEGS];
static unsigned int nr_segs;

static void add_segment(const char *name, unsigned int line, uint64_t paddr,
			uint64_t memsz, const uint8_t *data, uint64_t filesz)
{
	/* The kernel maps the first 2 GiB at this distance. */
	uint64_t vaddr = paddr + (paddr < 2048 * MIB ? 0xffffffff80000000ULL : 0);
	struct segment *seg;

	line_nr = line;
	if (!memsz)
		return;
	if (paddr > UINT64_MAX - memsz)
		die("%s: 0x%" PRIx64 " bytes at 0x%" PRIx64 " wrap around", name, memsz, paddr);
	for (seg = segs; seg < segs + nr_segs; seg++) {
		if (paddr < seg->ph.p_paddr + seg->ph.p_memsz && seg->ph.p_paddr < paddr + memsz)
			die("%s at 0x%" PRIx64 "-0x%" PRIx64 " overlaps %s at 0x%" PRIx64 "-0x%" PRIx64,
			    name, paddr, paddr + memsz - 1, seg->name, seg->ph.p_paddr,
			    seg->ph.p_paddr + seg->ph.p_memsz - 1);
	}
	if (nr_segs == MAX_SEGS)
		die("more than %u segments", MAX_SEGS);

	seg = &segs[nr_segs++];
	seg->name = name;
	seg->line = line;
	seg->data = data;
	seg->ph = (Elf64_Phdr) {
		.p_type		= PT_LOAD,
		.p_flags	= PF_R | PF_W | PF_X,
		.p_vaddr	= vaddr,
		.p_paddr	= paddr,
		.p_filesz	= filesz,
		.p_memsz	= memsz,
		.p_align	= 1,
	};
	line_nr = 0;
}

static int segment_cmp(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return x->ph.p_paddr < y->ph.p_paddr ? -1 : 1;
}

/* Whether data of the description is in [start, end) */
static bool is_used(uint64_t start, uint64_t end)
{
	const struct blob *blob;

	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (blob->used && blob->addr < end && blob->addr + blob->buf.len > start)
			return true;
	}

	return false;
}

static void add_segments(void)
{
	uint64_t addr, memsz;
	struct blob *blob;
	unsigned int i;

	for (i = 0; i < ehdr.e_phnum; i++) {
		if (phdrs[i].p_type != PT_LOAD)
			continue;
		addr = phdrs[i].p_paddr - link_text + text;
		memsz = phdrs[i].p_memsz;
		/* Data in .bss replaces the zeroes of .bss. */
		if (is_used(addr + phdrs[i].p_filesz, addr + memsz))
			memsz = phdrs[i].p_filesz;
		add_segment("kernel", 0, addr, memsz,
			    kernel.data + phdrs[i].p_offset, phdrs[i].p_filesz);
	}
	for (blob = blobs; blob < blobs + nr_blobs; blob++) {
		if (blob->used)
			add_segment(blob->name, blob->line, blob->addr, blob->buf.len,
				    blob->buf.data, blob->buf.len);
	}
	qsort(segs, nr_segs, sizeof(segs[0]), segment_cmp);
}

static void add_entry_note(void)
{
	buf_le(&notes, 4, 4);
	buf_le(&notes, 8, 4);
	buf_le(&notes, XEN_ELFNOTE_PHYS32_ENTRY, 4);
	buf_add(&notes, "Xen", 4);
	buf_le(&notes, blobs[STUB].addr, 8);
	if (blobs[STUB].addr > UINT32_MAX) {
		line_nr = blobs[STUB].line;
		die("the stub would be at 0x%" PRIx64 ", above 4 GiB", blobs[STUB].addr);
	}
}

/* Set the file offsets of the segments and the header of the notes. */
static void set_offsets(Elf64_Phdr *note)
{
	struct segment *seg;
	uint64_t offset;

	ehdr.e_entry += text - link_text;
	ehdr.e_phoff = sizeof(ehdr);
	ehdr.e_phnum = nr_segs + 1;
	ehdr.e_shoff = 0;
	ehdr.e_shnum = 0;
	ehdr.e_shstrndx = SHN_UNDEF;
	note->p_offset = sizeof(ehdr) + ehdr.e_phnum * sizeof(*note);
	note->p_filesz = notes.len;
	note->p_memsz = notes.len;
	offset = note->p_offset + notes.len;
	for (seg = segs; seg < segs + nr_segs; seg++) {
		seg->ph.p_offset = offset;
		offset += seg->ph.p_filesz;
	}
}

static bool write_parts(FILE *f, const Elf64_Phdr *note)
{
	struct segment *seg;
	bool ok;

	ok = fwrite(&ehdr, sizeof(ehdr), 1, f) == 1;
	for (seg = segs; ok && seg < segs + nr_segs; seg++)
		ok = fwrite(&seg->ph, sizeof(seg->ph), 1, f) == 1;
	ok = ok && fwrite(note, sizeof(*note), 1, f) == 1 &&
	     fwrite(notes.data, 1, notes.len, f) == notes.len;
	for (seg = segs; ok && seg < segs + nr_segs; seg++)
		ok = fwrite(seg->data, 1, seg->ph.p_filesz, f) == seg->ph.p_filesz;

	return ok && !fflush(f);
}

static void write_out(const char *path)
{
	Elf64_Phdr note = { .p_type = PT_NOTE, .p_flags = PF_R, .p_align = 4 };
	struct stat st;
	FILE *f;
	int err;

	add_segments();
	add_entry_note();
	set_offsets(&note);

	f = fopen(path, "wb");
	if (!f)
		die("%s: %s", path, strerror(errno));
	if (!write_parts(f, &note)) {
		err = errno;
		/* Remove the incomplete file, but no device. */
		if (!fstat(fileno(f), &st) && S_ISREG(st.st_mode))
			remove(path);
		die("%s: %s", path, strerror(err));
	}
	if (fclose(f))
		die("%s: %s", path, strerror(errno));
}

/* The description of the loader on standard output. */

static int u64_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t ram_bytes;
static unsigned int map_entries;

static void print_range(uint64_t first, uint64_t stop, uint32_t type)
{
	if (!type)
		return;
	printf("map 0x%" PRIx64 " 0x%" PRIx64 " %" PRIu32 "\n", first, stop - 1, type);
	map_entries++;
	if (type == TYPE_RAM)
		ram_bytes += stop - first;
}

/*
 * Between two neighbouring addresses at which entries begin or end, memory has
 * one type.
 */
static void print_map(void)
{
	struct entry *isa = new_entry(), *e;
	uint64_t *points = grow(NULL, 2 * nr_entries * sizeof(*points));
	unsigned int i, n = 0;
	uint64_t first = 0;
	uint32_t type, last = 0;

	isa->addr = ISA_START;
	isa->size = ISA_END - ISA_START;
	isa->type = TYPE_RESERVED;
	for (e = entries; e < entries + nr_entries; e++) {
		if (!e->size || e->addr + e->size < e->addr)
			continue;
		points[n++] = e->addr;
		points[n++] = e->addr + e->size;
	}
	qsort(points, n, sizeof(*points), u64_cmp);
	for (i = 0; i < n; i++) {
		if (i + 1 < n && points[i] == points[i + 1])
			continue;
		/* The type from this point on: none from the last point on. */
		type = 0;
		for (e = entries; e < entries + nr_entries; e++) {
			if (points[i] >= e->addr && points[i] - e->addr < e->size &&
			    e->addr + e->size > e->addr && e->type > type)
				type = e->type;
		}
		if (type == last && type != TYPE_PRAM && type != TYPE_SOFT)
			continue;
		print_range(first, points[i], last);
		first = points[i];
		last = type;
	}
	printf("map_entries %u\n", map_entries);
	printf("ram_bytes %" PRIu64 "\n", ram_bytes);
	free(points);
}

static void print_loader(void)
{
	unsigned int i;

	printf("kernel 0x%" PRIx64 " 0x%" PRIx64 "\n", text, end);
	printf("start_info 0x%" PRIx64 "\n", ebx_value);
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		printf("%s 0x%" PRIx64 "\n", fields[i].name, fields[i].is);
	for (i = 0; i < nr_modules; i++)
		printf("module 0x%" PRIx64 " 0x%" PRIx64 "\n", modules[i].is[0], modules[i].is[1]);
	if (cmdline_text)
		printf("cmdline %s\n", cmdline_text);
	print_map();
	if (fflush(stdout) || ferror(stdout))
		die("standard output: %s", strerror(errno));
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: forge VMLINUX OUT <DESCRIPTION\n", stderr);
		return 2;
	}
	read_kernel(argv[1]);
	read_description();
	lay_out();
	write_out(argv[2]);
	print_loader();

	return 0;
}
