// SPDX-License-Identifier: GPL-2.0
/*
 * boot/startup/kaslr.c on a real kernel image: it relocates each byte as the list of
 * relocations says, which is older and simpler. With a damaged table, with "nokaslr",
 * or if something else has chosen an address, it leaves the image as it is.
 * relocate_for_kaslr() of boot/compressed/kaslr.c on the same image.
 *
 * usage: relocs TEST VMLINUX LIST TEXT END TABLE TABLE_END
 *
 * TEST is one of those at the end of this file. LIST is what arch/x86/tools/relocs
 * prints; the others are the addresses of _text, _end, kernel_relocs and
 * kernel_relocs_end in VMLINUX.
 */

#include <linux/elf.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <asm/bootparam.h>
#include <asm/cmdline.h>
#include <asm/cpuid/api.h>
#include <asm/kaslr.h>
#include <asm/kernel_relocs.h>
#include <asm/msr-index.h>
#include <asm/page_types.h>
#include <asm/sections.h>
#include <asm/shared/io.h>

#include "relocs.h"

#define STEP	0x200000ULL		/* CONFIG_PHYSICAL_ALIGN */
#define LOWEST	0xffffffff81000000ULL	/* the image as linked */
#define HIGHEST	0xffffffffc0000000ULL	/* the image and _end stay below */
#define KERNEL_MAP 0xffffffff80000000ULL	/* __START_KERNEL_map */

/*
 * What the code under test has as symbols. Of its own size, which is one that a table
 * can fill: a table that claims to be larger than this must not be read.
 */
#define ROOM	0x400010
asm(".pushsection .data\n"
    ".balign 4096\n"
    ".globl kernel_relocs, kernel_relocs_end\n"
    "kernel_relocs: .space 0x400010\n"
    "kernel_relocs_end:\n"
    ".popsection\n");
static struct kernel_relocs *table;
const char *shim_text, *shim_end;
enum kaslr_status kaslr_status;
u64 sev_status;

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

/* -- The command line ------------------------------------------------------- */

/*
 * lib/cmdline.c of two kernels: one without a command line of its own, and one that
 * has the text in builtin_cmdline: see the Makefile.
 */
int plain_option_bool(const char *cmdline, const char *option);
int own_option_bool(const char *cmdline, const char *option);
char builtin_cmdline[COMMAND_LINE_SIZE];
bool builtin_cmdline_added;
static bool has_own_cmdline;

int cmdline_find_option_bool(const char *cmdline, const char *option)
{
	return (has_own_cmdline ? own_option_bool : plain_option_bool)(cmdline, option);
}

/* Two addresses that differ only in their upper half. Behind each there is nothing. */
#define LOW_PAGE	0x20000000UL
#define HIGH_PAGE	0x200020000000UL
#define IN_PAGE		(4096 - COMMAND_LINE_SIZE)
static char *low_cmdline, *high_cmdline;

static char *cmdline_at(unsigned long page)
{
	char *p = mmap((void *)page, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (char *)page || mprotect(p + 4096, 4096, PROT_NONE))
		fail("no memory at %#lx", page);

	return p + IN_PAGE;
}

/* -- The kernel ------------------------------------------------------------ */

static u8 *image, *work;
static u64 size;			/* bytes of both */
static u64 kernel_size;			/* and of the kernel, which may be more */
static u64 table_at;			/* bytes into both */
static u64 table_room;
static s32 *list;
static size_t list_bytes;
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
 * As the decompressor of a kernel without a table does: the list has a 0 before each
 * of its two parts.
 */
static void __attribute__((no_sanitize("address", "undefined")))
oracle(u8 *to, u64 delta)
{
	const s32 *at = list, *end = (const s32 *)((u8 *)list + list_bytes);

	if (*at++)
		fail("the list of relocations has no 0 at its start");
	for (; at < end && *at; at++)
		*(u64 *)(to + ((s64)*at - LOWEST)) += delta;
	if (at++ == end)
		fail("the list of relocations has no 32-bit half");
	for (; at < end; at++)
		*(u32 *)(to + ((s64)*at - LOWEST)) += delta;
}

