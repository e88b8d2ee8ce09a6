// SPDX-License-Identifier: GPL-2.0
/*
 * Without a fuzzer: each rule with values on both sides of its bound, and then the
 * inputs of the fuzzer in the files that are named.
 *
 * The rules' expectations are written down here. That the oracle comes to the
 * same is checked on the way.
 */

#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "test.h"

#define K_START	guest.start
#define K_RODATA_END	guest.rodata_end
#define K_DATA	guest.data
#define K_BSS	guest.bss
#define K_END	guest.end
#define MAX_40	(1ULL << 40)
#define MAX_46	(1ULL << 46)
/* No CPU can address this. Its low half is 0. */
#define NOWHERE	(1ULL << 60)

static unsigned int done;
static const char *name;

static void expect(const char *field)
{
	run();
	done++;
	if (!field && outcome.died)
		fail("%s: refused", name);
	if (field && !outcome.died)
		fail("%s: boots", name);
	if (field && (strncmp(outcome.printed + 5, field, strlen(field)) ||
		      strncmp(outcome.printed + 5 + strlen(field), " 0x", 3)))
		fail("%s: refused for something else than %s", name, field);
}

/* Changes to a guest that boots, and the field for which it is refused */
#define BOOTS(...)							\
	do {								\
		guest_init();						\
		name = #__VA_ARGS__;					\
		__VA_ARGS__;						\
		expect(NULL);						\
	} while (0)
#define REFUSED(field, ...)						\
	do {								\
		guest_init();						\
		name = #__VA_ARGS__;					\
		__VA_ARGS__;						\
		expect(field);						\
	} while (0)
#define LOGGED(line, ...)						\
	do {								\
		BOOTS(__VA_ARGS__);					\
		if (!strstr(outcome.log, line))				\
			fail("%s: not logged: %s", name, line);		\
	} while (0)
#define SILENT(...)							\
	do {								\
		BOOTS(__VA_ARGS__);					\
		if (outcome.log[0])					\
			fail("%s: logged: %s", name, outcome.log);	\
	} while (0)

/* A line to be logged that is not always the same */
static const char *line(const char *fmt, ...)
{
	static char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	return text;
}

static void kernel_at(u64 paddr)
{
	guest.start = paddr;
	guest.rodata_end = paddr + 0xffe000;
	guest.data = paddr + 0x1200000;
	guest.bss = paddr + 0x1800000;
	guest.end = paddr + 0x2000000;
}

/* A kernel that ends below 16 MiB */
static void small_kernel(void)
{
	guest.start = 0x200000;
	guest.rodata_end = 0x400000;
	guest.data = 0x600000;
	guest.bss = 0x800000;
	guest.end = 0xf00000;
}

static void module(u64 paddr, u64 size)
{
	guest.si.nr_modules = 1;
	guest.si.modlist_paddr = 0x9000;
	guest.module.paddr = paddr;
	guest.module.size = size;
}

static void modlist(u64 paddr, u32 nr)
{
	module(0x8000000, 0x1000);
	guest.si.modlist_paddr = paddr;
	guest.si.nr_modules = nr;
}

static void width(unsigned int bits)
{
	guest.cpuid_width = bits;
}

static void text(const char *s)
{
	snprintf(guest.cmdline, sizeof(guest.cmdline), "%s", s);
}

/* That many characters, and no other NUL after the one that ends them */
static void text_of(u64 paddr, size_t len)
{
	guest.si.cmdline_paddr = paddr;
	memset(guest.cmdline, 'x', sizeof(guest.cmdline));
	guest.cmdline[len] = '\0';
}

static void entry(u32 i, u64 addr, u64 size, u32 type)
{
	guest.memmap[i].addr = addr;
	guest.memmap[i].size = size;
	guest.memmap[i].type = type;
	if (i >= guest.entries)
		guest.entries = i + 1;
	guest.si.memmap_entries = guest.entries;
}

/* Of RAM, with room between them */
static void entries(u32 nr)
{
	u32 i;

	guest.entries = 0;
	for (i = 0; i < nr && i < MEMMAP_ROOM; i++)
		entry(i, 0x1000000 + i * 0x200000ULL, 0x100000, 1);
	guest.si.memmap_entries = nr;
}

static void memmap(u64 paddr, u32 nr)
{
	entries(nr);
	guest.si.memmap_paddr = paddr;
}

/* Reserved, each within a large one: each makes for two more */
static void within(u32 nr)
{
	u32 i;

	entry(0, 0x100000, 0x4000000000, 1);
	for (i = 1; i < nr; i++)
		entry(i, 0x1000000 + i * 0x200000ULL, 0x100000, 2);
	guest.entries = guest.si.memmap_entries = nr;
}

static void start_info(void)
{
	SILENT((void)0);
	REFUSED("start_info", guest.si_paddr = 0);
	REFUSED("start_info", guest.si_paddr = 0; guest.si.magic = 0);
	BOOTS(guest.si_paddr = 1);
	REFUSED("start_info", guest.si_paddr = K_START);
	REFUSED("start_info", guest.si_paddr = K_BSS - 1);
	/* After the contents: it is read before .bss is cleared. */
	SILENT(guest.si_paddr = K_BSS);
	BOOTS(guest.si_paddr = K_END - 1);
	BOOTS(guest.si_paddr = K_END);
	REFUSED("start_info", guest.si_paddr = K_START - 55);
	BOOTS(guest.si_paddr = K_START - 56);
	/* Version 0 is shorter. */
	REFUSED("version", guest.si.version = 0; guest.si_paddr = K_START - 40);
	REFUSED("start_info", guest.si.version = 0; guest.si_paddr = K_START - 39);
	if (CONFIG_XEN_PVH)
		BOOTS(guest.si.version = 0; guest.si_paddr = K_START - 40; guest.xen_leaf = 0x40000000);
	BOOTS(guest.si_paddr = SIZE_4G - 56);
	BOOTS(guest.si_paddr = SIZE_4G - 55);
	BOOTS(guest.si_paddr = MAX_40 - 56);
	REFUSED("start_info", guest.si_paddr = MAX_40 - 55);
	REFUSED("start_info", guest.si.version = 0; guest.si_paddr = MAX_40 - 39);
	REFUSED("version", guest.si.version = 0; guest.si_paddr = MAX_40 - 40);
	REFUSED("start_info", guest.si_paddr = -8ULL);
	BOOTS(guest.si_paddr = MAX_46 - 56; width(46));
	BOOTS(guest.si_paddr = MAX_46 - 56; width(52));
	REFUSED("start_info", guest.si_paddr = MAX_46; width(52));

	REFUSED("magic", guest.si.magic = 0);
	REFUSED("magic", guest.si.magic ^= 1);
	REFUSED("magic", guest.si.magic ^= 0x80000000);

	LOGGED("pvh: version 0x2: ", guest.si.version = 2);
	LOGGED("pvh: version 0xffffffff: ", guest.si.version = 0xffffffff);
	SILENT(guest.si.flags = 0xff1f);
	LOGGED("pvh: flags 0x20: ", guest.si.flags = 0x20);
	LOGGED("pvh: flags 0x10001: ", guest.si.flags = 0x10001);
	SILENT(guest.si.reserved = 0xffffffff);
}

/* The initrd that is used in the end: not all of it as the loader has it */
#define HAS_INITRD(at, of, line, ...)					\
	do {								\
		LOGGED("pvh: " line ": the initrd cannot", __VA_ARGS__);	\
		if (oracle_initrd.size != (of) ||			\
		    (oracle_initrd.size && oracle_initrd.paddr != (at)))	\
			fail("%s: an initrd at %#llx of %#llx bytes", name,	\
			     oracle_initrd.paddr, oracle_initrd.size);	\
	} while (0)

static void modlists(void)
{
	SILENT(modlist(0xfffffffffffffff0, 0));
	LOGGED("pvh: modlist_paddr 0x0: ", modlist(0, 1));
	if (strstr(outcome.log, "module 0"))
		fail("a module of no list: %s", outcome.log);
	LOGGED("pvh: modlist_paddr 0x0: ", modlist(0, 2));
	SILENT(modlist(MAX_40 - 32, 1));
	REFUSED("modlist_paddr", modlist(MAX_40 - 31, 1));
	/* Only the first entry is looked at. */
	LOGGED("pvh: nr_modules 0x2: ", modlist(MAX_40 - 63, 2));
	LOGGED("pvh: nr_modules 0xffffffff: ", modlist(MAX_40 - 32, 0xffffffff));
	REFUSED("modlist_paddr", modlist(-32ULL, 1));
	REFUSED("modlist_paddr", modlist(-31ULL, 1));
	BOOTS(modlist(SIZE_4G - 16, 1));
	BOOTS(modlist(0x4000000, 0xffffffff));
	BOOTS(modlist(0x100000, 0x8000000));
	REFUSED("modlist_paddr", modlist(K_START - 31, 1));
	SILENT(modlist(K_START - 32, 1));
	BOOTS(modlist(K_START - 32, 2));
	REFUSED("modlist_paddr", modlist(K_BSS - 1, 1));
	SILENT(modlist(K_BSS, 1));
	SILENT(modlist(K_END - 1, 1));
	SILENT(modlist(K_END, 1));
}

