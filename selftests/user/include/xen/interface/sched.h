/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_XEN_INTERFACE_SCHED_H
#define SHIM_XEN_INTERFACE_SCHED_H

#define SCHEDOP_shutdown	2
#define SHUTDOWN_crash		3

struct sched_shutdown {
	unsigned int reason;
};

#endif
