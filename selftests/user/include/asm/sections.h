/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SECTIONS_H
#define SHIM_ASM_SECTIONS_H

/* Where the kernel runs by the time of pvh_setup(): KASLR may have moved it. */
extern unsigned long shim_text;

#define _text	((const char *)shim_text)

#endif
