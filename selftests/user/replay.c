// SPDX-License-Identifier: GPL-2.0
/*
 * Without a fuzzer: each rule with values on both sides of its bound, and then
 * what the fuzzer once found worth keeping, from the files that are named.
 *
 * The rules' expectations are written down here. That the oracle comes to the
 * same is checked on the way.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define K_START	guest.start
#define K_END	guest.end
#define MAX_40	(1ULL << 40)
#define MAX_46	(1ULL << 46)

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
	if (field && (strncmp(outcome.said + 5, field, strlen(field)) ||
		      strncmp(outcome.said + 5 + strlen(field), " 0x", 3)))
		fail("%s: refused for something else than %s", name, field);
}

/* Of a guest that boots, what is different, and the field it is refused for */
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

/* That many characters, and no NUL behind the one that ends them */
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
	REFUSED("start_info", guest.si_paddr = 0);
	BOOTS(guest.si_paddr = 1);
	REFUSED("start_info", guest.si_paddr = K_START);
	REFUSED("start_info", guest.si_paddr = K_END - 1);
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

	LOGGED("version 0x2", guest.si.version = 2);
	LOGGED("version 0xffffffff", guest.si.version = 0xffffffff);
	BOOTS(guest.si.flags = 0xff1f);
	LOGGED("flags 0x20", guest.si.flags = 0x20);
	LOGGED("flags 0x10001", guest.si.flags = 0x10001);
	BOOTS(guest.si.reserved = 0xffffffff);
	if (outcome.log[0])
		fail("reserved bits are logged: %s", outcome.log);
}

static void modules(void)
{
	BOOTS(modlist(0xfffffffffffffff0, 0));
	LOGGED("modlist_paddr 0x0", modlist(0, 1));
	BOOTS(modlist(MAX_40 - 32, 1));
	REFUSED("modlist_paddr", modlist(MAX_40 - 31, 1));
	REFUSED("modlist_paddr", modlist(MAX_40 - 63, 2));
	LOGGED("nr_modules 0x2", modlist(MAX_40 - 64, 2));
	REFUSED("modlist_paddr", modlist(-32ULL, 1));
	REFUSED("modlist_paddr", modlist(-31ULL, 1));
	BOOTS(modlist(SIZE_4G - 16, 1));
	BOOTS(modlist(0x4000000, 0xffffffff));
	REFUSED("modlist_paddr", modlist(MAX_40 - 0xfffffffeULL * 32, 0xffffffff));
	BOOTS(modlist(MAX_40 - 0xffffffffULL * 32, 0xffffffff));
	REFUSED("modlist_paddr", modlist(K_START - 31, 1));
	BOOTS(modlist(K_START - 32, 1));
	REFUSED("modlist_paddr", modlist(K_START - 63, 2));
	BOOTS(modlist(K_END, 1));
	REFUSED("modlist_paddr", modlist(K_END - 1, 1));
	REFUSED("modlist_paddr", modlist(0x100000, 0x8000000));

	BOOTS(module(0x8000000, 1));
	BOOTS(module(1, 1));
	LOGGED("module 0 size 0x0", module(0x8000000, 0));
	LOGGED("module 0 paddr 0x0", module(0, 0x1000));
	LOGGED("module 0 size 0x0", module(0, 0));
	/* Absent, wherever that would be */
	BOOTS(module(K_START, 0));
	BOOTS(module(-1ULL, 0));
	BOOTS(module(0, -1ULL));
	BOOTS(module(MAX_40 - 1, 1));
	REFUSED("module 0 size", module(MAX_40 - 1, 2));
	REFUSED("module 0 paddr", module(MAX_40, 1));
	REFUSED("module 0 size", module(MAX_40 / 2, MAX_40 / 2 + 1));
	BOOTS(module(MAX_40 / 2, MAX_40 / 2));
	REFUSED("module 0 size", module(0x8000000, -0x8000000ULL));
	REFUSED("module 0 size", module(0x8000000, -1ULL));
	REFUSED("module 0 paddr", module(-1ULL, 1));
	REFUSED("module 0 paddr", module(-1ULL, 2));
	BOOTS(module(SIZE_4G - 1, 2));
	BOOTS(module(SIZE_4G, 1));
	BOOTS(module(0x123456789a, 0x112345678));
	BOOTS(module(K_START - 1, 1));
	REFUSED("module 0 paddr", module(K_START - 1, 2));
	REFUSED("module 0 paddr", module(K_END - 1, 1));
	BOOTS(module(K_END, 1));
	REFUSED("module 0 paddr", module(0x100000, 0x10000000));
	BOOTS(module(MAX_46 - 1, 1); width(46));
	BOOTS(module(MAX_46 - 1, 1); width(48));
	REFUSED("module 0 paddr", module(MAX_46, 1); width(48));
	REFUSED("module 0 size", module(MAX_46 - 1, 2); width(255));
	/* 36 bits on a CPU that does not say */
	BOOTS(module((1ULL << 36) - 1, 1); guest.cpuid_ext_max = 0x80000007);
	REFUSED("module 0 paddr", module(1ULL << 36, 1); guest.cpuid_ext_max = 0x80000007);
	BOOTS(module(SIZE_4G - 1, 1); width(32));
	REFUSED("module 0 paddr", module(SIZE_4G, 1); width(32));
	REFUSED("module 0 size", module(SIZE_4G - 1, 2); width(32));
}

