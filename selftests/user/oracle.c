// SPDX-License-Identifier: GPL-2.0
/*
 * The result that a start_info has to have, from the rules of the boot ABI and of
 * docs/abi.md rather than from the code, in numbers that cannot wrap.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

typedef unsigned __int128 u128;

static bool overlap(u64 paddr, u64 size, u64 start, u64 end)
{
	return !((u128)paddr + size <= start || paddr >= end);
}

/* All that the kernel takes for itself */
static bool in_kernel(u64 paddr, u64 size)
{
	return overlap(paddr, size, guest.start, guest.end);
}

/*
 * The parts of the kernel that come from its file: data of the loader there has
 * overwritten them. The file has nothing for the hole between them.
 */
static bool in_contents(u64 paddr, u64 size)
{
	return overlap(paddr, size, guest.start, guest.rodata_end) ||
	       overlap(paddr, size, guest.data, guest.bss);
}

/* Pages that are left of the window after the identity mapping */
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

static bool readable(u64 paddr, u64 size)
{
	return guest_addressable(paddr, size) && room(paddr, size);
}

#define WRONG(f, v, w)	((struct verdict) { .field = (f), .value = (v), .why = (w) })
#define RIGHT		((struct verdict) { .field = NULL })

struct warning oracle_warnings[32];
u32 oracle_nr_warnings;

static struct warning *warn(const char *field, u64 value, const char *why)
{
	struct warning *w = &oracle_warnings[oracle_nr_warnings++];

	*w = (struct warning) { .about = WRONG(field, value, why) };

	return w;
}

struct hvm_modlist_entry oracle_initrd;

/* Until now the kernel used these. The initrd ends before the last byte of 4 GiB. */
static struct hvm_modlist_entry low_bits(struct hvm_modlist_entry m)
{
	m.paddr %= SIZE_4G;
	m.size %= SIZE_4G;
	if (m.paddr == 0 || m.paddr + m.size >= SIZE_4G)
		m.size = 0;

	return m;
}

static struct verdict modules(const struct hvm_start_info *si)
{
	u64 list = si->modlist_paddr;
	struct hvm_modlist_entry m;

	memset(&oracle_initrd, 0, sizeof(oracle_initrd));
	if (si->nr_modules == 0)
		return RIGHT;
	if (list == 0) {
		warn("modlist_paddr", 0, "no module");
		return RIGHT;
	}
	if (si->nr_modules > 1)
		warn("nr_modules", si->nr_modules, "first");
	/* The kernel reads the first entry only. */
	if (!readable(list, sizeof(m)))
		return WRONG("modlist_paddr", list, "addressed");
	if (in_contents(list, sizeof(m)))
		return WRONG("modlist_paddr", list, "kernel");

	guest_read(list, sizeof(m), &m);
	if (m.size == 0) {
		warn("module 0 size", 0, "empty");
		return RIGHT;
	}
	if (m.paddr == 0) {
		warn("module 0 paddr", 0, "no initrd");
		return RIGHT;
	}
	if (!guest_addressable(m.paddr, m.size)) {
		if (guest_addressable(m.paddr, 1))
			warn("module 0 size", m.size, "low 32 bits");
		else
			warn("module 0 paddr", m.paddr, "low 32 bits");
		m = low_bits(m);
	}
	if (m.size == 0)
		return RIGHT;
	if (in_kernel(m.paddr, m.size))
		return WRONG("module 0 paddr", m.paddr, "kernel");
	oracle_initrd = m;

	return RIGHT;
}

/* The copy: one byte less than there is room for, and a NUL */
char oracle_cmdline[CMDLINE_MAX];
u64 oracle_cmdline_paddr;
static u64 cmdline_size;		/* with the NUL, as far as it is read; or 0 */

