// SPDX-License-Identifier: GPL-2.0
/*
 * startup/kaslr.c on a real kernel image: the image moves as the list of
 * relocations says that the decompressor uses, which is the older and the
 * simpler one, byte for byte; and a damaged table is refused before anything
 * is changed.
 *
 * usage: relocs VMLINUX LIST TEXT END LINKED TABLE TABLE_END
 *
 * LIST is what arch/x86/tools/relocs prints; the others are the addresses of
 * _text, _end, and __pi_pvh_linked_text, _relocs and _relocs_end in VMLINUX.
 */

#include <linux/elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/bootparam.h>
#include <asm/cpuid/api.h>
#include <asm/page_types.h>
#include <asm/pvh_relocs.h>
#include <asm/shared/io.h>

#include "pvh.h"

#define STEP	0x200000ULL		/* CONFIG_PHYSICAL_ALIGN */
#define LOWEST	0xffffffff81000000ULL	/* the image as linked */
#define HIGHEST	0xffffffffc0000000ULL	/* of the byte behind the image */
#define KERNEL_MAP 0xffffffff80000000ULL	/* __START_KERNEL_map */

/*
 * What the code under test has as symbols. Of its own size: a table that claims
 * to be larger than this must not be read.
 */
#define ROOM	0x400000
asm(".pushsection .data\n"
    ".balign 4096\n"
    ".globl pvh_relocs, pvh_relocs_end\n"
    "pvh_relocs: .space 0x400000\n"
    "pvh_relocs_end:\n"
    ".popsection\n");
static struct pvh_relocs *table;
u64 linked_text;
asm(".globl pvh_linked_text\n.set pvh_linked_text, linked_text\n");

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "FAIL: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

/* -- The machine ----------------------------------------------------------- */

static bool has_rdrand, has_tsc, rdrand_works;
static u64 rdrand_value, tsc_value;
static unsigned int cpuids, rdrands, rdtscs, i8254s;

void native_cpuid(u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	if (*eax != 1)
		fail("CPUID %#x", *eax);
	cpuids++;
	*ecx = ~0U ^ (has_rdrand ? 0 : 1U << 30);
	*edx = ~0U ^ (has_tsc ? 0 : 1U << 4);
}

/* For include/relocs/asm */
bool shim_rdrand(unsigned long *v)
{
	if (!has_rdrand)
		fail("RDRAND on a CPU that has none");
	rdrands++;
	*v = rdrand_value;

	return rdrand_works;
}

u64 shim_rdtsc(void)
{
	if (!has_tsc)
		fail("RDTSC on a CPU that has none");
	rdtscs++;

	return tsc_value;
}

void outb(u8 value, u16 port)
{
	if (port != 0x43)
		fail("port %#x", port);
	i8254s++;
}

u8 inb(u16 port)
{
	if (port != 0x40)
		fail("port %#x", port);

	return 0x15;
}

bool pvh_refuse(struct pvh_error *err, const char *field, u64 value,
		const char *reason)
{
	err->field = field;
	err->value = value;
	err->reason = reason;

	return false;
}

/* -- The kernel ------------------------------------------------------------ */

static u8 *image, *work;
static u64 size;			/* bytes of both */
static u64 table_at, linked_at;		/* bytes into both */
static u64 table_room;
static s32 *list;
static size_t list_bytes;
static size_t list_parts;
static struct boot_params bp;

static void *load(const char *name, size_t *bytes)
{
	FILE *f = fopen(name, "rb");
	long len;
	void *p;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= 0)
		fail("cannot read %s", name);
	rewind(f);
	p = malloc(len);
	if (!p || fread(p, len, 1, f) != 1)
		fail("cannot read %s", name);
	fclose(f);
	*bytes = len;

	return p;
}