static void cmdline(void)
{
	BOOTS(guest.si.cmdline_paddr = 0);
	BOOTS(text_of(1, 5));
	BOOTS(text_of(0x6000, 0));
	BOOTS(text_of(0x6000, CMDLINE_MAX - 2));
	BOOTS(text_of(0x6000, CMDLINE_MAX - 1));
	REFUSED("cmdline_paddr", text_of(0x6000, CMDLINE_MAX));
	REFUSED("cmdline_paddr", text_of(0x6000, CMDLINE_MAX + 1));
	BOOTS(text_of(K_START - 10, 9));
	REFUSED("cmdline_paddr", text_of(K_START - 10, 10));
	BOOTS(text_of(K_START - CMDLINE_MAX, CMDLINE_MAX - 1));
	REFUSED("cmdline_paddr", text_of(K_START, 0));
	REFUSED("cmdline_paddr", text_of(K_END - 1, 0));
	BOOTS(text_of(K_END, 0));
	BOOTS(text_of(SIZE_4G - CMDLINE_MAX, 5));
	BOOTS(text_of(SIZE_4G - 3, 5));
	BOOTS(text_of(0x123456789a, CMDLINE_MAX - 1));
	BOOTS(text_of(0x1400ff000 - 5, CMDLINE_MAX - 1));
	BOOTS(text_of(MAX_40 - CMDLINE_MAX, 1));
	REFUSED("cmdline_paddr", text_of(MAX_40 - CMDLINE_MAX + 1, 1));
	REFUSED("cmdline_paddr", text_of(MAX_40, 1));
	REFUSED("cmdline_paddr", text_of(-1ULL, 1));
	REFUSED("cmdline_paddr", text_of(-2048ULL, 1));
	BOOTS(text_of(MAX_46 - CMDLINE_MAX, 1); width(52));
	REFUSED("cmdline_paddr", text_of(MAX_46 - CMDLINE_MAX + 1, 1); width(52));
}

/* Whether a command line of that text leaves the kernel where it is */
static void stays(const char *s, bool yes)
{
	BOOTS(text(s));
	if (outcome.randomized != (CONFIG_PVH_KASLR && !yes))
		fail("randomized with %s: %d", s, outcome.randomized);
}

static void kernel_at(u64 paddr)
{
	guest.start = paddr;
	guest.end = paddr + 0x2000000;
}

