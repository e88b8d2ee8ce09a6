/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_PVH_H
#define SHIM_ASM_PVH_H

void pvh_setup(void);

#endif
