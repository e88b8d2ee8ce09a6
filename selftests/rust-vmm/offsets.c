// SPDX-License-Identifier: GPL-2.0
/*
 * The offset and size of each member of the kernel's PVH structs, and the size of each
 * struct. offsets.rs prints those of the loader crate's.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <xen/interface/hvm/start_info.h>

#define MEMBER(type, member)					\
	printf(#type " " #member " %zu %zu\n",			\
	       offsetof(struct type, member), sizeof(((struct type *)0)->member))
#define ALL(type)						\
	printf(#type " all 0 %zu\n", sizeof(struct type))

int main(void)
{
	MEMBER(hvm_start_info, magic);
	MEMBER(hvm_start_info, version);
	MEMBER(hvm_start_info, flags);
	MEMBER(hvm_start_info, nr_modules);
	MEMBER(hvm_start_info, modlist_paddr);
	MEMBER(hvm_start_info, cmdline_paddr);
	MEMBER(hvm_start_info, rsdp_paddr);
	MEMBER(hvm_start_info, memmap_paddr);
	MEMBER(hvm_start_info, memmap_entries);
	MEMBER(hvm_start_info, reserved);
	ALL(hvm_start_info);
	MEMBER(hvm_modlist_entry, paddr);
	MEMBER(hvm_modlist_entry, size);
	MEMBER(hvm_modlist_entry, cmdline_paddr);
	MEMBER(hvm_modlist_entry, reserved);
	ALL(hvm_modlist_entry);
	MEMBER(hvm_memmap_table_entry, addr);
	MEMBER(hvm_memmap_table_entry, size);
	MEMBER(hvm_memmap_table_entry, type);
	MEMBER(hvm_memmap_table_entry, reserved);
	ALL(hvm_memmap_table_entry);
	printf("magic %#x\n", XEN_HVM_START_MAGIC_VALUE);
	return 0;
}
