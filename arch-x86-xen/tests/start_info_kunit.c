// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of startup/start_info.c and startup/memmap.c, and of what they
 * and the command line need of check.c and cmdline.c.
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
#define pvh_warn		test_pvh_warn
#define pvh_warnings		test_pvh_warnings
#define pvh_nr_warnings		test_pvh_nr_warnings
#define pvh_overlaps_kernel	test_pvh_overlaps_kernel
#define pvh_overlaps_contents	test_pvh_overlaps_contents
#define pvh_copy_cmdline	test_pvh_copy_cmdline
#define pvh_cmdline		test_pvh_cmdline
#define pvh_skip_prefix		test_pvh_skip_prefix
#define pvh_option		test_pvh_option
#define pvh_addressable		test_pvh_addressable
#define pvh_map			test_pvh_map

#include "../startup/check.c"
#include "../startup/cmdline.c"
#include "../startup/start_info.c"
#include "../startup/memmap.c"

#define KERNEL_START	(16ULL * SZ_1M)
#define KERNEL_RODATA_END	(22ULL * SZ_1M + SZ_4K)
#define KERNEL_DATA	(24ULL * SZ_1M)
#define KERNEL_BSS	(32ULL * SZ_1M)
#define KERNEL_END	(48ULL * SZ_1M)

/* Where the tables of a test are. */
#define MODLIST_PADDR	(8ULL * SZ_1M)
#define CMDLINE_PADDR	(5ULL * SZ_1G)
#define MEMMAP_PADDR	(1536ULL * SZ_1M)

#define MAX_PADDR	BIT_ULL(40)

struct guest {
	struct hvm_start_info si;
	struct hvm_modlist_entry module;
	struct hvm_memmap_table_entry memmap[MAX_ENTRIES + 2];
	struct boot_params params;
	struct e820_table e820_table;
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
	return within(paddr, size, MODLIST_PADDR, &guest->module,
		      sizeof(guest->module)) ?:
	       within(paddr, size, MEMMAP_PADDR, guest->memmap,
		      sizeof(guest->memmap));
}

/* What a loader says that has nothing to say but where the RAM is. */
static int __init start_info_test_init(struct kunit *test)
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
	guest->kernel.e820_table = &guest->e820_table;
	guest->kernel.start = KERNEL_START;
	guest->kernel.rodata_end = KERNEL_RODATA_END;
	guest->kernel.data = KERNEL_DATA;
	guest->kernel.bss = KERNEL_BSS;
	guest->kernel.end = KERNEL_END;

	return 0;
}

static int __init convert(void)
{
	memset(&guest->params, 0, sizeof(guest->params));
	memset(&guest->e820_table, 0, sizeof(guest->e820_table));
	guest->err.field = "";
	pvh_nr_warnings = 0;

	return pvh_convert(&guest->si, &guest->kernel, &guest->err);
}

static void __init expect_error(struct kunit *test, const struct pvh_error *err,
				const char *field, u64 value)
{
	KUNIT_EXPECT_STREQ(test, err->field, field);
	KUNIT_EXPECT_EQ(test, err->value, value);
}

static void __init expect_warnings(struct kunit *test, u32 nr)
{
	KUNIT_EXPECT_EQ_MSG(test, convert(), 0, "%s %#llx: %s", guest->err.field,
			    guest->err.value, guest->err.reason);
	KUNIT_ASSERT_EQ(test, pvh_nr_warnings, nr);
}

static void __init expect_ok(struct kunit *test)
{
	expect_warnings(test, 0);
}

static void __init expect_warned(struct kunit *test, const char *field, u64 value)
{
	expect_warnings(test, 1);
	expect_error(test, &pvh_warnings[0], field, value);
}

static void __init expect_refused(struct kunit *test, const char *field,
				  u64 value)
{
	KUNIT_EXPECT_EQ(test, convert(), -EINVAL);
	expect_error(test, &guest->err, field, value);
}

