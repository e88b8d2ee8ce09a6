// SPDX-License-Identifier: GPL-2.0
/*
 * startup/kaslr.c on a real kernel image: it relocates each byte as the list of
 * relocations of the decompressor says, which is older and simpler. With a damaged
 * table it leaves the image as it is.
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

#include "startup.h"

#define STEP	0x200000ULL		/* CONFIG_PHYSICAL_ALIGN */
#define LOWEST	0xffffffff81000000ULL	/* the image as linked */
#define HIGHEST	0xffffffffc0000000ULL	/* the image and _end stay below */
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
static unsigned int cpuids, rdrands, rdtscs;

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

/* kaslr_get_random_long() has code that reads a timer, which a guest need not have. */
void outb(u8 value, u16 port)
{
	fail("writes to port %#x", port);
}

u8 inb(u16 port)
{
	fail("reads port %#x", port);
}

/* -- The kernel ------------------------------------------------------------ */

static u8 *image, *work;
static u64 size;			/* bytes of both */
static u64 kernel_size;			/* and of the kernel, which may be more */
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

/* As a loader loads it: the segments at their addresses, and zeroes between them */
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

static void boot(void)
{
	struct pvh_kernel kernel = {
		.params	= &bp,
		.start	= (unsigned long)work,
		.end	= (unsigned long)work + kernel_size,
	};

	memset(pvh_warnings, 0, PVH_MAX_WARNINGS * sizeof(pvh_warnings[0]));
	pvh_nr_warnings = 0;
	cpuids = rdrands = rdtscs = 0;
	bp.hdr.loadflags = 0;

	pvh_randomize(&kernel);
	/* Without entropy the regions of kernel memory stay, too. */
	if (bp.hdr.loadflags != (has_rdrand || has_tsc ? KASLR_FLAG : 0))
		fail("loadflags %#x", bp.hdr.loadflags);
}

/* Boot with nothing to warn of, and return how far the kernel has moved. */
static u64 moves(void)
{
	u64 delta;

	boot();
	if (pvh_nr_warnings)
		fail("warns: %s %#llx: %s", pvh_warnings[0].field, pvh_warnings[0].value,
		     pvh_warnings[0].reason);
	delta = *(u64 *)(work + linked_at) - LOWEST;
	if (delta % STEP || LOWEST + delta + kernel_size >= HIGHEST)
		fail("%#llx bytes moved by %#llx", kernel_size, delta);

	return delta;
}

