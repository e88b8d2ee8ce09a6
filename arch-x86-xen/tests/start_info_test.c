// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of startup/start_info.c and startup/memmap.c.
 *
 * These run once before the native entry, where addresses are physical ones.
 * Here they are compiled a second time, over a pvh_map() that makes the buffers
 * of a test look like physical memory.
 */

#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/string.h>

/* The copy is not the one that objtool knows. */
#define pvh_convert		test_pvh_convert
#define pvh_convert_memmap	test_pvh_convert_memmap
#define pvh_refuse		test_pvh_refuse
#define pvh_overlaps_kernel	test_pvh_overlaps_kernel
#define pvh_addressable		test_pvh_addressable
#define pvh_map			test_pvh_map

#include "../startup/start_info.c"
#include "../startup/memmap.c"

#define KERNEL_START	(16ULL * SZ_1M)
#define KERNEL_END	(48ULL * SZ_1M)

/* Where the tables of a test are. */
#define MODLIST_PADDR	0x8000ULL
#define CMDLINE_PADDR	(5ULL * SZ_1G)
#define MEMMAP_PADDR	(1536ULL * SZ_1M)

#define MAX_PADDR	BIT_ULL(40)
#define MEMMAP_MAX	E820_MAX_ENTRIES

struct guest {
	struct hvm_start_info si;
	struct hvm_modlist_entry modlist[2];
	char cmdline[COMMAND_LINE_SIZE];
	struct hvm_memmap_table_entry memmap[MEMMAP_MAX];
	struct boot_params params;
	struct pvh_e820_ext ext;
	struct pvh_kernel kernel;
	struct pvh_error err;
};

/* pvh_map() has no argument to pass it in. */
static struct guest *guest __initdata;

bool __init pvh_addressable(u64 paddr, u64 size)
{
	return paddr < MAX_PADDR && size <= MAX_PADDR - paddr;
}

static const void * __init within(u64 paddr, u64 size, u64 base, void *buf,
				  size_t buf_size)
{
	if (paddr < base || size > buf_size || paddr - base > buf_size - size)
		return NULL;

	return buf + (paddr - base);
}

const void * __init pvh_map(u64 paddr, u64 size)
{
	const void *p;

	p = within(paddr, size, MODLIST_PADDR, guest->modlist,
		   sizeof(guest->modlist));
	if (!p)
		p = within(paddr, size, CMDLINE_PADDR, guest->cmdline,
			   sizeof(guest->cmdline));
	if (!p)
		p = within(paddr, size, MEMMAP_PADDR, guest->memmap,
			   sizeof(guest->memmap));

	return p;
}

/* What a loader says that has nothing to say but where the RAM is. */
static int __init pvh_test_init(struct kunit *test)
{
	guest = kunit_kzalloc(test, sizeof(*guest), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, guest);

	guest->si.magic = XEN_HVM_START_MAGIC_VALUE;
	guest->si.version = 1;
	guest->si.memmap_paddr = MEMMAP_PADDR;
	guest->si.memmap_entries = 1;
	guest->memmap[0].size = SZ_1G;
	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RAM;

	guest->kernel.params = &guest->params;
	guest->kernel.e820_ext = &guest->ext;
	guest->kernel.start = KERNEL_START;
	guest->kernel.end = KERNEL_END;

	return 0;
}

static bool __init convert(void)
{
	memset(&guest->params, 0, sizeof(guest->params));
	memset(&guest->ext, 0, sizeof(guest->ext));
	guest->err.field = "";

	return pvh_convert(&guest->si, &guest->kernel, &guest->err);
}

#define EXPECT_OK(test)							\
	KUNIT_EXPECT_TRUE_MSG(test, convert(), "%s %#llx: %s",		\
			      guest->err.field, guest->err.value,	\
			      guest->err.reason)

static void __init expect_refused(struct kunit *test, const char *field,
				  u64 value)
{
	KUNIT_EXPECT_FALSE(test, convert());
	KUNIT_EXPECT_STREQ(test, guest->err.field, field);
	KUNIT_EXPECT_EQ(test, guest->err.value, value);
}

