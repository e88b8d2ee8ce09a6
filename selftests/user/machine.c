// SPDX-License-Identifier: GPL-2.0
/*
 * The machine that the code under test takes itself to run on: mappings of guest
 * memory for the real pvh_map(), CPUID, ports, and an end.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/cpuid/api.h>
#include <asm/desc_defs.h>
#include <asm/shared/io.h>
#include <linux/minmax.h>
#include <linux/io.h>
#include <linux/printk.h>
#include <xen/interface/sched.h>
#include <xen/interface/xen.h>

#include "test.h"

struct outcome outcome;

/* -- Mappings -------------------------------------------------------------- */

#define WINDOW_PAGES	512
#define LARGE_PAGE	(2ULL << 20)

/* Ranges that were made accessible, each with its own bytes for a sanitizer to watch */
static struct mapping {
	u64 paddr, size;
	void *bytes;
} mappings[16];
static unsigned int nr_mappings;
static unsigned int window_model;

static void *accessible(u64 paddr, u64 size)
{
	struct mapping *m = &mappings[nr_mappings];

	if (nr_mappings == sizeof(mappings) / sizeof(mappings[0]))
		fail("maps more ranges than there are");
	if (!size || size > 16 << 20)
		fail("maps %llu bytes", size);
	m->paddr = paddr;
	m->size = size;
	m->bytes = malloc(size);
	if (!m->bytes)
		abort();
	nr_mappings++;
	outcome.maps++;
	guest_read(paddr, size, m->bytes);

	return m->bytes;
}

/* The page tables of head_64.S, with the window after the identity mapping */
static u64 translate(u64 vaddr)
{
	u64 pte;

	if (vaddr < SIZE_4G)
		return vaddr;
	if (vaddr - SIZE_4G >= WINDOW_PAGES * LARGE_PAGE)
		fail("pvh_map: %#llx is not in the window", vaddr);

	pte = pvh_window[(vaddr - SIZE_4G) / LARGE_PAGE];
	/* Present, large, not global, and nothing that a CPU would refuse */
	if ((pte & 0x81) != 0x81 || pte & 0x100 || pte & 0x1fe000 || pte >> 52)
		fail("pvh_map: page table entry %#llx", pte);

	return (pte & ~(LARGE_PAGE - 1)) + vaddr % LARGE_PAGE;
}

void pvh_set_levels(unsigned int levels)
{
	if (levels != 4 && levels != 5)
		fail("%u levels", levels);
	guest_set_levels(levels);
	real_pvh_set_levels(levels);
}

bool pvh_addressable(u64 paddr, u64 size)
{
	bool yes = real_pvh_addressable(paddr, size);

	if (yes != guest_addressable(paddr, size))
		fail("pvh_addressable(%#llx, %#llx): %d", paddr, size, yes);

	return yes;
}

static bool may_map(u64 paddr, u64 size)
{
	u64 pages;

	if (!guest_addressable(paddr, size))
		return false;
	if (paddr + size <= SIZE_4G)
		return true;
	pages = (paddr + size - 1) / LARGE_PAGE - paddr / LARGE_PAGE + 1;
	if (pages > WINDOW_PAGES - window_model)
		return false;
	window_model += pages;

	return true;
}

const void *pvh_map(u64 paddr, u64 size)
{
	u64 old[WINDOW_PAGES];
	unsigned int used = window_model;
	u64 v, last, i;

	memcpy(old, pvh_window, sizeof(old));
	v = (unsigned long)real_pvh_map(paddr, size);
	if (!may_map(paddr, size)) {
		if (v)
			fail("pvh_map(%#llx, %#llx) does", paddr, size);
		return NULL;
	}
	if (!v)
		fail("pvh_map(%#llx, %#llx) does not", paddr, size);
	if ((unsigned __int128)paddr + size <= SIZE_4G && v != paddr)
		fail("pvh_map(%#llx, %#llx): that is mapped already", paddr, size);

	last = paddr + size - 1;
	for (i = 0; i < size; i += LARGE_PAGE) {
		if (translate(v + i) != paddr + i)
			fail("pvh_map(%#llx, %#llx): %#llx is elsewhere", paddr, size, paddr + i);
	}
	if (translate(v + size - 1) != last)
		fail("pvh_map(%#llx, %#llx): its end is elsewhere", paddr, size);
	if (memcmp(old, pvh_window, used * sizeof(old[0])))
		fail("pvh_map(%#llx, %#llx): changes entries that are in use", paddr, size);

	return accessible(paddr, size);
}

