/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_NUMA_H
#define SHIM_LINUX_NUMA_H

/* 1 << CONFIG_NODES_SHIFT, or 1 without CONFIG_NUMA: E820_MAX_ENTRIES */
#define MAX_NUMNODES	TEST_NODES

#endif
