/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PAGE_TYPES_H
#define SHIM_ASM_PAGE_TYPES_H

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PMD_SHIFT	21
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))

#endif