static void compare(const u8 *want, u64 delta)
{
	u64 at = 0;

	if (!memcmp(work, want, size))
		return;
	while (work[at] == want[at])
		at++;
	fail("moved by %#llx: %#llx differs", delta, LOWEST + at);
}

/* The image as it has to be after such a move */
static u8 *wanted(u64 delta)
{
	static u8 *want;

	if (!want)
		want = malloc(size);
	memcpy(want, image, size);
	oracle(want, delta);

	return want;
}

static bool off;		/* "nokaslr" is there */
static u8 *table_before;

/*
 * Boot. The table has to be as before, unless it is marked. The boot_params are not
 * written to. The status says whether the kernel may randomize its regions of memory,
 * even if it stays itself.
 *
 * Return: whether the table is marked
 */
static bool boot(void)
{
	static struct boot_params bp_before;
	bool was_marked = !table->magic;

	bp_before = bp;
	memcpy(table_before, table, table_room);
	shim_text = (char *)work;
	shim_end = (char *)work + kernel_size;
	kaslr_status = KASLR_DECIDED;
	cpuids = rdrands = rdtscs = 0;

	randomize_kernel(&bp);
	if (memcmp(&bp, &bp_before, sizeof(bp)))
		fail("the boot_params are changed");
	if (was_marked ? kaslr_status != KASLR_DECIDED :
	    off ? kaslr_status != KASLR_OFF :
	    (has_rdrand && rdrand_works) || (has_tsc && !sev_status) ? kaslr_status < KASLR_OK :
	    kaslr_status != KASLR_NO_ENTROPY)
		fail("status %d", kaslr_status);
	if (sev_status && rdtscs)
		fail("RDTSC in an SEV-ES guest");
	if ((was_marked || off) && cpuids + rdrands + rdtscs)
		fail("asks the CPU for entropy that nothing needs");
	if (was_marked || table->magic) {
		if (memcmp(table, table_before, table_room))
			fail("the table is changed");
		return was_marked;
	}
	((struct kernel_relocs *)table_before)->magic = 0;
	if (memcmp(table, table_before, table_room))
		fail("more than the mark in the table is changed");

	return true;
}

/* Boot a kernel that has to move, and return how far it has moved. */
static u64 moves(void)
{
	u32 magic = table->magic;
	u64 delta;

	if (!boot())
		fail("the table is not marked, status %d", kaslr_status);
	if (kaslr_status != KASLR_OK)
		fail("status %d after a move", kaslr_status);
	/* For the next boot */
	table->magic = magic;
	delta = *(u64 *)(work + table_at) - LOWEST;
	if (delta % STEP || LOWEST + delta + kernel_size >= HIGHEST)
		fail("%#llx bytes moved by %#llx", kernel_size, delta);

	return delta;
}

/* Compare all of the image as well. */
static u64 moved(void)
{
	u64 delta;

	memcpy(work, image, size);
	delta = moves();
	compare(wanted(delta), delta);

	return delta;
}

/* The kernel stays where it is linked, as it was, for that reason. */
static void stays(const char *what, enum kaslr_status status)
{
	bool was_marked = !table->magic;

	memcpy(work, image, size);
	if (boot() != was_marked)
		fail("%s: the table is marked", what);
	if (memcmp(work, image, size))
		fail("%s: the kernel is changed", what);
	if (kaslr_status != status)
		fail("%s: status %d instead of %d", what, kaslr_status, status);
}

/* -- Tests ----------------------------------------------------------------- */

static u64 boots = 200;
static u64 slots, lowest = -1ULL, highest;
static u8 *seen;

