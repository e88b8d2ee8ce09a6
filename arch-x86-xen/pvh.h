/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XEN_PVH_PVH_H
#define _XEN_PVH_PVH_H

/* XEN_HVM_START_MAGIC_VALUE, whose header assembly cannot include. */
#define PVH_START_INFO_MAGIC	0x336ec578

/*
 * The debug console of Xen (for any domain, if its hypervisor messages are
 * enabled) and of QEMU (-debugcon). Other hypervisors ignore this port.
 */
#define PVH_DEBUG_CONSOLE_PORT	0xe9

/*
 * The page tables of head_64.S map this many GiB from physical address 0 to the
 * same virtual addresses. pvh_map() fills the GiB after that. 32-bit addresses
 * reach no further either.
 */
#define PVH_IDENT_GIB		4

/* Selectors of the GDT in head_64.S */
#define PVH_CS			0x08
#define PVH_DS			0x10
#define PVH_CS32		0x18

/*
 * For assembly: bytes of a struct hvm_start_info, of a struct pvh_error, of an
 * entry of the memory map, and of the largest struct e820_table; where in
 * boot_params hdr.setup_data is
 */
#define PVH_START_INFO_SIZE	56
#define PVH_ERROR_SIZE		24
#define PVH_E820_ENTRY_SIZE	20
#define PVH_E820_TABLE_MAX	64004
#define PVH_BP_SETUP_DATA	0x250

/* Each warning is issued at most once. */
#define PVH_MAX_WARNINGS	16

/* Exception vectors that have a stub in head_64.S, and bytes of a stub */
#define PVH_NR_VECTORS		15
#define PVH_STUB_SIZE		8

#ifndef __ASSEMBLER__

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>

#include <asm/bootparam.h>

/**
 * struct pvh_error - A field of hvm_start_info that is wrong or unusual
 * @field: name of the field of hvm_start_info, or of an entry of its tables
 * @value: value of the field
 * @reason: what is wrong with it, or what the kernel does about it
 */
struct pvh_error {
	const char *field;
	u64 value;
	const char *reason;
};

/**
 * struct pvh_copy - A variable that the decompressed kernel gets
 * @to: its offset from the kernel's _text
 * @size: bytes, 0 in the last struct of a list
 * @from: where its contents are, in bytes from this struct
 */
struct pvh_copy {
	u32 to;
	u32 size;
	s64 from;
};

/**
 * struct pvh_handover - What the entry of vmlinuz.elf leaves to its decompressor
 * @text: _text of vmlinuz.elf, in bytes from this struct
 * @start: first byte of the entry's memory, in bytes from this struct
 * @end: the byte after the last one, in bytes from this struct
 * @die: pvh_die(), in bytes from this struct
 * @copies: what the decompressed kernel gets
 */
struct pvh_handover {
	s64 text;
	s64 start;
	s64 end;
	s64 die;
	struct pvh_copy copies[];
};

/**
 * struct pvh_range - A range of physical memory
 * @start: its first byte
 * @end: the byte after the last one; 0 if there is no such range
 */
struct pvh_range {
	u64 start;
	u64 end;
};

extern const struct pvh_handover *pvh_handover;

/* The strings of the warnings, if they are not in the kernel image */
extern struct pvh_range pvh_strings;

/* The assembly refers to this by name. */
extern struct boot_params pvh_boot_params;

/* Symbols of startup/, under their names in the kernel image */
extern struct pvh_error __pi_pvh_warnings[];
extern u32 __pi_pvh_nr_warnings;
void __noreturn __pi_pvh_die(const struct pvh_error *err);

#endif /* __ASSEMBLER__ */

#endif /* _XEN_PVH_PVH_H */