static void __init test_minimal(struct kunit *test)
{
	struct boot_params *bp = &guest->params;

	expect_ok(test);
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

static void __init test_header(struct kunit *test)
{
	guest->si.version = 2;
	expect_warned(test, "version", 2);

	guest->si.version = 1;
	guest->si.flags = SIF_INITDOMAIN;
	expect_ok(test);

	guest->si.flags = BIT(31);
	expect_warned(test, "flags", BIT(31));

	guest->si.magic++;
	/* Wrong as well, but further back. */
	guest->si.cmdline_paddr = U64_MAX;
	expect_refused(test, "magic", XEN_HVM_START_MAGIC_VALUE + 1);
}

static u64 __init initrd_end(void)
{
	return initrd_paddr(&guest->params) + initrd_size(&guest->params);
}

static void __init test_initrd(struct kunit *test)
{
	const u64 paddr = 5ULL * SZ_1G + 1, size = 4ULL * SZ_1G + 3;
	struct boot_params *bp = &guest->params;

	guest->si.nr_modules = 1;
	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->module.paddr = paddr;
	guest->module.size = size;
	guest->memmap[0].size = paddr + size;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_image, (u32)paddr);
	KUNIT_EXPECT_EQ(test, bp->ext_ramdisk_image, 1);
	KUNIT_EXPECT_EQ(test, bp->hdr.ramdisk_size, 3);
	KUNIT_EXPECT_EQ(test, bp->ext_ramdisk_size, 1);

	guest->memmap[0].size--;
	expect_warned(test, "module 0 paddr", paddr);
	KUNIT_EXPECT_EQ(test, initrd_end(), paddr + size);

	/* In two entries, which are not in order. */
	guest->memmap[0].addr = paddr + SZ_1M;
	guest->memmap[0].size = size;
	guest->memmap[1].size = paddr + SZ_1M;
	guest->memmap[1].type = XEN_HVM_MEMMAP_TYPE_RAM;
	guest->si.memmap_entries = 2;
	expect_ok(test);

	/* Of more modules none but the first is read. */
	guest->si.nr_modules = U32_MAX;
	expect_warned(test, "nr_modules", U32_MAX);
	KUNIT_EXPECT_EQ(test, initrd_end(), paddr + size);
}

static void __init test_no_initrd(struct kunit *test)
{
	guest->si.nr_modules = 1;
	expect_warned(test, "modlist_paddr", 0);
	KUNIT_EXPECT_EQ(test, initrd_end(), 0);

	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->module.size = SZ_1M;
	expect_warned(test, "module 0 paddr", 0);
	KUNIT_EXPECT_EQ(test, initrd_end(), 0);

	guest->module.size = 0;
	guest->module.paddr = SZ_1G;
	expect_warned(test, "module 0 size", 0);
	KUNIT_EXPECT_EQ(test, initrd_end(), 0);
}

static void __init test_bad_initrd(struct kunit *test)
{
	guest->si.nr_modules = 1;
	guest->si.modlist_paddr = MAX_PADDR - 1;
	expect_refused(test, "modlist_paddr", MAX_PADDR - 1);

	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->memmap[0].size = MAX_PADDR;
	guest->module.paddr = MAX_PADDR - 1;
	guest->module.size = 1;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, initrd_end(), MAX_PADDR);

	guest->module.size = 2;
	expect_warned(test, "module 0 size", 2);
	KUNIT_EXPECT_EQ(test, initrd_end(), 0);

	guest->module.paddr = MAX_PADDR;
	expect_warned(test, "module 0 paddr", MAX_PADDR);
	KUNIT_EXPECT_EQ(test, initrd_end(), 0);

	/* Only the low bits make sense. */
	guest->module.paddr = BIT_ULL(63) | SZ_512M;
	expect_warned(test, "module 0 paddr", BIT_ULL(63) | SZ_512M);
	KUNIT_EXPECT_EQ(test, initrd_end(), SZ_512M + 2);

	guest->module.paddr = KERNEL_START - 1;
	guest->module.size = 1;
	expect_ok(test);

	guest->module.size = 2;
	expect_refused(test, "module 0 paddr", KERNEL_START - 1);

	guest->module.paddr = KERNEL_END - 1;
	expect_refused(test, "module 0 paddr", KERNEL_END - 1);

	guest->module.paddr = KERNEL_END;
	expect_ok(test);
}

