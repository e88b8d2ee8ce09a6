/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <asm/page_types.h>

#define PAGE_ALIGN_DOWN(addr)	((addr) & ~(PAGE_SIZE - 1))
#define PAGE_ALIGN(addr)	PAGE_ALIGN_DOWN((addr) + PAGE_SIZE - 1)

/* For a vmlinuz.elf, which these programs are not */
static inline unsigned long free_reserved_area(void *start, void *end, int poison, const char *s)
{
	__builtin_trap();
}

#endif
