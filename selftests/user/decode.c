// SPDX-License-Identifier: GPL-2.0
/*
 * A guest out of any bytes, such that a few of them lead to addresses close to
 * where something ends or begins, to counts close to limits, and to tables of
 * thousands of entries.
 *
 * Each field has its place, so that a change of one byte changes one thing: 64
 * bytes, memory map entries of 8 bytes, and the rest is the command line.
 */

#include <string.h>

#include "guest.h"

static const u8 *in;
static size_t in_size;

static u8 byte(size_t at)
{
	return at < in_size ? in[at] : 0;
}

static u16 half(size_t at)
{
	return byte(at) | byte(at + 1) << 8;
}

static u64 word(size_t at)
{
	return half(at) | (u64)half(at + 2) << 16;
}

/* No CPU can address this, and its lower half is 0. */
#define NOWHERE	(0xbadULL << 52)

/* 4 bytes: the base, whether from below or above, and the distance from it */
static u64 address(size_t at, u64 size)
{
	u8 kind = byte(at), how = byte(at + 1);
	u64 delta = (u64)(s64)(s16)half(at + 2), base = 0;

	switch (kind % 32) {
	case 0: return 0;
	case 1: base = 0x10000; break;
	case 2: base = guest.start; break;
	case 3: base = guest.end; break;
	case 4: base = SIZE_4G; break;
	case 5: base = guest_max_paddr(); break;
	case 6: base = 1ULL << 46; break;
	case 7: base = 0; break;		/* or 2^64 */
	case 8: base = 0xa0000; break;
	case 9: base = 0x100000; break;
	case 10: base = 0x30000000; break;
	case 11: base = 0x140000000; break;
	case 12: base = guest.si_paddr; break;
	case 13: base = guest.start + 0x1000; break;
	case 14: base = 1ULL << 36; break;
	case 15: base = word(at) << 32; break;
	case 16: base = guest.bss; break;
	/* The kernel uses the low half of these. */
	case 17: base = NOWHERE + guest.start; break;
	case 18: base = NOWHERE + 0x8000000; break;
	case 19: base = guest.rodata_end; break;
	case 20: base = guest.data; break;
	default: base = guest.module.paddr; break;
	}
	if (how & 1)
		base -= size;
	switch (how >> 1 & 3) {
	case 1: delta *= 0x800; break;
	case 2: delta <<= 21; break;
	case 3: delta = (s8)delta; break;
	}

	return base + delta;
}

/* Of 4 bytes */
static u64 length(size_t at, u64 paddr)
{
	u64 n = half(at + 2);

	switch (byte(at) % 12) {
	case 0: return 0;
	case 1: return n;
	case 2: return n << 12;
	case 3: return n << 21;
	case 4: return n << 32;
	case 5: return U64_MAX - paddr - n;
	case 6: return U64_MAX - paddr + n;
	case 7: return guest_max_paddr() - paddr + (s16)n;
	case 8: return guest.start - paddr + (s16)n;
	case 9: return SIZE_4G - paddr + (s16)n;
	case 10: return 0xa0000 - paddr + (s16)n;
	default: return U64_MAX - n;
	}
}

static u32 count(size_t at)
{
	u8 n = byte(at + 1);

	switch (byte(at) % 16) {
	case 0: return 0;
	case 1: case 2: case 3: return n % 8 + 1;
	case 4: return 60 + n % 8;
	case 5: case 6: return 120 + n % 16;
	case 7: return 0xffffffff - n;
	case 8: return word(at);
	case 9: return n << 20;
	case 10: return n << 8 | 1;
	/* Thousands that have to be compared with thousands take their time. */
	case 11:
		if (n >= 192)
			return E820_MAX_ENTRIES - n % 12;
		return 124 + n % 12;
	case 12: return E820_MAX_ENTRIES + 1 + n;
	case 13:
		if (n >= 192)
			return E820_MAX_ENTRIES / 2 - 4 + n % 8;
		return 60 + n % 8;
	case 14: return MAP_MAX + n * (MAP_MAX / 128);
	default: return n;
	}
}