static void __init test_cmdline(struct kunit *test)
{
	struct boot_params *bp = &guest->params;

	guest->si.cmdline_paddr = CMDLINE_PADDR;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.cmd_line_ptr, 0);

	guest->kernel.cmdline_paddr = CMDLINE_PADDR;
	guest->kernel.cmdline_size = 1;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, bp->hdr.cmd_line_ptr, (u32)(unsigned long)pvh_cmdline);
	KUNIT_EXPECT_EQ(test, bp->ext_cmd_line_ptr, 0);
}

static void __init test_copy_cmdline(struct kunit *test)
{
	const u32 max = COMMAND_LINE_SIZE - 1;
	char *from = kunit_kzalloc(test, COMMAND_LINE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_EXPECT_EQ(test, pvh_copy_cmdline(from, CMDLINE_PADDR), 1);

	pvh_nr_warnings = 0;
	memset(from, 'x', max);
	KUNIT_EXPECT_EQ(test, pvh_copy_cmdline(from, CMDLINE_PADDR), max + 1);
	KUNIT_EXPECT_STREQ(test, pvh_cmdline, from);
	KUNIT_EXPECT_EQ(test, pvh_nr_warnings, 0);

	from[max] = 'y';
	KUNIT_EXPECT_EQ(test, pvh_copy_cmdline(from, CMDLINE_PADDR), max + 1);
	KUNIT_EXPECT_EQ(test, pvh_nr_warnings, 1);
	expect_error(test, &pvh_warnings[0], "cmdline_paddr", CMDLINE_PADDR);
	from[max] = 0;
	KUNIT_EXPECT_STREQ(test, pvh_cmdline, from);
}

static void __init test_rsdp(struct kunit *test)
{
	u64 *rsdp = &guest->si.rsdp_paddr;

	*rsdp = MAX_PADDR - 20;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, guest->params.acpi_rsdp_addr, MAX_PADDR - 20);

	*rsdp = MAX_PADDR - 19;
	expect_warned(test, "rsdp_paddr", MAX_PADDR - 19);
	KUNIT_EXPECT_EQ(test, guest->params.acpi_rsdp_addr, 0);

	*rsdp = KERNEL_START - 19;
	expect_refused(test, "rsdp_paddr", KERNEL_START - 19);

	*rsdp = KERNEL_RODATA_END - 1;
	expect_refused(test, "rsdp_paddr", KERNEL_RODATA_END - 1);

	*rsdp = KERNEL_RODATA_END;
	expect_warnings(test, 0);
	KUNIT_EXPECT_EQ(test, guest->params.acpi_rsdp_addr, KERNEL_RODATA_END);

	*rsdp = KERNEL_DATA - 20;
	expect_warnings(test, 0);

	*rsdp = KERNEL_DATA - 19;
	expect_refused(test, "rsdp_paddr", KERNEL_DATA - 19);

	*rsdp = KERNEL_BSS - 1;
	expect_refused(test, "rsdp_paddr", KERNEL_BSS - 1);

	*rsdp = KERNEL_BSS;
	expect_warned(test, "rsdp_paddr", KERNEL_BSS);
	KUNIT_EXPECT_EQ(test, guest->params.acpi_rsdp_addr, 0);
}

/* To where the contents of its image end at @bss */
static void __init move_kernel(u64 bss)
{
	guest->kernel.start = bss - SZ_1M;
	guest->kernel.rodata_end = bss;
	guest->kernel.data = bss;
	guest->kernel.bss = bss;
	guest->kernel.end = bss + SZ_1M;
}

