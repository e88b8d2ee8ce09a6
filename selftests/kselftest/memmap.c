// SPDX-License-Identifier: GPL-2.0
/*
 * The memory map: from the machine to the loader, to start_info, to
 * boot_params, to the kernel's own tables. RAM may get lost or be made up at
 * each step, so compare the last of them with the first.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "kselftest_harness.h"
#include "pvh_common.h"
#include "ranges.h"

#define ISA_START	0xa0000
#define ISA_LAST	0xfffff

/* Too big for the stack; each test is a process of its own. */
static struct ranges all;	/* the map that the kernel took, sorted */
static struct ranges ram;	/* the part of it that is RAM */
static struct ranges other;	/* what it is compared with */

FIXTURE(memmap)
{
};

FIXTURE_SETUP(memmap)
{
	int ret = ranges_read_memmap(&all);

	if (ret == -ENOENT)
		SKIP(return, "no /sys/firmware/memmap, CONFIG_FIRMWARE_MEMMAP is needed");
	ASSERT_EQ(0, ret)
		TH_LOG("/sys/firmware/memmap: %s", strerror(-ret));
	ASSERT_EQ(0, ranges_pick(&ram, &all, RAM_NAME));
	ASSERT_NE(0, ram.nr)
		TH_LOG("no System RAM in /sys/firmware/memmap");
}

FIXTURE_TEARDOWN(memmap)
{
}

/* Check that all of @part is in @whole. */
static void check_within(struct __test_metadata *_metadata,
			 const struct ranges *part, const char *part_name,
			 const struct ranges *whole, const char *whole_name)
{
	const struct range *r;
	__u64 hole;

	for (r = part->r; r < part->r + part->nr; r++) {
		EXPECT_TRUE(ranges_cover(whole, r, &hole))
			TH_LOG("%s 0x%llx-0x%llx: 0x%llx is not in %s",
			       part_name, r->start, r->last, hole, whole_name);
	}
}

/* False when there is no expectation and the test is to be skipped. */
static bool read_expected_ram(struct __test_metadata *_metadata)
{
	static char buf[RANGES_MAX * sizeof(struct boot_e820_entry) + 1];
	ssize_t n;

	n = expect_file("e820", buf, sizeof(buf));
	if (n == -ENOENT)
		return false;
	ASSERT_LT(0, n);
	ASSERT_EQ(0, ranges_parse_e820_ram(&other, buf, n))
		TH_LOG("%s/e820 is not a list of e820 entries", expect_dir());
	ASSERT_NE(0, other.nr);

	return true;
}

TEST_F(memmap, no_overlap)
{
	size_t i;

	for (i = 1; i < all.nr; i++) {
		EXPECT_LT(all.r[i - 1].last, all.r[i].start)
			TH_LOG("%s 0x%llx-0x%llx overlaps %s 0x%llx-0x%llx",
			       all.r[i - 1].name, all.r[i - 1].start,
			       all.r[i - 1].last, all.r[i].name,
			       all.r[i].start, all.r[i].last);
	}
}

TEST_F(memmap, ram_is_real)
{
	if (!read_expected_ram(_metadata))
		SKIP(return, "no %s/e820", expect_dir());

	check_within(_metadata, &ram, "kernel's RAM", &other, "machine's RAM");
}

TEST_F(memmap, no_ram_lost)
{
	if (!read_expected_ram(_metadata))
		SKIP(return, "no %s/e820", expect_dir());

	/*
	 * Firmware carves out of RAM what it keeps for itself and its tables,
	 * and the entry adds the ISA hole. But no RAM goes without a word.
	 */
	check_within(_metadata, &other, "machine's RAM", &all, "kernel's map");
}

TEST_F(memmap, isa_hole)
{
	const struct range *r;

	/* The loader need not say so, the entry has to see to it. */
	for (r = ram.r; r < ram.r + ram.nr; r++) {
		EXPECT_TRUE(r->last < ISA_START || r->start > ISA_LAST)
			TH_LOG("RAM 0x%llx-0x%llx is in the ISA hole",
			       r->start, r->last);
	}
}

TEST_F(memmap, iomem)
{
	int ret = ranges_read_iomem(&other, RAM_NAME);

	if (ret == -EPERM)
		SKIP(return, "/proc/iomem hides the addresses");
	ASSERT_EQ(0, ret)
		TH_LOG("/proc/iomem: %s", strerror(-ret));
	ASSERT_NE(0, other.nr);

	check_within(_metadata, &other, "/proc/iomem RAM", &ram, "RAM of the map");
}

TEST_HARNESS_MAIN
