// SPDX-License-Identifier: GPL-2.0
/*
 * One boot, from the entry's C code to pvh_setup() and e820.c, and whether it
 * ends as it has to.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/e820/api.h>
#include <asm/ptrace.h>
#include <asm/pvh.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/xen/hypervisor.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/panic_notifier.h>
#include <xen/xen.h>

#include "test.h"

/* Variables of setup.c, and those of the kernel that it uses */
extern struct boot_params pvh_boot_params;
extern struct hvm_start_info pvh_start_info;
struct boot_params boot_params;
unsigned long shim_text = 0xffffffff81000000UL;
struct hlist_head console_list;
struct atomic_notifier_head panic_notifier_list;

/* pvh_boot() fills these in. On the heap a sanitizer watches their bounds. */
static struct boot_params *bp;
static struct hvm_start_info *si;

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
	for (i = 0; i < guest.hcall_entries && i < 128; i++) {
		p->e820_table[i].addr = i * 0x10000000ULL;
		p->e820_table[i].size = 0x8000000;
		p->e820_table[i].type = 1;
	}
	p->e820_entries = i;
	for (; i < guest.hcall_entries; i++)
		e820__range_add(i * 0x10000000ULL, 0x8000000, 1);
}

int atomic_notifier_chain_register(struct atomic_notifier_head *list,
				   struct notifier_block *nb)
{
	if (list != &panic_notifier_list || list->head)
		fail("another panic notifier");
	if (nb->priority != 0x7fffffff)
		fail("a panic notifier of priority %d", nb->priority);
	list->head = nb;

	return 0;
}

int atomic_notifier_chain_unregister(struct atomic_notifier_head *list,
				     struct notifier_block *nb)
{
	if (list != &panic_notifier_list || list->head != nb)
		fail("unregisters a panic notifier that is not registered");
	list->head = NULL;

	return 0;
}

#if CONFIG_PVH_KASLR
/* Linux 6.12: see the Makefile. */
void pvh_randomize(struct pvh_kernel *kernel)
{
	if (kernel->params != bp || kernel->start != guest.start || kernel->end != guest.end)
		fail("pvh_randomize() of something else");
	if (kernel->params->hdr.version != 0x20c)
		fail("pvh_randomize() before boot_params are complete");
	outcome.randomized = true;
}
#endif

static void boot(void)
{
	outcome.dropped = pvh_boot(guest.si_paddr, bp, si,
				   (const char *)(unsigned long)guest.start,
				   machine_linked_e820_table());
}

