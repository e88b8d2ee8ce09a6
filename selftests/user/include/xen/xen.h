/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_XEN_XEN_H
#define SHIM_XEN_XEN_H

#include <linux/kconfig.h>
#include <linux/types.h>

bool xen_pvh_domain(void);

#endif