static void modules(void)
{
	SILENT(module(0x8000000, 1));
	SILENT(module(1, 1));
	LOGGED("pvh: module 0 size 0x0: ", module(0x8000000, 0));
	LOGGED("pvh: module 0 paddr 0x0: ", module(0, 0x1000));
	LOGGED("pvh: module 0 size 0x0: ", module(0, 0));
	/* Absent, wherever that would be */
	BOOTS(module(K_START, 0));
	BOOTS(module(-1ULL, 0));
	BOOTS(module(0, -1ULL));
	SILENT(module(K_START - 1, 1));
	REFUSED("module 0 paddr", module(K_START - 1, 2));
	REFUSED("module 0 paddr", module(K_BSS - 1, 1));
	REFUSED("module 0 paddr", module(K_BSS, 1));
	REFUSED("module 0 paddr", module(K_END - 1, 1));
	SILENT(module(K_END, 1));
	REFUSED("module 0 paddr", module(0x100000, 0x10000000));
	BOOTS(module(MAX_46 - 1, 1); width(46));
	BOOTS(module(MAX_46 - 1, 1); width(48));
	LOGGED("pvh: module 0 paddr 0x400000000000: the initrd cannot", module(MAX_46, 1); width(48));
	LOGGED("pvh: module 0 size 0x2: ", module(MAX_46 - 1, 2); width(255));
	/* 36 bits on a CPU that does not say */
	BOOTS(module((1ULL << 36) - 1, 1); guest.cpuid_ext_max = 0x80000007);
	LOGGED("pvh: module 0 paddr 0x1000000000: the initrd cannot",
	       module(1ULL << 36, 1); guest.cpuid_ext_max = 0x80000007);
	BOOTS(module(SIZE_4G - 1, 1); width(32));
	LOGGED("pvh: module 0 paddr 0x100000000: the initrd cannot", module(SIZE_4G, 1); width(32));
	LOGGED("pvh: module 0 size 0x2: ", module(SIZE_4G - 1, 2); width(32));
}

/* The low halves of an address and a size that the kernel cannot reach are used. */
static void module_low_halves(void)
{
	BOOTS(module(MAX_40 - 1, 1));
	HAS_INITRD(0, 0, "module 0 size 0x2", module(MAX_40 - 1, 2));
	HAS_INITRD(0, 0, "module 0 paddr 0x10000000000", module(MAX_40, 1));
	HAS_INITRD(0, 0, "module 0 size 0x8000000001", module(MAX_40 / 2, MAX_40 / 2 + 1));
	BOOTS(module(MAX_40 / 2, MAX_40 / 2));
	HAS_INITRD(0x8000000, 0xf7ffffff, "module 0 size 0xfffffffff7ffffff",
		   module(0x8000000, -0x8000001ULL));
	HAS_INITRD(0, 0, "module 0 size 0xfffffffff8000000", module(0x8000000, -0x8000000ULL));
	HAS_INITRD(0, 0, "module 0 size 0xffffffffffffffff", module(0x8000000, -1ULL));
	HAS_INITRD(0xfffffffe, 1, "module 0 paddr 0xfffffffffffffffe", module(-2ULL, 1));
	HAS_INITRD(0, 0, "module 0 paddr 0xfffffffffffffffe", module(-2ULL, 2));
	HAS_INITRD(0, 0, "module 0 paddr 0xffffffffffffffff", module(-1ULL, 1));
	HAS_INITRD(0, 0, "module 0 paddr 0xffffffffffffffff", module(-1ULL, 2));
	HAS_INITRD(0x8000000, 0x1000, "module 0 paddr 0x1000000008000000",
		   module(NOWHERE + 0x8000000, 0x1000));
	HAS_INITRD(0x8000000, 0x1000, "module 0 paddr 0x1000000008000000",
		   module(NOWHERE + 0x8000000, NOWHERE + 0x1000));
	HAS_INITRD(0x8000000, 0x1000, "module 0 size 0x1000000000001000",
		   module(0x8000000, NOWHERE + 0x1000));
	HAS_INITRD(0x8000000, 0x1000, "module 0 size 0xffffff8000001000",
		   module(MAX_40 / 2 + 0x8000000, 0x1000 - MAX_40 / 2));
	HAS_INITRD(0, 0, "module 0 size 0x1000000000000000", module(0x8000000, NOWHERE));
	HAS_INITRD(0, 0, "module 0 paddr 0x1000000000000000", module(NOWHERE, 0x1000));
	HAS_INITRD(1, 0xffffff, "module 0 size 0x1000000000ffffff", module(1, NOWHERE + 0xffffff));
	REFUSED("module 0 paddr", module(1, NOWHERE + 0x1000000));
	REFUSED("module 0 paddr", module(NOWHERE + K_START, 1));
	if (!strstr(outcome.printed, "pvh: module 0 paddr 0x1000000: the initrd overlaps"))
		fail("refused, but not for its low half: %s", outcome.printed);
	REFUSED("module 0 paddr", module(NOWHERE + K_END - 1, 1));
	HAS_INITRD(K_END, 1, "module 0 paddr 0x1000000003000000", module(NOWHERE + K_END, 1));
	REFUSED("module 0 paddr", module(K_START, -0x10000000ULL));
	BOOTS(module(SIZE_4G - 1, 2));
	BOOTS(module(SIZE_4G, 1));
	BOOTS(module(0x123456789a, 0x112345678));
}

#define OUT_OF_RAM	"not all of the initrd is in RAM"

/* RAM below 1 GiB, and then from @addr on */
static void two_parts(u64 addr)
{
	entry(1, 0x100000, 0x3ff00000, 1);
	entry(2, addr, 0x10000000, 1);
}

/* The initrd, and where there is RAM */
static void initrd(void)
{
	SILENT(module(0x7ffff000, 0x1000));
	LOGGED("pvh: module 0 paddr 0x7ffff000: " OUT_OF_RAM, module(0x7ffff000, 0x1001));
	LOGGED(OUT_OF_RAM, module(0x80000000, 1));
	LOGGED(OUT_OF_RAM, module(0xffffe, 2); entry(0, 0, 0x1000, 1));
	SILENT(module(0x100000, 1));
	LOGGED(OUT_OF_RAM, module(0x9efff, 2));
	SILENT(module(0x9efff, 1));
	SILENT(module(0x3ffff000, 0x2000); two_parts(0x40000000));
	LOGGED(OUT_OF_RAM, module(0x3ffff000, 0x2000); two_parts(0x40000001));
	LOGGED(OUT_OF_RAM, module(0x3ffff000, 0x2000); two_parts(0x40001000));
	LOGGED(OUT_OF_RAM, module(0x8000000, 0x1000); entry(1, 0x100000, 0x10000000, 2));
	SILENT(entry(1, 0x100000, 0x1000000, 1));
}

/* There the command line is, or nowhere if that is 0. */
#define IN_LOW_HALF(at, ...)						\
	do {								\
		LOGGED("cannot be addressed, so only its low 32 bits", __VA_ARGS__); \
		if (oracle_cmdline_paddr != (at))			\
			fail("%s: a command line at %#llx", name, oracle_cmdline_paddr); \
	} while (0)