/* Compare all of the image as well. */
static u64 moved(void)
{
	static u8 *want;
	u64 delta;

	if (!want)
		want = malloc(size);
	memcpy(work, image, size);
	delta = moves();
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

/* The kernel stays where it is linked, as it was, with one warning. */
static void stays(const char *what, const char *field, u64 value)
{
	const struct pvh_error *w = pvh_warnings;

	memcpy(work, image, size);
	boot();
	if (memcmp(work, image, size))
		fail("%s: the kernel is changed", what);
	if (pvh_nr_warnings != 1)
		fail("%s: %u warnings", what, pvh_nr_warnings);
	if (field ? strcmp(w->field, field) : strncmp(w->field, "relocs ", 7))
		fail("%s: warns of %s", what, w->field);
	if (field && w->value != value)
		fail("%s: warns of %s %#llx and not %#llx", what, field, w->value, value);
	if (!strstr(w->reason, has_rdrand || has_tsc ? "the kernel is not moved" : "KASLR is off"))
		fail("%s: %s", what, w->reason);
}

/* -- Tests ----------------------------------------------------------------- */

static u64 boots = 200;
static u64 slots, lowest = -1ULL, highest;
static u8 *seen;

static void random_slots(void)
{
	u64 i, distinct = 0;

	slots = (HIGHEST - LOWEST - 1 - size) / STEP + 1;
	seen = calloc(slots + 1, 1);
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
	printf("moved %llu times, to %llu of %llu slots, by %#llx to %#llx\n",
	       boots, distinct, slots, lowest, highest);
}

/* Each of the sources that there are, and all that has gone into the result */
static void entropy(void)
{
	u64 delta, i, differ = 0;

	has_tsc = has_rdrand = rdrand_works = true;
	delta = moved();
	if (cpuids != 1 || rdrands != 1 || rdtscs != 1)
		fail("%u CPUID, %u RDRAND, %u RDTSC", cpuids, rdrands, rdtscs);
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
	if (rdtscs != 1)
		fail("RDRAND fails: %u RDTSC", rdtscs);
	/* A machine need not have a timer to read instead of these two. */
	has_rdrand = has_tsc = false;
	stays("no RDRAND and no TSC", "cpuid 0x1 ecx", ~(1U << 30));
	if (rdrands || rdtscs || cpuids != 1)
		fail("no RDRAND and no TSC: %u CPUID", cpuids);
	rdrand_works = has_rdrand = true;
	moved();
	if (rdrands != 1 || rdtscs)
		fail("no TSC: %u RDRAND, %u RDTSC", rdrands, rdtscs);
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

/* The sum that pvh_relocs.h defines, of the current bytes */
static u64 sum_of(u64 bytes)
{
	const u64 *p = (const u64 *)&table->magic;
	u64 sum = 0, i;

	for (i = 0; i < (bytes + 31) / 32 * 4; i++)
		sum = (sum << 7 | sum >> 57) ^ p[i];

	return sum;
}

static void damage_header(void)
{
	pristine();
	table->magic ^= 0x100;
	stays("magic", "relocs magic", PVH_RELOCS_MAGIC ^ 0x100);
	pristine();
	memset(table, 0, ROOM);
	stays("no table", "relocs magic", 0);
	pristine();
	table->sum ^= 1;
	stays("sum", "relocs sum", table->sum);
	pristine();
	table->size = ROOM - sizeof(*table) + 1;
	stays("size", "relocs size", table->size);
	table->size = ROOM - sizeof(*table) - 8 - 16 + 1;
	stays("size", "relocs size", table->size);
	table->size = -1U;
	stays("size", "relocs size", table->size);
	pristine();
	table->size--;
	stays("size", "relocs sum", table->sum);
	pristine();
	table->span = size + 1;
	stays("span", "relocs sum", table->sum);
	table->sum = sum_of(16 + table->size);
	stays("span", "relocs span", table->span);
	pristine();
	table->count++;
	stays("count", "relocs sum", table->sum);
	/* The last relocation may be in the last bytes of the kernel. */
	pristine();
	table->span = size;
	table->sum = sum_of(16 + table->size);
	moved();
	/* The largest that fits, with a right sum, gets as far as that. */
	pristine();
	table->size = ROOM - sizeof(*table) - 8 - 16;
	table->span = -1U;
	table->sum = sum_of(16 + table->size);
	stays("a full table", "relocs span", table->span);
}

static void damage(void)
{
	u8 *bytes = (u8 *)table;
	u64 i, n = 0;

	damage_header();
	for (i = 0; i < pristine_size; i += i < 64 ? 1 : 997, n++) {
		pristine();
		bytes[i] ^= 1U << i % 8;
		stays("a bit", NULL, 0);
	}
	/* Eight bytes, and the next eight, exchanged */
	for (i = 64; i + 16 < pristine_size; i += 4999, n++) {
		u64 first, second;

		pristine();
		memcpy(&first, bytes + i, 8);
		memcpy(&second, bytes + i + 8, 8);
		if (first == second)
			continue;
		memcpy(bytes + i, &second, 8);
		memcpy(bytes + i + 8, &first, 8);
		stays("exchanged", "relocs sum", table->sum);
	}
	pristine();
	printf("damaged %llu times, and not used\n", n + 11);
}

/* A table of a single relocation, that of linked_text: quick to apply */
static void single(void)
{
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
}

/*
 * A kernel of so many bytes goes to each slot that there is for it, and to no
 * other. @first and @last are set to values of the TSC that lead to those.
 */
static void range(u64 bytes, u64 *first, u64 *last)
{
	u64 i, fit = 0, n = 0;

	/* Step by step, until not even _end itself is below */
	while (LOWEST + fit * STEP + bytes < HIGHEST)
		fit++;
	kernel_size = bytes;
	single();
	memset(seen, 0, slots + 1);
	memcpy(work, image, size);
	for (i = 0; n < fit || i < 3 * fit + 20; i++) {
		u64 delta;

		if (i == 100 * (fit + 1))
			fail("%#llx bytes come to %llu of %llu slots only", bytes, n, fit);
		tsc_value = i * 0x9e3779b97f4a7c15ULL;
		delta = moves();
		if (!delta)
			*first = tsc_value;
		if (delta / STEP == fit - 1)
			*last = tsc_value;
		n += !seen[delta / STEP];
		seen[delta / STEP] = 1;
		memcpy(work + linked_at, image + linked_at, 8);
	}
	if (memcmp(work, image, size))
		fail("more than the one relocation is applied");
	pristine();
	printf("%#llx bytes: moved to each of %llu slots\n", bytes, fit);
}

/* All of the kernel at the first and at the last slot, by its size */
static void ends(u64 bytes)
{
	u64 first = 0, last = 0, delta;

	range(bytes, &first, &last);
	tsc_value = first;
	delta = moved();
	if (delta)
		fail("%#llx bytes: the first slot is %#llx", bytes, delta);
	tsc_value = last;
	delta = moved();
	/* One step further, _end would not be below any more. */
	if (LOWEST + delta + bytes >= HIGHEST || LOWEST + delta + STEP + bytes < HIGHEST)
		fail("%#llx bytes: the last slot is %#llx", bytes, delta);
	kernel_size = size;
}

static void sizes(void)
{
	u64 whole = (size + STEP - 1) / STEP * STEP, most = HIGHEST - LOWEST;

	ends(size);
	/* A size that is a multiple of the step leaves one slot less. */
	ends(whole);
	ends(whole + 1);
	ends(whole + STEP - 1);
	ends(most - 2 * STEP - 1);
	ends(most - 2 * STEP);
	ends(most - STEP - 1);
	ends(most - STEP);
	ends(most - STEP + 1);
	/* One slot left, and none */
	ends(most - 1);
	kernel_size = most;
	stays("size", "kernel size", most);
	kernel_size = most + 1;
	stays("size", "kernel size", most + 1);
	kernel_size = most + LOWEST - KERNEL_MAP;
	stays("size", "kernel size", kernel_size);
	kernel_size = 4 * most;
	stays("size", "kernel size", kernel_size);
	kernel_size = size;
}

/* A loader has relocated the kernel before. */
static void relocated(void)
{
	linked_text = LOWEST + STEP;
	memcpy(work, image, size);
	boot();
	if (memcmp(work, image, size) || pvh_nr_warnings)
		fail("relocated again");
	/* Then the table is not read. */
	table->magic = 0;
	boot();
	if (memcmp(work, image, size) || pvh_nr_warnings)
		fail("relocated before: a table that is damaged");
	pristine();
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

	/* A large image takes long to copy, so only its relocations are tested. */
	if (size > 32 << 20)
		boots = 8;
	kernel_size = size;
	random_slots();
	if (boots == 200) {
		sizes();
		entropy();
		damage();
		relocated();
	}
	printf("%u relocations, %u bytes of runs\n", table->count, table->size);

	return 0;
}
