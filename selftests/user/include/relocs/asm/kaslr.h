/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_KASLR_H
#define SHIM_ASM_KASLR_H

unsigned long kaslr_get_random_long(const char *purpose);

#endif