static void __init test_minimal(struct kunit *test)
{
	struct boot_params *bp = &guest->params;

	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.type_of_loader, 0xb0);
	KUNIT_EXPECT_EQ(test, bp->hdr.version, 0x20c);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_size, 0);
	KUNIT_EXPECT_EQ(test, bp->hdr.cmd_line_ptr, 0);
	KUNIT_EXPECT_EQ(test, bp->hdr.setup_data, 0);
	KUNIT_EXPECT_EQ(test, bp->acpi_rsdp_addr, 0);
	KUNIT_EXPECT_EQ(test, bp->e820_entries, 1);
	KUNIT_EXPECT_EQ(test, bp->e820_table[0].addr, 0);
	KUNIT_EXPECT_EQ(test, bp->e820_table[0].size, SZ_1G);
	KUNIT_EXPECT_EQ(test, bp->e820_table[0].type, E820_TYPE_RAM);
}

static void __init test_magic(struct kunit *test)
{
	guest->si.magic++;
	/* Wrong as well, but further back. */
	guest->si.rsdp_paddr = U64_MAX;
	expect_refused(test, "magic", XEN_HVM_START_MAGIC_VALUE + 1);
}

static void __init test_initrd(struct kunit *test)
{
	struct boot_params *bp = &guest->params;
	const u64 paddr = 5ULL * SZ_1G + 1, size = 4ULL * SZ_1G + 3;

	guest->si.nr_modules = 2;
	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->modlist[0].paddr = paddr;
	guest->modlist[0].size = size;
	guest->modlist[1].paddr = U64_MAX;
	guest->modlist[1].size = U64_MAX;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_image |
			(u64)bp->ext_ramdisk_image << 32, paddr);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_size |
			(u64)bp->ext_ramdisk_size << 32, size);
}

static void __init test_no_initrd(struct kunit *test)
{
	struct boot_params *bp = &guest->params;

	guest->si.nr_modules = 1;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_size, 0);

	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->modlist[0].size = SZ_1M;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_size, 0);

	guest->modlist[0].size = 0;
	guest->modlist[0].paddr = SZ_1G;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_image, 0);
}

static void __init test_bad_initrd(struct kunit *test)
{
	guest->si.nr_modules = 1;
	guest->si.modlist_paddr = MAX_PADDR - 1;
	expect_refused(test, "modlist_paddr", MAX_PADDR - 1);

	guest->si.modlist_paddr = KERNEL_END - 1;
	expect_refused(test, "modlist_paddr", KERNEL_END - 1);

	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->modlist[0].paddr = MAX_PADDR;
	guest->modlist[0].size = 1;
	expect_refused(test, "module 0 paddr", MAX_PADDR);

	guest->modlist[0].paddr = MAX_PADDR - 1;
	EXPECT_OK(test);

	guest->modlist[0].size = 2;
	expect_refused(test, "module 0 size", 2);

	guest->modlist[0].size = U64_MAX;
	expect_refused(test, "module 0 size", U64_MAX);

	guest->modlist[0].paddr = KERNEL_START - 1;
	guest->modlist[0].size = 1;
	EXPECT_OK(test);

	guest->modlist[0].size = 2;
	expect_refused(test, "module 0 paddr", KERNEL_START - 1);

	guest->modlist[0].paddr = KERNEL_END;
	EXPECT_OK(test);
}

static void __init test_cmdline(struct kunit *test)
{
	struct boot_params *bp = &guest->params;

	guest->si.cmdline_paddr = CMDLINE_PADDR;
	memset(guest->cmdline, 'x', sizeof(guest->cmdline) - 1);
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.cmd_line_ptr |
			(u64)bp->ext_cmd_line_ptr << 32, CMDLINE_PADDR);

	guest->cmdline[sizeof(guest->cmdline) - 1] = 'x';
	expect_refused(test, "cmdline_paddr", CMDLINE_PADDR);

	guest->si.cmdline_paddr = U64_MAX;
	expect_refused(test, "cmdline_paddr", U64_MAX);
}

static void __init test_rsdp(struct kunit *test)
{
	guest->si.rsdp_paddr = MAX_PADDR - 20;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, guest->params.acpi_rsdp_addr, MAX_PADDR - 20);

	guest->si.rsdp_paddr++;
	expect_refused(test, "rsdp_paddr", MAX_PADDR - 19);

	guest->si.rsdp_paddr = KERNEL_START;
	expect_refused(test, "rsdp_paddr", KERNEL_START);
}

static void __init test_no_memmap(struct kunit *test)
{
	guest->si.memmap_paddr = 0;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, guest->params.e820_entries, 0);

	guest->si.memmap_paddr = MEMMAP_PADDR;
	guest->si.memmap_entries = 0;
	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, guest->params.e820_entries, 0);
}