static void __init test_tables_in_kernel(struct kunit *test)
{
	guest->si.nr_modules = 1;
	guest->si.modlist_paddr = MODLIST_PADDR;
	guest->module.paddr = SZ_512M;
	guest->module.size = 1;
	move_kernel(MODLIST_PADDR);
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, initrd_end(), SZ_512M + 1);
	move_kernel(MODLIST_PADDR + 1);
	expect_refused(test, "modlist_paddr", MODLIST_PADDR);

	guest->kernel.cmdline_paddr = CMDLINE_PADDR;
	guest->kernel.cmdline_size = 5;
	move_kernel(CMDLINE_PADDR);
	expect_ok(test);
	move_kernel(CMDLINE_PADDR + 1);
	expect_refused(test, "cmdline_paddr", CMDLINE_PADDR);
	move_kernel(CMDLINE_PADDR + SZ_1M + 5);
	expect_ok(test);
	move_kernel(CMDLINE_PADDR + SZ_1M + 4);
	expect_refused(test, "cmdline_paddr", CMDLINE_PADDR);

	move_kernel(MEMMAP_PADDR);
	expect_ok(test);
	move_kernel(MEMMAP_PADDR + 1);
	expect_refused(test, "memmap_paddr", MEMMAP_PADDR);
}

static void __init test_no_memmap(struct kunit *test)
{
	guest->si.memmap_paddr = 0;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, guest->params.e820_entries, 0);

	guest->si.memmap_paddr = MEMMAP_PADDR;
	guest->si.memmap_entries = 0;
	expect_ok(test);
	KUNIT_EXPECT_EQ(test, guest->params.e820_entries, 0);
}

/* Every other MiB, so that none of them can be merged. */
static void __init fill_memmap(u32 nr, u32 type)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		guest->memmap[i].addr = (2ULL * i + 1) * SZ_1M;
		guest->memmap[i].size = SZ_1M;
		guest->memmap[i].type = type;
	}
	guest->si.memmap_entries = nr;
}

static const struct boot_e820_entry * __init entry(u32 i)
{
	if (i < 128)
		return &guest->params.e820_table[i];

	return (const void *)&guest->e820_table.entries[i - 128];
}

static void __init expect_memmap(struct kunit *test, u32 nr)
{
	u32 i, in_params = min(nr, 128U);

	KUNIT_EXPECT_EQ(test, guest->params.e820_entries, in_params);
	KUNIT_EXPECT_EQ(test, guest->e820_table.nr_entries, nr - in_params);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, entry(i)->addr, (2ULL * i + 1) * SZ_1M);
		KUNIT_EXPECT_EQ(test, entry(i)->size, SZ_1M);
	}
}

static void __init test_memmap_sizes(struct kunit *test)
{
	static const u32 sizes[] __initconst = {
		2, 127, 128, 129, 255, 256, 257, 300, 1000, MAX_ENTRIES,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] > MAX_ENTRIES)
			continue;
		fill_memmap(sizes[i], XEN_HVM_MEMMAP_TYPE_RAM);
		expect_ok(test);
		expect_memmap(test, sizes[i]);
	}
}

