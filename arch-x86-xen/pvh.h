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

/* Exception vectors that have a stub in head_64.S, and bytes of a stub */
#define PVH_NR_VECTORS		15
#define PVH_STUB_SIZE		8

#ifndef __ASSEMBLER__

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>

struct hvm_start_info;
struct pvh_relocs;

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

/* The converter warns of each kind of thing at most once. */
#define PVH_MAX_WARNINGS	16

/**
 * struct pvh_link - Link addresses of the kernel image
 * @bss: first byte that has no contents in the image file
 * @end: the byte after the last
 *
 * A loader that has relocated the kernel has relocated these addresses as well.
 */
struct pvh_link {
	unsigned long bss;
	unsigned long end;
};

/**
 * struct pvh_kernel - The kernel's side of the conversion of a start_info
 * @params: boot_params to fill in, zeroed
 * @e820_table: the kernel's own table, empty; gets the entries of the memory map
 *              that do not fit into @params
 * @cmdline_paddr: physical address of the loader's command line
 * @cmdline_size: bytes of the loader's command line with its NUL, at most
 *                COMMAND_LINE_SIZE; 0 if it cannot be read
 * @start: physical address of the first byte of the kernel image
 * @bss: physical address of the first byte that has no contents in the image
 *       file: .bss, which startup_64 clears, and .brk
 * @end: physical address of the byte after the last byte of the image
 */
struct pvh_kernel {
	struct boot_params *params;
	struct e820_table *e820_table;
	u64 cmdline_paddr;
	u32 cmdline_size;
	u64 start;
	u64 bss;
	u64 end;
};

/*
 * The code in startup/ runs before the kernel does, from the identity mapping
 * that head_64.S loads, or without paging for head_32.S. Its symbols carry the
 * prefix __pi_ in the kernel image. The build adds the prefix to the object
 * files, so startup/ itself does without.
 */
#ifdef PVH_STARTUP
bool pvh_boot(u64 start_info_paddr, struct boot_params *bp,
	      struct hvm_start_info *si, const char *start,
	      unsigned long e820_table);
bool pvh_convert(const struct hvm_start_info *si, struct pvh_kernel *kernel,
		 struct pvh_error *err);
bool pvh_convert_memmap(const struct hvm_start_info *si,
			struct pvh_kernel *kernel, struct pvh_error *err);

bool pvh_refuse(struct pvh_error *err, const char *field, u64 value,
		const char *reason);
void pvh_warn(const char *field, u64 value, const char *reason);
bool pvh_overlaps_kernel(const struct pvh_kernel *kernel, u64 paddr, u64 size);
bool pvh_overlaps_contents(const struct pvh_kernel *kernel, u64 paddr, u64 size);

bool pvh_addressable(u64 paddr, u64 size);
const void *pvh_map(u64 paddr, u64 size);
void pvh_set_levels(unsigned int levels);
bool pvh_is_memory(u64 paddr);

u32 pvh_copy_cmdline(const char *from, u64 paddr);
const char *pvh_after(const char *s, const char *prefix);
bool pvh_option(const char *option);

void pvh_randomize(struct pvh_kernel *kernel);
/* startup/kaslr.c includes lib/kaslr.c, whose functions are not marked __init. */
unsigned long __init kaslr_get_random_long(const char *purpose);

void pvh_set_idt(u64 start);
void __noreturn pvh_exception(u64 vector, u64 ip);
void pvh_serial_init(const char *cmdline);
void pvh_serial_put(char c);
void pvh_serial_flush(void);
void pvh_xen_crash(void);
void __noreturn pvh_die(const struct pvh_error *err);

/* The kernel's copy of the command line, empty if there is none */
extern char pvh_cmdline[];

extern struct pvh_error pvh_warnings[];
extern u32 pvh_nr_warnings;

/* The last level of the page tables for what pvh_map() adds, in head_64.S. */
extern u64 pvh_window[];

/* The exception stubs of head_64.S */
extern const char pvh_idt_stubs[];

/* Made by the build, and filled in after the link. */
extern const struct pvh_relocs pvh_relocs;
extern const char pvh_relocs_end[];

/* The link address of _text, which a loader may have relocated */
extern const unsigned long pvh_linked_text;
extern const struct pvh_link pvh_link;
#else
/* The assembly refers to these by name only. */
extern struct boot_params pvh_boot_params;

extern struct pvh_error __pi_pvh_warnings[];
extern u32 __pi_pvh_nr_warnings;
void __noreturn __pi_pvh_die(const struct pvh_error *err);
#endif

#endif /* __ASSEMBLER__ */

#endif /* _XEN_PVH_PVH_H */
