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

#include "startup.h"

#define CMDLINE_MAX	2048
/* Objects in guest memory are longer than what may be read of them. */
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

/* A line that the kernel has to log */
struct warning {
	struct verdict says;
	bool may;			/* or need not */
	bool any_clipped;		/* the value: the size of any such entry */
};

/* What came of it */
struct outcome {
	bool died;
	char said[512];			/* on the debug console */
	char serial[512];		/* on the serial port */
	char log[4096];
	u16 port;			/* of the serial port, if one was used */
	u16 divisor;			/* that was set, or 0 */
	unsigned int cpuids;
	unsigned int maps;		/* ranges made accessible */
	unsigned int hypercalls;
	unsigned int hcalls_for_map;
	int hypercall_insn;		/* 1 vmcall, 2 vmmcall */
	unsigned int idts;		/* loaded by pvh_set_idt() */
	unsigned int memory_checks;	/* of the kernel's end */
	bool setup;			/* as far as pvh_setup() */
	bool randomized;		/* pvh_randomize() was called */
	bool dropped;			/* the fifth level is not wanted */
};

extern struct guest guest;
extern struct outcome outcome;

/* Take a guest through the code under test; fail() if it does not end as expected. */
void run(void);
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2))) __noreturn;

/*
 * What comes later, to a guest that has booted: an exception in the entry, or
 * before the kernel has a console, and a panic.
 */
void exception_in_entry(u64 vector, u64 ip);
void exception_in_kernel(int vector, u64 ip, bool console, bool pvh);
void panic_in_kernel(const char *text, bool console, bool pvh);

/* machine.c */
void machine_reset(void);
/* The variables of the code under test, as at the start of a boot */
void machine_reset_data(void);
/* Call @fn, which may end the machine: outcome.died. */
void machine_run(void (*fn)(void));
void machine_check(void);
/* Bytes of guest memory, which is everywhere */
void guest_read(u64 paddr, u64 size, void *to);
/* The kernel's e820_table, and its link address. It is empty before a boot: 0xa5. */
struct e820_table *machine_e820_table(void);
unsigned long machine_linked_e820_table(void);
/* From pvh_setup() on what was a physical address is another one. */
void machine_paging(void);

/* map.c, under these names */
bool real_pvh_addressable(u64 paddr, u64 size);
void real_pvh_set_levels(unsigned int levels);
const void *real_pvh_map(u64 paddr, u64 size);
bool real_pvh_is_memory(u64 paddr);

/* oracle.c */
void oracle_set_levels(unsigned int levels);
bool oracle_addressable(u64 paddr, u64 size);
u64 oracle_max_paddr(void);
struct verdict oracle_boot(void);
struct verdict oracle_setup(void);
void oracle_serial(const char *cmdline, u16 *port, u16 *divisor);
/* Also of an option that ends in "=", whatever follows */
bool oracle_has(const char *cmdline, const char *option);
bool oracle_clipped(u64 size);
/* What the last oracle_boot() came to: the kernel's copy of the command line */
extern char oracle_cmdline[CMDLINE_MAX];
/* .. where that was; 0 if there is none */
extern u64 oracle_cmdline_paddr;
/* .. what it takes of the memory map */
extern struct boot_e820_entry oracle_map[E820_MAX_ENTRIES];
extern u32 oracle_nr;
/* .. whether entries are left out, and bytes of RAM */
extern bool oracle_left_out, oracle_ram_lost;
/* .. the initrd that is used; of 0 bytes if there is none */
extern struct hvm_modlist_entry oracle_initrd;
/* .. and, with what oracle_setup() adds, the lines to be logged */
extern struct warning oracle_warnings[32];
extern u32 oracle_nr_warnings;

/* e820.c, around the kernel's own code */
extern unsigned int e820_dropped;
void e820_begin(void);
void e820_boot(const struct boot_params *bp);
void e820_later(void);
void e820_check(const struct hvm_memmap_table_entry *map, u32 nr, bool later);

/* decode.c */
void guest_init(void);
void decode(const u8 *data, size_t size);

/* The fuzzer's and replay.c's */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