/* The kernel's last bytes, and none of the loader's */
bool pvh_is_memory(u64 paddr)
{
	if (paddr != guest.end - 4)
		fail("looks for memory at %#llx", paddr);
	outcome.memory_checks++;

	return !guest.no_memory;
}

/* -- The kernel's own memory ----------------------------------------------- */

/* What is linked into head_64.S */
unsigned long linked_text;
struct pvh_link linked;
asm(".globl pvh_linked_text, pvh_link\n"
    ".set pvh_linked_text, linked_text\n"
    ".set pvh_link, linked\n");
const char pvh_idt_stubs[PVH_NR_VECTORS * PVH_STUB_SIZE];

/* On the heap: nothing but its bytes may be touched. */
static struct e820_table *e820;

static void allot_e820_table(void)
{
	if (!e820)
		e820 = malloc(sizeof(*e820));
	if (!e820)
		abort();
	memset(e820, 0xa5, sizeof(*e820));
	e820->nr_entries = 0;
}

struct e820_table *machine_e820_table(void)
{
	return e820;
}

/* From which pvh_boot() has to come to where it is. */
unsigned long machine_linked_e820_table(void)
{
	return (unsigned long)e820 - guest.start + linked_text;
}

/* As linked, or as a loader has relocated it, which makes no difference here */
static void link_kernel(void)
{
	linked_text = 0xffffffff80000000UL + guest.start % 0x40000000;
	linked.rodata_end = linked_text + (guest.rodata_end - guest.start);
	linked.data = linked_text + (guest.data - guest.start);
	linked.bss = linked_text + (guest.bss - guest.start);
	linked.end = linked_text + (guest.end - guest.start);
}

/* Reading without __va() afterwards, or with two of them, ends in a fault. */
#define DIRECT_MAP	0x4000000000000000UL

void machine_paging(void)
{
	struct pvh_error *w = pvh_warnings;
	u32 i;

	for (i = 0; i < pvh_nr_warnings; i++, w++) {
		w->field = (const char *)((unsigned long)w->field ^ DIRECT_MAP);
		w->reason = (const char *)((unsigned long)w->reason ^ DIRECT_MAP);
	}
}

void *shim_va(u64 paddr)
{
	return (void *)((unsigned long)paddr ^ DIRECT_MAP);
}

/* -- CPUID and hypercalls -------------------------------------------------- */

unsigned long native_read_cr4(void)
{
	return 0x20 | (guest.la57 ? 0x1000 : 0);
}

static const char vendors[][13] = {
	[INTEL] = "GenuineIntel",
	[AMD] = "AuthenticAMD",
	[HYGON] = "HygonGenuine",
	[OTHER] = "CentaurHauls",
};

void native_cpuid(u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 leaf = *eax;

	outcome.cpuids++;
	/* The values of a leaf that does not exist are not defined. */
	*eax = 0x0ddba11;
	*ebx = *ecx = *edx = 0xbad1eaf;
	switch (leaf) {
	case 0:
		memcpy(ebx, vendors[guest.vendor], 4);
		memcpy(edx, vendors[guest.vendor] + 4, 4);
		memcpy(ecx, vendors[guest.vendor] + 8, 4);
		return;
	case 0x80000000:
		*eax = guest.cpuid_ext_max;
		return;
	case 0x80000008:
		if (guest.cpuid_ext_max >= leaf)
			*eax = guest.cpuid_width;
		return;
	}
	if (leaf >= 0x40000000 && leaf < 0x40010000 && leaf % 0x100 == 0) {
		/* All kinds of others, and some that are almost Xen */
		static const char others[][13] = {
			"Microsoft Hv", "XenVMMXenVMX", "KVMKVMKVM\0\0\0",
			"xenVMMXenVMM", "XenVMMxenVMM", "VMwareVMware",
		};
		const char *sig = others[leaf / 0x100 % 6];

		if (leaf == guest.xen_leaf)
			sig = "XenVMMXenVMM";
		memcpy(ebx, sig, 4);
		memcpy(ecx, sig + 4, 4);
		memcpy(edx, sig + 8, 4);
	}
}

