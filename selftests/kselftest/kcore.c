// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <linux/elf.h>

#include "kcore.h"
#include "pvh_common.h"

/* What the kernel says of what is not one piece of physical memory. */
#define NO_PADDR	(~0ULL)

static int pread_all(int fd, void *buf, size_t size, off_t pos)
{
	ssize_t n = pread(fd, buf, size, pos);

	if (n < 0)
		return -errno;

	return (size_t)n == size ? 0 : -EINVAL;
}

static int add_segment(struct kcore *kcore, const struct elf64_phdr *p)
{
	__u64 base = p->p_vaddr - p->p_paddr;

	if (p->p_type != PT_LOAD || p->p_paddr == NO_PADDR)
		return 0;

	if (p->p_vaddr >= START_KERNEL_MAP) {
		kcore->text = p->p_vaddr;
		return 0;
	}
	if (kcore->direct_map && kcore->direct_map != base)
		return -EINVAL;
	kcore->direct_map = base;

	return 0;
}

int read_kcore(struct kcore *kcore)
{
	struct elf64_phdr phdr;
	struct elf64_hdr ehdr;
	unsigned int i;
	int fd, ret;

	memset(kcore, 0, sizeof(*kcore));
	fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = pread_all(fd, &ehdr, sizeof(ehdr), 0);
	/* That of a 32-bit kernel has no physical addresses. */
	if (!ret && ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		ret = -ENOEXEC;
	for (i = 0; !ret && i < ehdr.e_phnum; i++) {
		ret = pread_all(fd, &phdr, sizeof(phdr),
				ehdr.e_phoff + i * sizeof(phdr));
		if (!ret)
			ret = add_segment(kcore, &phdr);
	}
	close(fd);
	if (!ret && (!kcore->text || !kcore->direct_map))
		ret = -ENOENT;

	return ret;
}
