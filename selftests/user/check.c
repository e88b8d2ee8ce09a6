// SPDX-License-Identifier: GPL-2.0
/*
 * One boot, from the entry's C code to pvh_setup() and e820.c, and whether it
 * ends as it has to.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/e820/api.h>
#include <asm/pvh.h>
#include <asm/setup.h>
#include <asm/xen/hypervisor.h>
#include <linux/init.h>
#include <xen/xen.h>

#include "test.h"

/* setup.c's, and what it uses of the kernel */
extern struct boot_params pvh_boot_params;
extern struct hvm_start_info pvh_start_info;
extern struct pvh_e820_ext pvh_e820_ext;
extern struct hvm_modlist_entry __pi_pvh_module;
struct boot_params boot_params;
char boot_command_line[CMDLINE_MAX];

/* What pvh_boot() fills in: on the heap, with nothing before and behind */
static struct boot_params *bp;
static struct hvm_start_info *si;
static struct pvh_e820_ext *ext;
static const struct pvh_e820_ext no_ext;

static bool on_xen;

/* memcmp() of the sanitizers takes its time. */
__attribute__((no_sanitize("address", "undefined")))
static bool same(const void *a, const void *b, size_t size)
{
	const u32 *x = a, *y = b;
	u32 differ = 0;
	size_t i;

	for (i = 0; i < size / 4; i++)
		differ |= x[i] ^ y[i];

	return !differ;
}

static_assert(sizeof(struct boot_params) % 4 == 0);
static_assert(sizeof(struct pvh_e820_ext) % 4 == 0);

u32 xen_cpuid_base(void)
{
	return guest.xen_leaf;
}

void xen_pvh_init(struct boot_params *p)
{
	if (p != &boot_params)
		fail("xen_pvh_init() of another boot_params");
	on_xen = true;
}

bool xen_pvh_domain(void)
{
	return on_xen;
}

void mem_map_via_hcall(struct boot_params *p)
{
	u32 i;

	if (!on_xen)
		fail("hypercall before this is known to be Xen");
	outcome.hcalls_for_map++;
	for (i = 0; i < guest.hcall_entries; i++) {
		p->e820_table[i].addr = i * 0x10000000ULL;
		p->e820_table[i].size = 0x8000000;
		p->e820_table[i].type = 1;
	}
	p->e820_entries = guest.hcall_entries;
}

/* The same code; its symbols are one thing with and without the prefix. */
void __pi_pvh_die(const struct pvh_error *err, const char *cmdline,
		  size_t cmdline_size)
{
	pvh_die(err, cmdline, cmdline_size);
}

/* What startup/kaslr.c does has a test of its own: relocs.c. */
bool pvh_randomize(struct pvh_kernel *kernel, struct pvh_error *err)
{
	if (kernel->params != bp || !err)
		fail("pvh_randomize() of something else");
	outcome.randomized = true;

	return true;
}

static void boot(void)
{
	outcome.dropped = pvh_boot(guest.si_paddr, bp, si, ext,
				   (const char *)(unsigned long)guest.start,
				   (const char *)(unsigned long)guest.end);
}

