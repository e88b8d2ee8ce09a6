// SPDX-License-Identifier: GPL-2.0
/*
 * The boot_params that the PVH entry made up: there is no boot sector and no
 * real mode part to take defaults from, every field is what early C wrote.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

#define PVH_SETUP_DATA	"/sys/kernel/boot_params/setup_data/"

FIXTURE(boot_params)
{
	struct boot_params bp;
};

FIXTURE_SETUP(boot_params)
{
	int ret = read_boot_params(&self->bp);
	char buf[32];

	if (ret == -ENOENT)
		SKIP(return, "no " PVH_BOOT_PARAMS);
	ASSERT_EQ(0, ret);

	/* Whoever started the guest can say that it was by PVH. */
	if (expect_file("loader", buf, sizeof(buf)) != -ENOENT)
		return;
	/* A loader of a bzImage has passed on its setup header. */
	if (!self->bp.hdr.version || self->bp.hdr.payload_length ||
	    (self->bp.hdr.type_of_loader != LOADER_XEN &&
	     self->bp.hdr.type_of_loader != LOADER_PVH))
		SKIP(return, "not entered by PVH");
}

FIXTURE_TEARDOWN(boot_params)
{
}

TEST_F(boot_params, type_of_loader)
{
	const char *p;
	char buf[32];
	__u64 want;
	ssize_t n;

	n = expect_file("loader", buf, sizeof(buf));
	if (n == -ENOENT)
		SKIP(return, "no %s/loader", expect_dir());
	ASSERT_LE(0, n);
	p = buf;
	ASSERT_TRUE(parse_number(&p, 16, &want) && !*p)
		TH_LOG("%s/loader is not a hexadecimal number", expect_dir());

	EXPECT_EQ(want, self->bp.hdr.type_of_loader)
		TH_LOG("type_of_loader is 0x%02x and not 0x%02llx",
		       self->bp.hdr.type_of_loader, want);
}

TEST_F(boot_params, protocol_version)
{
	/* 2.12 is what knows of an entry that is not the boot sector's. */
	EXPECT_LE(0x20c, self->bp.hdr.version);
}

TEST_F(boot_params, sentinel)
{
	/* Else sanitize_boot_params() has cleared what the entry set. */
	EXPECT_EQ(0, self->bp.sentinel);
}

TEST_F(boot_params, e820_entries)
{
	/*
	 * From start_info or, on Xen, by hypercall: the map must be there
	 * before setup_arch(), nothing looks for another later.
	 */
	EXPECT_LT(0, self->bp.e820_entries);
	EXPECT_GE(E820_MAX_ENTRIES_ZEROPAGE, self->bp.e820_entries);
}

TEST_F(boot_params, setup_data)
{
	char type[16];

	/*
	 * The rest of a memory map that does not fit into boot_params, and
	 * nothing else
	 */
	if (self->bp.hdr.setup_data) {
		EXPECT_EQ(E820_MAX_ENTRIES_ZEROPAGE, self->bp.e820_entries)
			TH_LOG("setup_data has entries, and boot_params has room");
		ASSERT_LT(0, read_text(PVH_SETUP_DATA "0/type", type, sizeof(type)));
		EXPECT_STREQ("0x1\n", type)
			TH_LOG("setup_data has an element that is not SETUP_E820_EXT");
		EXPECT_NE(0, access(PVH_SETUP_DATA "1", F_OK))
			TH_LOG("setup_data has more than one element");
	}
}

TEST_HARNESS_MAIN
