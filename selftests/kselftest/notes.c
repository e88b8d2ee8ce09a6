// SPDX-License-Identifier: GPL-2.0
/*
 * The ELF notes a PVH loader goes by: where to enter the kernel, and where it
 * may be put.
 *
 * PHYS32_ENTRY is the physical address of pvh_start_xen for an image that is
 * loaded where it was linked, i.e. its link time virtual address less
 * __START_KERNEL_map, or less PAGE_OFFSET in a 32-bit kernel, which cannot be
 * loaded elsewhere. It is the same wherever the kernel ends up. The
 * addresses of /proc/kallsyms are not: with KASLR they are all shifted by
 * one offset from those at link time. The tests assume that pvh_start_xen
 * is what is entered, take that offset from it, and check by what is known of
 * such offsets that it is one.
 */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "elf_notes.h"
#include "kallsyms.h"
#include "kselftest_harness.h"
#include "pvh_common.h"
#include "ranges.h"

/* The lowest CONFIG_PHYSICAL_ALIGN there is on 64-bit. */
#define MIN_PHYSICAL_ALIGN	0x200000

/* A 32-bit kernel's PAGE_OFFSET is a multiple of it. */
#define VMSPLIT_ALIGN		0x8000000

/* No KASLR offset gets the image beyond its 1 GiB of address space. */
#define MAX_KERNEL_IMAGE	0x40000000

static bool power_of_two(__u64 v)
{
	return v && !(v & (v - 1));
}

FIXTURE(notes)
{
	struct pvh_notes notes;
	bool is_64;
};

FIXTURE_SETUP(notes)
{
	static char buf[KERNEL_NOTES_MAX];
	struct utsname uts;
	const char *err;
	size_t offset;
	ssize_t n;

	ASSERT_EQ(0, uname(&uts));
	self->is_64 = !strcmp(uts.machine, "x86_64");

	n = read_file(KERNEL_NOTES, buf, sizeof(buf));
	if (n == -ENOENT)
		SKIP(return, "no " KERNEL_NOTES);
	ASSERT_LE(0, n)
		TH_LOG(KERNEL_NOTES ": %s", strerror(-n));

	err = parse_notes(buf, n, &self->notes, &offset);
	ASSERT_TRUE(!err)
		TH_LOG("note at offset %zu: %s", offset, err);

	if (!self->notes.nr_entry)
		SKIP(return, "no PHYS32_ENTRY note: a kernel without CONFIG_PVH?");
}

FIXTURE_TEARDOWN(notes)
{
}

/*
 * The last address of the image. Without CONFIG_KALLSYMS_ALL there is no
 * _end, but .bss is the last part of the image that is a resource.
 */
static int image_last(__u64 text, __u64 end, __u64 *last)
{
	static struct ranges code, bss;
	int ret;

	if (end) {
		*last = end - 1;
		return 0;
	}

	ret = ranges_read_iomem(&code, "Kernel code");
	if (!ret)
		ret = ranges_read_iomem(&bss, "Kernel bss");
	if (ret)
		return ret;
	if (code.nr != 1 || bss.nr != 1)
		return -ENOENT;
	*last = text + bss.r[0].last - code.r[0].start;

	return 0;
}

TEST_F(notes, one_of_each)
{
	EXPECT_EQ(1, self->notes.nr_entry);
	/* Older kernels have none. */
	EXPECT_GE(self->is_64 ? 1 : 0, self->notes.nr_reloc);
}

TEST_F(notes, reloc)
{
	const struct pvh_notes *n = &self->notes;

	if (!self->is_64)
		SKIP(return, "a 32-bit kernel stays where it was linked to be");
	if (!n->nr_reloc)
		SKIP(return, "no PHYS32_RELOC note");

	ASSERT_EQ(1, n->nr_reloc);
	EXPECT_TRUE(power_of_two(n->reloc_align))
		TH_LOG("alignment is 0x%x", n->reloc_align);
	EXPECT_LE(MIN_PHYSICAL_ALIGN, n->reloc_align);
	EXPECT_LE(n->reloc_min, n->reloc_max);
}

TEST_F(notes, entry)
{
	const struct pvh_notes *n = &self->notes;
	struct kallsym_want want[] = {
		{ .name = "_text" },
		{ .name = "_end" },
		{ .name = "pvh_start_xen" },
	};
	__u64 base, first, last, shift;
	int ret;

	ASSERT_EQ(1, n->nr_entry);
	ASSERT_GE(UINT32_MAX, n->entry);

	ret = kallsyms_lookup(want, ARRAY_SIZE(want));
	if (ret == -EPERM)
		SKIP(return, "/proc/kallsyms hides the addresses");
	if (ret == -ENOENT)
		SKIP(return, "no /proc/kallsyms");
	ASSERT_EQ(0, ret);
	ASSERT_NE(0, want[0].addr);
	ASSERT_NE(0, want[2].addr);

	base = START_KERNEL_MAP;
	if (!self->is_64) {
		base = want[2].addr - n->entry;
		EXPECT_EQ(0, base % VMSPLIT_ALIGN)
			TH_LOG("entry 0x%llx is not pvh_start_xen: 0x%llx is no PAGE_OFFSET",
			       n->entry, base);
	}
	shift = want[2].addr - (n->entry + base);
	EXPECT_EQ(0, shift % MIN_PHYSICAL_ALIGN)
		TH_LOG("entry 0x%llx is not pvh_start_xen: 0x%llx is no KASLR offset",
		       n->entry, shift);
	EXPECT_GT(MAX_KERNEL_IMAGE, shift);

	ret = image_last(want[0].addr, want[1].addr, &last);
	if (ret)
		SKIP(return, "end of the image unknown, CONFIG_KALLSYMS_ALL is needed");

	first = want[0].addr - shift - base;
	last -= shift + base;
	EXPECT_LE(first, n->entry);
	EXPECT_GE(last, n->entry);

	/* What the loader may do must allow what the linker did. */
	if (n->nr_reloc == 1 && n->reloc_align) {
		EXPECT_EQ(0, first % n->reloc_align);
		EXPECT_LE(n->reloc_min, first);
		EXPECT_GE(n->reloc_max, last);
	}
}

TEST_HARNESS_MAIN