static void load_address(void)
{
	BOOTS(kernel_at(0x1000000));
	BOOTS(kernel_at(0x1200000));
	BOOTS(kernel_at(0x3fe00000));
	BOOTS(kernel_at(0x7fe00000));
	BOOTS(kernel_at(SIZE_4G - 0x2000000));
	REFUSED("load address", kernel_at(0xe00000));
	REFUSED("load address", kernel_at(0x1100000));
	REFUSED("load address", kernel_at(0x1001000));
	REFUSED("load address", kernel_at(0x11fffff));
	REFUSED("load address", kernel_at(0x1100000); guest.si.magic = 0);
	REFUSED("load address", kernel_at(0x1100000); guest.si_paddr = 0);
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
	drops("", false);
	drops("no5lvl", true);
	drops("quiet no5lvl nokaslr", true);
	drops("no5lvlx", false);
	drops("xno5lvl", false);
	drops("no5lvl=1", false);
	BOOTS(levels(true, ""); guest.si.cmdline_paddr = 0);
	if (outcome.dropped)
		fail("the fifth level dropped without a command line");

	/* How far tables may be */
	BOOTS(levels(true, ""); module(MAX_46, 1));
	BOOTS(levels(true, ""); module(MAX_52 - 1, 1));
	REFUSED("module 0 size", levels(true, ""); module(MAX_52 - 1, 2));
	REFUSED("module 0 paddr", levels(true, ""); module(MAX_52, 1); width(255));
	REFUSED("module 0 paddr", levels(true, "no5lvl"); module(MAX_46, 1));
	REFUSED("module 0 paddr", levels(false, ""); module(MAX_46, 1));
	REFUSED("module 0 paddr", levels(true, ""); module(MAX_46, 1); width(46));
	BOOTS(levels(true, ""); guest.si.cmdline_paddr = MAX_52 - CMDLINE_MAX);
	REFUSED("cmdline_paddr", levels(true, ""); guest.si.cmdline_paddr = MAX_52 - 1);
	/* Where only five levels reach, no5lvl is found, and then out of reach. */
	REFUSED("cmdline_paddr", levels(true, "no5lvl"); guest.si.cmdline_paddr = MAX_46);
	REFUSED("magic", levels(true, "no5lvl"); guest.si.magic = 0);
	if (outcome.maps != 2)
		fail("%u ranges are mapped of what is no start_info", outcome.maps);
}

static void nokaslr(void)
{
	size_t i;

	BOOTS(guest.si.cmdline_paddr = 0);
	if (outcome.randomized != CONFIG_PVH_KASLR)
		fail("randomized without a command line: %d", outcome.randomized);
	stays("", false);
	stays("nokaslr", true);
	stays("nokaslr quiet", true);
	stays("quiet nokaslr", true);
	stays("quiet  nokaslr  ro", true);
	stays("quiet\tnokaslr\nro", true);
	stays("nokasl nokaslr", true);
	stays("nokaslr\177", false);
	stays("nokaslr\240", false);
	stays("nokaslrx", false);
	stays("nokaslr=1", false);
	stays("xnokaslr", false);
	stays("x=nokaslr", false);
	stays("nokasl", false);
	stays("nonokaslr", false);
	stays("kaslr", false);

	/* Up to its last byte, and not behind its end */
	for (i = 0; i < 3; i++) {
		guest_init();
		name = "nokaslr where the command line ends";
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - 8 - i, "nokaslr", 8);
		expect(NULL);
		if (outcome.randomized)
			fail("%s: not seen", name);
	}
	guest_init();
	name = "nokaslr behind the end";
	memcpy(guest.cmdline, "quiet\0 nokaslr", 15);
	expect(NULL);
	if (outcome.randomized != CONFIG_PVH_KASLR)
		fail("%s: seen", name);
}

static void rsdp(void)
{
	BOOTS(guest.si.rsdp_paddr = 1);
	BOOTS(guest.si.rsdp_paddr = 0xf1230);
	BOOTS(guest.si.rsdp_paddr = 0x123456789a);
	BOOTS(guest.si.rsdp_paddr = SIZE_4G - 19);
	BOOTS(guest.si.rsdp_paddr = MAX_40 - 20);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = MAX_40 - 19);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = -20ULL);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = -1ULL);
	BOOTS(guest.si.rsdp_paddr = K_START - 20);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_START - 19);
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = K_END - 1);
	BOOTS(guest.si.rsdp_paddr = K_END);
	BOOTS(guest.si.rsdp_paddr = MAX_46 - 20; width(52));
	REFUSED("rsdp_paddr", guest.si.rsdp_paddr = MAX_46 - 19; width(52));
}