static void cmdline(void)
{
	SILENT(guest.si.cmdline_paddr = 0);
	SILENT(text_of(1, 5));
	SILENT(text_of(0x6000, 0));
	SILENT(text_of(0x6000, CMDLINE_MAX - 2));
	SILENT(text_of(0x6000, CMDLINE_MAX - 1));
	LOGGED("pvh: cmdline_paddr 0x6000: ", text_of(0x6000, CMDLINE_MAX));
	LOGGED("pvh: cmdline_paddr 0x6000: ", text_of(0x6000, CMDLINE_MAX + 1));
	BOOTS(text_of(K_START - 10, 9));
	REFUSED("cmdline_paddr", text_of(K_START - 10, 10));
	BOOTS(text_of(K_START - CMDLINE_MAX, CMDLINE_MAX - 1));
	/* What is cut off is not read, so it does not matter where it is. */
	LOGGED("pvh: cmdline_paddr ", text_of(K_START - CMDLINE_MAX, CMDLINE_MAX));
	REFUSED("cmdline_paddr", text_of(K_START - CMDLINE_MAX + 1, CMDLINE_MAX));
	REFUSED("cmdline_paddr", text_of(K_START - CMDLINE_MAX + 1, CMDLINE_MAX - 1));
	REFUSED("cmdline_paddr", text_of(K_START, 0));
	REFUSED("cmdline_paddr", text_of(K_BSS - 1, 0));
	SILENT(text_of(K_BSS, 0));
	SILENT(text_of(K_END - 1, 0));
	SILENT(text_of(K_END, 0));
	BOOTS(text_of(SIZE_4G - CMDLINE_MAX, 5));
	BOOTS(text_of(SIZE_4G - 3, 5));
	BOOTS(text_of(0x123456789a, CMDLINE_MAX - 1));
	BOOTS(text_of(0x1400ff000 - 5, CMDLINE_MAX - 1));
	SILENT(text_of(MAX_40 - CMDLINE_MAX, 1));
	SILENT(text_of(MAX_46 - CMDLINE_MAX, 1); width(52));

	/* The kernel uses the low half of an address that it cannot reach. */
	IN_LOW_HALF(0xfffff801, text_of(MAX_40 - CMDLINE_MAX + 1, 1));
	IN_LOW_HALF(0, text_of(MAX_40, 1));
	IN_LOW_HALF(0xffffffff, text_of(-1ULL, 1));
	IN_LOW_HALF(0xfffff800, text_of(-2048ULL, 1));
	IN_LOW_HALF(0xfffff801, text_of(MAX_46 - CMDLINE_MAX + 1, 1); width(52));
	IN_LOW_HALF(0x6000, text_of(NOWHERE + 0x6000, 5));
	IN_LOW_HALF(1, text_of(NOWHERE + 1, CMDLINE_MAX - 1));
	IN_LOW_HALF(0, text_of(NOWHERE, 5));
	/* .. if that can be reached */
	IN_LOW_HALF(0xfffff800, text_of(-2048ULL, 5); width(32));
	IN_LOW_HALF(0, text_of(-2047ULL, 5); width(32));
	IN_LOW_HALF(0, text_of(SIZE_4G - 2047, 5); width(32));
	IN_LOW_HALF(0x6000, text_of(NOWHERE + 0x6000, CMDLINE_MAX));
	if (!strstr(outcome.log, "pvh: cmdline_paddr 0x6000: the command line is cut"))
		fail("cut in silence: %s", outcome.log);
	REFUSED("cmdline_paddr", text_of(NOWHERE + K_START, 0));
	if (!strstr(outcome.printed, "pvh: cmdline_paddr 0x1000000: the command line overlaps"))
		fail("refused, but not for its low half: %s", outcome.printed);
	REFUSED("cmdline_paddr", text_of(NOWHERE + K_START - 10, 10));
	IN_LOW_HALF(K_START - 10, text_of(NOWHERE + K_START - 10, 9));
	IN_LOW_HALF(K_BSS, text_of(NOWHERE + K_BSS, 9));
	IN_LOW_HALF(0x6000, guest.la57 = true; guest.si.cmdline_paddr = NOWHERE + 0x6000; text("no5lvl"));
	if (!outcome.dropped)
		fail("of the command line in the low half nothing is seen");
}

/*
 * Between its read-only data and its data the kernel has nothing, so data of the
 * loader there is read. But the kernel frees that memory, so no initrd is there.
 */
static void hole(void)
{
	REFUSED("start_info", guest.si_paddr = K_RODATA_END - 1);
	SILENT(guest.si_paddr = K_RODATA_END);
	SILENT(guest.si_paddr = K_DATA - 56);
	REFUSED("start_info", guest.si_paddr = K_DATA - 55);
	REFUSED("modlist_paddr", modlist(K_RODATA_END - 1, 1));
	SILENT(modlist(K_RODATA_END, 1));
	SILENT(modlist(K_DATA - 32, 1));
	REFUSED("modlist_paddr", modlist(K_DATA - 31, 1));
	REFUSED("cmdline_paddr", text_of(K_RODATA_END - 1, 0));
	SILENT(text_of(K_RODATA_END, 0));
	SILENT(text_of(K_DATA - 10, 9));
	REFUSED("cmdline_paddr", text_of(K_DATA - 10, 10));
	REFUSED("memmap_paddr", memmap(K_RODATA_END - 1, 1));
	SILENT(memmap(K_RODATA_END, 129));
	SILENT(memmap(K_DATA - 24 * 129, 129));
	REFUSED("memmap_paddr", memmap(K_DATA - 24 * 129 + 1, 129));
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_RODATA_END - 1);
	SILENT(guest.si.rsdp_paddr = K_RODATA_END);
	SILENT(guest.si.rsdp_paddr = K_DATA - 20);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_DATA - 19);
	REFUSED("module 0 paddr", module(K_RODATA_END, 1));
	REFUSED("module 0 paddr", module(K_DATA - 1, 1));
	REFUSED("module 0 paddr", module(K_RODATA_END, K_DATA - K_RODATA_END));

	/* More than fits into it, and a kernel that has none */
	REFUSED("memmap_paddr", memmap(K_RODATA_END, (K_DATA - K_RODATA_END) / 24 + 1));
	REFUSED("memmap_paddr", memmap(K_START - 24, (K_BSS - K_START) / 24 + 2));
	REFUSED("start_info", K_RODATA_END = K_DATA; guest.si_paddr = K_DATA - 55);
	REFUSED("start_info", K_RODATA_END = K_DATA; guest.si_paddr = K_DATA - 56);
	REFUSED("start_info", K_RODATA_END = K_DATA; guest.si_paddr = K_DATA);
	SILENT(kernel_at(0x3fe00000); guest.si_paddr = K_RODATA_END);
	REFUSED("start_info", kernel_at(0x3fe00000); guest.si_paddr = K_DATA);
}

/* Refused late, when the console is known */
#define BAD_RSDP	(guest.si.rsdp_paddr = K_START)

static void load_address(void)
{
	SILENT(kernel_at(0x1000000));
	SILENT(kernel_at(0x1200000));
	SILENT(kernel_at(0x200000));
	SILENT(kernel_at(0xe00000));
	SILENT(kernel_at(0x3fe00000));
	SILENT(kernel_at(0x7fe00000));
	SILENT(kernel_at(SIZE_4G - 0x2000000));
	REFUSED("load address", kernel_at(0x1100000));
	REFUSED("load address", kernel_at(0x1001000));
	REFUSED("load address", kernel_at(0x11fffff));
	REFUSED("load address", kernel_at(0x1100000); guest.si.magic = 0);
	REFUSED("load address", kernel_at(0x1100000); guest.si_paddr = 0);
	REFUSED("load address", kernel_at(0x300000); BAD_RSDP);

	/* The end of the kernel is where there is no memory. */
	REFUSED("kernel end", guest.no_memory = true);
	REFUSED("kernel end", guest.no_memory = true; kernel_at(0x1100000));
	REFUSED("kernel end", guest.no_memory = true; guest.si_paddr = 0);
	REFUSED("kernel end", guest.no_memory = true; BAD_RSDP; text("console=ttyS1"));
	if (outcome.port != 0x2f8)
		fail("the kernel's end is refused on port %#x", outcome.port);
}

#define MAX_52	(1ULL << 52)

static void levels(bool five, const char *s)
{
	guest.la57 = five;
	width(52);
	text(s);
}

/* Whether a command line of that text has four levels where five are on */
static void drops(const char *s, bool yes)
{
	BOOTS(levels(true, s));
	if (outcome.dropped != yes)
		fail("the fifth level dropped with %s: %d", s, outcome.dropped);
	BOOTS(levels(false, s));
	if (outcome.dropped)
		fail("a fifth level dropped that is not on, with %s", s);
}

