/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XEN_PVH_PVH_H
#define _XEN_PVH_PVH_H

/* XEN_HVM_START_MAGIC_VALUE, whose header assembly cannot include. */
#define PVH_START_INFO_MAGIC	0x336ec578

/*
 * The debug console of Xen (for any domain, with hypervisor messages of that
 * level on) and of QEMU (-debugcon). Elsewhere nobody listens at that port.
 */
#define PVH_DEBUG_CONSOLE_PORT	0xe9

/*
 * The page tables of head_64.S map that many GiB from physical address 0 to the
 * same virtual addresses. The GiB that follows is for pvh_map() to fill. It is
 * also as far as 32-bit addresses go without paging.
 */
#define PVH_IDENT_GIB		4

#ifndef __ASSEMBLER__

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <asm/setup_data.h>

struct hvm_modlist_entry;
struct hvm_start_info;
struct pvh_relocs;

/**
 * struct pvh_error - What the loader said that cannot be booted
 * @field: name of the field of hvm_start_info, or of an entry of its tables
 * @value: what it holds
 * @reason: why that cannot be
 */
struct pvh_error {
	const char *field;
	u64 value;
	const char *reason;
};

/* What of the kernel's memory map does not fit into boot_params. */
#define PVH_E820_EXT_ENTRIES	(E820_MAX_ENTRIES - E820_MAX_ENTRIES_ZEROPAGE)

/**
 * struct pvh_e820_ext - A setup_data of type SETUP_E820_EXT, with its room
 * @next: physical address of the next setup_data, 0 if there is none
 * @type: SETUP_E820_EXT
 * @len: bytes of @entries in use
 * @entries: the memory map from its 129th entry on
 */
struct pvh_e820_ext {
	__u64 next;
	__u32 type;
	__u32 len;
	struct boot_e820_entry entries[PVH_E820_EXT_ENTRIES];
};

static_assert(offsetof(struct pvh_e820_ext, next) ==
	      offsetof(struct setup_data, next));
static_assert(offsetof(struct pvh_e820_ext, type) ==
	      offsetof(struct setup_data, type));
static_assert(offsetof(struct pvh_e820_ext, len) ==
	      offsetof(struct setup_data, len));
static_assert(offsetof(struct pvh_e820_ext, entries) ==
	      offsetof(struct setup_data, data));

/**
 * struct pvh_kernel - The kernel's side of the conversion of a start_info
 * @params: to fill in, all zeroes
 * @e820_ext: to fill in if @params has no room, all zeroes
 * @cmdline: set to where the command line can be read, NULL if there is none.
 *           It has an end within COMMAND_LINE_SIZE bytes.
 * @start: physical address of the first byte of the kernel image
 * @end: physical address of the byte after its last
 */
struct pvh_kernel {
	struct boot_params *params;
	struct pvh_e820_ext *e820_ext;
	const char *cmdline;
	u64 start;
	u64 end;
};

/*
 * The code in startup/ runs before the kernel does, from the identity mapping
 * that head_64.S loads, or without paging for head_32.S. Its symbols carry the
 * prefix __pi_ in the kernel image; that is added to the object files, so
 * startup/ itself does without.
 */
#ifdef PVH_STARTUP
bool pvh_boot(u64 start_info_paddr, struct boot_params *bp,
	      struct hvm_start_info *si, struct pvh_e820_ext *e820_ext,
	      const char *start, const char *end);
bool pvh_convert(const struct hvm_start_info *si, struct pvh_kernel *kernel,
		 struct pvh_error *err);
bool pvh_convert_memmap(const struct hvm_start_info *si,
			struct pvh_kernel *kernel, struct pvh_error *err);
bool pvh_refuse(struct pvh_error *err, const char *field, u64 value,
		const char *reason);
bool pvh_overlaps_kernel(const struct pvh_kernel *kernel, u64 paddr, u64 size);
bool pvh_addressable(u64 paddr, u64 size);
const void *pvh_map(u64 paddr, u64 size);
void pvh_set_levels(unsigned int levels);
const char *pvh_after(const char *s, const char *end, const char *prefix);
bool pvh_cmdline_has(const char *cmdline, size_t size, const char *option);
bool pvh_randomize(struct pvh_kernel *kernel, struct pvh_error *err);

/* startup/kaslr.c takes in lib/kaslr.c, which itself does not ask for init text. */
unsigned long __init kaslr_get_random_long(const char *purpose);

void pvh_serial_init(const char *cmdline, size_t size);
void pvh_serial_put(char c);
void pvh_serial_flush(void);
void pvh_xen_crash(void);
void __noreturn pvh_die(const struct pvh_error *err, const char *cmdline,
			size_t cmdline_size);

/* Address and size of the first module, 0 without one. */
extern struct hvm_modlist_entry pvh_module;

/* The last level of the page tables for what pvh_map() adds, in head_64.S. */
extern u64 pvh_window[];

/* Made by the build, and filled in after the link. */
extern const struct pvh_relocs pvh_relocs;
extern const char pvh_relocs_end[];

/* The virtual address of _text: what the link made it, or a loader after that. */
extern const u64 pvh_linked_text;
#else
/* For the assembly, which knows their names only. */
extern struct boot_params pvh_boot_params;
extern struct pvh_e820_ext pvh_e820_ext;

void pvh_log_oddities(const struct hvm_start_info *si,
		      const struct hvm_modlist_entry *mod);
extern struct hvm_modlist_entry __pi_pvh_module;
void __noreturn __pi_pvh_die(const struct pvh_error *err, const char *cmdline,
			     size_t cmdline_size);
#endif

#endif /* __ASSEMBLER__ */

#endif /* _XEN_PVH_PVH_H */