/* One line, of these; on the ports where it belongs */
static void check_refusal(struct verdict v, const char *cmdline, size_t size)
{
	char want[128], serial[sizeof(outcome.serial)] = "";
	u16 port = 0, divisor = 0;
	size_t len, i, n = 0;

	if (!v.field)
		fail("refused");
	len = snprintf(want, sizeof(want), "pvh: %s 0x%llx: ", v.field, v.value);
	if (strncmp(outcome.said, want, len))
		fail("refused, and not by \"%s\"", want);
	if (!strstr(outcome.said + len, v.why))
		fail("refused, and the reason has no \"%s\"", v.why);
	if (strchr(outcome.said, '\n') != outcome.said + strlen(outcome.said) - 1)
		fail("refused by something else than one line");
	for (i = 0; outcome.said[i] != '\n'; i++) {
		if (outcome.said[i] < ' ' || outcome.said[i] > '~')
			fail("refused by %#x", outcome.said[i]);
	}

	if (cmdline)
		oracle_serial(cmdline, size, &port, &divisor);
	if (outcome.port != port || outcome.divisor != divisor)
		fail("serial port %#x, divisor %u instead of %#x, %u", outcome.port,
		     outcome.divisor, port, divisor);
	/* Where nobody takes the first one, no more are tried. */
	if (port && guest.thre_after <= 0xffff) {
		for (i = 0; outcome.said[i]; i++) {
			if (outcome.said[i] == '\n')
				serial[n++] = '\r';
			serial[n++] = outcome.said[i];
		}
		serial[n] = '\0';
	}
	if (strcmp(outcome.serial, serial))
		fail("on the serial port: %s", outcome.serial);

	if (outcome.hypercalls != (guest.xen_leaf != 0))
		fail("%u hypercalls", outcome.hypercalls);
	if (guest.xen_leaf && outcome.hypercall_insn !=
	    (guest.vendor == AMD || guest.vendor == HYGON ? 2 : 1))
		fail("the wrong hypercall instruction");
}

static void check_options(void)
{
	char cmdline[CMDLINE_MAX] = "";

	if (si->cmdline_paddr)
		guest_read(si->cmdline_paddr, CMDLINE_MAX, cmdline);
	if (outcome.randomized !=
	    (CONFIG_PVH_KASLR && !oracle_has(cmdline, sizeof(cmdline), "nokaslr")))
		fail("randomized: %d", outcome.randomized);
	if (outcome.dropped != (guest.la57 && oracle_has(cmdline, sizeof(cmdline), "no5lvl")))
		fail("the fifth level dropped: %d", outcome.dropped);
}

/* Of the first part: by what command line was found so far */
static void check_boot_refusal(struct verdict v)
{
	char cmdline[CMDLINE_MAX];
	bool has = oracle_start_info;
	struct hvm_start_info loaders;

	guest_read(guest.si_paddr, sizeof(loaders), &loaders);
	/* A window that is full is no subject here. */
	if (guest.window_used >= 400 && loaders.cmdline_paddr > SIZE_4G - CMDLINE_MAX)
		return;
	has = has && loaders.cmdline_paddr &&
	      oracle_addressable(loaders.cmdline_paddr, CMDLINE_MAX);
	if (has)
		guest_read(loaders.cmdline_paddr, CMDLINE_MAX, cmdline);
	check_refusal(v, has ? cmdline : NULL, sizeof(cmdline));
}

static struct hvm_memmap_table_entry map[E820_MAX_ENTRIES];