static void copy_cmdline(const struct hvm_start_info *si)
{
	u64 paddr = si->cmdline_paddr;
	char text[CMDLINE_MAX];
	size_t len;

	memset(oracle_cmdline, 0, sizeof(oracle_cmdline));
	oracle_cmdline_paddr = cmdline_size = 0;
	if (paddr == 0 || si->magic != 0x336ec578)
		return;
	if (!readable(paddr, CMDLINE_MAX)) {
		warn("cmdline_paddr", paddr, "low 32 bits");
		paddr %= SIZE_4G;
		if (paddr == 0 || !readable(paddr, CMDLINE_MAX))
			return;
	}

	oracle_cmdline_paddr = paddr;
	guest_read(paddr, sizeof(text), text);
	len = strnlen(text, sizeof(text));
	cmdline_size = len + 1;
	if (len == sizeof(text)) {
		warn("cmdline_paddr", paddr, "cut");
		cmdline_size = len--;
	}
	memcpy(oracle_cmdline, text, len);
}

static struct verdict cmdline(void)
{
	if (oracle_cmdline_paddr && in_contents(oracle_cmdline_paddr, cmdline_size))
		return WRONG("cmdline_paddr", oracle_cmdline_paddr, "kernel");

	return RIGHT;
}

static struct verdict rsdp(const struct hvm_start_info *si)
{
	u64 paddr = si->rsdp_paddr;

	if (paddr == 0)
		return RIGHT;
	if (!guest_addressable(paddr, 20))
		warn("rsdp_paddr", paddr, "not used");
	else if (in_contents(paddr, 20))
		return WRONG("rsdp_paddr", paddr, "kernel");
	else if (overlap(paddr, 20, guest.bss, guest.end))
		warn("rsdp_paddr", paddr, "not used");

	return RIGHT;
}

/* -- The memory map -------------------------------------------------------- */

struct boot_e820_entry oracle_map[E820_MAX_ENTRIES];
u32 oracle_nr;
bool oracle_left_out, oracle_ram_lost;

/* The loader's map, of so many entries; sizes as they are taken */
static struct hvm_memmap_table_entry *map;
static u32 map_nr;
/* The sizes of those that are clipped, as the loader has them */
static u64 *clipped;

bool oracle_clipped(u64 size)
{
	u32 i;

	for (i = 0; i < map_nr; i++) {
		if (size && clipped[i] == size)
			return true;
	}

	return false;
}

static bool is_ram(u32 i)
{
	return map[i].type == 1;
}

/*
 * Numbers end at 2^64 - 1. RAM that ends after that is not used, and a reserved range
 * ends there.
 */
static bool clip(void)
{
	bool any = false;
	u32 i;

	for (i = 0; i < map_nr; i++) {
		if (!(((u128)map[i].addr + map[i].size) >> 64))
			continue;
		any = true;
		clipped[i] = map[i].size;
		map[i].size = is_ram(i) ? 0 : ~map[i].addr;
	}

	return any;
}

