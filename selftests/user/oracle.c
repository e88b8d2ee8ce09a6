// SPDX-License-Identifier: GPL-2.0
/*
 * What has to come of a start_info, from the rules of the boot ABI and of
 * docs/abi.md rather than from the code, in numbers that cannot wrap.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

typedef unsigned __int128 u128;

/* How far the kernel's direct mapping will reach */
static unsigned int direct_map = 46;

void oracle_set_levels(unsigned int levels)
{
	direct_map = levels == 5 ? 52 : 46;
}

/* What the CPU has lines for, as far as that */
u64 oracle_max_paddr(void)
{
	unsigned int bits = 36;

	if (guest.cpuid_ext_max >= 0x80000008)
		bits = guest.cpuid_width % 256;

	return 1ULL << (bits > direct_map ? direct_map : bits);
}

bool oracle_addressable(u64 paddr, u64 size)
{
	u64 max = oracle_max_paddr();

	if (max < SIZE_4G)
		max = SIZE_4G;

	return paddr < max && (u128)paddr + size <= max;
}

static bool in_kernel(u64 paddr, u64 size)
{
	u128 end = (u128)paddr + size;

	return !(end <= guest.start || paddr >= guest.end);
}

/* The pages of the window behind the identity mapping that are left */
static u64 left;

static bool room(u64 paddr, u64 size)
{
	u64 first = paddr >> 21, last = (paddr + size - 1) >> 21;

	if (paddr + size <= SIZE_4G)
		return true;
	if (last - first + 1 > left)
		return false;
	left -= last - first + 1;

	return true;
}

#define WRONG(f, v, w)	((struct verdict) { .field = (f), .value = (v), .why = (w) })
#define RIGHT		((struct verdict) { .field = NULL })

static struct verdict modules(const struct hvm_start_info *si)
{
	u64 list = si->modlist_paddr, size = 32ULL * si->nr_modules;
	struct hvm_modlist_entry m;

	if (size == 0 || list == 0)
		return RIGHT;
	if (!oracle_addressable(list, size))
		return WRONG("modlist_paddr", list, "addressed");
	if (in_kernel(list, size))
		return WRONG("modlist_paddr", list, "kernel");
	if (!room(list, sizeof(m)))
		return WRONG("modlist_paddr", list, "no room");

	guest_read(list, sizeof(m), &m);
	if (m.paddr == 0 || m.size == 0)
		return RIGHT;
	if (!oracle_addressable(m.paddr, 1))
		return WRONG("module 0 paddr", m.paddr, "addressed");
	if (!oracle_addressable(m.paddr, m.size))
		return WRONG("module 0 size", m.size, "addressed");
	if (in_kernel(m.paddr, m.size))
		return WRONG("module 0 paddr", m.paddr, "kernel");

	return RIGHT;
}

static struct verdict cmdline(const struct hvm_start_info *si)
{
	u64 paddr = si->cmdline_paddr;
	char text[CMDLINE_MAX];
	size_t len;

	if (paddr == 0)
		return RIGHT;
	if (!oracle_addressable(paddr, CMDLINE_MAX) || !room(paddr, CMDLINE_MAX))
		return WRONG("cmdline_paddr", paddr, "addressed");

	guest_read(paddr, sizeof(text), text);
	len = strnlen(text, sizeof(text));
	if (len == sizeof(text))
		return WRONG("cmdline_paddr", paddr, "end");
	if (in_kernel(paddr, len + 1))
		return WRONG("cmdline_paddr", paddr, "kernel");