/* All of it, byte for byte */
static void check_boot_params(void)
{
	static struct boot_params want;
	static struct pvh_e820_ext want_ext;
	struct hvm_start_info want_si;
	struct hvm_modlist_entry m;
	u32 i, nr = 0;

	memset(&want, 0, sizeof(want));
	memset(&want_si, 0, sizeof(want_si));
	guest_read(guest.si_paddr, 40, &want_si);
	if (want_si.version)
		guest_read(guest.si_paddr, 56, &want_si);
	want_si.reserved = 0;
	if (memcmp(si, &want_si, sizeof(want_si)))
		fail("the copy of the start_info is not one");

	want.hdr.version = 0x20c;
	want.hdr.type_of_loader = 0xb0;
	if (want_si.nr_modules && want_si.modlist_paddr) {
		guest_read(want_si.modlist_paddr, sizeof(m), &m);
		if (m.paddr && m.size) {
			want.hdr.ramdisk_image = m.paddr & 0xffffffff;
			want.hdr.ramdisk_size = m.size & 0xffffffff;
			want.ext_ramdisk_image = m.paddr >> 32;
			want.ext_ramdisk_size = m.size >> 32;
		}
	}
	want.hdr.cmd_line_ptr = want_si.cmdline_paddr & 0xffffffff;
	want.ext_cmd_line_ptr = want_si.cmdline_paddr >> 32;
	want.acpi_rsdp_addr = want_si.rsdp_paddr;

	if (want_si.memmap_paddr)
		nr = want_si.memmap_entries;
	if (nr > E820_MAX_ENTRIES)
		fail("boots with %u entries", nr);
	guest_read(want_si.memmap_paddr, nr * sizeof(map[0]), map);
	want.e820_entries = nr < 128 ? nr : 128;
	for (i = 0; i < nr && i < 128; i++) {
		want.e820_table[i].addr = map[i].addr;
		want.e820_table[i].size = map[i].size;
		want.e820_table[i].type = map[i].type;
	}
	if (nr > 128) {
		want.hdr.setup_data = (unsigned long)ext;
		want_ext.next = 0;
		want_ext.type = 1;
		want_ext.len = (nr - 128) * 20;
		for (; i < nr; i++) {
			want_ext.entries[i - 128].addr = map[i].addr;
			want_ext.entries[i - 128].size = map[i].size;
			want_ext.entries[i - 128].type = map[i].type;
		}
	}

	for (i = 0; !same(bp, &want, sizeof(want)) && i < sizeof(want); i++) {
		if (((u8 *)bp)[i] != ((u8 *)&want)[i])
			fail("boot_params byte %#x is %#x instead of %#x", i,
			     ((u8 *)bp)[i], ((u8 *)&want)[i]);
	}
	if (!same(ext, nr > 128 ? &want_ext : &no_ext, sizeof(*ext)))
		fail("the e820 extension is not what it has to be");
	if (nr > 128)
		memset(&want_ext, 0, sizeof(want_ext));

	/* Four GiB are mapped by head_64.S, and the CPU is not asked about them. */
	if (outcome.cpuids && want_si.cmdline_paddr < SIZE_4G - CMDLINE_MAX &&
	    want_si.rsdp_paddr < SIZE_4G - 20 && guest.si_paddr < SIZE_4G - 56 &&
	    (!nr || want_si.memmap_paddr < SIZE_4G - nr * 24) &&
	    (!want_si.nr_modules || (want_si.nr_modules < 1000 && want_si.modlist_paddr < SIZE_4G - 32000)) &&
	    ((!want.hdr.ramdisk_image && !want.ext_ramdisk_image) ||
	     (m.paddr < SIZE_4G && m.size < SIZE_4G - m.paddr)))
		fail("%u CPUIDs where none is needed", outcome.cpuids);
	if (outcome.said[0] || outcome.hypercalls || outcome.port)
		fail("boots, and talks");
	/* Two for each of what is to be addressed */
	if (outcome.cpuids > 26)
		fail("%u CPUIDs", outcome.cpuids);
}

/* copy_bootdata(), and then pvh_setup() */
static void kernel_begins(void)
{
	u64 cmdline = bp->hdr.cmd_line_ptr | (u64)bp->ext_cmd_line_ptr << 32;

	boot_params = *bp;
	pvh_boot_params = *bp;
	pvh_start_info = *si;
	if (bp->hdr.setup_data) {
		pvh_e820_ext = *ext;
		boot_params.hdr.setup_data = (unsigned long)&pvh_e820_ext;
	}
	memset(boot_command_line, 0, sizeof(boot_command_line));
	if (cmdline)
		guest_read(cmdline, CMDLINE_MAX, boot_command_line);
	on_xen = false;
	e820_begin();
}