static u32 type(u8 n)
{
	switch (n) {
	case 0xff: return 0xffffffff;
	case 0xfe: return 0xefffffff;
	case 0xfd: return 0x80000000;
	default: return n % 32 == 1 || n >= 128 ? 1 : n % 16;
	}
}

static void entry_set(u32 i, u64 addr, u64 size, u32 t)
{
	guest.memmap[i].addr = addr;
	guest.memmap[i].size = size;
	guest.memmap[i].type = t;
	guest.memmap[i].reserved = i;
}

/* @n entries in one of the ways in which there can be many */
static void pattern(u8 how, u32 n, u64 base)
{
	static u32 seed;
	u32 i;

	seed = how;
	for (i = 0; i < n; i++) {
		u32 t = how & 0x80 ? i % (how >> 5 & 2 ? 2 : 3) + 1 : how & 0x40 ? 12 : 1;

		switch (how % 11) {
		default: entry_set(i, base + i * 0x200000ULL, 0x100000, t); break;
		case 1: entry_set(i, base + i * 0x100000ULL, 0x100000, t); break;
		case 2: entry_set(i, base + i * 0x1000ULL, (2 * n - 2 * i) * 0x1000ULL, t); break;
		case 3: entry_set(i, base + i * 0x1000ULL, 0x3000, t); break;
		case 4: entry_set(i, base, 0x1000000, t); break;
		case 5: entry_set(i, base + (n - i) * 0x200000ULL, 0x100000, t); break;
		case 6:
			seed = seed * 1103515245 + 12345;
			entry_set(i, base + (seed >> 8) % 4096 * 0x800,
				  (seed >> 20) % 64 * 0x800, t);
			break;
		case 7: entry_set(i, base + i, 0, t); break;
		case 8:
			entry_set(i, base + i * 0x200000ULL, 0x100000, 2);
			if (!i)
				entry_set(i, base - 0x1000, n * 0x400000ULL, 1);
			break;
		case 9: entry_set(i, base + i * 0x2000ULL, 0x2000 + i % 2, t); break;
		/* Reserved within RAM, from below or from above */
		case 10:
			entry_set(i, base + (how & 0x20 ? n - i : i) * 0x200000ULL, 0x1000, 2);
			if (i % 8 == 7)
				entry_set(i, base + i * 0x200000ULL, 0x2000000, 1);
			break;
		}
	}
}

static void cmdline_set(u8 mode, size_t at)
{
	size_t len = in_size > at ? in_size - at : 0;
	size_t want;

	if (len > sizeof(guest.cmdline) - 1)
		len = sizeof(guest.cmdline) - 1;
	memset(guest.cmdline, 'x', sizeof(guest.cmdline));
	memcpy(guest.cmdline, in + (len ? at : 0), len);
	switch (mode % 4) {
	case 0:		/* ends after the text */
	case 1:
		guest.cmdline[len] = '\0';
		break;
	case 2:		/* ends where it just may, or a little later */
		want = CMDLINE_MAX - 8 + mode / 4 % 16;
		guest.cmdline[want] = '\0';
		break;
	case 3:
		break;
	}
}

/* A guest that boots */
void guest_init(void)
{
	memset(&guest, 0, sizeof(guest));
	guest.start = 0x1000000;
	guest.rodata_end = 0x1ffe000;
	guest.data = 0x2200000;
	guest.bss = 0x2800000;
	guest.end = 0x3000000;
	guest.cpuid_ext_max = 0x80000008;
	guest.cpuid_width = 0x3028;
	guest.si_paddr = 0x5000;
	guest.si.magic = 0x336ec578;
	guest.si.version = 1;
	guest.si.cmdline_paddr = 0x6000;
	guest.si.memmap_paddr = 0x7000;
	guest.si.memmap_entries = 2;
	guest.entries = 2;
	guest.hcall_entries = 2;
	entry_set(0, 0, 0x9f000, 1);
	entry_set(1, 0x100000, 0x7ff00000, 1);
}

