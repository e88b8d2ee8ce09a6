/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_DESC_DEFS_H
#define SHIM_ASM_DESC_DEFS_H

#include <linux/types.h>

struct desc_ptr {
	unsigned short size;
	unsigned long address;
} __attribute__((packed));

typedef struct {
	u16 offset_low;
	u16 segment;
	struct {
		u16 ist : 3, zero : 5, type : 5, dpl : 2, p : 1;
	} __attribute__((packed)) bits;
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
} __attribute__((packed)) gate_desc;

enum { GATE_INTERRUPT = 0xe };

#endif
