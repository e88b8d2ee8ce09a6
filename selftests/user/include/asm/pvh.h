/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PVH_H
#define SHIM_ASM_PVH_H

struct pt_regs;

void pvh_setup(void);
void pvh_early_exception(const struct pt_regs *regs, int trapnr);

#endif
