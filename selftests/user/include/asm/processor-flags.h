/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PROCESSOR_FLAGS_H
#define SHIM_ASM_PROCESSOR_FLAGS_H

#define X86_CR4_LA57	(1UL << 12)

#endif