/* The most that fit if none overlaps */
static u32 most(void)
{
	u32 n = E820_MAX_ENTRIES - ADDED - ADDED_FOR_EXT;

	return n > 128 ? n : 128;
}

#define MOST	most()
#define EXT(n)	((n) > 128 ? ADDED_FOR_EXT : 0)

/* Each ends within the next, and so does the hole below 1 MiB. */
static void chain(u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		entry(i, i * 0x4000ULL, 0xc000, 1);
	guest.entries = guest.si.memmap_entries = nr;
}

static void memmaps(void)
{
	u32 n;

	REFUSED("memmap_entries", memmap(0x7000, 0));
	REFUSED("memmap_entries", memmap(0, 0));
	REFUSED("memmap_paddr", memmap(0, 1));
	BOOTS(memmap(1, 1));
	for (n = 126; n < 131 && n <= MOST; n++)
		BOOTS(memmap(0x7000, n));
	BOOTS(memmap(0x7000, MOST - 1));
	BOOTS(memmap(0x7000, MOST));
	REFUSED("memmap_entries", memmap(0x7000, MOST + 1));
	REFUSED("memmap_entries", memmap(0x7000, E820_MAX_ENTRIES));
	REFUSED("memmap_entries", memmap(0x7000, E820_MAX_ENTRIES + 1));
	REFUSED("memmap_entries", memmap(0x7000, 0xffffffff));
	REFUSED("memmap_entries", memmap(0x7000, 0xaaaaaaab));
	REFUSED("memmap_entries", memmap(K_START, E820_MAX_ENTRIES + 1));

	BOOTS(memmap(MAX_40 - 48, 2));
	REFUSED("memmap_paddr", memmap(MAX_40 - 47, 2));
	REFUSED("memmap_paddr", memmap(MAX_40, 2));
	REFUSED("memmap_paddr", memmap(MAX_40, 0xffffffff));
	REFUSED("memmap_paddr", memmap(-48ULL, 2));
	REFUSED("memmap_paddr", memmap(-1ULL, 1));
	BOOTS(memmap(SIZE_4G - 48, 2));
	BOOTS(memmap(SIZE_4G - 47, 2));
	BOOTS(memmap(MAX_46 - 24, 1); width(52));
	REFUSED("memmap_paddr", memmap(MAX_46 - 23, 1); width(52));
	BOOTS(memmap(K_START - 48, 2));
	REFUSED("memmap_paddr", memmap(K_START - 47, 2));
	REFUSED("memmap_paddr", memmap(K_END - 1, 1));
	BOOTS(memmap(K_END, 1));
	BOOTS(memmap(0x1401ffff0, 100));

	REFUSED("memmap size", entry(1, -0x1000ULL, 0x1000, 2));
	BOOTS(entry(2, -0x1000ULL, 0xfff, 2));
	REFUSED("memmap size", entry(2, 1, -1ULL, 2));
	BOOTS(entry(2, 0, -1ULL, 1));
	REFUSED("memmap size", entry(2, -1ULL, 1, 0));
	BOOTS(entry(2, -1ULL, 0, 2));
	REFUSED("memmap size", memmap(0x7000, 2); entry(0, 2, -2ULL, 9));

	REFUSED("memmap_entries", entry(0, 0, 0x1000, 2); entry(1, 0x100000, 0, 1));
	REFUSED("memmap_entries", entry(0, 0, 0, 1); entry(1, 0x100000, 0x1000, 0));
	REFUSED("memmap_entries", entry(0, 0, 0x1000, 7); entry(1, 0x100000, 0x1000, 0xffffffff));
	BOOTS(entry(0, 0, 0x1000, 2); entry(1, 0x100000, 1, 1));

	/* Overlaps: the last with room, and one more */
	for (n = 2; ADDED + n + (n - 1) + EXT(n) <= E820_MAX_ENTRIES; n++)
		;
	BOOTS(within(n - 1));
	REFUSED("memmap_entries", within(n));
	for (n = 2; ADDED + n + n + EXT(n) <= E820_MAX_ENTRIES; n++)
		;
	BOOTS(chain(n - 1));
	BOOTS(within(n - 1); entry(0, 0, 0x4000000000, 1));
	REFUSED("memmap_entries", chain(n));
	/* An entry of no size splits nothing, wherever it is. */
	BOOTS(memmap(0x7000, MOST); entry(MOST - 1, 0x1080000, 0, 2));
	/* The hole within RAM is one more still. */
	BOOTS(memmap(0x7000, MOST); entry(0, 0xa0000, 0x60000, 1));
	if (E820_MAX_ENTRIES > 131) {
		REFUSED("memmap_entries", memmap(0x7000, MOST); entry(0, 0x90000, 0x80000, 1));
		REFUSED("memmap_entries", memmap(0x7000, MOST); entry(0, 0x90000, 0x20000, 1));
		BOOTS(memmap(0x7000, MOST - 1); entry(0, 0x90000, 0x80000, 1));
		REFUSED("memmap_entries", memmap(0x7000, MOST); entry(MOST - 1, 0x1080000, 0x100000, 2));
		REFUSED("memmap_entries", memmap(0x7000, MOST); entry(MOST - 1, 0x1080000, 0x10000, 1));
		BOOTS(memmap(0x7000, MOST); entry(MOST - 1, 0x1000000, 0x100000, 2));
		BOOTS(memmap(0x7000, MOST); entry(MOST - 1, 0x1100000, 0x100000, 2));
	}
	BOOTS(entry(2, 0x200000, 0x1000, 12); entry(3, 0x200800, 0x1000, 12));
	BOOTS(entry(2, 0x200000, 0x1000, 0xefffffff); entry(3, 0x200800, 0x1000, 0));
}

