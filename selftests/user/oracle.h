/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result that a guest has to have. oracle.c uses guest.c only, and nothing of the code
 * that it judges, nor of the machine that this code runs on.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "guest.h"

/* Why the kernel refuses the guest: @field is NULL if it boots. */
struct verdict {
	const char *field;
	u64 value;
	const char *why;		/* a word of the reason */
};

/* A line that the kernel has to log */
struct warning {
	struct verdict about;
	bool may;			/* or need not */
	bool any_clipped;		/* the value: the size of any such entry */
};

struct verdict oracle_boot(void);
struct verdict oracle_setup(void);
void oracle_serial(const char *cmdline, u16 *port, u16 *divisor);
/* Also of an option that ends in "=", whatever follows */
bool oracle_has(const char *cmdline, const char *option);
bool oracle_clipped(u64 size);
/* The result of the last oracle_boot(): the kernel's copy of the command line */
extern char oracle_cmdline[CMDLINE_MAX];
/* .. where that was; 0 if there is none */
extern u64 oracle_cmdline_paddr;
/* .. the entries of the memory map that it uses */
extern struct boot_e820_entry oracle_map[E820_MAX_ENTRIES];
extern u32 oracle_nr;
/* .. whether entries are left out, and bytes of RAM */
extern bool oracle_left_out, oracle_ram_lost;
/* .. the initrd that is used; of 0 bytes if there is none */
extern struct hvm_modlist_entry oracle_initrd;
/* .. and, with what oracle_setup() adds, the lines to be logged */
extern struct warning oracle_warnings[32];
extern u32 oracle_nr_warnings;

#endif
