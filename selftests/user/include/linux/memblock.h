/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MEMBLOCK_H
#define SHIM_LINUX_MEMBLOCK_H

#include <linux/types.h>

/* For a vmlinuz.elf, which these programs are not */
static inline int memblock_reserve(u64 base, u64 size)
{
	__builtin_trap();
}

#endif
