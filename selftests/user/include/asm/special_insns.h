/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SPECIAL_INSNS_H
#define SHIM_ASM_SPECIAL_INSNS_H

unsigned long native_read_cr4(void);

/* The page tables of a program are its kernel's. */
static inline unsigned long __native_read_cr3(void)
{
	return 0;
}

static inline void native_write_cr3(unsigned long cr3)
{
	(void)cr3;
}

#endif