/* As a loader has it: the segments where they belong, and zeroes between them */
static void load_kernel(const char *name, u64 text, u64 end)
{
	size_t len;
	Elf64_Ehdr *ehdr = load(name, &len);
	Elf64_Phdr *phdr = (void *)((u8 *)ehdr + ehdr->e_phoff);
	int i;

	size = end - text;
	image = calloc(1, size);
	work = malloc(size);
	if (!image || !work)
		fail("no memory");
	for (i = 0; i < ehdr->e_phnum; i++) {
		/*
		 * Where per-CPU variables have addresses of their own, those are
		 * not where a loader puts them.
		 */
		u64 from = phdr[i].p_paddr | KERNEL_MAP, to = from + phdr[i].p_filesz;
		u8 *bytes = (u8 *)ehdr + (phdr[i].p_offset - from);

		if (phdr[i].p_type != PT_LOAD)
			continue;
		from = from < text ? text : from;
		to = to > end ? end : to;
		if (from < to)
			memcpy(image + (from - text), bytes + from, to - from);
	}
	free(ehdr);
}

/*
 * As the decompressor does: the list has a 0 before each of its parts. Those are
 * two, or three where the kernel has its per-CPU variables at address 0.
 */
static void __attribute__((no_sanitize("address", "undefined")))
oracle(u8 *to, u64 delta)
{
	const s32 *at = list, *end = (const s32 *)((u8 *)list + list_bytes);

	if (*at++)
		fail("the list of relocations has no 0 at its start");
	for (; at < end && *at; at++)
		*(u64 *)(to + ((s64)*at - LOWEST)) += delta;
	if (list_parts == 3) {
		for (at++; at < end && *at; at++)
			*(u32 *)(to + ((s64)*at - LOWEST)) -= delta;
	}
	if (at++ == end)
		fail("the list of relocations has no 32-bit half");
	for (; at < end; at++)
		*(u32 *)(to + ((s64)*at - LOWEST)) += delta;
}

static bool boot(struct pvh_error *err)
{
	struct pvh_kernel kernel = {
		.params	= &bp,
		.start	= (unsigned long)work,
		.end	= (unsigned long)work + size,
	};

	memset(err, 0, sizeof(*err));
	cpuids = rdrands = rdtscs = i8254s = 0;
	bp.hdr.loadflags = 0;

	return pvh_randomize(&kernel, err);
}

/* Boot, compare all of the image, and return how far it has moved. */
static u64 moved(void)
{
	static u8 *want;
	struct pvh_error err;
	u64 delta;

	if (!want)
		want = malloc(size);
	memcpy(work, image, size);
	if (!boot(&err))
		fail("refused: %s %#llx: %s", err.field, err.value, err.reason);
	if (bp.hdr.loadflags != KASLR_FLAG)
		fail("loadflags %#x", bp.hdr.loadflags);

	delta = *(u64 *)(work + linked_at) - LOWEST;
	if (delta % STEP || delta + size > HIGHEST - LOWEST)
		fail("moved by %#llx", delta);
	memcpy(want, image, size);
	oracle(want, delta);
	if (memcmp(work, want, size)) {
		u64 at = 0;

		while (work[at] == want[at])
			at++;
		fail("moved by %#llx: %#llx differs", delta, LOWEST + at);
	}

	return delta;
}

/* Damaged: refused, by a field of the table, with the image as it was */
static void refused(const char *what, const char *field)
{
	struct pvh_error err;

	memcpy(work, image, size);
	if (boot(&err))
		fail("%s: not refused", what);
	if (field ? strcmp(err.field, field) : strncmp(err.field, "relocs ", 7))
		fail("%s: refused for %s", what, err.field);
	if (memcmp(work, image, size))
		fail("%s: refused, and the kernel is changed", what);
}

/* -- Tests ----------------------------------------------------------------- */

static u64 boots = 200;
static u64 slots, lowest = -1ULL, highest;
static u8 *seen;