	return RIGHT;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/*
 * Whether e820.c has room for a map whatever it is made of: one piece for each
 * entry and one more where an entry ends within another; the hole below 1 MiB,
 * which is an entry too; and what test.h says.
 *
 * An end is within an entry if one began before it and ends behind it: with
 * the covered stretches merged, where a point is neither outside nor a border
 * that no entry spans. Counted by a sweep, not by comparing each with each.
 */
bool oracle_fits(const struct hvm_memmap_table_entry *map, u32 nr)
{
	u64 *starts = malloc((nr + 1) * sizeof(*starts));
	u64 *ends = malloc((nr + 1) * sizeof(*ends));
	u32 n = 0, s = 0, before, i, total = nr + ADDED;

	if (!starts || !ends)
		abort();
	for (i = 0; i <= nr; i++) {
		u64 addr = i < nr ? map[i].addr : 0xa0000;
		u64 size = i < nr ? map[i].size : 0x60000;

		if (!size)
			continue;
		starts[n] = addr;
		ends[n++] = addr + size;
	}
	qsort(starts, n, sizeof(*starts), by_value);
	qsort(ends, n, sizeof(*ends), by_value);

	/* Those that begin before a point, less those that end up to it */
	for (i = 0; i < n; i++) {
		while (s < n && starts[s] < ends[i])
			s++;
		before = i + 1;
		while (before < n && ends[before] == ends[i])
			before++;
		if (s > before)
			total++;
	}
	free(starts);
	free(ends);

	if (nr > 128)
		total += ADDED_FOR_EXT;

	return total <= E820_MAX_ENTRIES;
}

static struct verdict memmap(const struct hvm_start_info *si)
{
	u64 paddr = si->memmap_paddr, size = 24ULL * si->memmap_entries;
	struct hvm_memmap_table_entry *map;
	struct verdict v = RIGHT;
	bool ram = false;
	u32 i, nr = si->memmap_entries;

	if (nr == 0 || paddr == 0)
		return RIGHT;
	if (!oracle_addressable(paddr, 1))
		return WRONG("memmap_paddr", paddr, "addressed");
	if (nr > E820_MAX_ENTRIES - ADDED)
		return WRONG("memmap_entries", nr, "room");
	if (!oracle_addressable(paddr, size))
		return WRONG("memmap_paddr", paddr, "addressed");
	if (in_kernel(paddr, size))
		return WRONG("memmap_paddr", paddr, "kernel");
	if (!room(paddr, size))
		return WRONG("memmap_paddr", paddr, "no room");

	map = malloc(size);
	if (!map)
		abort();
	guest_read(paddr, size, map);
	for (i = 0; i < nr && !v.field; i++) {
		if (((u128)map[i].addr + map[i].size) >> 64)
			v = WRONG("memmap size", map[i].size, "address space");
		ram = ram || (map[i].type == 1 && map[i].size != 0);
	}
	if (!v.field && !ram)
		v = WRONG("memmap_entries", nr, "RAM");
	if (!v.field && !oracle_fits(map, nr))
		v = WRONG("memmap_entries", nr, "room");
	free(map);

	return v;
}

/* What the kernel sees of the start_info */
static u64 si_size(void)
{
	struct hvm_start_info si;

	guest_read(guest.si_paddr, sizeof(si), &si);

	return si.version ? 56 : 40;
}

/* It is read for that before anything else, and then again. */
static bool no5lvl(const struct hvm_start_info *si)
{
	u64 paddr = si->cmdline_paddr;
	char text[CMDLINE_MAX];

	if (paddr == 0 || !oracle_addressable(paddr, CMDLINE_MAX) ||
	    !room(paddr, CMDLINE_MAX))
		return false;
	guest_read(paddr, sizeof(text), text);

	return oracle_has(text, sizeof(text), "no5lvl");
}

static struct verdict loaded(void)
{
	struct hvm_start_info si = { 0 };
	u64 at = guest.si_paddr, size = 40;
	struct verdict v;

	left = 512 - guest.window_used;
	oracle_set_levels(4);

	if (at == 0)
		return WRONG("start_info", at, "ebx");
	if (!oracle_addressable(at, size) || !room(at, size))
		return WRONG("start_info", at, "addressed");
	size = si_size();
	if (size > 40 && (!oracle_addressable(at, size) || !room(at, size)))
		return WRONG("start_info", at, "addressed");
	if (in_kernel(at, size))
		return WRONG("start_info", at, "kernel");
	guest_read(at, size, &si);

	if (guest.la57) {
		oracle_set_levels(5);
		if (si.magic == 0x336ec578 && no5lvl(&si))
			oracle_set_levels(4);
	}

	if (si.magic != 0x336ec578)
		return WRONG("magic", si.magic, "336ec578");
	v = modules(&si);
	if (!v.field)
		v = cmdline(&si);
	if (v.field)
		return v;
	if (!oracle_addressable(si.rsdp_paddr, 20))
		return WRONG("rsdp_paddr", si.rsdp_paddr, "addressed");
	if (in_kernel(si.rsdp_paddr, 20))
		return WRONG("rsdp_paddr", si.rsdp_paddr, "kernel");

	return memmap(&si);
}

/* Whether the start_info is one, of which something can be read */
bool oracle_start_info;

struct verdict oracle_boot(void)
{
	struct verdict v = loaded();