/* Set by insn.h: 1 is vmcall, 2 vmmcall. */
unsigned char shim_hypercall_insn;

/* As a hypercall, this keeps the other registers. */
asm(".pushsection .text\n"
    ".globl shim_hypercall\n"
    "shim_hypercall:\n"
    "	pushq %rbp\n"
    "	movq %rsp, %rbp\n"
    "	pushq %rcx\n"
    "	pushq %rdx\n"
    "	pushq %rsi\n"
    "	pushq %rdi\n"
    "	pushq %r8\n"
    "	pushq %r9\n"
    "	pushq %r10\n"
    "	pushq %r11\n"
    "	andq $-16, %rsp\n"
    "	movq %rsi, %rdx\n"
    "	movq %rdi, %rsi\n"
    "	movq %rax, %rdi\n"
    "	call shim_do_hypercall\n"
    "	leaq -64(%rbp), %rsp\n"
    "	popq %r11\n"
    "	popq %r10\n"
    "	popq %r9\n"
    "	popq %r8\n"
    "	popq %rdi\n"
    "	popq %rsi\n"
    "	popq %rdx\n"
    "	popq %rcx\n"
    "	popq %rbp\n"
    "	ret\n"
    ".popsection\n");

long shim_do_hypercall(unsigned long nr, unsigned long op,
		       const struct sched_shutdown *arg);

long shim_do_hypercall(unsigned long nr, unsigned long op,
		       const struct sched_shutdown *arg)
{
	if (nr != __HYPERVISOR_sched_op || op != SCHEDOP_shutdown)
		fail("hypercall %lu %lu", nr, op);
	if (arg->reason != SHUTDOWN_crash)
		fail("shut down for reason %u", arg->reason);
	if (!strchr(outcome.printed, '\n'))
		fail("shut down before a line is printed");
	outcome.hypercalls++;
	outcome.hypercall_insn = shim_hypercall_insn;

	return -38;
}

/* -- Ports ----------------------------------------------------------------- */

/* The IDT is empty. */
static bool no_idt;

static struct uart {
	u16 base;
	u8 lcr, mcr, dll, dlm;
	unsigned int polls;
	bool busy, set;
} uart;

static void append(char *to, size_t room, u8 c)
{
	size_t len = strlen(to);

	if (!c || len + 1 >= room)
		fail("prints %s, and then %#x", to, c);
	to[len] = c;
	to[len + 1] = '\0';
}