/* At the last address there can only be an empty entry. */
static void keep(u32 i, u64 size)
{
	if (map[i].addr == U64_MAX)
		return;
	oracle_map[oracle_nr].addr = map[i].addr;
	oracle_map[oracle_nr].size = size;
	oracle_map[oracle_nr++].type = map[i].type;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/*
 * RAM gets half of the room, or as many entries as it has if those are fewer. The
 * rest is for reserved ranges, from the lowest address up. The first one for which
 * there is no room ends the map, so that nothing reserved becomes RAM: at or above its
 * address there is nothing any more. Empty entries take room, too.
 */
static u64 choose(void)
{
	u64 *starts = malloc(map_nr * sizeof(*starts));
	u32 nr_ram = 0, reserved = 0, places, i;
	u64 limit = U64_MAX, lost = 0;

	if (!starts)
		abort();
	for (i = 0; i < map_nr; i++) {
		if (is_ram(i))
			nr_ram++;
		else
			starts[reserved++] = map[i].addr;
	}
	places = MAP_MAX - (nr_ram > MAP_MAX / 2 ? MAP_MAX / 2 : nr_ram);
	qsort(starts, reserved, sizeof(*starts), by_value);
	if (reserved > places)
		limit = starts[places];
	free(starts);

	for (i = 0; i < map_nr; i++) {
		if (!is_ram(i) && map[i].addr < limit)
			keep(i, map[i].size);
	}
	for (i = 0; i < map_nr; i++) {
		u64 room = map[i].addr < limit ? limit - map[i].addr : 0;
		u64 size = map[i].size < room ? map[i].size : room;

		if (!is_ram(i))
			continue;
		if (oracle_nr == MAP_MAX)
			size = 0;
		else if (room)
			keep(i, size);
		lost = map[i].size - size > U64_MAX - lost ? U64_MAX : lost + map[i].size - size;
	}

	return lost;
}

struct range {
	u64 start, end;
};

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Where RAM overlaps RAM the kernel may take it for more than it is. */
static void check_initrd(void)
{
	struct range *ranges = malloc((oracle_nr + 1) * sizeof(*ranges));
	u64 start = oracle_initrd.paddr, end = start + oracle_initrd.size, at = start;
	u64 sum = 0, within = 0;
	u32 i, n = 0;

	if (!ranges)
		abort();
	for (i = 0; i < oracle_nr; i++) {
		u64 a = oracle_map[i].addr, b = a + oracle_map[i].size;

		if (oracle_map[i].type != 1 || b <= start || a >= end || a == b)
			continue;
		ranges[n].start = a > start ? a : start;
		ranges[n].end = b < end ? b : end;
		sum += ranges[n].end - ranges[n].start;
		n++;
	}
	qsort(ranges, n, sizeof(*ranges), by_start);
	for (i = 0; i < n; i++) {
		u64 from = ranges[i].start > at ? ranges[i].start : at;

		if (ranges[i].end > from) {
			within += ranges[i].end - from;
			at = ranges[i].end;
		}
	}
	free(ranges);
	if (within != oracle_initrd.size)
		warn("module 0 paddr", start, "RAM")->may = sum != within;
}

static struct verdict take_map(u32 nr)
{
	bool any_clipped = clip(), ram = false;
	u64 lost = 0;
	u32 i;

	if (nr > MAP_MAX)
		lost = choose();
	else
		for (i = 0; i < nr; i++)
			keep(i, map[i].size);
	for (i = 0; i < oracle_nr; i++)
		ram = ram || (oracle_map[i].type == 1 && oracle_map[i].size != 0);
	/* The user may give another map. */
	if (!ram && !oracle_has(oracle_cmdline, "memmap="))
		return WRONG("memmap_entries", nr, "RAM");

	if (any_clipped)
		warn("memmap size", 0, "clipped")->any_clipped = true;
	if (nr > MAP_MAX)
		warn("memmap_entries", nr, "room");
	if (lost)
		warn("memmap RAM", lost, "room");
	if (oracle_initrd.size)
		check_initrd();
	oracle_left_out = nr > MAP_MAX;
	oracle_ram_lost = lost;

	return RIGHT;
}

static struct verdict memmap(const struct hvm_start_info *si)
{
	u64 paddr = si->memmap_paddr, size = 24ULL * si->memmap_entries;
	u32 nr = si->memmap_entries;

	oracle_nr = 0;
	oracle_left_out = oracle_ram_lost = false;
	free(map);
	free(clipped);
	map = NULL;
	clipped = NULL;
	map_nr = 0;

	if (nr == 0 || paddr == 0)
		return RIGHT;
	if (!guest_addressable(paddr, size))
		return WRONG("memmap_paddr", paddr, "addressed");
	if (in_contents(paddr, size))
		return WRONG("memmap_paddr", paddr, "kernel");
	if (!room(paddr, size))
		return WRONG("memmap_paddr", paddr, "no room");

	map = malloc(size);
	clipped = calloc(nr, sizeof(*clipped));
	if (!map || !clipped)
		abort();
	map_nr = nr;
	guest_read(paddr, size, map);

	return take_map(nr);
}

/* -- All of it ------------------------------------------------------------- */

/* Bytes of the start_info that the kernel reads */
static u64 si_size(void)
{
	struct hvm_start_info si;

	guest_read(guest.si_paddr, sizeof(si), &si);

	return si.version ? 56 : 40;
}

static struct verdict start_info(struct hvm_start_info *si)
{
	u64 at = guest.si_paddr, size = 40;

	if (at == 0)
		return WRONG("start_info", at, "ebx");
	if (!readable(at, size))
		return WRONG("start_info", at, "addressed");
	size = si_size();
	if (size > 40 && !readable(at, size))
		return WRONG("start_info", at, "addressed");
	if (in_contents(at, size))
		return WRONG("start_info", at, "kernel");
	guest_read(at, size, si);

	return RIGHT;
}

static struct verdict contents(const struct hvm_start_info *si)
{
	struct verdict v;

	if (si->magic != 0x336ec578)
		return WRONG("magic", si->magic, "336ec578");
	if (si->version > 1)
		warn("version", si->version, "version 1");
	/* Bits 0 to 4, and the eight for power management */
	if (si->flags & 0xffff00e0)
		warn("flags", si->flags, "unknown");
	v = modules(si);
	if (!v.field)
		v = cmdline();
	if (!v.field)
		v = rsdp(si);
	if (!v.field)
		v = memmap(si);

	return v;
}

struct verdict oracle_boot(void)
{
	struct hvm_start_info si = { 0 };
	struct verdict v;

	left = 512 - guest.window_used;
	guest_set_levels(guest.la57 ? 5 : 4);
	oracle_nr_warnings = 0;

	/* The start_info and the command line come first, because they name the console. */
	v = start_info(&si);
	copy_cmdline(&si);
	if (guest.la57 && oracle_has(oracle_cmdline, "no5lvl"))
		guest_set_levels(4);
	if (guest.no_memory)
		return WRONG("kernel end", guest.end, "memory");
	if (guest.start % 0x200000)
		return WRONG("load address", guest.start, "multiple");

	return v.field ? v : contents(&si);
}

/* If pvh_boot() did not refuse the guest */
struct verdict oracle_setup(void)
{
	struct hvm_start_info si = { 0 };
	bool xen = guest.xen_leaf && CONFIG_XEN_PVH;

	guest_read(guest.si_paddr, si_size(), &si);
	if (guest.xen_leaf && !xen)
		warn("Xen's CPUID base", guest.xen_leaf, "CONFIG_XEN_PVH");
	if (oracle_nr)
		return RIGHT;
	/* Xen fills the room that there is. */
	if (xen && guest.hcall_entries == HCALL_MAX)
		warn("memmap_entries", HCALL_MAX, "Xen can have more");
	if (xen && guest.hcall_entries)
		return RIGHT;
	if (!xen && si.version == 0)
		return WRONG("version", 0, "Xen");
	if (si.memmap_entries && !si.memmap_paddr)
		return WRONG("memmap_paddr", 0, "memory map");

	/* Or all of them are above the part of the map that is used. */
	return WRONG("memmap_entries", si.memmap_entries, "memory map");
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

/* Words as the kernel has them: all characters up to the blank separate them. */
static char *words(const char *cmdline)
{
	static char text[CMDLINE_MAX];
	size_t i;

	snprintf(text, sizeof(text), "%s", cmdline);
	for (i = 0; text[i]; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}

	return text;
}

void oracle_serial(const char *cmdline, u16 *port, u16 *divisor)
{
	static const u16 ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	unsigned long baud;
	char *word;
	int n;

	*port = *divisor = 0;
	for (word = strtok(words(cmdline), " "); word; word = strtok(NULL, " ")) {
		n = word_names(word, &baud);
		if (n < 0)
			continue;
		*port = ports[n];
		if (baud >= 50 && baud <= 115200)
			*divisor = 115200 / baud;
		return;
	}
}

/* @option as a word of its own, or with the value that its "=" asks for */
bool oracle_has(const char *cmdline, const char *option)
{
	size_t len = strlen(option);
	char *word;

	if (option[len - 1] != '=')
		len++;
	for (word = strtok(words(cmdline), " "); word; word = strtok(NULL, " ")) {
		if (!strncmp(word, option, len))
			return true;
	}

	return false;
}
