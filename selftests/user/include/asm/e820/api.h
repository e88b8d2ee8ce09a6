/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_E820_API_H
#define SHIM_ASM_E820_API_H

#include <asm/e820/types.h>

extern struct e820_table *e820_table;

void e820__range_add(u64 start, u64 size, enum e820_type type);

/* For a vmlinuz.elf, which these programs are not */
static inline bool e820__mapped_all(u64 start, u64 end, enum e820_type type)
{
	__builtin_trap();
}

#endif
