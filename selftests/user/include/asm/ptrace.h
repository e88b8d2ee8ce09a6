/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PTRACE_H
#define SHIM_ASM_PTRACE_H

struct pt_regs {
	unsigned long ip;
};

#endif
