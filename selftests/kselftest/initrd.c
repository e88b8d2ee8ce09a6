// SPDX-License-Identifier: GPL-2.0
/*
 * The first module of start_info is the initrd: its address and size have to
 * get into boot_params, above 4 GiB too, and its bytes must not be clobbered
 * by anything that runs before the memory is reserved.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

#define INITRD_FILE	"/sys/firmware/initrd"

/* The CRC of POSIX cksum: the most significant bit goes first. */
#define CKSUM_POLY	0x04c11db7U

static __u32 crc_table[256];

static void cksum_init(void)
{
	__u32 crc;
	int i, bit;

	for (i = 0; i < 256; i++) {
		crc = (__u32)i << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? CKSUM_POLY : 0);
		crc_table[i] = crc;
	}
}

static __u32 cksum_add(__u32 crc, const void *buf, size_t len)
{
	const __u8 *p = buf;

	while (len--)
		crc = crc << 8 ^ crc_table[(crc >> 24) ^ *p++];

	return crc;
}

/* The length follows the data, least significant byte first, no zeroes. */
static __u32 cksum_end(__u32 crc, __u64 len)
{
	__u8 byte;

	for (; len; len >>= 8) {
		byte = len;
		crc = cksum_add(crc, &byte, 1);
	}

	return ~crc;
}

static int cksum_file(const char *path, __u32 *crc, __u64 *size)
{
	static __u8 buf[65536];
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	cksum_init();
	*crc = 0;
	*size = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		*crc = cksum_add(*crc, buf, n);
		*size += n;
	}
	if (n < 0)
		n = -errno;
	*crc = cksum_end(*crc, *size);
	close(fd);

	return n;
}

FIXTURE(initrd)
{
	struct boot_params bp;
	bool none;
	__u64 crc;
	__u64 size;
};

FIXTURE_SETUP(initrd)
{
	char buf[4096];
	const char *p;
	ssize_t n;
	int ret;

	n = expect_file("initrd", buf, sizeof(buf));
	if (n == -ENOENT)
		SKIP(return, "no %s/initrd", expect_dir());
	ASSERT_LE(0, n);

	buf[strcspn(buf, "\n")] = '\0';
	p = buf;
	self->none = !strcmp(buf, "none");
	/* What cksum says; the name of the file may follow. */
	ASSERT_TRUE(self->none || (parse_number(&p, 10, &self->crc) &&
				   parse_number(&p, 10, &self->size)))
		TH_LOG("%s/initrd is neither CRC SIZE nor none", expect_dir());

	ret = read_boot_params(&self->bp);
	if (ret == -ENOENT)
		SKIP(return, "no " PVH_BOOT_PARAMS);
	ASSERT_EQ(0, ret);
}

FIXTURE_TEARDOWN(initrd)
{
}

TEST_F(initrd, address)
{
	__u64 image = boot_params_ramdisk_image(&self->bp);

	EXPECT_EQ(self->none, !image)
		TH_LOG("initrd is at 0x%llx", image);
}

TEST_F(initrd, size)
{
	EXPECT_EQ(self->none ? 0 : self->size,
		  boot_params_ramdisk_size(&self->bp));
}

TEST_F(initrd, content)
{
	__u64 size = 0;
	__u32 crc = 0;
	int ret;

	if (self->none) {
		EXPECT_NE(0, access(INITRD_FILE, F_OK))
			TH_LOG("there is a " INITRD_FILE);
		return;
	}

	/* Otherwise the kernel frees the raw initrd once it is unpacked. */
	if (!cmdline_has("retain_initrd") && access(INITRD_FILE, F_OK))
		SKIP(return, "no " INITRD_FILE ", not booted with retain_initrd");

	ret = cksum_file(INITRD_FILE, &crc, &size);
	ASSERT_EQ(0, ret)
		TH_LOG(INITRD_FILE ": %s", strerror(-ret));
	EXPECT_EQ(self->size, size);
	EXPECT_EQ(self->crc, crc);
}

TEST_HARNESS_MAIN