static void places(void)
{
	u64 i, distinct = 0;

	slots = (HIGHEST - LOWEST - size) / STEP + 1;
	seen = calloc(slots, 1);
	has_tsc = true;
	for (i = 0; i < boots; i++) {
		u64 delta;

		tsc_value = i * 0x123456789abULL;
		delta = moved();
		distinct += !seen[delta / STEP];
		seen[delta / STEP] = 1;
		lowest = delta < lowest ? delta : lowest;
		highest = delta > highest ? delta : highest;
	}
	/* Hardly ever are more than half of the draws alike. */
	if (distinct < boots / 4)
		fail("%llu distances in %llu boots, of %llu", distinct, boots, slots);
	printf("moved %llu times, to %llu of %llu places, by %#llx to %#llx\n",
	       boots, distinct, slots, lowest, highest);
}

/* Each of the sources that there are, and all that has gone into the result */
static void entropy(void)
{
	u64 delta, i, differ = 0;

	has_tsc = has_rdrand = rdrand_works = true;
	delta = moved();
	if (cpuids != 1 || rdrands != 1 || rdtscs != 1 || i8254s)
		fail("%u CPUID, %u RDRAND, %u RDTSC, %u i8254", cpuids, rdrands, rdtscs, i8254s);
	for (i = 1; i <= 8; i++, rdrand_value += 0x1000000010001ULL)
		differ += moved() != delta;
	if (differ < 4)
		fail("RDRAND makes no difference");
	delta = moved();
	for (i = 1, differ = 0; i <= 8; i++, bp.e820_table[0].size += 0x1000)
		differ += moved() != delta;
	if (differ < 4)
		fail("boot_params make no difference");
	rdrand_works = false;
	moved();
	if (rdtscs != 1 || i8254s)
		fail("RDRAND fails: %u RDTSC, %u i8254", rdtscs, i8254s);
	has_rdrand = has_tsc = false;
	moved();
	if (i8254s != 1 || rdrands || rdtscs)
		fail("without RDRAND and RDTSC: %u i8254", i8254s);
	has_tsc = true;
}

static u64 pristine_size;

static void *pristine(void)
{
	memset(table, 0, ROOM);
	memcpy(table, image + table_at, table_room);
	pristine_size = sizeof(*table) + table->size;

	return table;
}

/* The sum as pvh_relocs.h has it, of what is there now */
static u64 sum_of(u64 bytes)
{
	const u64 *p = (const u64 *)&table->magic;
	u64 sum = 0, i;

	for (i = 0; i < (bytes + 31) / 32 * 4; i++)
		sum = (sum << 7 | sum >> 57) ^ p[i];

	return sum;
}

static void damage(void)
{
	u8 *bytes = (u8 *)table;
	u64 i, n = 0;

	pristine();
	table->magic ^= 0x100;
	refused("magic", "relocs magic");
	pristine();
	memset(table, 0, ROOM);
	refused("no table", "relocs magic");
	pristine();
	table->sum ^= 1;
	refused("sum", "relocs sum");
	pristine();
	table->size = ROOM - sizeof(*table) + 1;
	refused("size", "relocs size");
	table->size = ROOM - sizeof(*table) - 8 - 16 + 1;
	refused("size", "relocs size");
	table->size = -1U;
	refused("size", "relocs size");
	pristine();
	table->size--;
	refused("size", "relocs sum");
	pristine();
	table->span = size + 1;
	refused("span", "relocs sum");
	table->sum = sum_of(16 + table->size);
	refused("span", "relocs span");
	pristine();
	table->count++;
	refused("count", "relocs sum");
	/* The last place may be the last of the kernel. */
	pristine();
	table->span = size;
	table->sum = sum_of(16 + table->size);
	moved();
	/* The largest that fits, with a right sum, gets as far as that. */
	pristine();
	table->size = ROOM - sizeof(*table) - 8 - 16;
	table->span = -1U;
	table->sum = sum_of(16 + table->size);
	refused("a full table", "relocs span");

	for (i = 0; i < pristine_size; i += i < 64 ? 1 : 997, n++) {
		pristine();
		bytes[i] ^= 1U << i % 8;
		refused("a bit", NULL);
	}
	/* Two runs of eight bytes in each other's place */
	for (i = 64; i + 16 < pristine_size; i += 4999, n++) {
		u64 first, second;

		pristine();
		memcpy(&first, bytes + i, 8);
		memcpy(&second, bytes + i + 8, 8);
		if (first == second)
			continue;
		memcpy(bytes + i, &second, 8);
		memcpy(bytes + i + 8, &first, 8);
		refused("exchanged", "relocs sum");
	}
	pristine();
	printf("damaged %llu times, and refused\n", n + 11);
}