static void la57(void)
{
	BOOTS(levels(true, ""); guest.si.cmdline_paddr = 0);
	if (outcome.dropped)
		fail("the fifth level dropped without a command line");

	/* How far tables may be */
	BOOTS(levels(true, ""); module(MAX_46, 1));
	BOOTS(levels(true, ""); module(MAX_52 - 1, 1));
	if (!strstr(outcome.log, OUT_OF_RAM))
		fail("with five levels: %s", outcome.log);
	LOGGED("pvh: module 0 size 0x2: ", levels(true, ""); module(MAX_52 - 1, 2));
	LOGGED("paddr 0x10000000000000: the initrd cannot", levels(true, ""); module(MAX_52, 1); width(255));
	LOGGED("paddr 0x400000000000: the initrd cannot", levels(true, "no5lvl"); module(MAX_46, 1));
	LOGGED("paddr 0x400000000000: the initrd cannot", levels(false, ""); module(MAX_46, 1));
	LOGGED("paddr 0x400000000000: the initrd cannot", levels(true, ""); module(MAX_46, 1); width(46));
	SILENT(levels(true, ""); guest.si.cmdline_paddr = MAX_52 - CMDLINE_MAX);
	IN_LOW_HALF(0xffffffff, levels(true, ""); guest.si.cmdline_paddr = MAX_52 - 1);
	IN_LOW_HALF(0x6000, levels(false, ""); guest.si.cmdline_paddr = MAX_46 + 0x6000);
	IN_LOW_HALF(0x6000, levels(true, "no5lvl"); guest.si.cmdline_paddr = MAX_52 + 0x6000);
	if (!outcome.dropped)
		fail("the fifth level is not dropped");
	/* no5lvl is found where only five levels reach. The copy is not read again. */
	SILENT(levels(true, "no5lvl"); guest.si.cmdline_paddr = MAX_46);
	if (!outcome.dropped)
		fail("the fifth level is not dropped");
	SILENT(levels(true, "no5lvl"); guest.si_paddr = MAX_46);
	SILENT(levels(true, ""); guest.si_paddr = MAX_46);
	SILENT(levels(true, ""); memmap(MAX_46, 2));
	REFUSED("memmap_paddr", levels(true, "no5lvl"); memmap(MAX_46, 2));
	REFUSED("modlist_paddr", levels(true, "no5lvl"); modlist(MAX_46, 1));
	REFUSED("magic", levels(true, "no5lvl"); guest.si.magic = 0);
	if (outcome.maps != 2)
		fail("%u ranges of a malformed start_info are mapped", outcome.maps);
}

/* What is a word of the command line, with "no5lvl" as that of which there is a trace */
static void words(void)
{
	size_t i;

	drops("", false);
	drops("no5lvl", true);
	drops("no5lvl quiet", true);
	drops("quiet no5lvl", true);
	drops("quiet  no5lvl  ro", true);
	drops("quiet\tno5lvl\nro", true);
	drops("no5lv no5lvl", true);
	drops("no5lvl\177", false);
	drops("no5lvl\240", false);
	drops("\240no5lvl", false);
	drops("quiet\377no5lvl", false);
	drops("no5lvlx", false);
	drops("no5lvl=1", false);
	drops("xno5lvl", false);
	drops("x=no5lvl", false);
	drops("no5lv", false);
	drops("nono5lvl", false);
	drops("5lvl", false);

	/* Up to the last byte of the copy, and not after it */
	for (i = 0; i < 3; i++) {
		guest_init();
		name = "no5lvl where the command line ends";
		guest.la57 = true;
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - 7 - i, "no5lvl", 7);
		expect(NULL);
		if (!outcome.dropped)
			fail("%s: not seen", name);
	}
	BOOTS(guest.la57 = true;
	      memset(guest.cmdline, 'x', sizeof(guest.cmdline));
	      memcpy(guest.cmdline + CMDLINE_MAX - 7, " no5lvl", 8));
	if (outcome.dropped)
		fail("the last letter of no5lvl is cut off, and no5lvl is seen");
	guest_init();
	name = "no5lvl after the end";
	guest.la57 = true;
	memcpy(guest.cmdline, "quiet\0 no5lvl", 14);
	expect(NULL);
	if (outcome.dropped)
		fail("%s: seen", name);
}

/* cmdline.c of kernels that have a command line of their own: see the Makefile. */
bool own_option(const char *option);
bool override_option(const char *option);
u32 own_copy_cmdline(const char *from, u64 paddr);
u32 override_copy_cmdline(const char *from, u64 paddr);
extern char own_cmdline[], override_cmdline[];

/* Which of them finds it, with the loader's command line */
static void built_in(const char *loaders, const char *option, bool own, bool override)
{
	memset(own_cmdline, 0, CMDLINE_MAX);
	memset(override_cmdline, 0, CMDLINE_MAX);
	if (own_copy_cmdline(loaders, 0x6000) != strlen(loaders) + 1 ||
	    override_copy_cmdline(loaders, 0x6000) != strlen(loaders) + 1)
		fail("%s: another length", loaders);
	if (strcmp(own_cmdline, loaders) || strcmp(override_cmdline, loaders))
		fail("%s: a copy with something else", loaders);
	if (own_option(option) != own)
		fail("%s in %s and CONFIG_CMDLINE: %d", option, loaders, !own);
	if (override_option(option) != override)
		fail("%s in %s, overridden by CONFIG_CMDLINE: %d", option, loaders, !override);
	done++;
}

static void built_in_cmdline(void)
{
	char loaders[CMDLINE_MAX] = "no5lvl x";

	built_in(loaders, "no5lvl", true, false);
	built_in(loaders, "x", true, false);
	built_in(loaders, "quiet", true, true);
	built_in(loaders, "last", true, true);
	built_in(loaders, "built-in", false, false);
	built_in(loaders, "built-in=1", true, true);
	built_in(loaders, "ro", false, false);
	strcpy(loaders, "");
	built_in(loaders, "no5lvl", false, false);
	built_in(loaders, "quiet", true, true);
	/* Whatever the value is, where there can be one */
	built_in(loaders, "built-in=", true, true);
	built_in(loaders, "memmap=", false, false);
	strcpy(loaders, "quiet memmap=1G x");
	built_in(loaders, "memmap=", true, false);
	built_in(loaders, "memmap", false, false);
	strcpy(loaders, "memmap=");
	built_in(loaders, "memmap=", true, false);
	strcpy(loaders, "memmap xmemmap=1G x=memmap= memmap\240=");
	built_in(loaders, "memmap=", false, false);
	/* They are two, and no word is of both. */
	strcpy(loaders, "er");
	built_in(loaders, "laster", false, false);
}

static void rsdp(void)
{
	SILENT(guest.si.rsdp_paddr = 1);
	SILENT(guest.si.rsdp_paddr = 0xf1230);
	SILENT(guest.si.rsdp_paddr = 0x123456789a);
	SILENT(guest.si.rsdp_paddr = SIZE_4G - 19);
	SILENT(guest.si.rsdp_paddr = MAX_40 - 20);
	LOGGED("pvh: rsdp_paddr 0xffffffffed: ", guest.si.rsdp_paddr = MAX_40 - 19);
	LOGGED("pvh: rsdp_paddr 0xffffffffffffffec: ", guest.si.rsdp_paddr = -20ULL);
	LOGGED("pvh: rsdp_paddr 0xffffffffffffffff: ", guest.si.rsdp_paddr = -1ULL);
	SILENT(guest.si.rsdp_paddr = K_START - 20);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_START - 19);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_BSS - 1);
	/* startup_64 clears it, or a first page table is put there. */
	LOGGED("pvh: rsdp_paddr 0x2800000: ", guest.si.rsdp_paddr = K_BSS);
	LOGGED("pvh: rsdp_paddr 0x2ffffff: ", guest.si.rsdp_paddr = K_END - 1);
	SILENT(K_DATA = K_BSS; guest.si.rsdp_paddr = K_BSS - 20);
	SILENT(guest.si.rsdp_paddr = K_END);
	SILENT(guest.si.rsdp_paddr = MAX_46 - 20; width(52));
	LOGGED("pvh: rsdp_paddr 0x3fffffffffed: ", guest.si.rsdp_paddr = MAX_46 - 19; width(52));
}

/* Each ends within the next, and so does the hole below 1 MiB. */
static void chain(u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		entry(i, i * 0x4000ULL, 0xc000, 1 + i % 2);
	guest.entries = guest.si.memmap_entries = nr;
}

#define RAM_AT(i)	(0x1000000 + (i) * 0x200000ULL)
#define RESERVED_AT(i)	(0x1000000000ULL + (i) * 0x200000ULL)

