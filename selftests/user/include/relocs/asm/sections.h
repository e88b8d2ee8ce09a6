/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SECTIONS_H
#define SHIM_ASM_SECTIONS_H

/* The kernel image that is moved, with the size that a test wants it to have */
extern const char *shim_text, *shim_end;

#define _text	shim_text
#define _end	shim_end

#endif
