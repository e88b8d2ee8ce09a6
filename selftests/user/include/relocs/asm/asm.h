/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_ASM_H
#define SHIM_ASM_ASM_H

#define _ASM_MUL	"mulq "

/* Where a program is linked, it runs. */
#define rip_rel_ptr(p)	((void *)(p))

#endif
