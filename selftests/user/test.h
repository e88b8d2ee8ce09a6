/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C part of the PVH entry in user space: what its tests have in common.
 *
 * guest.c has a guest: the data of a loader, and a machine. machine.c runs the code
 * under test on that, oracle.c knows the result that it has to have, check.c compares
 * the two.
 */
#ifndef TEST_H
#define TEST_H

#include "startup.h"
#include "oracle.h"

/* The result */
struct outcome {
	bool died;
	char printed[512];		/* on the debug console */
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
	bool randomized;		/* pvh_randomize() was called: Linux 6.12 */
	bool dropped;			/* the fifth level is not wanted */
};

extern struct outcome outcome;

/* Take a guest through the code under test; fail() if it does not end as expected. */
void run(void);
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2))) __noreturn;

/*
 * Later in the boot: an exception in the entry, or before the kernel has a console,
 * and a panic.
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
/* The kernel's e820_table, and its link address. It is empty before a boot: 0xa5. */
struct e820_table *machine_e820_table(void);
unsigned long machine_linked_e820_table(void);
/* From pvh_setup() on, the physical addresses in warnings are not accessible. */
void machine_paging(void);

/* map.c, under these names */
bool real_pvh_addressable(u64 paddr, u64 size);
void real_pvh_set_levels(unsigned int levels);
const void *real_pvh_map(u64 paddr, u64 size);
bool real_pvh_is_memory(u64 paddr);

/* e820.c, around the kernel's own code */
extern unsigned int e820_dropped;
void e820_begin(void);
void e820_boot(const struct boot_params *bp);
void e820_later(void);
void e820_check(const struct hvm_memmap_table_entry *map, u32 nr, bool later);

/* The fuzzer's and replay.c's */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
