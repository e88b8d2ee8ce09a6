/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of physical address ranges, and where they are read from. */
#ifndef RANGES_H
#define RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>
#include <asm/bootparam.h>

/* More than E820_MAX_ENTRIES, which is 3,200 with 1,024 NUMA nodes. */
#define RANGES_MAX	4096

#define E820_RAM	1
#define RAM_NAME	"System RAM"

/* The last byte belongs to the range, so that 2^64 - 1 can be one. */
struct range {
	__u64 start;
	__u64 last;
	char name[64];
};

struct ranges {
	size_t nr;
	struct range r[RANGES_MAX];
};

/* 0, -EINVAL for a range that ends before it starts, -ENOSPC. */
int ranges_add(struct ranges *set, __u64 start, __u64 last,
	       const char *name);

void ranges_sort(struct ranges *set);

/* Add the ranges of @from that are called @name. */
int ranges_pick(struct ranges *set, const struct ranges *from,
		const char *name);

/*
 * True when all of @what is in the sorted @set, in one range or in several
 * that adjoin. Else *@hole is the first address of @what that is not.
 */
bool ranges_cover(const struct ranges *set, const struct range *what,
		  __u64 *hole);

/* Sum of the sizes of ranges that do not overlap. */
__u64 ranges_bytes(const struct ranges *set);

/* /sys/firmware/memmap, sorted. 0 or a negative errno. */
int ranges_read_memmap(struct ranges *set);

/*
 * The resources of /proc/iomem called @name, or all with a @name of NULL.
 * -EPERM when the kernel hides the addresses.
 */
int ranges_read_iomem(struct ranges *set, const char *name);

/* The packed e820 entries of @len bytes at @buf that are RAM, sorted. */
int ranges_parse_e820_ram(struct ranges *set, const void *buf, size_t len);

#endif /* RANGES_H */