/* One line, of printable characters, on the debug console and on the serial port */
static void check_refusal(struct verdict v)
{
	char want[128], serial[sizeof(outcome.serial)] = "";
	u16 port = 0, divisor = 0;
	size_t len, i, n = 0;

	if (!v.field)
		fail("refused");
	len = snprintf(want, sizeof(want), "pvh: %s 0x%llx: ", v.field, v.value);
	if (strncmp(outcome.printed, want, len))
		fail("refused, but not by \"%s\"", want);
	if (!strstr(outcome.printed + len, v.why))
		fail("refused, but the reason has no \"%s\"", v.why);
	if (strchr(outcome.printed, '\n') != outcome.printed + strlen(outcome.printed) - 1)
		fail("refused, but not by one line");
	for (i = 0; outcome.printed[i] != '\n'; i++) {
		if (outcome.printed[i] < ' ' || outcome.printed[i] > '~')
			fail("refused by %#x", outcome.printed[i]);
	}

	oracle_serial(oracle_cmdline, &port, &divisor);
	if (outcome.port != port || outcome.divisor != divisor)
		fail("serial port %#x, divisor %u instead of %#x, %u", outcome.port,
		     outcome.divisor, port, divisor);
	/* If the port does not take the first character, no others are tried. */
	if (port && guest.thre_after <= 0xffff) {
		for (i = 0; outcome.printed[i]; i++) {
			if (outcome.printed[i] == '\n')
				serial[n++] = '\r';
			serial[n++] = outcome.printed[i];
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
	if (outcome.randomized != (CONFIG_PVH_KASLR && !oracle_has(oracle_cmdline, "nokaslr")))
		fail("randomized: %d", outcome.randomized);
	if (outcome.dropped != (guest.la57 && oracle_has(oracle_cmdline, "no5lvl")))
		fail("the fifth level dropped: %d", outcome.dropped);
}

/* The entries after the 128th, and the rest of the table, which is not used */
static void check_e820_table(void)
{
	const struct e820_table *table = machine_e820_table();
	const u8 *bytes = (const u8 *)table->entries;
	u32 nr = oracle_nr > 128 ? oracle_nr - 128 : 0;
	u64 i;

	if (table->nr_entries != nr)
		fail("e820_table has %u entries instead of %u", table->nr_entries, nr);
	for (i = 0; i < nr; i++) {
		const struct e820_entry *e = &table->entries[i];
		const struct boot_e820_entry *want = &oracle_map[128 + i];

		if (e->addr != want->addr || e->size != want->size || e->type != want->type)
			fail("entry %llu of e820_table is %#llx %#llx %u instead of %#llx %#llx %u",
			     i, e->addr, e->size, e->type, want->addr, want->size, want->type);
	}
	for (i = nr * sizeof(table->entries[0]); i < sizeof(table->entries); i++) {
		if (bytes[i] != 0xa5)
			fail("byte %#llx of e820_table is written to", i);
	}
}

/* All of it is in the four GiB that head_64.S maps. */
static bool all_low(const struct hvm_start_info *s, const struct hvm_modlist_entry *m)
{
	if (guest.si_paddr >= SIZE_4G - 56 || s->rsdp_paddr >= SIZE_4G - 20 ||
	    s->cmdline_paddr >= SIZE_4G - CMDLINE_MAX)
		return false;
	if (s->memmap_paddr && s->memmap_entries &&
	    (s->memmap_paddr >= SIZE_4G || s->memmap_entries * 24ULL > SIZE_4G - s->memmap_paddr))
		return false;
	if (!s->nr_modules || !s->modlist_paddr)
		return true;
	if (s->modlist_paddr >= SIZE_4G - 32)
		return false;

	return !m->paddr || !m->size || (m->paddr < SIZE_4G && m->size <= SIZE_4G - m->paddr);
}

/* All of it, byte for byte */
static void check_boot_params(void)
{
	static struct boot_params want;
	struct hvm_start_info want_si;
	struct hvm_modlist_entry m = { 0 };
	u32 i;

	memset(&want, 0, sizeof(want));
	memset(&want_si, 0, sizeof(want_si));
	guest_read(guest.si_paddr, 40, &want_si);
	if (want_si.version)
		guest_read(guest.si_paddr, 56, &want_si);
	want_si.reserved = 0;
	if (memcmp(si, &want_si, sizeof(want_si)))
		fail("the copy of the start_info is not one");
	if (memcmp(pvh_cmdline, oracle_cmdline, CMDLINE_MAX))
		fail("the copy of the command line is not one: %.80s", pvh_cmdline);

	want.hdr.version = 0x20c;
	want.hdr.type_of_loader = 0xb0;
	if (want_si.nr_modules && want_si.modlist_paddr)
		guest_read(want_si.modlist_paddr, sizeof(m), &m);
	if (oracle_initrd.size) {
		want.hdr.ramdisk_image = oracle_initrd.paddr & 0xffffffff;
		want.hdr.ramdisk_size = oracle_initrd.size & 0xffffffff;
		want.ext_ramdisk_image = oracle_initrd.paddr >> 32;
		want.ext_ramdisk_size = oracle_initrd.size >> 32;
	}
	if (oracle_cmdline_paddr)
		want.hdr.cmd_line_ptr = (unsigned long)pvh_cmdline & 0xffffffff;
	/* It is used, or there is a warning. */
	want.acpi_rsdp_addr = want_si.rsdp_paddr;
	for (i = 0; i < oracle_nr_warnings; i++) {
		if (!strcmp(oracle_warnings[i].about.field, "rsdp_paddr"))
			want.acpi_rsdp_addr = 0;
	}

	want.e820_entries = oracle_nr < 128 ? oracle_nr : 128;
	memcpy(want.e820_table, oracle_map, want.e820_entries * sizeof(oracle_map[0]));

	for (i = 0; !same(bp, &want, sizeof(want)) && i < sizeof(want); i++) {
		if (((u8 *)bp)[i] != ((u8 *)&want)[i])
			fail("boot_params byte %#x is %#x instead of %#x", i,
			     ((u8 *)bp)[i], ((u8 *)&want)[i]);
	}
	check_e820_table();

	/* No CPUID for addresses that are mapped; else one, if the CPU has the leaf. */
	if (outcome.cpuids > (all_low(&want_si, &m) ? 0 : 2) && guest.cpuid_width % 256)
		fail("%u CPUIDs", outcome.cpuids);
	if (outcome.printed[0] || outcome.hypercalls || outcome.port)
		fail("boots, and prints something");
}

/* As copy_bootdata() does. e820_table has the entries that pvh_boot() put there. */
static void kernel_begins(void)
{
	boot_params = *bp;
	pvh_boot_params = *bp;
	pvh_start_info = *si;
	machine_paging();
	on_xen = false;
	console_list.first = NULL;
	panic_notifier_list.head = NULL;
	e820_begin();
	memcpy(e820_table, machine_e820_table(), sizeof(*e820_table));
}

/* Sections that need not be there: see linux/init.h */
extern const initcall_t __start_shim_initcalls_early[] __attribute__((weak));
extern const initcall_t __stop_shim_initcalls_early[] __attribute__((weak));
extern const initcall_t __start_shim_initcalls_late[] __attribute__((weak));
extern const initcall_t __stop_shim_initcalls_late[] __attribute__((weak));

static void call_all(const initcall_t *fn, const initcall_t *end)
{
	for (; fn < end; fn++) {
		if ((*fn)())
			fail("an initcall fails");
	}
}

/* A panic is to be noticed until the last initcall. */
static void run_initcalls(void)
{
	const struct notifier_block *head = panic_notifier_list.head;

	call_all(__start_shim_initcalls_early, __stop_shim_initcalls_early);
	if (panic_notifier_list.head != head)
		fail("an early initcall changes the panic notifiers");
	call_all(__start_shim_initcalls_late, __stop_shim_initcalls_late);
}

/*
 * The lines from @log on are the warnings from number @i to @end: "pvh: ", the
 * field and the value, and in the reason a certain word.
 */
static void check_log(const char *log, u32 i, u32 end)
{
	for (; i < end; i++) {
		const struct warning *w = &oracle_warnings[i];
		char want[128];
		u64 value = w->about.value;
		size_t len;
		char *why;

		len = snprintf(want, sizeof(want), "pvh: %s 0x", w->about.field);
		if (!strncmp(log, want, len) && w->any_clipped) {
			value = strtoull(log + len, NULL, 16);
			if (!oracle_clipped(value))
				fail("logged: the size of no entry: %s", log);
		}
		len = snprintf(want, sizeof(want), "pvh: %s 0x%llx: ", w->about.field, value);
		if (strncmp(log, want, len)) {
			if (w->may)
				continue;
			fail("logged: %s instead of %s", log, want);
		}
		why = strstr(log + len, w->about.why);
		log += strcspn(log, "\n") + 1;
		if (!why || why >= log)
			fail("logged without \"%s\"", w->about.why);
	}
	if (*log)
		fail("logged without a reason: %s", log);
}

/* If the kernel was not entered by PVH, there is nothing to do. */
static void check_other_entry(void)
{
	size_t logged = strlen(outcome.log);
	struct boot_params none;

	machine_reset_data();
	pvh_warn("field", 1, "reason");
	machine_paging();
	memset(&boot_params, 0, sizeof(boot_params));
	memset(&none, 0, sizeof(none));
	e820_begin();
	on_xen = false;
	pvh_setup();
	run_initcalls();
	if (!same(&none, &boot_params, sizeof(none)) || e820_table->nr_entries || on_xen ||
	    panic_notifier_list.head || outcome.log[logged])
		fail("pvh_setup() does something without a start_info");
	machine_reset_data();
}

/* @nr_warnings: of pvh_boot() */
static void check_setup(u32 nr_warnings)
{
	bool map_given = oracle_nr;
	u32 entries = map_given ? oracle_nr : guest.hcall_entries;
	u32 nr = map_given ? si->memmap_entries : 0;
	struct hvm_memmap_table_entry *map = malloc(nr * sizeof(*map) + 1);
	bool xen = guest.xen_leaf && CONFIG_XEN_PVH;
	struct boot_params kernels;

	if (outcome.printed[0] || outcome.hypercalls || outcome.port)
		fail("boots, and prints something");
	if (on_xen != xen)
		fail("Xen: %d", on_xen);
	if (outcome.hcalls_for_map != (on_xen && !map_given))
		fail("%u hypercalls for a memory map", outcome.hcalls_for_map);

	/* The rest is as it was. */
	kernels = boot_params;
	if (kernels.hdr.type_of_loader != (on_xen ? 0x90 : 0xb0))
		fail("type_of_loader %#x", kernels.hdr.type_of_loader);
	kernels.hdr.type_of_loader = bp->hdr.type_of_loader;
	if (!map_given) {
		memcpy(kernels.e820_table, bp->e820_table, sizeof(bp->e820_table));
		kernels.e820_entries = 0;
	}
	if (!same(&kernels, bp, sizeof(kernels)))
		fail("pvh_setup() changes boot_params");
	/* The warnings of pvh_setup() come first: the map is not printed yet. */
	check_log(outcome.log, nr_warnings, oracle_nr_warnings);
	if (!panic_notifier_list.head)
		fail("no panic notifier is registered");

	/* The first entry of the table is the hole below 1 MiB, which pvh_setup() adds. */
	if (e820_table->nr_entries != (entries > 128 ? entries - 128 : 0) + 1)
		fail("%u e820 entries are added", e820_table->nr_entries);
	e820_boot(&boot_params);
	if (e820_dropped)
		fail("e820.c drops %u entries", e820_dropped);
	if (!map)
		abort();
	guest_read(si->memmap_paddr, nr * sizeof(*map), map);
	if (map_given)
		e820_check(map, nr, false);
	e820_later();
	if (map_given)
		e820_check(map, nr, true);
	free(map);
}

static void cleanup(void)
{
	free(bp);
	free(si);
	bp = calloc(1, sizeof(*bp));
	si = calloc(1, sizeof(*si));
	if (!bp || !si)
		abort();
}

void run(void)
{
	struct verdict v;
	u32 nr_warnings;
	size_t logged;

	cleanup();
	machine_reset();
	machine_run(boot);
	machine_check();
	v = oracle_boot();
	if (outcome.idts != 1)
		fail("%u IDTs", outcome.idts);
	if (outcome.memory_checks != 1)
		fail("the kernel's end is looked at %u times", outcome.memory_checks);
	if (outcome.died) {
		check_refusal(v);
		return;
	}
	if (v.field)
		fail("boots, and has to be refused for %s %#llx", v.field, v.value);
	check_boot_params();
	check_options();

	outcome.setup = true;
	nr_warnings = oracle_nr_warnings;
	kernel_begins();
	machine_run(pvh_setup);
	machine_check();
	v = oracle_setup();
	if (outcome.died) {
		check_refusal(v);
		return;
	}
	if (v.field)
		fail("pvh_setup() has to refuse %s %#llx", v.field, v.value);
	check_setup(nr_warnings);
	logged = strlen(outcome.log);
	run_initcalls();
	check_log(outcome.log + logged, 0, nr_warnings);
	if (panic_notifier_list.head)
		fail("a panic notifier is still registered");
	check_other_entry();
}

/* -- Later in the boot ----------------------------------------------------- */

static u64 trap_vector, trap_ip;
static const char *panic_text;

static void trap_in_entry(void)
{
	machine_reset();
	pvh_copy_cmdline(guest.cmdline, guest.si.cmdline_paddr);
	pvh_set_idt(guest.start);
	pvh_exception(trap_vector, trap_ip);
}

static void trap_in_kernel(void)
{
	struct pt_regs regs = { .ip = trap_ip };

	pvh_early_exception(&regs, trap_vector);
}

static void panics(void)
{
	struct notifier_block *nb = panic_notifier_list.head;

	if (!nb)
		return;
	if (nb->notifier_call(nb, 0, (void *)panic_text) != NOTIFY_DONE)
		fail("the panic does not go on");
}

/* The line, on the ports that the command line of the guest names */
static void check_line(bool wanted, const char *want)
{
	u16 port, divisor;

	machine_check();
	if (outcome.died != wanted)
		fail("%s: died is %d", want, outcome.died);
	if (strcmp(outcome.printed, wanted ? want : ""))
		fail("not %s", want);
	oracle_serial(guest.cmdline, &port, &divisor);
	if (outcome.port != (wanted ? port : 0) || !outcome.serial[0] != !(wanted && port))
		fail("%s: port %#x", want, outcome.port);
}

void exception_in_entry(u64 vector, u64 ip)
{
	char want[128];

	trap_vector = vector;
	trap_ip = ip;
	machine_run(trap_in_entry);
	snprintf(want, sizeof(want),
		 "pvh: exception 0x%llx at 0x%llx: in the PVH entry, before startup_64\n",
		 vector, ip - guest.start + 0xffffffff81000000ULL);
	check_line(true, want);
}

/* The kernel has booted as far as pvh_setup(), and perhaps been moved. */
static void kernel_runs(bool console, bool pvh)
{
	static const char a_console;

	machine_reset();
	pvh_copy_cmdline(guest.cmdline, guest.si.cmdline_paddr);
	memset(&boot_params, 0, sizeof(boot_params));
	boot_params.e820_entries = 1;
	memset(&pvh_start_info, 0, sizeof(pvh_start_info));
	if (pvh)
		pvh_start_info.magic = 0x336ec578;
	panic_notifier_list.head = NULL;
	e820_begin();
	machine_paging();
	pvh_setup();
	console_list.first = console ? &a_console : NULL;
}

void exception_in_kernel(int vector, u64 ip, bool console, bool pvh)
{
	char want[128];

	kernel_runs(console, pvh);
	shim_text = 0xffffffff85000000UL;
	trap_vector = vector;
	trap_ip = ip - 0xffffffff81000000UL + shim_text;
	machine_run(trap_in_kernel);
	snprintf(want, sizeof(want),
		 "pvh: exception 0x%02x at 0x%llx: before there is a console\n", vector, ip);
	check_line(pvh && !console, want);
}

void panic_in_kernel(const char *text, bool console, bool pvh)
{
	char want[128];

	kernel_runs(console, pvh);
	if (!panic_notifier_list.head == pvh)
		fail("a panic notifier: %d", !pvh);
	panic_text = text;
	machine_run(panics);
	snprintf(want, sizeof(want), "pvh: panic 0x0: %s\n", text);
	check_line(pvh && !console, want);
}