static void decode_machine(void)
{
	u8 b;

	guest.start = 0x1000000 + byte(0) % 64 * 0x200000ULL;
	b = byte(3);
	guest.cpuid_ext_max = b == 255 ? 0x80000004 : 0x80000008 + b % 32;
	guest.cpuid_width = 0x3000 + 36 + byte(4) % 20;
	if (byte(4) >= 240)
		guest.cpuid_width = 0x3000 + byte(4) % 16 * 4;
	b = byte(5);
	guest.vendor = b % 4;
	guest.la57 = b & 4;
	guest_set_levels(guest.la57 ? 5 : 4);
	/* Not at 0: nobody puts a kernel there. */
	if (b & 8)
		guest.start += (byte(0) - 128) * 0x40000LL;
	if ((s64)guest.start < 0x200000)
		guest.start = 0x200000 + (guest.start & 0x3c0000);
	guest.bss = guest.start + 0x1800000 - byte(62) * 0x1001ULL;
	guest.data = guest.start + 0x1200000;
	guest.rodata_end = guest.data - byte(62) * 0x2002ULL;
	guest.end = guest.start + 0x2000000 + half(1) / 2 + half(1) % 4097;
	guest.no_memory = byte(63) == 255;
	if (b & 0x10)
		guest.xen_leaf = 0x40000000 + byte(6) * 0x100;
	guest.hcall_entries = b >> 5 & 3;
	if (guest.hcall_entries == 3)
		guest.hcall_entries = HCALL_MAX;
	/* Full, except for a few pages */
	if (byte(7) >= 250)
		guest.window_used = 512 - (byte(7) - 250);
	guest.thre_after = byte(8) % 8;
	if (byte(8) == 255)
		guest.thre_after = 0xfffe + byte(7) % 4;
}

/* Return: memmap_entries */
static u32 decode_start_info(void)
{
	struct hvm_start_info *si = &guest.si;
	u32 nr;
	u8 b;

	b = byte(9);
	if (b & 0x80)
		si->magic = b & 0x40 ? word(10) : si->magic ^ 1U << b % 32;
	b = byte(14);
	si->version = b < 192 ? 1 : b < 224 ? 0 : b < 240 ? 2 : word(10);
	if (byte(15))
		si->flags = 1U << byte(15) % 32 | byte(10);
	si->reserved = byte(9);
	guest.si_paddr = 0x5000;
	if (byte(16))
		guest.si_paddr = address(16, si->version ? 56 : 40);
	si->nr_modules = count(20);
	si->modlist_paddr = address(24, 32);
	guest.module.paddr = address(28, half(34));
	guest.module.size = length(32, guest.module.paddr);
	if (byte(31) & 1)
		guest.module.paddr = address(28, guest.module.size);
	if (byte(33) & 1)
		guest.module.size |= NOWHERE;
	si->cmdline_paddr = address(36, byte(41) & 1 ? half(42) % 2049 : CMDLINE_MAX);
	si->rsdp_paddr = address(44, 20);
	nr = count(48);
	/* Some of these could be read, but not in a hurry. */
	if (nr > 100000)
		nr |= 0x10000000;
	si->memmap_entries = nr;
	si->memmap_paddr = byte(52) ? address(52, nr * 24ULL) : 0x7000;
	if (byte(52) == 128)
		si->memmap_paddr = 0;

	return nr;
}

/*
 * The memory map: a pattern, and some entries of the input's own before or after it
 *
 * Return: how many the latter are
 */
static u32 decode_memmap(u32 nr)
{
	u32 own, i;

	if (nr > MEMMAP_ROOM)
		nr = MEMMAP_ROOM;
	guest.entries = nr;
	pattern(byte(56), nr, address(58, nr * 0x100000));
	own = byte(57) % 16;
	for (i = 0; i < own && i < nr; i++) {
		size_t at = 64 + 8 * i;
		u64 addr = address(at, 0x1000);
		u32 n = byte(57) & 0x80 ? nr - 1 - i : i;

		entry_set(n, addr, length(at + 4, addr), type(byte(at + 5)));
	}

	return own;
}

void decode(const u8 *data, size_t size)
{
	in = data;
	in_size = size;
	guest_init();
	memset(guest.memmap, 0, sizeof(guest.memmap[0]) * 2);
	decode_machine();
	cmdline_set(byte(40), 64 + 8 * decode_memmap(decode_start_info()));
}