/* Every other MiB, so that none of them can be merged. */
static void __init fill_memmap(u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		guest->memmap[i].addr = (2ULL * i + 1) * SZ_1M;
		guest->memmap[i].size = SZ_1M;
		guest->memmap[i].type = XEN_HVM_MEMMAP_TYPE_RAM;
	}
	guest->si.memmap_entries = nr;
}

static void __init expect_memmap(struct kunit *test, u32 nr)
{
	struct boot_params *bp = &guest->params;
	u32 i, in_ext = 0;

	if (nr > E820_MAX_ENTRIES_ZEROPAGE) {
		in_ext = nr - E820_MAX_ENTRIES_ZEROPAGE;
		nr = E820_MAX_ENTRIES_ZEROPAGE;
	}

	EXPECT_OK(test);
	KUNIT_EXPECT_EQ(test, bp->e820_entries, nr);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, bp->e820_table[i].addr,
				(2ULL * i + 1) * SZ_1M);

	KUNIT_EXPECT_EQ(test, guest->ext.len,
			in_ext * sizeof(guest->ext.entries[0]));
	for (i = 0; i < in_ext; i++)
		KUNIT_EXPECT_EQ(test, guest->ext.entries[i].addr,
				(2ULL * (nr + i) + 1) * SZ_1M);
	KUNIT_EXPECT_EQ(test, bp->hdr.setup_data,
			in_ext ? (unsigned long)&guest->ext : 0);
	KUNIT_EXPECT_EQ(test, guest->ext.type, in_ext ? SETUP_E820_EXT : 0);
}

static void __init test_memmap_sizes(struct kunit *test)
{
	static const u32 sizes[] __initconst = {
		2, 127, 128, 129, 255, 256, 257, 300, 1000,
		/* Two less for the hole below 1 MiB and for page 0 */
		E820_MAX_ENTRIES - 2,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] > E820_MAX_ENTRIES - 2)
			continue;
		fill_memmap(sizes[i]);
		expect_memmap(test, sizes[i]);
	}

	fill_memmap(E820_MAX_ENTRIES - 1);
	expect_refused(test, "memmap_entries", E820_MAX_ENTRIES - 1);

	guest->si.memmap_entries = U32_MAX;
	expect_refused(test, "memmap_entries", U32_MAX);
}

static void __init test_memmap_overlaps(struct kunit *test)
{
	const u32 nr = E820_MAX_ENTRIES - 2;

	/* No room for the entry that this one would be split into. */
	fill_memmap(nr);
	guest->memmap[7].addr -= SZ_1M / 2;
	guest->memmap[7].size += SZ_1M;
	guest->memmap[7].type = XEN_HVM_MEMMAP_TYPE_RESERVED;
	EXPECT_OK(test);

	guest->memmap[7].size += SZ_1M;
	expect_refused(test, "memmap_entries", nr);
}

static void __init test_bad_memmap(struct kunit *test)
{
	guest->si.memmap_paddr = MAX_PADDR;
	expect_refused(test, "memmap_paddr", MAX_PADDR);

	guest->si.memmap_paddr = KERNEL_END - 1;
	expect_refused(test, "memmap_paddr", KERNEL_END - 1);

	guest->si.memmap_paddr = MEMMAP_PADDR;
	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RESERVED;
	expect_refused(test, "memmap_entries", 1);

	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RAM;
	guest->memmap[0].size = 0;
	expect_refused(test, "memmap_entries", 1);

	guest->memmap[0].addr = 1;
	guest->memmap[0].size = U64_MAX;
	expect_refused(test, "memmap size", U64_MAX);

	guest->memmap[0].size = U64_MAX - 1;
	EXPECT_OK(test);
}

static struct kunit_case pvh_test_cases[] __refdata = {
	KUNIT_CASE(test_minimal),
	KUNIT_CASE(test_magic),
	KUNIT_CASE(test_initrd),
	KUNIT_CASE(test_no_initrd),
	KUNIT_CASE(test_bad_initrd),
	KUNIT_CASE(test_cmdline),
	KUNIT_CASE(test_rsdp),
	KUNIT_CASE(test_no_memmap),
	KUNIT_CASE(test_memmap_sizes),
	KUNIT_CASE(test_memmap_overlaps),
	KUNIT_CASE(test_bad_memmap),
	{}
};

static struct kunit_suite pvh_test_suite __refdata = {
	.name = "pvh_start_info",
	.init = pvh_test_init,
	.test_cases = pvh_test_cases,
};

kunit_test_init_section_suites(&pvh_test_suite);
