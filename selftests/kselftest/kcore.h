/* SPDX-License-Identifier: GPL-2.0 */
/* Where the kernel has itself and the RAM, by the ELF headers of /proc/kcore. */
#ifndef KCORE_H
#define KCORE_H

#include <linux/types.h>

struct kcore {
	__u64 text;		/* virtual address of the kernel image */
	__u64 direct_map;	/* of physical address 0 */
};

/* 0 or a negative errno; -EINVAL when parts of the RAM disagree. */
int read_kcore(struct kcore *kcore);

#endif /* KCORE_H */
