/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_CPUFEATURE_H
#define SHIM_LINUX_CPUFEATURE_H

/* What 32-bit kernels look at. */
#define REQUIRED_MASK0	0

#endif
