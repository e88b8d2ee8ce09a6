// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pvh_common.h"
#include "ranges.h"

#define MEMMAP_DIR	"/sys/firmware/memmap"

int ranges_add(struct ranges *set, __u64 start, __u64 last,
	       const char *name)
{
	struct range *r;

	if (last < start)
		return -EINVAL;
	if (set->nr >= RANGES_MAX)
		return -ENOSPC;

	r = &set->r[set->nr++];
	r->start = start;
	r->last = last;
	snprintf(r->name, sizeof(r->name), "%s", name);

	return 0;
}

static int range_cmp(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;

	return 0;
}

void ranges_sort(struct ranges *set)
{
	qsort(set->r, set->nr, sizeof(set->r[0]), range_cmp);
}

int ranges_pick(struct ranges *set, const struct ranges *from,
		const char *name)
{
	const struct range *r;
	int ret;

	for (r = from->r; r < from->r + from->nr; r++) {
		if (strcmp(r->name, name))
			continue;
		ret = ranges_add(set, r->start, r->last, r->name);
		if (ret)
			return ret;
	}

	return 0;
}

bool ranges_cover(const struct ranges *set, const struct range *what,
		  __u64 *hole)
{
	__u64 pos = what->start;
	const struct range *r;

	for (r = set->r; r < set->r + set->nr; r++) {
		if (r->last < pos)
			continue;
		if (r->start > pos)
			break;
		if (r->last >= what->last)
			return true;
		pos = r->last + 1;
	}

	*hole = pos;

	return false;
}

__u64 ranges_bytes(const struct ranges *set)
{
	const struct range *r;
	__u64 sum = 0;

	for (r = set->r; r < set->r + set->nr; r++)
		sum += r->last - r->start + 1;

	return sum;
}

static int read_memmap_attr(const char *entry, const char *attr, char *buf,
			    size_t size)
{
	char path[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), MEMMAP_DIR "/%s/%s", entry, attr);
	n = read_text(path, buf, size);
	if (n < 0)
		return n;
	buf[strcspn(buf, "\n")] = '\0';

	return 0;
}

static int read_memmap_addr(const char *entry, const char *attr, __u64 *addr)
{
	const char *p;
	char buf[64];
	int ret;

	ret = read_memmap_attr(entry, attr, buf, sizeof(buf));
	if (ret)
		return ret;

	p = buf;
	if (!parse_number(&p, 16, addr) || *p)
		return -EINVAL;

	return 0;
}

int ranges_read_memmap(struct ranges *set)
{
	__u64 start, last;
	struct dirent *de;
	char type[64];
	int ret = 0;
	DIR *dir;

	dir = opendir(MEMMAP_DIR);
	if (!dir)
		return -errno;

	while (!ret && (de = readdir(dir))) {
		if (de->d_name[0] == '.')
			continue;
		ret = read_memmap_addr(de->d_name, "start", &start);
		if (!ret)
			ret = read_memmap_addr(de->d_name, "end", &last);
		if (!ret)
			ret = read_memmap_attr(de->d_name, "type", type,
					       sizeof(type));
		if (!ret)
			ret = ranges_add(set, start, last, type);
	}
	closedir(dir);
	ranges_sort(set);

	return ret;
}

int ranges_read_iomem(struct ranges *set, const char *name)
{
	bool shown = false;
	char line[512];
	int ret = 0;
	FILE *f;

	f = fopen("/proc/iomem", "re");
	if (!f)
		return -errno;

	while (!ret && fgets(line, sizeof(line), f)) {
		const char *p = line + strspn(line, " ");
		__u64 start, last;

		line[strcspn(line, "\n")] = '\0';
		if (!parse_number(&p, 16, &start) || *p++ != '-' ||
		    !parse_number(&p, 16, &last) || strncmp(p, ": ", 2)) {
			ret = -EINVAL;
			break;
		}
		p += 2;
		shown |= last != 0;
		if (!name || !strcmp(p, name))
			ret = ranges_add(set, start, last, p);
	}
	fclose(f);

	if (!ret && !shown)
		ret = -EPERM;

	return ret;
}

int ranges_parse_e820_ram(struct ranges *set, const void *buf, size_t len)
{
	struct boot_e820_entry entry;
	size_t i;
	int ret;

	if (len % sizeof(entry))
		return -EINVAL;

	for (i = 0; i < len; i += sizeof(entry)) {
		memcpy(&entry, (const char *)buf + i, sizeof(entry));
		if (entry.type != E820_RAM || !entry.size)
			continue;
		ret = ranges_add(set, entry.addr, entry.addr + entry.size - 1,
				 RAM_NAME);
		if (ret)
			return ret;
	}
	ranges_sort(set);

	return 0;
}