/* RAM and then reserved, of 1 MiB each, with room between them */
static void mixed(u32 ram, u32 reserved)
{
	u32 i;

	guest.entries = 0;
	for (i = 0; i < ram; i++)
		entry(i, RAM_AT(i), 0x100000, 1);
	for (i = 0; i < reserved; i++)
		entry(ram + i, RESERVED_AT(i), 0x100000, 2);
}

/* Reverse the entries after the first @first. */
static void backwards(u32 first)
{
	u32 i, nr = guest.entries - first;

	for (i = 0; i < nr / 2; i++) {
		struct hvm_memmap_table_entry *a = &guest.memmap[first + i];
		struct hvm_memmap_table_entry *b = &guest.memmap[first + nr - 1 - i];
		struct hvm_memmap_table_entry e = *a;

		*a = *b;
		*b = e;
	}
}

/* All entries after the first @first begin at @addr. */
static void all_at(u32 first, u64 addr)
{
	for (; first < guest.entries; first++)
		guest.memmap[first].addr = addr;
}

static u32 last(void)
{
	return guest.entries - 1;
}

/* So many bytes of RAM are lost, and the kernel logs that. */
static void loses(u64 bytes)
{
	const char *at = strstr(outcome.log, "pvh: memmap RAM 0x");

	if (!strstr(outcome.log, "pvh: memmap_entries 0x"))
		fail("%s: not logged that there are too many entries", name);
	if (!at != !bytes || (at && strtoull(at + 18, NULL, 16) != bytes))
		fail("%s: %#llx bytes of RAM have to be lost", name, bytes);
}

#define LOSES(bytes, ...)						\
	do {								\
		BOOTS(__VA_ARGS__);					\
		loses(bytes);						\
	} while (0)

#define HALF	(MAP_MAX / 2)
#define MIB	0x100000ULL

/* More entries than there is room for */
static void too_many(void)
{
	LOGGED(line("pvh: memmap_entries %#x: ", MAP_MAX + 1), memmap(0x7000, MAP_MAX + 1));
	LOSES(MIB, memmap(0x7000, MAP_MAX + 1));
	LOSES(2 * MIB, memmap(0x7000, MAP_MAX + 2));
	LOSES((MAP_MAX + 4) * MIB, memmap(0x7000, 2 * MAP_MAX + 4));
	LOSES(0, memmap(0x7000, MAP_MAX + 1); entry(MAP_MAX, 0x100000, 0, 1));

	/* There is room for an entry of RAM, wherever in the map that is. */
	LOSES(0, mixed(0, MAP_MAX); entry(guest.entries, RAM_AT(0), MIB, 1));
	LOSES(0, mixed(0, 2 * MAP_MAX); entry(guest.entries, RAM_AT(0), MIB, 1));

	/* RAM has up to half of the room. */
	LOSES(0, mixed(HALF, MAP_MAX));
	LOSES(MIB, mixed(HALF + 1, MAP_MAX));
	LOSES(MIB, mixed(HALF + 1, MAP_MAX - HALF));
	/* An empty entry takes room, too. */
	LOSES(MIB, mixed(HALF + 2, MAP_MAX - HALF - 2); entry(guest.entries, 0x3000, 0, 7));
	LOSES(3 * MIB, mixed(HALF + 3, MAP_MAX - HALF + 3));
	/* .. and all that the others leave */
	LOSES(3 * MIB, mixed(MAP_MAX, 3));
	LOSES(MIB, mixed(MAP_MAX - 1, 2));
	LOSES(MIB, mixed(MAP_MAX, 1));
	/* Reserved ranges come first: they are in the table, and no RAM is lost to them. */
	LOSES(MIB, mixed(MAP_MAX, 1); entry(last(), RAM_AT(0), 0x1000, 2));
	if (!strstr(outcome.log, "memmap RAM 0x100000: "))
		fail("%s", outcome.log);
	LOSES(HALF * MIB, mixed(HALF, MAP_MAX + 1); entry(0, 0x1000, 0x10, 1);
	      all_at(HALF, 0x2000); entry(HALF - 1, RAM_AT(HALF), 0x200000, 1));

	/* An initrd in RAM that is lost */
	LOGGED(OUT_OF_RAM, module(RAM_AT(MAP_MAX), 0x1000); memmap(0x7000, MAP_MAX + 1);
	       small_kernel());
	BOOTS(module(RAM_AT(MAP_MAX - 1), 0x1000); memmap(0x7000, MAP_MAX + 1);
	      small_kernel());
	if (strstr(outcome.log, OUT_OF_RAM))
		fail("the last RAM that is used: %s", outcome.log);
}

/* The lowest reserved range without room is the limit: nothing above is taken. */
static void map_limit(void)
{
	u32 i;

	/* Room for one entry of RAM, and the rest for reserved ranges */
	SILENT(mixed(1, MAP_MAX - 1));
	LOSES(0, mixed(1, MAP_MAX));
	LOSES(0, mixed(1, MAP_MAX + 7));
	/* From the range for which there is no room on there is no RAM. */
	LOSES(MIB, mixed(2, MAP_MAX - 1); entry(1, RESERVED_AT(MAP_MAX - 2), MIB, 1));
	LOSES(MIB, mixed(2, MAP_MAX - 1); entry(1, RESERVED_AT(MAP_MAX - 2) + 1, MIB, 1));
	LOSES(MIB - 1, mixed(2, MAP_MAX - 1); entry(1, RESERVED_AT(MAP_MAX - 2) - 1, MIB, 1));
	LOSES(1, mixed(2, MAP_MAX - 1); entry(1, RESERVED_AT(MAP_MAX - 2) - MIB + 1, MIB, 1));
	LOSES(0, mixed(2, MAP_MAX - 1); entry(1, RESERVED_AT(MAP_MAX - 2) - MIB, MIB, 1));
	/* .. which is the highest, wherever in the map */
	LOSES(0, mixed(1, MAP_MAX + 3); entry(MAP_MAX + 1, RAM_AT(0) + 1, 1, 2));
	LOSES(0, mixed(1, MAP_MAX + 3); entry(last(), RAM_AT(0) + 1, 1, 12));
	LOSES(0, mixed(1, MAP_MAX); entry(last(), RAM_AT(0), 0, 2));
	LOSES(0, mixed(1, MAP_MAX); entry(last(), 0, 1, 2));
	LOSES(0, mixed(1, MAP_MAX); entry(last(), -1ULL, 1, 2));
	/* .. in whatever order */
	LOSES(MIB, mixed(2, MAP_MAX + 5); backwards(2); entry(1, RESERVED_AT(MAP_MAX - 2), MIB, 1));
	LOSES(1, mixed(2, MAP_MAX + 5); backwards(2); entry(1, RESERVED_AT(MAP_MAX - 2) - MIB + 1, MIB, 1));
	LOSES(0, mixed(2, MAP_MAX + 5); backwards(2); entry(1, RESERVED_AT(MAP_MAX - 2) - MIB, MIB, 1));
	/* Those that begin at the same address stay or go together. */
	LOSES(MIB, mixed(2, MAP_MAX); entry(1, RESERVED_AT(MAP_MAX - 3), MIB, 1);
	      entry(last(), RESERVED_AT(MAP_MAX - 3), 1, 2);
	      entry(last() - 1, RESERVED_AT(MAP_MAX - 3), 0, 2));
	LOSES(0x80000, mixed(1, MAP_MAX); all_at(1, RAM_AT(0) + 0x80000));
	LOSES(0x80000, mixed(1, MAP_MAX - 1); all_at(1, RAM_AT(0) + 0x80000); entry(guest.entries, 1, 0, 1));
	LOSES(MIB, mixed(HALF + 1, MAP_MAX - HALF); all_at(HALF + 1, RAM_AT(0) + 0x80000));
	LOSES(0, mixed(1, MAP_MAX); all_at(1, -1ULL));
	LOSES(0, mixed(1, MAP_MAX); all_at(1, -2ULL));
	REFUSED("memmap_entries", mixed(1, MAP_MAX); all_at(1, 0));
	REFUSED("memmap_entries", mixed(1, MAP_MAX); all_at(1, RAM_AT(0)));
	/* Each bit of the address counts. */
	for (i = 0; i < 64; i++) {
		u64 addr = 1ULL << i;

		LOSES(i < 63 ? 2 : 1, mixed(1, MAP_MAX); all_at(1, addr);
		      entry(0, addr - 1, i < 63 ? 3 : 2, 1));
	}
}

