// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's hvm_start_info against Xen's own: it compiles if they agree.
 * XEN_H and KERNEL_H are the files, with their quotes.
 */

#include <stddef.h>
#include <stdint.h>

/* Xen's, under other names */
#define hvm_start_info		xen_start_info
#define hvm_modlist_entry	xen_modlist_entry
#define hvm_memmap_table_entry	xen_memmap_table_entry
#include XEN_H
#undef hvm_start_info
#undef hvm_modlist_entry
#undef hvm_memmap_table_entry

enum {
	XEN_MAGIC = XEN_HVM_START_MAGIC_VALUE,
	XEN_RAM = XEN_HVM_MEMMAP_TYPE_RAM,
	XEN_RESERVED = XEN_HVM_MEMMAP_TYPE_RESERVED,
	XEN_ACPI = XEN_HVM_MEMMAP_TYPE_ACPI,
	XEN_NVS = XEN_HVM_MEMMAP_TYPE_NVS,
	XEN_UNUSABLE = XEN_HVM_MEMMAP_TYPE_UNUSABLE,
	XEN_DISABLED = XEN_HVM_MEMMAP_TYPE_DISABLED,
	XEN_PMEM = XEN_HVM_MEMMAP_TYPE_PMEM,
};

#undef XEN_HVM_START_MAGIC_VALUE
#undef XEN_HVM_MEMMAP_TYPE_RAM
#undef XEN_HVM_MEMMAP_TYPE_RESERVED
#undef XEN_HVM_MEMMAP_TYPE_ACPI
#undef XEN_HVM_MEMMAP_TYPE_NVS
#undef XEN_HVM_MEMMAP_TYPE_UNUSABLE
#undef XEN_HVM_MEMMAP_TYPE_DISABLED
#undef XEN_HVM_MEMMAP_TYPE_PMEM
#undef __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__
#include KERNEL_H

#define SAME_TYPE(s)							\
	_Static_assert(sizeof(struct hvm_##s) == sizeof(struct xen_##s), \
		       "size of " #s)
#define SAME(s, m)							\
	_Static_assert(offsetof(struct hvm_##s, m) ==			\
		       offsetof(struct xen_##s, m) &&			\
		       sizeof(((struct hvm_##s *)0)->m) ==		\
		       sizeof(((struct xen_##s *)0)->m), #s "." #m)
#define SAME_VALUE(a, b)	_Static_assert((a) == (b), #a)

SAME_TYPE(start_info);
SAME(start_info, magic);
SAME(start_info, version);
SAME(start_info, flags);
SAME(start_info, nr_modules);
SAME(start_info, modlist_paddr);
SAME(start_info, cmdline_paddr);
SAME(start_info, rsdp_paddr);
SAME(start_info, memmap_paddr);
SAME(start_info, memmap_entries);
SAME(start_info, reserved);

SAME_TYPE(modlist_entry);
SAME(modlist_entry, paddr);
SAME(modlist_entry, size);
SAME(modlist_entry, cmdline_paddr);
SAME(modlist_entry, reserved);

SAME_TYPE(memmap_table_entry);
SAME(memmap_table_entry, addr);
SAME(memmap_table_entry, size);
SAME(memmap_table_entry, type);
SAME(memmap_table_entry, reserved);

SAME_VALUE(XEN_HVM_START_MAGIC_VALUE, XEN_MAGIC);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_RAM, XEN_RAM);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_RESERVED, XEN_RESERVED);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_ACPI, XEN_ACPI);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_NVS, XEN_NVS);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_UNUSABLE, XEN_UNUSABLE);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_DISABLED, XEN_DISABLED);
SAME_VALUE(XEN_HVM_MEMMAP_TYPE_PMEM, XEN_PMEM);