/*
 * Every place that there is gets its turn, and no other. For that a table of a
 * single relocation will do, that of linked_text.
 */
static void range(void)
{
	struct pvh_error err;
	u64 i, delta;
	u32 run = linked_at << 8;

	if (linked_at > 0xffffff)
		fail("linked_text is too far from _text");
	memset(table, 0, ROOM);
	table->magic = PVH_RELOCS_MAGIC;
	table->size = sizeof(run);
	table->count = 1;
	table->span = size;
	memcpy(table->runs, &run, sizeof(run));
	table->sum = sum_of(16 + table->size);

	memset(seen, 0, slots);
	memcpy(work, image, size);
	for (i = 0; i < 30 * slots; i++) {
		tsc_value = i * 0x9e3779b97f4a7c15ULL;
		if (!boot(&err))
			fail("refused: %s %#llx: %s", err.field, err.value, err.reason);
		delta = *(u64 *)(work + linked_at) - LOWEST;
		if (delta % STEP || delta / STEP >= slots)
			fail("moved by %#llx", delta);
		seen[delta / STEP] = 1;
		memcpy(work + linked_at, image + linked_at, 8);
	}
	for (i = 0; i < slots; i++) {
		if (!seen[i])
			fail("never moved by %#llx", i * STEP);
	}
	if (memcmp(work, image, size))
		fail("more than the one place is changed");
	pristine();
	printf("moved to each of %llu places\n", slots);
}

/* A loader has relocated the kernel before. */
static void relocated(void)
{
	struct pvh_error err;

	linked_text = LOWEST + STEP;
	memcpy(work, image, size);
	if (!boot(&err) || memcmp(work, image, size))
		fail("relocated again");
	if (bp.hdr.loadflags != KASLR_FLAG)
		fail("relocated by the loader: loadflags %#x", bp.hdr.loadflags);
	linked_text = LOWEST;
}

int main(int argc, char **argv)
{
	u64 at[5];
	int i;

	if (argc != 8)
		fail("usage: relocs VMLINUX LIST TEXT END LINKED TABLE TABLE_END");
	for (i = 0; i < 5; i++)
		at[i] = strtoull(argv[3 + i], NULL, 16);
	load_kernel(argv[1], at[0], at[1]);
	list = load(argv[2], &list_bytes);
	linked_at = at[2] - at[0];
	table_at = at[3] - at[0];
	table_room = at[4] - at[3];
	linked_text = *(u64 *)(image + linked_at);
	if (at[0] != LOWEST || linked_text != LOWEST)
		fail("_text is %#llx, and linked as %#llx", at[0], linked_text);
	asm("leaq pvh_relocs(%%rip), %0" : "=r" (table));
	if (table_room > ROOM)
		fail("a table of %llu bytes", table_room);
	pristine();
	for (i = 0; i < list_bytes / 4; i++)
		list_parts += !list[i];
	if (list_parts != 2 && list_parts != 3)
		fail("a list of %zu parts", list_parts);
	if (table->count != list_bytes / 4 - list_parts)
		fail("%u relocations instead of %zu", table->count,
		     list_bytes / 4 - list_parts);

	/* Of one that takes long to copy the places are what matters. */
	if (size > 32 << 20)
		boots = 8;
	places();
	if (boots == 200) {
		entropy();
		damage();
		range();
		relocated();
	}
	printf("%u relocations, %u bytes of runs\n", table->count, table->size);

	return 0;
}
