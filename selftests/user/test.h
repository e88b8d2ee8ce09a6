/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C part of the PVH entry in user space: what its tests have in common.
 *
 * A struct guest is what a loader left, and what machine it is on. machine.c
 * lets the code under test run on that, oracle.c says what has to come of it,
 * decode.c makes one out of the bytes of a fuzzer.
 */
#ifndef TEST_H
#define TEST_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/limits.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <xen/interface/hvm/start_info.h>

#include "pvh.h"

#define CMDLINE_MAX	2048
/* Objects in guest memory are longer than what may be read of them. */
#define CMDLINE_ROOM	(CMDLINE_MAX + 64)
#define MEMMAP_ROOM	(E820_MAX_ENTRIES + 8)
#define HCALL_MAX	4
#define SIZE_4G		0x100000000ULL

/*
 * Entries of its own that the kernel adds to a map, for which the converter has
 * to leave room: the hole below 1 MiB, which can also be split, and with
 * ADDED >= 2 page 0, of trim_bios_range(); and for an extension.
 */
#ifndef ADDED
#define ADDED		2
#define ADDED_FOR_EXT	0
#endif

enum vendor { INTEL, AMD, HYGON, OTHER };

struct guest {
	/* The kernel, as head_64.S found itself */
	u64 start, end;

	/* The machine */
	u32 cpuid_ext_max;		/* of leaf 0x80000000 */
	u32 cpuid_width;		/* %eax of leaf 0x80000008 */
	enum vendor vendor;
	bool la57;			/* five levels of page tables are on */
	u32 xen_leaf;			/* 0: not Xen */
	u32 hcall_entries;		/* of Xen's own memory map */
	unsigned int window_used;	/* 2 MiB pages that are taken already */
	unsigned int thre_after;	/* polls until a character is sent */

	/* What the loader left */
	u64 si_paddr;
	struct hvm_start_info si;
	struct hvm_modlist_entry module;
	char cmdline[CMDLINE_ROOM];
	u32 entries;			/* of these */
	struct hvm_memmap_table_entry memmap[MEMMAP_ROOM];
};

/* What has to come of it: @field is NULL if it boots. */
struct verdict {
	const char *field;
	u64 value;
	const char *why;		/* a word of the reason */
};

/* What came of it */
struct outcome {
	bool died;
	char said[512];			/* on the debug console */
	char serial[512];		/* on the serial port */
	char log[1024];
	u16 port;			/* of the serial port, if one was used */
	u16 divisor;			/* that was set, or 0 */
	unsigned int cpuids;
	unsigned int maps;		/* ranges made accessible */
	unsigned int hypercalls;
	unsigned int hcalls_for_map;
	int hypercall_insn;		/* 1 vmcall, 2 vmmcall */
	bool setup;			/* as far as pvh_setup() */
	bool randomized;		/* pvh_randomize() was called */
	bool dropped;			/* the fifth level is not wanted */
};

extern struct guest guest;
extern struct outcome outcome;

/* Take a guest through the code under test; fail() if it does not end as expected. */
void run(void);
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2))) __noreturn;

/* machine.c */
void machine_reset(void);
/* Call @fn, which may end the machine: outcome.died. */
void machine_run(void (*fn)(void));
void machine_check(void);
/* Bytes of guest memory, which is everywhere */
void guest_read(u64 paddr, u64 size, void *to);

/* oracle.c */
void oracle_set_levels(unsigned int levels);
bool oracle_addressable(u64 paddr, u64 size);
u64 oracle_max_paddr(void);
struct verdict oracle_boot(void);
extern bool oracle_start_info;
struct verdict oracle_setup(void);
void oracle_serial(const char *cmdline, size_t size, u16 *port, u16 *divisor);
bool oracle_has(const char *cmdline, size_t size, const char *option);
const char *oracle_log(void);
bool oracle_fits(const struct hvm_memmap_table_entry *map, u32 nr);

/* e820.c, around the kernel's own code */
extern unsigned int e820_dropped;
void e820_begin(void);
void e820_boot(const struct boot_params *bp, const struct pvh_e820_ext *ext);
void e820_later(void);
void e820_check(const struct hvm_memmap_table_entry *map, u32 nr);

/* decode.c */
void guest_init(void);
void decode(const u8 *data, size_t size);

/* The fuzzer's and replay.c's */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