static void random_slots(void)
{
	u64 i, distinct = 0;

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
	stays("no RDRAND and no TSC", KASLR_NO_ENTROPY);
	if (rdrands || rdtscs || cpuids != 1)
		fail("no RDRAND and no TSC: %u CPUID", cpuids);
	has_rdrand = true;
	stays("an RDRAND that fails and no TSC", KASLR_NO_ENTROPY);
	/* One to see that it works, and one for the address */
	rdrand_works = true;
	moved();
	if (rdrands != 2 || rdtscs)
		fail("no TSC: %u RDRAND, %u RDTSC", rdrands, rdtscs);
	has_tsc = true;
	/* A hypervisor can intercept RDTSC, which an SEV-ES guest cannot handle yet. */
	sev_status = MSR_AMD64_SEV_ES_ENABLED;
	moved();
	if (rdrands != 2)
		fail("SEV-ES: %u RDRAND", rdrands);
	has_rdrand = false;
	stays("SEV-ES and no RDRAND", KASLR_NO_ENTROPY);
	has_rdrand = true;
	sev_status = 0;
}

static u64 pristine_size;

static void pristine(void)
{
	memset(table, 0, ROOM);
	memcpy(table, image + table_at, table_room);
	pristine_size = sizeof(*table) + table->size;
}

/* The sum that kernel_relocs.h defines, of so many bytes from the magic on */
static u64 sum_of(const struct kernel_relocs *t, u64 bytes)
{
	const u8 *p = (const u8 *)&t->magic;
	u64 sum = 0, word, i;

	for (i = 0; i < (bytes + 31) / 32 * 4; i++) {
		memcpy(&word, p + 8 * i, 8);
		sum = (sum << 57 | sum >> 7) ^ word;
	}

	return sum;
}

static void correct_sum(struct kernel_relocs *t)
{
	t->sum = sum_of(t, 16ULL + t->size);
}

static void damage_header(void)
{
	pristine();
	table->magic ^= 0x100;
	stays("magic", KASLR_BAD_RELOCS);
	pristine();
	table->sum ^= 1;
	stays("sum", KASLR_BAD_RELOCS);
	pristine();
	table->size = ROOM - sizeof(*table) + 1;
	stays("size", KASLR_BAD_RELOCS);
	table->size = -1U;
	stays("size", KASLR_BAD_RELOCS);
	pristine();
	table->size--;
	stays("size", KASLR_BAD_RELOCS);
	pristine();
	table->span = size + 1;
	stays("span", KASLR_BAD_RELOCS);
	correct_sum(table);
	stays("span", KASLR_BAD_RELOCS);
	pristine();
	table->count++;
	stays("count", KASLR_BAD_RELOCS);
	/* The last relocation may be in the last bytes of the kernel. */
	pristine();
	table->span = size;
	correct_sum(table);
	moved();
	/* The largest that fits, with a right sum, gets as far as that. */
	pristine();
	table->size = ROOM - sizeof(*table);
	table->span = -1U;
	correct_sum(table);
	stays("a full table", KASLR_BAD_RELOCS);
}

static void damage(void)
{
	u8 *bytes = (u8 *)table;
	u64 i, n = 0, first_slot;

	has_tsc = true;
	/* A kernel that stays in the first slot needs no table, so none is checked. */
	while (moved())
		tsc_value++;
	first_slot = tsc_value;
	table->sum ^= 1;
	moved();
	while (tsc_value == first_slot || (pristine(), !moved()))
		tsc_value++;

	damage_header();
	for (i = offsetof(struct kernel_relocs, sum); i < pristine_size;
	     i += i < 64 ? 1 : 1999, n++) {
		pristine();
		bytes[i] ^= 1U << i % 8;
		stays("a bit", KASLR_BAD_RELOCS);
	}
	/* Eight bytes, and the next eight, exchanged */
	for (i = 64; i + 16 < pristine_size; i += 9973, n++) {
		u64 first, second;

		pristine();
		memcpy(&first, bytes + i, 8);
		memcpy(&second, bytes + i + 8, 8);
		if (first == second)
			continue;
		memcpy(bytes + i, &second, 8);
		memcpy(bytes + i + 8, &first, 8);
		stays("exchanged", KASLR_BAD_RELOCS);
	}
	printf("damaged %llu times, and not used\n", n + 9);
}

