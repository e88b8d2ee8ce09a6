/* SPDX-License-Identifier: GPL-2.0 */
/* What relocs.c, and the decompressor's code in relocs-decompressor.c, have in common */
#ifndef RELOCS_H
#define RELOCS_H

#include <linux/types.h>

bool shim_rdrand(unsigned long *v);
u64 shim_rdtsc(void);

/* The addresses of voffset.h, which are those of the image under test */
extern unsigned long VO__text, VO__end, VO_kernel_relocs, VO_kernel_relocs_end;

void warn(const char *message);
void relocate_for_kaslr(void *output, unsigned long virt_addr);

#endif
