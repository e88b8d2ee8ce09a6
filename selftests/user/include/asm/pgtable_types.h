/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PGTABLE_TYPES_H
#define SHIM_ASM_PGTABLE_TYPES_H

#include <asm/page_types.h>

#define PTRS_PER_PMD	512

#define _PAGE_PRESENT	(1ULL << 0)
#define _PAGE_RW	(1ULL << 1)
#define _PAGE_ACCESSED	(1ULL << 5)
#define _PAGE_DIRTY	(1ULL << 6)
#define _PAGE_PSE	(1ULL << 7)
#define _PAGE_GLOBAL	(1ULL << 8)
#define _PAGE_NX	(1ULL << 63)

#define __PAGE_KERNEL_LARGE						\
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY |	\
	 _PAGE_PSE | _PAGE_GLOBAL | _PAGE_NX)
#define __PAGE_KERNEL_LARGE_EXEC	(__PAGE_KERNEL_LARGE & ~_PAGE_NX)

#endif