	oracle_start_info = !v.field || (strcmp(v.field, "start_info") &&
					 strcmp(v.field, "magic"));
	if (guest.start % 0x200000)
		return WRONG("load address", guest.start, "multiple");
	if (guest.start < 0x1000000)
		return WRONG("load address", guest.start, "below");

	return v;
}

/* For what pvh_boot() let pass */
struct verdict oracle_setup(void)
{
	struct hvm_start_info si = { 0 };

	guest_read(guest.si_paddr, si_size(), &si);
	if (guest.xen_leaf && !CONFIG_XEN_PVH)
		return WRONG("Xen's CPUID base", guest.xen_leaf, "CONFIG_XEN_PVH");
	if (si.memmap_entries && si.memmap_paddr)
		return RIGHT;
	if (guest.xen_leaf && guest.hcall_entries)
		return RIGHT;
	if (!guest.xen_leaf && si.version == 0)
		return WRONG("version", 0, "Xen");
	if (si.memmap_entries)
		return WRONG("memmap_paddr", 0, "memory map");

	return WRONG("memmap_entries", 0, "memory map");
}

/* "FIELD 0xVALUE" for each line that is to be logged, separated by newlines */
const char *oracle_log(void)
{
	static char log[512];
	struct hvm_start_info si = { 0 };
	struct hvm_modlist_entry m;
	size_t n = 0;

#define LOG(f, v)	(n += snprintf(log + n, sizeof(log) - n, "%s 0x%llx\n", f, (u64)(v)))
	log[0] = '\0';
	guest_read(guest.si_paddr, si_size(), &si);
	if (si.version > 1)
		LOG("version", si.version);
	/* Bits 0 to 4, and the eight for power management */
	if (si.flags & 0xffff00e0)
		LOG("flags", si.flags);
	if (!si.nr_modules)
		return log;
	if (!si.modlist_paddr) {
		LOG("modlist_paddr", 0);
		return log;
	}
	guest_read(si.modlist_paddr, sizeof(m), &m);
	if (!m.size)
		LOG("module 0 size", 0);
	else if (!m.paddr)
		LOG("module 0 paddr", 0);
	if (si.nr_modules > 1)
		LOG("nr_modules", si.nr_modules);
#undef LOG

	return log;
}

static bool begins(const char **s, const char *with)
{
	size_t len = strlen(with);

	if (strncmp(*s, with, len))
		return false;
	*s += len;

	return true;
}

/*
 * console=ttyS0..3[,BAUD]; earlyprintk=[serial,]ttyS0..3[,BAUD] or serial[,BAUD],
 * but not serial,0xPORT
 */
static int word_names(const char *word, unsigned long *baud)
{
	bool serial = false;
	int n = 0;

	if (!begins(&word, "console=")) {
		if (!begins(&word, "earlyprintk="))
			return -1;
		serial = begins(&word, "serial");
		if (serial)
			begins(&word, ",");
	}
	if (begins(&word, "ttyS")) {
		if (!*word || !strchr("0123", *word))
			return -1;
		n = *word++ - '0';
		if (*word >= '0' && *word <= '9')
			return -1;
		begins(&word, ",");
	} else if (!serial || !strncmp(word, "0x", 2)) {
		return -1;
	}
	*baud = *word >= '0' && *word <= '9' ? strtoul(word, NULL, 10) : 0;

	return n;
}

void oracle_serial(const char *cmdline, size_t size, u16 *port, u16 *divisor)
{
	static const u16 ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	char text[CMDLINE_MAX + 1], *word, *next;
	unsigned long baud;
	int n;

	*port = *divisor = 0;
	memcpy(text, cmdline, size);
	text[size] = '\0';
	for (word = text; word; word = next) {
		next = strchr(word, ' ');
		if (next)
			*next++ = '\0';
		n = word_names(word, &baud);
		if (n < 0)
			continue;
		*port = ports[n];
		if (baud && baud <= 115200)
			*divisor = 115200 / baud;
		return;
	}
}

/* @option as a word of its own, among control characters and blanks */
bool oracle_has(const char *cmdline, size_t size, const char *option)
{
	char text[CMDLINE_MAX + 1], *word;
	size_t i;

	memcpy(text, cmdline, size);
	text[size] = '\0';
	for (i = 0; text[i]; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	for (word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (!strcmp(word, option))
			return true;
	}

	return false;
}
