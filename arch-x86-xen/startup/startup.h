/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XEN_PVH_STARTUP_H
#define _XEN_PVH_STARTUP_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>

#include "../pvh.h"

struct hvm_start_info;

/*
 * For large variables that are zero at first. vmlinux has contents for them, because
 * .bss may have the loader's data. An image whose entry refuses data there can leave
 * them out.
 */
#define __initzero	__section(".init.data.zero")

/*
 * The code in startup/ runs before the kernel does, from the identity mapping
 * that head_64.S loads, or without paging for head_32.S. Its symbols carry the
 * prefix __pi_ in the kernel image. The build adds the prefix to the object
 * files, so the sources do without.
 */

/**
 * struct pvh_link - Link addresses of the kernel image
 * @rodata_end: the byte after the read-only data
 * @data: first byte of the data
 * @bss: first byte that has no contents in the image file
 * @end: the byte after the last
 */
struct pvh_link {
	unsigned long rodata_end;
	unsigned long data;
	unsigned long bss;
	unsigned long end;
};

/**
 * struct pvh_kernel - The kernel image, and what the conversion fills in
 * @params: boot_params to fill in, zeroed
 * @e820_table: the kernel's own table, empty; gets the entries of the memory map
 *              that do not fit into @params
 * @cmdline_paddr: physical address of the loader's command line
 * @cmdline_size: bytes of the loader's command line with its NUL, at most
 *                COMMAND_LINE_SIZE; 0 if it cannot be read
 * @start: physical address of the first byte of the kernel image
 * @rodata_end: physical address of the byte after the read-only data
 * @data: physical address of the first byte of the data; nothing is between
 *        @rodata_end and @data
 * @bss: physical address of the first byte that has no contents in the image
 *       file: .bss and .brk, which the kernel clears
 * @end: physical address of the byte after the last byte of the image
 */
struct pvh_kernel {
	struct boot_params *params;
	struct e820_table *e820_table;
	u64 cmdline_paddr;
	u32 cmdline_size;
	u64 start;
	u64 rodata_end;
	u64 data;
	u64 bss;
	u64 end;
};

bool pvh_boot(u64 start_info_paddr, struct boot_params *bp,
	      struct hvm_start_info *si, const char *start,
	      unsigned long e820_table);
int pvh_convert(const struct hvm_start_info *si, struct pvh_kernel *kernel,
		struct pvh_error *err);
int pvh_convert_memmap(const struct hvm_start_info *si,
		       struct pvh_kernel *kernel, struct pvh_error *err);

int pvh_refuse(struct pvh_error *err, const char *field, u64 value,
	       const char *reason);
void pvh_warn(const char *field, u64 value, const char *reason);
bool pvh_overlaps_kernel(const struct pvh_kernel *kernel, u64 paddr, u64 size);
bool pvh_overlaps_contents(const struct pvh_kernel *kernel, u64 paddr, u64 size);

bool pvh_addressable(u64 paddr, u64 size);
const void *pvh_map(u64 paddr, u64 size);
void pvh_set_levels(unsigned int levels);
bool pvh_is_memory(u64 paddr);

u32 pvh_copy_cmdline(const char *from, u64 paddr);
const char *pvh_skip_prefix(const char *s, const char *prefix);
bool pvh_option(const char *option);

void pvh_set_idt(u64 start);
void __noreturn pvh_exception(u64 vector, u64 ip);
void pvh_serial_init(void);
void pvh_serial_put(char c);
void pvh_serial_flush(void);
void pvh_xen_crash(void);
void __noreturn pvh_die(const struct pvh_error *err);

/* The kernel's copy of the command line, empty if there is none */
extern char pvh_cmdline[];

extern struct pvh_error pvh_warnings[];
extern u32 pvh_nr_warnings;

/* Page table of the GiB after the identity mapping; head_64.S points to it. */
extern u64 pvh_window[];

/* The exception stubs of head_64.S */
extern const char pvh_idt_stubs[];

/* The link address of _text */
extern const unsigned long pvh_linked_text;
extern const struct pvh_link pvh_link;

#endif /* _XEN_PVH_STARTUP_H */