/* The first in the order of the structure is named. */
static void order(void)
{
#define BAD_MODLIST	(guest.si.nr_modules = 1, guest.si.modlist_paddr = -1ULL)
#define BAD_CMDLINE	(guest.si.cmdline_paddr = -1ULL)
#define BAD_RSDP	(guest.si.rsdp_paddr = -1ULL)
#define BAD_MEMMAP	(guest.si.memmap_paddr = -1ULL)
	REFUSED("magic", guest.si.magic = 1; BAD_MODLIST; BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("modlist_paddr", BAD_MODLIST; BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("module 0 paddr", module(-1ULL, -1ULL); BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("module 0 size", module(1, -1ULL); BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("cmdline_paddr", BAD_CMDLINE; BAD_RSDP; BAD_MEMMAP);
	REFUSED("rsdp_paddr", BAD_RSDP; BAD_MEMMAP);
	REFUSED("memmap_paddr", BAD_MEMMAP);
	REFUSED("memmap size", entry(0, -1ULL, -1ULL, 2); entry(1, 1, 0, 1));
}

/* @s names that port and divisor. */
static void named(const char *s, u16 port, u16 divisor)
{
	guest_init();
	name = s;
	text(s);
	guest.si.rsdp_paddr = -1ULL;
	expect("rsdp_paddr");
	if (outcome.port != port || outcome.divisor != divisor)
		fail("%s: port %#x, divisor %u", s, outcome.port, outcome.divisor);
}

static void serial(void)
{
	size_t i;

	named("", 0, 0);
	named("console=ttyS0", 0x3f8, 0);
	named("console=ttyS1", 0x2f8, 0);
	named("console=ttyS2", 0x3e8, 0);
	named("console=ttyS3", 0x2e8, 0);
	named("console=ttyS4", 0, 0);
	named("console=ttyS10", 0, 0);
	named("console=ttyS1", 0x2f8, 0);
	named("console=ttyS", 0, 0);
	named("console=ttyS/", 0, 0);
	named("console=tty0", 0, 0);
	named("console=hvc0", 0, 0);
	named("console", 0, 0);
	named("xconsole=ttyS0", 0, 0);
	named("quiet console=ttyS1", 0x2f8, 0);
	named("quiet  console=ttyS1 quiet", 0x2f8, 0);
	named("console=tty0 console=ttyS1,9600 console=ttyS0", 0x2f8, 12);
	named("console=ttyS0,115200", 0x3f8, 1);
	named("console=ttyS0,115200n8", 0x3f8, 1);
	named("console=ttyS0,115201", 0x3f8, 0);
	named("console=ttyS0,4294967297", 0x3f8, 0);
	named("console=ttyS0,0", 0x3f8, 0);
	named("console=ttyS0,1", 0x3f8, 115200 & 0xffff);
	named("console=ttyS0,2", 0x3f8, 57600);
	named("console=ttyS0,57600", 0x3f8, 2);
	named("console=ttyS0,300", 0x3f8, 384);
	named("console=ttyS0,9600 115200", 0x3f8, 12);
	named("console=ttyS0,", 0x3f8, 0);
	named("console=ttyS0,x", 0x3f8, 0);
	named("earlyprintk=serial", 0x3f8, 0);
	named("earlyprintk=seria", 0, 0);
	named("earlyprintk=serial,115200", 0x3f8, 1);
	named("earlyprintk=serial,ttyS1", 0x2f8, 0);
	named("earlyprintk=serial,ttyS1,9600", 0x2f8, 12);
	named("earlyprintk=ttyS1,9600,keep", 0x2f8, 12);
	named("earlyprintk=vga", 0, 0);
	named("earlyprintk=serial,0x2f8,9600", 0, 0);
	named("earlyprintk=serial,0", 0x3f8, 0);
	named("earlyprintk=ttyS9 console=ttyS3", 0x2e8, 0);

	/* Up to where it can be read, and not to what stands behind */
	for (i = 1; i < 20; i++) {
		guest_init();
		name = "a command line without an end";
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - i, "console=ttyS0,9600", 18);
		expect("cmdline_paddr");
		if (outcome.port != (i < 13 ? 0 : 0x3f8))
			fail("%s: %zu of console=ttyS0 leave port %#x", name, i, outcome.port);
		guest_init();
		memset(guest.cmdline, ' ', sizeof(guest.cmdline));
		memcpy(guest.cmdline + CMDLINE_MAX - i, "earlyprintk=serial,ttyS1", 24);
		expect("cmdline_paddr");
	}

	/* Nothing of a command line that cannot be read, or none is known */
	REFUSED("magic", guest.si.magic = 0; text("console=ttyS0"));
	if (outcome.port)
		fail("a command line without a start_info");
	REFUSED("modlist_paddr", BAD_MODLIST; BAD_CMDLINE; text("console=ttyS0"));

	/* Behind its end there is no command line any more. */
	guest_init();
	memcpy(guest.cmdline, "quiet\0 console=ttyS0", 21);
	BAD_RSDP;
	expect("rsdp_paddr");
	if (outcome.port)
		fail("a serial port is named behind the end of the command line");

	/* How long a port is waited for */
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
		REFUSED("Xen's CPUID base", guest.xen_leaf = 0x40000100);
		REFUSED("Xen's CPUID base", guest.xen_leaf = 0x40000100; text("console=ttyS1,9600"));
		return;
	}
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
	REFUSED("start_info", guest.window_used = 511; guest.si_paddr = MAX_40 - 56);
	REFUSED("start_info", guest.window_used = 512; guest.si_paddr = MAX_40 - 56);
	BOOTS(guest.window_used = 511; modlist(MAX_40 - 32, 1));
	REFUSED("modlist_paddr", guest.window_used = 512; modlist(MAX_40 - 32, 1));
	BOOTS(guest.window_used = 511; memmap(MAX_40 - 24, 1));
	REFUSED("memmap_paddr", guest.window_used = 511; memmap(MAX_40 / 2 - 1, 1));
	BOOTS(guest.window_used = 510; memmap(MAX_40 / 2 - 1, 1));
	BOOTS(guest.window_used = 511; text_of(MAX_40 / 2, 1));
	REFUSED("cmdline_paddr", guest.window_used = 511; text_of(MAX_40 / 2 - 1, 1));
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
	/* Of its own size, for what is read beyond its end */
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
	modules();
	cmdline();
	nokaslr();
	load_address();
	la57();
	rsdp();
	memmaps();
	order();
	serial();
	xen();
	without_xen();
	window();
	printf("%u rules hold", done);
	fflush(stdout);
	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf(", %d inputs replayed, %u e820 entries\n", argc - 1, E820_MAX_ENTRIES);

	return 0;
}
