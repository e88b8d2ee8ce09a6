// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pvh_common.h"

ssize_t read_file(const char *path, void *buf, size_t size)
{
	size_t done = 0;
	ssize_t n;
	char more;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	/* proc and sysfs files may come in pieces, whatever was asked for. */
	while (done < size) {
		n = read(fd, (char *)buf + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}

	if (done == size)
		n = read(fd, &more, 1);

	if (n < 0)
		n = -errno;
	else if (n > 0)
		n = -EFBIG;
	close(fd);

	return n ? n : (ssize_t)done;
}

ssize_t read_text(const char *path, char *buf, size_t size)
{
	ssize_t n;

	n = read_file(path, buf, size - 1);
	buf[n < 0 ? 0 : n] = '\0';

	return n;
}

const char *expect_dir(void)
{
	const char *dir = getenv("PVH_EXPECT");

	return dir && *dir ? dir : PVH_EXPECT_DEFAULT;
}

ssize_t expect_file(const char *name, char *buf, size_t size)
{
	char path[PATH_MAX];
	int len;

	len = snprintf(path, sizeof(path), "%s/%s", expect_dir(), name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;

	return read_text(path, buf, size);
}

bool parse_number(const char **text, int base, __u64 *value)
{
	unsigned long long v;
	char *end;

	/* strtoull() takes a sign, and makes a huge number of a minus. */
	if (!isxdigit((unsigned char)**text))
		return false;

	errno = 0;
	v = strtoull(*text, &end, base);
	if (errno || end == *text)
		return false;

	while (isspace((unsigned char)*end))
		end++;

	*text = end;
	*value = v;

	return true;
}

int read_boot_params(struct boot_params *bp)
{
	ssize_t n;

	n = read_file(PVH_BOOT_PARAMS, bp, sizeof(*bp));
	if (n < 0)
		return n;

	return n == sizeof(*bp) ? 0 : -EINVAL;
}

__u64 boot_params_ramdisk_image(const struct boot_params *bp)
{
	return (__u64)bp->ext_ramdisk_image << 32 | bp->hdr.ramdisk_image;
}

__u64 boot_params_ramdisk_size(const struct boot_params *bp)
{
	return (__u64)bp->ext_ramdisk_size << 32 | bp->hdr.ramdisk_size;
}

int cpu_has(const char *flag)
{
	char line[8192];
	char *save, *word;
	FILE *f;

	f = fopen("/proc/cpuinfo", "re");
	if (!f)
		return -errno;

	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "flags", strlen("flags")))
			continue;
		fclose(f);
		for (word = strtok_r(line, " \t\n", &save); word;
		     word = strtok_r(NULL, " \t\n", &save)) {
			if (!strcmp(word, flag))
				return 1;
		}
		return 0;
	}
	fclose(f);

	return -ENODATA;
}

bool cmdline_has(const char *name)
{
	char cmdline[CMDLINE_MAX];
	size_t len = strlen(name);
	char *save, *word;

	if (read_text("/proc/cmdline", cmdline, sizeof(cmdline)) < 0)
		return false;

	for (word = strtok_r(cmdline, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (!strncmp(word, name, len) &&
		    (word[len] == '\0' || word[len] == '='))
			return true;
	}

	return false;
}