/* A table of a single relocation, that of its own first field: quick to apply */
static void single(void)
{
	u64 left = table_at;
	u32 run;

	pristine();
	memset(table->runs, 0, ROOM - sizeof(*table));
	table->size = 0;
	table->count = 1;
	table->span = size;
	do {
		run = left << 8;
		if (left > KERNEL_RELOCS_MAX_DISTANCE)
			run = KERNEL_RELOCS_MAX_DISTANCE << 8 | KERNEL_RELOCS_SKIP;
		left -= run >> 8;
		memcpy(table->runs + table->size, &run, sizeof(run));
		table->size += sizeof(run);
	} while ((u8)run == KERNEL_RELOCS_SKIP);
	correct_sum(table);
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
		memcpy(work + table_at, image + table_at, 8);
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

	has_tsc = true;
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
	stays("size", KASLR_TOO_LARGE);
	kernel_size = most + 1;
	stays("size", KASLR_TOO_LARGE);
	kernel_size = most + LOWEST - KERNEL_MAP;
	stays("size", KASLR_TOO_LARGE);
	kernel_size = 4 * most;
	stays("size", KASLR_TOO_LARGE);
}

/* Something else has chosen an address before. */
static void chosen(void)
{
	int i;

	has_tsc = true;
	for (i = 0; i < 4; i++) {
		/* A decompressor has. The command line does not matter then. */
		pristine();
		table->magic = 0;
		bp.hdr.cmd_line_ptr = 1;
		table->sum ^= i & 2;
		bp.hdr.loadflags = KASLR_FLAG;
		stays("a table that is marked", KASLR_DECIDED);
		bp.hdr.loadflags = 0;
		bp.hdr.cmd_line_ptr = (unsigned long)low_cmdline;

		/* A loader has, and the table is not read. */
		pristine();
		table->text = LOWEST + (i & 2 ? -STEP : STEP);
		stays("a kernel that a loader has relocated", KASLR_OK);
		table->magic++;
		stays("a damaged table that a loader has used", KASLR_OK);
	}
	/* The image has no table: the build has not filled it in. */
	memset(table, 0, ROOM);
	table->text = LOWEST;
	stays("no table", KASLR_DECIDED);
}

/* Boot with the command line where bp points to. "nokaslr" is in it, or it is not. */
static void boots_with(const char *s, bool nokaslr)
{
	off = nokaslr;
	if (nokaslr)
		stays(s, KASLR_OFF);
	else
		moved();
	off = false;
}

static void from_both(const char *s, bool nokaslr)
{
	bp.ext_cmd_line_ptr = 0;
	boots_with(s, nokaslr);
	/* The upper half counts: what is at the lower half alone is another one. */
	memcpy(high_cmdline, low_cmdline, COMMAND_LINE_SIZE);
	strcpy(low_cmdline, nokaslr ? "kaslr" : "nokaslr");
	bp.ext_cmd_line_ptr = HIGH_PAGE >> 32;
	boots_with(s, nokaslr);
	/* A loader has not cleared boot_params: the upper half is undefined. */
	bp.sentinel = 0xff;
	bp.ext_cmd_line_ptr = 0xdeadbeef;
	memcpy(low_cmdline, high_cmdline, COMMAND_LINE_SIZE);
	boots_with(s, nokaslr);
	bp.sentinel = 0;
}

static void words(const char *s, bool nokaslr)
{
	memset(low_cmdline, 0, COMMAND_LINE_SIZE);
	strcpy(low_cmdline, s);
	from_both(s, nokaslr);
}

