/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_SHARED_IO_H
#define SHIM_ASM_SHARED_IO_H

#include <linux/types.h>

void outb(u8 value, u16 port);
u8 inb(u16 port);

#endif