static void check_setup(void)
{
	const char *log = outcome.log, *want;
	bool map_given = si->memmap_entries && si->memmap_paddr;
	struct boot_params kernels;

	if (outcome.said[0] || outcome.hypercalls || outcome.port)
		fail("boots, and talks");
	if (on_xen != (guest.xen_leaf != 0))
		fail("Xen: %d", on_xen);
	if (outcome.hcalls_for_map != (on_xen && !map_given))
		fail("%u hypercalls for a memory map", outcome.hcalls_for_map);

	/* The rest is as it was. */
	kernels = boot_params;
	if (kernels.hdr.type_of_loader != (on_xen ? 0x90 : 0xb0))
		fail("type_of_loader %#x", kernels.hdr.type_of_loader);
	kernels.hdr.type_of_loader = bp->hdr.type_of_loader;
	kernels.hdr.setup_data = bp->hdr.setup_data;
	if (!map_given) {
		memcpy(kernels.e820_table, bp->e820_table, sizeof(bp->e820_table));
		kernels.e820_entries = 0;
	}
	if (!same(&kernels, bp, sizeof(kernels)))
		fail("pvh_setup() changes boot_params");

	/* Line by line, "pvh: " and what is expected, and a reason */
	want = oracle_log();
	while (*want) {
		size_t len = strcspn(want, "\n");

		if (strncmp(log, "pvh: ", 5) || strncmp(log + 5, want, len) || log[5 + len] != ':')
			fail("logged: %s instead of %s", log, want);
		log += strcspn(log, "\n") + 1;
		want += len + 1;
	}
	if (*log)
		fail("logged: %s", log);

	/* What e820.c then makes of the map */
	if (e820_table->nr_entries != 1)
		fail("%u e820 entries are added", e820_table->nr_entries);
	e820_boot(&boot_params, boot_params.hdr.setup_data ? &pvh_e820_ext : NULL);
	if (map_given)
		e820_check(map, si->memmap_entries);
	if (e820_dropped)
		fail("e820.c drops %u entries", e820_dropped);
	e820_later();
	if (e820_dropped && ADDED > 1)
		fail("e820.c has no room for page 0");

	shim_early_initcall();
	if (boot_params.hdr.setup_data)
		fail("setup_data stays in the list");

	/* Entered another way there is nothing to do. */
	memset(&boot_params, 0, sizeof(boot_params));
	kernels = boot_params;
	pvh_start_info.magic = 0;
	e820_begin();
	on_xen = false;
	pvh_setup();
	boot_params.hdr.setup_data = kernels.hdr.setup_data = 0x1234000;
	shim_early_initcall();
	if (!same(&kernels, &boot_params, sizeof(kernels)) || e820_table->nr_entries || on_xen)
		fail("pvh_setup() does something without a start_info");
}

static void cleanup(void)
{
	if (bp) {
		free(bp);
		free(si);
	}
	bp = calloc(1, sizeof(*bp));
	si = calloc(1, sizeof(*si));
	if (!ext)
		ext = calloc(1, sizeof(*ext));
	if (!bp || !si || !ext)
		abort();
	if (!same(ext, &no_ext, sizeof(*ext)))
		memset(ext, 0, sizeof(*ext));
	memset(&pvh_boot_params, 0, sizeof(pvh_boot_params));
	memset(&pvh_start_info, 0, sizeof(pvh_start_info));
	memset(&__pi_pvh_module, 0, sizeof(__pi_pvh_module));
	if (pvh_e820_ext.type)
		memset(&pvh_e820_ext, 0, sizeof(pvh_e820_ext));
}

void run(void)
{
	struct verdict v;

	cleanup();
	machine_reset();
	machine_run(boot);
	machine_check();
	v = oracle_boot();
	if (outcome.died) {
		check_boot_refusal(v);
		return;
	}
	if (v.field)
		fail("boots, and has to be refused for %s %#llx", v.field, v.value);
	check_boot_params();
	check_options();

	outcome.setup = true;
	kernel_begins();
	machine_run(pvh_setup);
	machine_check();
	v = oracle_setup();
	if (outcome.died) {
		check_refusal(v, boot_command_line, sizeof(boot_command_line));
		return;
	}
	if (v.field)
		fail("pvh_setup() has to refuse %s %#llx", v.field, v.value);
	check_setup();
}
