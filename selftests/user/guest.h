/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A struct guest is the data of a loader, and the machine that it runs on. decode.c
 * makes one out of the bytes of a fuzzer.
 *
 * guest.c is below all the other files: it uses nothing of the machine that the
 * code under test runs on, of the oracle, or of that code.
 */
#ifndef GUEST_H
#define GUEST_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/limits.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <xen/interface/hvm/start_info.h>

#define CMDLINE_MAX	2048
/* The command line in guest memory is longer than the kernel may read. */
#define CMDLINE_ROOM	(CMDLINE_MAX + 64)
/* The kernel's map has room for so many entries of the loader's: see e820.c. */
#define MAP_MAX		(E820_MAX_ENTRIES - 2)
#define MEMMAP_ROOM	(2 * E820_MAX_ENTRIES + 64)
/* Entries that mem_map_via_hcall() asks Xen for: room for three is left. */
#define HCALL_MAX	(E820_MAX_ENTRIES - 3)
#define SIZE_4G		0x100000000ULL

enum vendor { INTEL, AMD, HYGON, OTHER };

struct guest {
	/*
	 * The kernel, as head_64.S found itself: code and read-only data from start,
	 * data from data, .bss and .brk from bss. Between rodata_end and data there
	 * is nothing of it.
	 */
	u64 start, rodata_end, data, bss, end;

	/* The machine */
	u32 cpuid_ext_max;		/* of leaf 0x80000000 */
	u32 cpuid_width;		/* %eax of leaf 0x80000008 */
	enum vendor vendor;
	bool la57;			/* five levels of page tables are on */
	bool no_memory;			/* there is none at the kernel's end */
	u32 xen_leaf;			/* 0: not Xen */
	u32 hcall_entries;		/* of Xen's own memory map */
	unsigned int window_used;	/* 2 MiB pages that are taken already */
	unsigned int thre_after;	/* polls until a character is sent */

	/* The data of the loader */
	u64 si_paddr;
	struct hvm_start_info si;
	struct hvm_modlist_entry module;
	char cmdline[CMDLINE_ROOM];
	u32 entries;			/* of these */
	struct hvm_memmap_table_entry memmap[MEMMAP_ROOM];
};

extern struct guest guest;

/* Bytes of guest memory, which is everywhere */
void guest_read(u64 paddr, u64 size, void *to);
/* How many levels the kernel's page tables have: 4 or 5 */
void guest_set_levels(unsigned int levels);
/* The first address that this CPU and these page tables do not reach */
u64 guest_max_paddr(void);
bool guest_addressable(u64 paddr, u64 size);

/* decode.c: a guest that boots, and one out of any bytes */
void guest_init(void);
void decode(const u8 *data, size_t size);

#endif