static void __init test_memmap_too_long(struct kunit *test)
{
	const u32 nr = MAX_ENTRIES + 2;
	const u64 limit = (2ULL * MAX_ENTRIES - 1) * SZ_1M;
	const u64 end = 2ULL * nr * SZ_1M;

	fill_memmap(nr, XEN_HVM_MEMMAP_TYPE_RAM);
	expect_warnings(test, 2);
	expect_error(test, &pvh_warnings[0], "memmap_entries", nr);
	expect_error(test, &pvh_warnings[1], "memmap RAM", 2 * SZ_1M);
	expect_memmap(test, MAX_ENTRIES);

	/* Reserved ranges go first, however far behind they are. */
	guest->memmap[nr - 1].type = XEN_HVM_MEMMAP_TYPE_RESERVED;
	expect_warnings(test, 2);
	expect_error(test, &pvh_warnings[1], "memmap RAM", 2 * SZ_1M);
	KUNIT_EXPECT_EQ(test, entry(0)->addr, guest->memmap[nr - 1].addr);
	KUNIT_EXPECT_EQ(test, entry(0)->type, E820_TYPE_RESERVED);
	KUNIT_EXPECT_EQ(test, entry(1)->addr, guest->memmap[0].addr);

	/* One entry of RAM, in which two of the reserved ones are dropped. */
	fill_memmap(nr, XEN_HVM_MEMMAP_TYPE_RESERVED);
	guest->memmap[nr - 1].addr = 0;
	guest->memmap[nr - 1].size = end;
	guest->memmap[nr - 1].type = XEN_HVM_MEMMAP_TYPE_RAM;
	expect_warnings(test, 2);
	expect_error(test, &pvh_warnings[0], "memmap_entries", nr);
	expect_error(test, &pvh_warnings[1], "memmap RAM", end - limit);
	KUNIT_EXPECT_EQ(test, guest->e820_table.nr_entries,
			MAX_ENTRIES - 128);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 1)->addr, 0);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 1)->size, limit);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 1)->type, E820_TYPE_RAM);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 2)->addr, limit - 2 * SZ_1M);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 2)->type, E820_TYPE_RESERVED);

	/* The same two are dropped if the map is in another order. */
	swap(guest->memmap[0], guest->memmap[nr - 2]);
	expect_warnings(test, 2);
	expect_error(test, &pvh_warnings[1], "memmap RAM", end - limit);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 2)->addr, SZ_1M);
	KUNIT_EXPECT_EQ(test, entry(MAX_ENTRIES - 1)->size, limit);
}

static void __init test_memmap_clipped(struct kunit *test)
{
	guest->memmap[0].addr = 1;
	guest->memmap[0].size = U64_MAX - 1;
	expect_ok(test);

	guest->memmap[0].size = U64_MAX;
	expect_refused(test, "memmap_entries", 1);

	guest->memmap[1].size = SZ_1G;
	guest->memmap[1].type = XEN_HVM_MEMMAP_TYPE_RAM;
	guest->si.memmap_entries = 2;
	expect_warned(test, "memmap size", U64_MAX);
	KUNIT_EXPECT_EQ(test, entry(0)->size, 0);
	KUNIT_EXPECT_EQ(test, entry(1)->size, SZ_1G);

	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RESERVED;
	expect_warned(test, "memmap size", U64_MAX);
	KUNIT_EXPECT_EQ(test, entry(0)->size, U64_MAX - 1);
}

static void __init test_bad_memmap(struct kunit *test)
{
	guest->si.memmap_paddr = MAX_PADDR;
	expect_refused(test, "memmap_paddr", MAX_PADDR);

	guest->si.memmap_paddr = MEMMAP_PADDR;
	guest->si.memmap_entries = U32_MAX;
	expect_refused(test, "memmap_paddr", MEMMAP_PADDR);

	guest->si.memmap_entries = 1;
	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RESERVED;
	expect_refused(test, "memmap_entries", 1);

	guest->memmap[0].type = XEN_HVM_MEMMAP_TYPE_RAM;
	guest->memmap[0].size = 0;
	expect_refused(test, "memmap_entries", 1);
}

static struct kunit_case start_info_cases[] __refdata = {
	KUNIT_CASE(test_minimal),
	KUNIT_CASE(test_header),
	KUNIT_CASE(test_initrd),
	KUNIT_CASE(test_no_initrd),
	KUNIT_CASE(test_bad_initrd),
	KUNIT_CASE(test_cmdline),
	KUNIT_CASE(test_copy_cmdline),
	KUNIT_CASE(test_rsdp),
	KUNIT_CASE(test_tables_in_kernel),
	KUNIT_CASE(test_no_memmap),
	KUNIT_CASE(test_memmap_sizes),
	KUNIT_CASE(test_memmap_too_long),
	KUNIT_CASE(test_memmap_clipped),
	KUNIT_CASE(test_bad_memmap),
	{}
};

static struct kunit_suite start_info_suite __refdata = {
	.name = "pvh_start_info",
	.init = start_info_test_init,
	.test_cases = start_info_cases,
};

kunit_test_init_section_suites(&start_info_suite);