static void uart_at(u16 port)
{
	static const u16 bases[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	u16 base = port & ~7;
	unsigned int i;

	for (i = 0; i < 4 && bases[i] != base; i++)
		;
	if (i == 4)
		fail("port %#x", port);
	if (uart.base && uart.base != base)
		fail("ports %#x and %#x", uart.base, base);
	uart.base = base;
}

void outb(u8 value, u16 port)
{
	/* An exception while the line is printed has to end the machine, too. */
	if (!no_idt)
		fail("prints with an IDT that may have handlers");
	if (port == 0xe9) {
		append(outcome.printed, sizeof(outcome.printed), value);
		return;
	}

	uart_at(port);
	switch (port & 7) {
	case 0:
		if (uart.lcr & 0x80) {
			uart.dll = value;
			break;
		}
		if (uart.busy && uart.polls < guest.thre_after && uart.polls < 0xffff)
			fail("serial port: written to while busy");
		append(outcome.serial, sizeof(outcome.serial), value);
		uart.busy = true;
		uart.polls = 0;
		break;
	case 1:
		if (!(uart.lcr & 0x80))
			fail("serial port: interrupts");
		uart.dlm = value;
		uart.set = true;
		break;
	case 3:
		uart.lcr = value;
		break;
	case 4:
		uart.mcr = value;
		break;
	default:
		fail("serial port: register %u", port & 7);
	}
}

u8 inb(u16 port)
{
	uart_at(port);
	if ((port & 7) != 5)
		fail("serial port: reads register %u", port & 7);
	if (++uart.polls > 0x20000 || uart.polls > max(guest.thre_after, 1))
		fail("serial port: polls without end");

	return uart.polls >= guest.thre_after ? 0x60 : 0;
}

static void uart_check(void)
{
	outcome.port = uart.base;
	if (!uart.set)
		return;
	if ((uart.lcr & 0x80) || (uart.lcr & 0x3f) != 3)
		fail("serial port: line control %#x", uart.lcr);
	if (!uart.dll && !uart.dlm)
		fail("serial port: divisor 0");
	if ((uart.mcr & 3) != 3)
		fail("serial port: modem control %#x", uart.mcr);
	outcome.divisor = uart.dlm << 8 | uart.dll;
}

/* -- The end of the machine ------------------------------------------------ */

static jmp_buf ends;

/* Set by insn.h. */
unsigned long shim_lidt_rdi;

asm(".pushsection .text\n"
    ".globl shim_lidt\n"
    "shim_lidt:\n"
    "	pushq %rbp\n"
    "	movq %rsp, %rbp\n"
    "	pushq %rax\n"
    "	pushq %rcx\n"
    "	pushq %rdx\n"
    "	pushq %rsi\n"
    "	pushq %r8\n"
    "	pushq %r9\n"
    "	pushq %r10\n"
    "	pushq %r11\n"
    "	andq $-16, %rsp\n"
    "	call shim_do_lidt\n"
    "	leaq -64(%rbp), %rsp\n"
    "	popq %r11\n"
    "	popq %r10\n"
    "	popq %r9\n"
    "	popq %r8\n"
    "	popq %rsi\n"
    "	popq %rdx\n"
    "	popq %rcx\n"
    "	popq %rax\n"
    "	popq %rbp\n"
    "	movq shim_lidt_rdi(%rip), %rdi\n"
    "	ret\n"
    ".popsection\n");

void shim_do_lidt(const struct desc_ptr *idt);
void shim_ud2(void);

/* A gate for each of the stubs, as the CPU's manual has it: 0x8e00 is an interrupt gate. */
static void check_idt(const struct desc_ptr *idt)
{
	const u32 *gate = (const u32 *)idt->address;
	unsigned int i;

	if (idt->size != PVH_NR_VECTORS * 16 - 1)
		fail("an IDT of %#x", idt->size);
	for (i = 0; i < PVH_NR_VECTORS; i++, gate += 4) {
		u32 stub = (unsigned long)(pvh_idt_stubs + i * PVH_STUB_SIZE);

		if (gate[0] != (0x8U << 16 | (stub & 0xffff)) ||
		    gate[1] != ((stub & 0xffff0000) | 0x8e00) || gate[2] || gate[3])
			fail("gate %u: %08x %08x %08x %08x", i, gate[0], gate[1], gate[2], gate[3]);
	}
}

void shim_do_lidt(const struct desc_ptr *idt)
{
	if (idt->size || idt->address) {
		check_idt(idt);
		if (outcome.maps || outcome.printed[0])
			fail("an IDT is loaded after the loader's data is read");
		outcome.idts++;
		no_idt = false;
	} else {
		no_idt = true;
	}
}

void shim_ud2(void)
{
	if (!no_idt)
		fail("ud2 with an IDT");
	/* A character that the port has not sent yet would be lost. */
	if (outcome.serial[0] && !uart.polls)
		fail("ends before the last character is sent");
	longjmp(ends, 1);
}

/* The kernel has 0x before a 0 as well. */
void shim_log(const char *fmt, ...)
{
	size_t len = strlen(outcome.log);
	const char *at = strstr(fmt, "%#llx");
	char kernels[128];
	va_list args;

	if (at)
		snprintf(kernels, sizeof(kernels), "%.*s0x%%llx%s", (int)(at - fmt), fmt, at + 5);
	else
		snprintf(kernels, sizeof(kernels), "%s", fmt);
	va_start(args, fmt);
	vsnprintf(outcome.log + len, sizeof(outcome.log) - len, kernels, args);
	va_end(args);
}

void fail(const char *fmt, ...)
{
	const struct hvm_start_info *si = &guest.si;
	va_list args;

	fflush(stdout);
	fprintf(stderr, "FAIL: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n  kernel %#llx-%#llx, %#llx-%#llx-%#llx, CPU 0x%x 0x%x, Xen %#x, window %u\n"
		"  start_info at %#llx: magic %#x version %#x flags %#x nr_modules %#x\n"
		"    modlist %#llx cmdline %#llx rsdp %#llx memmap %#llx entries %#x\n"
		"  module %#llx size %#llx\n  command line: %.*s\n",
		guest.start, guest.rodata_end, guest.data, guest.bss, guest.end, guest.cpuid_ext_max, guest.cpuid_width,
		guest.xen_leaf, guest.window_used, guest.si_paddr, si->magic,
		si->version, si->flags, si->nr_modules, si->modlist_paddr,
		si->cmdline_paddr, si->rsdp_paddr, si->memmap_paddr,
		si->memmap_entries, guest.module.paddr, guest.module.size,
		80, guest.cmdline);
	for (u32 i = 0; i < guest.entries && i < 8; i++)
		fprintf(stderr, "  entry %u: %#llx size %#llx type %u\n", i,
			guest.memmap[i].addr, guest.memmap[i].size,
			guest.memmap[i].type);
	if (outcome.printed[0])
		fprintf(stderr, "  printed: %s", outcome.printed);
	if (outcome.log[0])
		fprintf(stderr, "  logged: %s", outcome.log);
	abort();
}

/* -- Around a run ---------------------------------------------------------- */

/* Most variables of the code under test: __initdata in linux/init.h */
extern char __start_shim_initdata[], __stop_shim_initdata[];

/* Of these a sanitizer watches the bounds. */
void machine_reset_data(void)
{
	static char *pristine;
	size_t room = __stop_shim_initdata - __start_shim_initdata;

	if (!pristine) {
		pristine = malloc(room);
		if (!pristine)
			abort();
		memcpy(pristine, __start_shim_initdata, room);
	}
	memcpy(__start_shim_initdata, pristine, room);
	memset(pvh_cmdline, 0, CMDLINE_MAX);
	memset(pvh_warnings, 0, PVH_MAX_WARNINGS * sizeof(pvh_warnings[0]));
	pvh_nr_warnings = 0;
}

void machine_reset(void)
{
	machine_reset_data();
	allot_e820_table();
	link_kernel();
	guest_set_levels(4);

	memset(&outcome, 0, sizeof(outcome));
	memset(&uart, 0, sizeof(uart));
	uart.busy = true;
	/* The loader's is whatever it is. */
	no_idt = false;
	window_model = 0;

	/* head_64.S points to it. */
	if ((unsigned long)pvh_window % 4096)
		fail("the page table of the window is at %p", pvh_window);

	/* Use up some of the window, as earlier calls would have. */
	if (guest.window_used) {
		u64 size = guest.window_used * LARGE_PAGE;

		if (guest_max_paddr() < SIZE_4G + size)
			guest.window_used = 0;
		else if (!real_pvh_map(SIZE_4G, size))
			fail("pvh_map: no room for %u pages", guest.window_used);
		window_model = guest.window_used;
	}
	outcome.cpuids = 0;
}

void machine_run(void (*fn)(void))
{
	if (setjmp(ends))
		outcome.died = true;
	else
		fn();
}

/* These hold for every boot. The mappings end here. */
void machine_check(void)
{
	unsigned int i;

	uart_check();
	for (i = 0; i < nr_mappings; i++) {
		struct mapping *m = &mappings[i];
		void *is = malloc(m->size);

		if (!is)
			abort();
		guest_read(m->paddr, m->size, is);
		if (memcmp(is, m->bytes, m->size))
			fail("the loader's data at %#llx was written to", m->paddr);
		free(is);
		free(m->bytes);
	}
	nr_mappings = 0;
}