static void words_in_loaders_cmdline(void)
{
	const char *name;
	size_t i;

	words("", false);
	words("nokaslr", true);
	words("nokaslr quiet", true);
	words("quiet nokaslr", true);
	words("quiet  nokaslr  ro", true);
	words("quiet\tnokaslr\nro", true);
	words("nokasl nokaslr", true);
	words("nokaslr\177", false);
	words("nokaslr\240", false);
	words("\240nokaslr", false);
	words("quiet\377nokaslr", false);
	words("nokaslrx", false);
	words("nokaslr=1", false);
	words("xnokaslr", false);
	words("x=nokaslr", false);
	words("nokasl", false);
	words("nonokaslr", false);
	words("kaslr", false);

	/* Up to the last byte, and not after it */
	for (i = 0; i < 3; i++) {
		name = "nokaslr where the command line ends";
		memset(low_cmdline, ' ', COMMAND_LINE_SIZE);
		memcpy(low_cmdline + COMMAND_LINE_SIZE - 8 - i, "nokaslr", 8);
		from_both(name, true);
	}
	name = "nokaslr that ends beyond the last byte";
	memset(low_cmdline, 'x', COMMAND_LINE_SIZE);
	memcpy(low_cmdline + COMMAND_LINE_SIZE - 7, " nokaslr", 7);
	from_both(name, false);
	name = "nokaslr after the end";
	memset(low_cmdline, 0, COMMAND_LINE_SIZE);
	memcpy(low_cmdline, "quiet\0 nokaslr", 15);
	from_both(name, false);
}

static void built_in(const char *s, bool nokaslr)
{
	strcpy(builtin_cmdline, s);
	bp.hdr.cmd_line_ptr = 0;
	bp.ext_cmd_line_ptr = 0;
	boots_with(s, nokaslr);
	bp.hdr.cmd_line_ptr = (unsigned long)low_cmdline;
	words("", nokaslr);
	words("quiet", nokaslr);
	words("nokaslr", true);
}

static void nokaslr(void)
{
	high_cmdline = cmdline_at(HIGH_PAGE);
	has_tsc = true;
	/* Anywhere but in the first slot, where a kernel that stays would be, too */
	tsc_value = 0x123456789abULL;

	words_in_loaders_cmdline();

	has_own_cmdline = true;
	built_in("quiet nokaslr", true);
	built_in("quiet", false);
	built_in("", false);
	built_in("nokaslr=1", false);

	has_own_cmdline = false;
	bp.hdr.cmd_line_ptr = 0;
	bp.ext_cmd_line_ptr = 0;
	boots_with("no command line", false);
}

/* -- The decompressor ------------------------------------------------------ */

unsigned long VO__text = LOWEST, VO__end, VO_kernel_relocs, VO_kernel_relocs_end;
static unsigned int warnings;

void warn(const char *message)
{
	if (!strstr(message, "relocation table is damaged"))
		fail("warns: %s", message);
	warnings++;
}

/* The table of the image that the decompressor relocates: not that of the program */
static struct kernel_relocs *decompressed(void)
{
	memcpy(work, image, size);
	warnings = 0;

	return (struct kernel_relocs *)(work + table_at);
}

/* As decompressed() has it: all of the image has moved, and the table is marked. */
static void decompressor_moves(u64 delta)
{
	u8 *want = wanted(delta);

	((struct kernel_relocs *)(want + table_at))->magic = 0;
	decompressed();
	relocate_for_kaslr(work, LOAD_PHYSICAL_ADDR + delta);
	if (warnings)
		fail("moved by %#llx: %u warnings", delta, warnings);
	compare(want, delta);
}

static void decompressor_refuses(const char *what)
{
	static u8 *want;

	if (!want)
		want = malloc(size);
	memcpy(want, work, size);
	warnings = 0;
	relocate_for_kaslr(work, LOAD_PHYSICAL_ADDR + STEP);
	if (warnings != 1)
		fail("%s: %u warnings", what, warnings);
	if (memcmp(work, want, size))
		fail("%s: the kernel is changed", what);
}

/*
 * The largest table that its room has, and one that is larger by a byte, with right
 * sums. Of rooms one is of a size that a table can have, and one is not.
 */
