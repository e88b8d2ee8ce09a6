// SPDX-License-Identifier: GPL-2.0
/* A file as a whole, from wherever it comes; and one that is written or not */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pvhinfo.h"

#define PIECE	0x100000UL

static bool fail(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);

	return false;
}

static bool read_all(int fd, size_t room, struct bytes *file, char *error, size_t size)
{
	uint8_t *p = NULL;
	size_t n = 0;

	for (;;) {
		ssize_t got;

		if (!p || n == room) {
			uint8_t *q;

			room = p ? room * 2 : room;
			if (room > MAX_FILE + 1)
				room = MAX_FILE + 1;
			q = realloc(p, room);
			if (!q) {
				free(p);
				return fail(error, size, "no memory for the file");
			}
			p = q;
		}
		got = read(fd, p + n, room - n < SSIZE_MAX ? room - n : SSIZE_MAX);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(p);
			return fail(error, size, strerror(errno));
		}
		if (!got)
			break;
		n += got;
		if (n > MAX_FILE) {
			free(p);
			snprintf(error, size,
				 "size above 0x%lx: more than a kernel has, and than is read",
				 MAX_FILE);
			return false;
		}
	}
	*file = (struct bytes){ p, n };

	return true;
}

static bool read_fd(int fd, struct bytes *file, char *error, size_t size)
{
	size_t room = PIECE;
	struct stat st;

	if (fstat(fd, &st))
		return fail(error, size, strerror(errno));
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		if ((uint64_t)st.st_size > MAX_FILE) {
			snprintf(error, size,
				 "size 0x%llx: more than a kernel has, and than is read, 0x%lx",
				 (unsigned long long)st.st_size, MAX_FILE);
			return false;
		}
		/* And one, for the end to be seen */
		room = st.st_size + 1;
		break;
	case S_IFDIR:
		return fail(error, size, "a directory, not a kernel");
	case S_IFCHR:
		return fail(error, size, "a character device, not a kernel");
	default:
		break;
	}

	return read_all(fd, room, file, error, size);
}

bool read_file(const char *name, struct bytes *file, char *error, size_t size)
{
	bool ok;
	int fd;

	if (!strcmp(name, "-"))
		return read_fd(STDIN_FILENO, file, error, size);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(error, size, strerror(errno));
	ok = read_fd(fd, file, error, size);
	close(fd);

	return ok;
}

static bool write_all(int fd, const struct bytes *content)
{
	size_t n = 0;

	while (n < content->size) {
		ssize_t put = write(fd, content->p + n, content->size - n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		n += put;
	}

	return true;
}

/* To a pipe or a device: as it is */
static bool write_as_is(int fd, const struct bytes *content, char *error, size_t size)
{
	if (fd < 0)
		return fail(error, size, strerror(errno));
	if (!write_all(fd, content)) {
		fail(error, size, strerror(errno));
		close(fd);
		return false;
	}

	return !close(fd) || fail(error, size, strerror(errno));
}

static bool finish(int fd, const struct bytes *content, const char *temp, const char *name)
{
	mode_t mask = umask(0);
	bool ok;

	umask(mask);
	ok = write_all(fd, content) && !fchmod(fd, 0666 & ~mask) && !fsync(fd);

	return !close(fd) && ok && !rename(temp, name);
}

/* To a file: under another name until all of it is there */
static bool write_anew(const char *name, const struct bytes *content, char *error, size_t size)
{
	bool ok = false;
	char *temp;
	int fd;

	if (asprintf(&temp, "%s.XXXXXX", name) < 0)
		return fail(error, size, "no memory");
	fd = mkstemp(temp);
	if (fd >= 0)
		ok = finish(fd, content, temp, name);
	if (!ok)
		fail(error, size, strerror(errno));
	if (!ok && fd >= 0)
		unlink(temp);
	free(temp);

	return ok;
}

bool write_file(const char *name, const struct bytes *content, char *error, size_t size)
{
	char *target;
	struct stat st;
	bool ok;

	if (!strcmp(name, "-"))
		return write_all(STDOUT_FILENO, content) || fail(error, size, strerror(errno));
	if (stat(name, &st))
		return write_anew(name, content, error, size);
	if (!S_ISREG(st.st_mode))
		return write_as_is(open(name, O_WRONLY | O_CLOEXEC), content, error, size);
	/* What a symbolic link is to is replaced, not the link. */
	target = realpath(name, NULL);
	if (!target)
		return fail(error, size, strerror(errno));
	ok = write_anew(target, content, error, size);
	free(target);

	return ok;
}