static void memmaps(void)
{
	u32 n;

	REFUSED("memmap_entries", memmap(0x7000, 0));
	REFUSED("memmap_entries", memmap(0, 0));
	REFUSED("memmap_paddr", memmap(0, 1));
	SILENT(memmap(1, 1));
	for (n = 126; n < 131 && n <= MAP_MAX; n++)
		SILENT(memmap(0x7000, n));
	SILENT(memmap(0x7000, MAP_MAX - 1));
	SILENT(memmap(0x7000, MAP_MAX));
	BOOTS(memmap(0x7000, E820_MAX_ENTRIES));
	BOOTS(memmap(0x7000, E820_MAX_ENTRIES + 1));
	BOOTS(memmap(0x7000, 10000));
	/* Right up to the kernel, and into it */
	REFUSED("memmap_paddr", memmap(0x7000, 0xffffffff));
	REFUSED("memmap_paddr", memmap(0x7000, 0xaaaaaaab));
	REFUSED("memmap_paddr", memmap(0x7000, 0x1000000));
	REFUSED("memmap_paddr", memmap(K_START - 24 * 20000 + 1, 20000));
	BOOTS(memmap(K_START - 24 * 20000, 20000));
	REFUSED("memmap_paddr", memmap(K_START, E820_MAX_ENTRIES + 1));

	SILENT(memmap(MAX_40 - 48, 2));
	REFUSED("memmap_paddr", memmap(MAX_40 - 47, 2));
	REFUSED("memmap_paddr", memmap(MAX_40, 2));
	REFUSED("memmap_paddr", memmap(MAX_40, 0xffffffff));
	REFUSED("memmap_paddr", memmap(MAX_40 - 24 * 0xffffffffULL, 0xffffffff));
	REFUSED("memmap_paddr", memmap(-48ULL, 2));
	REFUSED("memmap_paddr", memmap(-1ULL, 1));
	SILENT(memmap(SIZE_4G - 48, 2));
	SILENT(memmap(SIZE_4G - 47, 2));
	SILENT(memmap(MAX_46 - 24, 1); width(52));
	REFUSED("memmap_paddr", memmap(MAX_46 - 23, 1); width(52));
	SILENT(memmap(K_START - 48, 2));
	REFUSED("memmap_paddr", memmap(K_START - 47, 2));
	REFUSED("memmap_paddr", memmap(K_BSS - 1, 1));
	SILENT(memmap(K_BSS, 1));
	SILENT(memmap(K_BSS, 129));
	SILENT(memmap(K_END - 1, 1));
	SILENT(memmap(K_END, 1));
	SILENT(memmap(0x1401ffff0, 100));
	/* The first 128 entries go to boot_params, the others to e820_table. */
	SILENT(memmap(K_END - 24 * 129, 129));
	SILENT(memmap(K_END - 1, 129));
	SILENT(memmap(K_END, 129));
	SILENT(memmap(0x7000, 129); kernel_at(0x1200000));
	SILENT(memmap(0x7000, 129); kernel_at(0x3fe00000));
	for (n = 128; n < 130; n++) {
		BOOTS(memmap(0x7000, n));
		if (machine_e820_table()->nr_entries != n - 128)
			fail("%u entries, and %u in e820_table", n, machine_e820_table()->nr_entries);
	}

}

/* The end of an entry is a number of 64 bits. */
static void memmap_clipped(void)
{
	LOGGED("pvh: memmap size 0x1000: ", entry(2, -0x1000ULL, 0x1000, 2));
	LOGGED("pvh: memmap size 0x1001: ", entry(2, -0x1000ULL, 0x1001, 2));
	SILENT(entry(2, -0x1000ULL, 0xfff, 2));
	LOGGED("pvh: memmap size 0xffffffffffffffff: ", entry(2, 1, -1ULL, 2));
	SILENT(entry(2, 0, -1ULL, 1));
	SILENT(entry(2, 0, -1ULL, 2));
	LOGGED("pvh: memmap size 0x1: ", entry(2, -1ULL, 1, 0));
	SILENT(entry(2, -1ULL, 0, 2));
	LOGGED("pvh: memmap size 0xfffffffffffffffe: ", entry(2, 2, -2ULL, 9));
	LOGGED("pvh: memmap size 0xfffffffffffffffe: ", entry(2, 2, -2ULL, 1));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 1, -1ULL, 1));
	LOGGED("pvh: memmap size 0xffffffffffff0000: ", memmap(0x7000, MAP_MAX + 1);
	       entry(MAP_MAX, 0x10000, -0x10000ULL, 1));
	LOSES(0, memmap(0x7000, MAP_MAX + 1); entry(MAP_MAX, 0x10000, -0x10000ULL, 1));
	LOGGED("pvh: memmap size 0xffffffffffff0000: ", mixed(1, MAP_MAX);
	       entry(last(), 0x2000000, -0x10000ULL, 2));
}

static void memmap_without_ram(void)
{
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1));
	REFUSED("memmap_entries", entry(0, 0, 0, 1); entry(1, 0x100000, 0x1000, 0));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 7); entry(1, 0x100000, 0x1000, 0xffffffff));
	SILENT(entry(0, 0, 0x1000, 2); entry(1, 0x100000, 1, 1));
	/* except for users who name some on the command line */
	SILENT(entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("quiet memmap=1G@1G"));
	SILENT(entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("memmap=exactmap"));
	SILENT(entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("memmap="));
	SILENT(memmap(0x7000, 1); entry(0, 0, 0x1000, 2); text("memmap=1G@1G"));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("memmap"));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("xmemmap=1G"));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1); text("x=memmap=1G"));
	LOSES(MIB, mixed(1, MAP_MAX); all_at(1, 1); entry(1, 0, 1, 2); text("memmap=1G@1G"));
	REFUSED("memmap_entries", memmap(0x7000, 0); text("memmap=1G@1G"));
	/* Without an entry left there is no map. */
	REFUSED("memmap_entries", memmap(0x7000, 1); entry(0, -1ULL, 1, 2); text("memmap=1G@1G"));
	REFUSED("memmap_entries", mixed(1, MAP_MAX); all_at(1, 0); text("memmap=1G@1G"));
	if (CONFIG_XEN_PVH)
		BOOTS(guest.xen_leaf = 0x40000000; mixed(1, MAP_MAX); all_at(1, 0); text("memmap=1G@1G"));
	/* However much RAM there is */
	SILENT(entry(0, 0, 1ULL << 63, 1); entry(1, 0, 1ULL << 63, 1));
}

/* Overlaps are left to e820.c, even where it has no room for them. */
static void memmap_overlaps(void)
{
	SILENT(within(MAP_MAX / 2));
	SILENT(within(MAP_MAX));
	SILENT(chain(MAP_MAX / 2));
	SILENT(chain(MAP_MAX));
	SILENT(memmap(0x7000, MAP_MAX); entry(MAP_MAX - 1, 0x1080000, 0, 2));
	SILENT(memmap(0x7000, MAP_MAX); entry(0, 0xa0000, 0x60000, 1));
	SILENT(memmap(0x7000, MAP_MAX); entry(0, 0x90000, 0x80000, 1));
	SILENT(memmap(0x7000, MAP_MAX); entry(MAP_MAX - 1, 0x1080000, 0x100000, 2));
	SILENT(memmap(0x7000, MAP_MAX); entry(0, 0, 0x100000, 1));
	SILENT(entry(2, 0x200000, 0x1000, 12); entry(3, 0x200800, 0x1000, 12));
	SILENT(entry(2, 0x200000, 0x1000, 0xefffffff); entry(3, 0x200800, 0x1000, 0));
}