static void decompressor_room(u64 room)
{
	struct kernel_relocs *t = decompressed();

	VO_kernel_relocs_end = VO_kernel_relocs + room;
	t->size = (room - 16) / 32 * 32 - 16;
	memset(t->runs + table->size, 0, t->size - table->size);
	correct_sum(t);
	relocate_for_kaslr(work, LOAD_PHYSICAL_ADDR + STEP);
	if (warnings || t->magic)
		fail("a table that fills its room is not used");

	t = decompressed();
	t->size = (room - 16) / 32 * 32 - 16 + 1;
	correct_sum(t);
	decompressor_refuses("a table that is larger than its room");
	VO_kernel_relocs_end = VO_kernel_relocs + table_room;
}

static void decompressor(void)
{
	u64 last = (HIGHEST - LOWEST - 1 - size) / STEP * STEP;
	struct kernel_relocs *t;

	VO__end = VO__text + size;
	VO_kernel_relocs = VO__text + table_at;
	VO_kernel_relocs_end = VO_kernel_relocs + table_room;

	decompressor_moves(0);
	decompressor_moves(STEP);
	decompressor_moves(5 * STEP);
	decompressor_moves(last / 2 / STEP * STEP);
	decompressor_moves(last);

	/* A kernel that stays needs no table, and has to be marked nevertheless. */
	t = decompressed();
	t->sum ^= 1;
	relocate_for_kaslr(work, LOAD_PHYSICAL_ADDR);
	if (warnings || t->magic)
		fail("a damaged table that is not needed: %u warnings, magic %#x",
		     warnings, t->magic);

	t = decompressed();
	t->magic++;
	decompressor_refuses("magic");
	t = decompressed();
	t->sum ^= 1;
	decompressor_refuses("sum");
	t = decompressed();
	t->span = size + 1;
	correct_sum(t);
	decompressor_refuses("span");
	/* Behind them the image goes on, as behind that of a kernel. */
	decompressor_room(table_room - 32);
	decompressor_room((table_room - 32) / 32 * 32);
}

/* -------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "moves", random_slots },
	{ "sizes", sizes },
	{ "entropy", entropy },
	{ "damage", damage },
	{ "chosen", chosen },
	{ "nokaslr", nokaslr },
	{ "decompressor", decompressor },
};

int main(int argc, char **argv)
{
	size_t i, parts = 0;
	u64 at[4];

	if (argc != 8)
		fail("usage: relocs TEST VMLINUX LIST TEXT END TABLE TABLE_END");
	for (i = 0; i < 4; i++)
		at[i] = strtoull(argv[4 + i], NULL, 16);
	load_kernel(argv[2], at[0], at[1]);
	list = load(argv[3], &list_bytes);
	table_at = at[2] - at[0];
	table_room = at[3] - at[2];
	asm("leaq kernel_relocs(%%rip), %0" : "=r" (table));
	if (table_room > ROOM)
		fail("a table of %llu bytes", table_room);
	table_before = malloc(table_room);
	pristine();
	low_cmdline = cmdline_at(LOW_PAGE);
	bp.hdr.cmd_line_ptr = (unsigned long)low_cmdline;
	if (at[0] != LOWEST || table->text != LOWEST)
		fail("_text is %#llx, and %#llx in the table", at[0], table->text);
	for (i = 0; i < list_bytes / 4; i++)
		parts += !list[i];
	if (parts != 2)
		fail("a list of %zu parts", parts);
	if (table->count != list_bytes / 4 - parts)
		fail("%u relocations instead of %zu", table->count, list_bytes / 4 - parts);

	/* A large image takes long to copy. */
	if (size > 64 << 20)
		boots = 8;
	kernel_size = size;
	slots = (HIGHEST - LOWEST - 1 - size) / STEP + 1;
	seen = calloc(slots + 1, 1);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(argv[1], tests[i].name))
			continue;
		tests[i].run();
		printf("%u relocations, %u bytes of runs\n", table->count, table->size);
		return 0;
	}
	fail("no test %s", argv[1]);
}
