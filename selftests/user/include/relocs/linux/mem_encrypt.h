/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MEM_ENCRYPT_H
#define SHIM_LINUX_MEM_ENCRYPT_H

#include <linux/types.h>

extern u64 sev_status;

#endif
