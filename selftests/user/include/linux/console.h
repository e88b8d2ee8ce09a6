/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_CONSOLE_H
#define SHIM_LINUX_CONSOLE_H

#include <linux/types.h>

struct hlist_head {
	const void *first;
};

/* Empty before the first console is registered */
extern struct hlist_head console_list;

static inline bool hlist_empty(const struct hlist_head *h)
{
	return !h->first;
}

#endif