/* The first in the order of the structure is named. */
static void order(void)
{
#define BAD_MODLIST	(guest.si.nr_modules = 1, guest.si.modlist_paddr = -1ULL)
#define BAD_CMDLINE	(guest.si.cmdline_paddr = K_START)
#define BAD_MEMMAP	(guest.si.memmap_paddr = -1ULL)
	REFUSED("magic", guest.si.magic = 1; BAD_MODLIST; BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("modlist_paddr", BAD_MODLIST; BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("module 0 paddr", module(K_START, 1); BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("cmdline_paddr", module(-1ULL, -1ULL); BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("cmdline_paddr", BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("rsdp_paddr", BAD_RSDP; BAD_MEMMAP);
	REFUSED("memmap_paddr", BAD_MEMMAP);

	/* Warnings, in the order in which they come up */
	LOGGED("pvh: cmdline_paddr 0x6000: the command line is cut to COMMAND_LINE_SIZE - 1 bytes\n"
	       "pvh: version 0x3: taken as version 1\n"
	       "pvh: flags 0x80000000: unknown bits are ignored\n"
	       "pvh: nr_modules 0x2: only the first module, the initrd, is used\n"
	       "pvh: module 0 size 0xffffffffffffffff: "
	       "the initrd cannot be addressed, so only the low 32 bits are used\n"
	       "pvh: rsdp_paddr 0x2800000: "
	       "the RSDP is in memory that the kernel clears, and is not used\n",
	       text_of(0x6000, CMDLINE_MAX); guest.si.version = 3; guest.si.flags = 0x80000000;
	       module(1, -1ULL); guest.si.nr_modules = 2; guest.si.rsdp_paddr = K_BSS;
	       memmap(0x7000, MAP_MAX + 1); entry(0, 2, -1ULL, 2));
	if (!strstr(outcome.log, "pvh: memmap size 0xffffffffffffffff: "
		    "the entry ends beyond the address space, and is clipped\n"))
		fail("%s", outcome.log);
}

/* @s names that port and divisor. */
static void named(const char *s, u16 port, u16 divisor)
{
	guest_init();
	name = s;
	text(s);
	BAD_RSDP;
	expect("rsdp_paddr");
	if (outcome.port != port || outcome.divisor != divisor)
		fail("%s: port %#x, divisor %u", s, outcome.port, outcome.divisor);
}

static const struct {
	const char *text;
	u16 port, divisor;
} names[] = {
	{ "", 0, 0 },
	{ "console=ttyS0", 0x3f8, 0 },
	{ "console=ttyS1", 0x2f8, 0 },
	{ "console=ttyS2", 0x3e8, 0 },
	{ "console=ttyS3", 0x2e8, 0 },
	{ "console=ttyS4", 0, 0 },
	{ "console=ttyS10", 0, 0 },
	{ "console=ttyS1", 0x2f8, 0 },
	{ "console=ttyS", 0, 0 },
	{ "console=ttyS/", 0, 0 },
	{ "console=tty0", 0, 0 },
	{ "console=hvc0", 0, 0 },
	{ "console", 0, 0 },
	{ "xconsole=ttyS0", 0, 0 },
	{ "quiet console=ttyS1", 0x2f8, 0 },
	{ "quiet  console=ttyS1 quiet", 0x2f8, 0 },
	{ "console=tty0 console=ttyS1,9600 console=ttyS0", 0x2f8, 12 },
	{ "console=ttyS0,115200", 0x3f8, 1 },
	{ "console=ttyS0,115200n8", 0x3f8, 1 },
	{ "console=ttyS0,115201", 0x3f8, 0 },
	{ "console=ttyS0,4294976896", 0x3f8, 0 },
	{ "console=ttyS0,0", 0x3f8, 0 },
	{ "console=ttyS0,1", 0x3f8, 0 },
	{ "console=ttyS0,49", 0x3f8, 0 },
	{ "console=ttyS0,50", 0x3f8, 2304 },
	{ "console=ttyS0,57600", 0x3f8, 2 },
	{ "console=ttyS0,300", 0x3f8, 384 },
	{ "console=ttyS0,9600 115200", 0x3f8, 12 },
	{ "console=ttyS0,", 0x3f8, 0 },
	{ "console=ttyS0,x", 0x3f8, 0 },
	{ "earlyprintk=serial", 0x3f8, 0 },
	{ "earlyprintk=seria", 0, 0 },
	{ "earlyprintk=serial,115200", 0x3f8, 1 },
	{ "earlyprintk=serial,1,9600", 0x3f8, 0 },
	{ "earlyprintk=serial,ttyS1", 0x2f8, 0 },
	{ "earlyprintk=serial,ttyS1,9600", 0x2f8, 12 },
	{ "earlyprintk=ttyS1,9600,keep", 0x2f8, 12 },
	{ "earlyprintk=vga", 0, 0 },
	{ "earlyprintk=serial,0x2f8,9600", 0, 0 },
	{ "earlyprintk=serial,0", 0x3f8, 0 },
	{ "earlyprintk=ttyS9 console=ttyS3", 0x2e8, 0 },
	{ "quiet\tconsole=ttyS1\nquiet", 0x2f8, 0 },
	{ "quiet\240console=ttyS1", 0, 0 },
};

static void serial(void)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		named(names[i].text, names[i].port, names[i].divisor);
}

/* Up to the last byte of the copy of the command line, and not after it */
static void serial_cmdline_end(void)
{
	size_t i;

	for (i = 1; i < 20; i++) {
		guest_init();
		name = "a command line without an end";
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - i, "console=ttyS0,9600", 18);
		BAD_RSDP;
		expect("rsdp_paddr");
		if (outcome.port != (i < 14 ? 0 : 0x3f8))
			fail("%s: %zu of console=ttyS0 leave port %#x", name, i, outcome.port);
		guest_init();
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - i, "earlyprintk=serial,ttyS1", 24);
		BAD_RSDP;
		expect("rsdp_paddr");
	}

	/* After its end there is no command line any more. */
	guest_init();
	memcpy(guest.cmdline, "quiet\0 console=ttyS0", 21);
	BAD_RSDP;
	expect("rsdp_paddr");
	if (outcome.port)
		fail("a serial port is named after the end of the command line");
}

/* Nothing of a command line that cannot be read, or none is known */
static void serial_unreadable(void)
{
	REFUSED("magic", guest.si.magic = 0; text("console=ttyS0"));
	if (outcome.port)
		fail("a command line without a start_info");
	REFUSED("modlist_paddr", BAD_MODLIST; guest.si.cmdline_paddr = NOWHERE; text("console=ttyS0"));
	if (outcome.port)
		fail("a command line that cannot be read");
	REFUSED("modlist_paddr", BAD_MODLIST; guest.si.cmdline_paddr = NOWHERE + 0x6000; text("console=ttyS0"));
	if (outcome.port != 0x3f8)
		fail("the command line in the low half names no console");
}

/* How long a port is waited for */
static void serial_slow(void)
{
	size_t i;

	for (i = 0xfffd; i < 0x10002; i++) {
		guest_init();
		name = "a serial port that is slow";
		text("console=ttyS0");
		guest.thre_after = i == 0x10001 ? 0x7fffffff : i;
		BAD_RSDP;
		expect("rsdp_paddr");
	}
	guest_init();
	guest.thre_after = 3;
	text("console=ttyS2,9600");
	BAD_RSDP;
	expect("rsdp_paddr");
}

static void xen(void)
{
	u32 leaf;

	for (leaf = 0x40000000; leaf < 0x40010000; leaf += 0x100)
		REFUSED("rsdp_paddr", guest.xen_leaf = leaf; BAD_RSDP);
	REFUSED("rsdp_paddr", guest.xen_leaf = 0x40000000; BAD_RSDP; guest.vendor = AMD);
	REFUSED("rsdp_paddr", guest.xen_leaf = 0x40000000; BAD_RSDP; guest.vendor = HYGON);
	REFUSED("rsdp_paddr", guest.xen_leaf = 0x40000000; BAD_RSDP; guest.vendor = OTHER);
	REFUSED("rsdp_paddr", BAD_RSDP; guest.vendor = AMD);

	if (!CONFIG_XEN_PVH) {
		/* Everything of Xen goes unused, its memory map as well. */
		LOGGED("pvh: Xen's CPUID base 0x40000100: ", guest.xen_leaf = 0x40000100);
		REFUSED("version", guest.xen_leaf = 0x40000100; guest.si.version = 0);
		REFUSED("version", guest.xen_leaf = 0x40000100; guest.si.version = 0; text("console=ttyS1,9600"));
		if (outcome.port != 0x2f8)
			fail("version 0 on Xen is not refused on the serial port");
		REFUSED("memmap_paddr", guest.xen_leaf = 0x40000100; memmap(0, 3));
		REFUSED("memmap_entries", guest.xen_leaf = 0x40000100; memmap(0x7000, 0));
		return;
	}
	LOGGED(line("pvh: memmap_entries %#x: ", HCALL_MAX),
	       guest.xen_leaf = 0x40000000; guest.si.version = 0; guest.hcall_entries = HCALL_MAX);
	SILENT(guest.xen_leaf = 0x40000000; guest.si.version = 0; guest.hcall_entries = HCALL_MAX - 1);
	SILENT(guest.xen_leaf = 0x40000000; guest.si.version = 0; guest.hcall_entries = 127);
	SILENT(guest.xen_leaf = 0x40000000; memmap(0x7000, 128));
	BOOTS(guest.xen_leaf = 0x40000000);
	BOOTS(guest.xen_leaf = 0x40000100);
	BOOTS(guest.xen_leaf = 0x40000000; guest.si.version = 0);
	BOOTS(guest.xen_leaf = 0x40000000; guest.si.version = 0; guest.si.memmap_paddr = -1ULL);
	BOOTS(guest.xen_leaf = 0x40000000; memmap(0x7000, 0));
	BOOTS(guest.xen_leaf = 0x40000000; memmap(0, 3));
	REFUSED("memmap_entries", guest.xen_leaf = 0x40000000; guest.si.version = 0; guest.hcall_entries = 0);
	REFUSED("memmap_entries", guest.xen_leaf = 0x40000000; memmap(0x7000, 0); guest.hcall_entries = 0);
	REFUSED("memmap_paddr", guest.xen_leaf = 0x40000000; memmap(0, 3); guest.hcall_entries = 0);
	BOOTS(guest.xen_leaf = 0x40000000; guest.hcall_entries = 0);
}

static void without_xen(void)
{
	REFUSED("version", guest.si.version = 0);
	REFUSED("version", guest.si.version = 0; text("console=ttyS1,9600"));
	if (outcome.port != 0x2f8)
		fail("version 0 is not refused on the serial port");
}

/* The 2 MiB pages of the window: the last, and one more */
static void window(void)
{
	BOOTS(guest.window_used = 510; guest.si_paddr = MAX_40 - 56);
	IN_LOW_HALF(0, guest.window_used = 510; guest.si_paddr = MAX_40 - 56; text_of(MAX_40 / 2, 1));
	IN_LOW_HALF(0x6000, guest.window_used = 510; guest.si_paddr = MAX_40 - 56; text_of(MAX_40 / 2 + 0x6000, 1));
	BOOTS(guest.window_used = 509; guest.si_paddr = MAX_40 - 56; text_of(MAX_40 / 2, 1));
	REFUSED("start_info", guest.window_used = 511; guest.si_paddr = MAX_40 - 56);
	REFUSED("start_info", guest.window_used = 512; guest.si_paddr = MAX_40 - 56);
	BOOTS(guest.window_used = 511; modlist(MAX_40 - 32, 1));
	REFUSED("modlist_paddr", guest.window_used = 512; modlist(MAX_40 - 32, 1));
	BOOTS(guest.window_used = 511; memmap(MAX_40 - 24, 1));
	REFUSED("memmap_paddr", guest.window_used = 511; memmap(MAX_40 / 2 - 1, 1));
	BOOTS(guest.window_used = 510; memmap(MAX_40 / 2 - 1, 1));
	BOOTS(guest.window_used = 511; text_of(MAX_40 / 2, 1));
	IN_LOW_HALF(0, guest.window_used = 511; text_of(MAX_40 / 2 - 1, 1));
}

/* Vectors 0 to 14 have a stub. */
static void exceptions(void)
{
	u64 vector;
	int i;

	for (vector = 0; vector < 15; vector++, done++) {
		guest_init();
		kernel_at(0x3fe00000);
		exception_in_entry(vector, K_START + 0x1234567);
	}
	guest_init();
	text("console=ttyS1,9600");
	exception_in_entry(14, 0x12345);
	exception_in_entry(0, -1ULL);

	/* By the kernel itself, of which the first console may be there */
	for (i = 0; i < 32; i++, done++) {
		guest_init();
		exception_in_kernel(i, 0xffffffff81234567, false, true);
	}
	exception_in_kernel(0xff, 0xffffffff81000000, false, true);
	exception_in_kernel(0x1d, 0, false, true);
	exception_in_kernel(6, 0xffffffff81234567, true, true);
	exception_in_kernel(6, 0xffffffff81234567, false, false);
	exception_in_kernel(6, 0xffffffff81234567, true, false);
	text("earlyprintk=ttyS0");
	exception_in_kernel(6, 0xffffffff81234567, false, true);
	done += 6;
}

static void panic(void)
{
	guest_init();
	panic_in_kernel("No working init found", false, true);
	panic_in_kernel("No working init found", true, true);
	panic_in_kernel("No working init found", false, false);
	panic_in_kernel("", false, true);
	text("console=ttyS0,115200");
	panic_in_kernel("x", false, true);
	panic_in_kernel("x", true, true);
	guest.xen_leaf = CONFIG_XEN_PVH ? 0x40000000 : 0;
	panic_in_kernel("x", false, true);
	done += 7;
}

/* More warnings than there is room for, or would ever be */
static void many_warnings(void)
{
	static const char field[] = "field", reason[] = "reason";
	u32 i;

	machine_reset_data();
	for (i = 0; i < 20; i++) {
		pvh_warn(field, i, reason);
		if (pvh_nr_warnings != (i < PVH_MAX_WARNINGS ? i + 1 : PVH_MAX_WARNINGS))
			fail("%u warnings are %u", i + 1, pvh_nr_warnings);
	}
	for (i = 0; i < PVH_MAX_WARNINGS; i++) {
		if (pvh_warnings[i].field != field || pvh_warnings[i].value != i ||
		    pvh_warnings[i].reason != reason)
			fail("warning %u is another one", i);
	}
	machine_reset_data();
	done++;
}

/*
 * Where there is no memory, writes are dropped: a page that is read-only, whose bytes
 * are restored after each instruction that writes to it.
 */
static u32 *nothing;
static u32 there[1024];
static unsigned int writes;

static void written(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	if (sig == SIGSEGV) {
		if ((u8 *)info->si_addr < (u8 *)nothing || (u8 *)info->si_addr >= (u8 *)nothing + 4096)
			abort();
		writes++;
		mprotect(nothing, 4096, PROT_READ | PROT_WRITE);
		uc->uc_mcontext.gregs[REG_EFL] |= 0x100;
		return;
	}
	memcpy(nothing, there, sizeof(there));
	mprotect(nothing, 4096, PROT_READ);
	uc->uc_mcontext.gregs[REG_EFL] &= ~0x100;
}

/* The bytes at an address and next to it are the same afterwards. */
static void memory(u32 bytes)
{
	struct sigaction old_segv, old_trap, act = {
		.sa_sigaction = written,
		.sa_flags = SA_SIGINFO,
	};
	u32 ram[3] = { 0x1234, bytes, 0x5678 };

	if (!real_pvh_is_memory((unsigned long)&ram[1]))
		fail("memory with %#x is none", bytes);
	if (ram[0] != 0x1234 || ram[1] != bytes || ram[2] != 0x5678)
		fail("looking for memory changes %#x", bytes);

	nothing = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (nothing == MAP_FAILED)
		abort();
	for (u32 i = 0; i < 1024; i++)
		there[i] = nothing[i] = bytes;
	mprotect(nothing, 4096, PROT_READ);
	sigaction(SIGSEGV, &act, &old_segv);
	sigaction(SIGTRAP, &act, &old_trap);
	writes = 0;
	if (real_pvh_is_memory((unsigned long)&nothing[1023]))
		fail("%#x without memory is memory", bytes);
	sigaction(SIGSEGV, &old_segv, NULL);
	sigaction(SIGTRAP, &old_trap, NULL);
	if (!writes)
		fail("looking for memory without writing to it");
	munmap(nothing, 4096);
	done++;
}

static void is_memory(void)
{
	memory(0);
	memory(0xffffffff);
	memory(0xdeadbeef);
	memory(0x80000000);
	memory(0x0f0f0f0f);
}

static void replay(const char *file)
{
	static u8 data[65536];
	FILE *f = fopen(file, "rb");
	size_t size;

	if (!f) {
		perror(file);
		exit(2);
	}
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	name = file;
	/* Of its own size, so that a sanitizer watches its end */
	u8 *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

int main(int argc, char **argv)
{
	int i;

	start_info();
	modlists();
	modules();
	module_low_halves();
	initrd();
	cmdline();
	hole();
	words();
	built_in_cmdline();
	load_address();
	la57();
	rsdp();
	memmaps();
	memmap_clipped();
	memmap_without_ram();
	memmap_overlaps();
	too_many();
	map_limit();
	order();
	serial();
	serial_cmdline_end();
	serial_unreadable();
	serial_slow();
	xen();
	without_xen();
	window();
	exceptions();
	panic();
	many_warnings();
	is_memory();
	printf("%u rules hold", done);
	fflush(stdout);
	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf(", %d inputs replayed, %u e820 entries\n", argc - 1, E820_MAX_ENTRIES);

	return 0;
}
