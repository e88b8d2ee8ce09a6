/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel image's symbols; those of modules are left out. */
#ifndef KALLSYMS_H
#define KALLSYMS_H

#include <linux/types.h>

struct kallsym {
	const char *name;
	__u64 addr;
	char type;
};

/*
 * Call @fn for each symbol until it returns non-zero, and return that.
 * -EPERM when the kernel hides the addresses, or another negative errno.
 */
int kallsyms_for_each(int (*fn)(const struct kallsym *sym, void *data),
		      void *data);

/* A symbol to be looked up; its address is 0 when there is none. */
struct kallsym_want {
	const char *name;
	__u64 addr;
};

/* Look all of @want up in one go. 0 or a negative errno. */
int kallsyms_lookup(struct kallsym_want *want, unsigned int nr);

#endif /* KALLSYMS_H */
