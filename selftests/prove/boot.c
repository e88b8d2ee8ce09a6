// SPDX-License-Identifier: GPL-2.0
/*
 * boot.c: the copy of the start_info, where the command line is copied from, and the order
 * of the checks. pvh_map() is replaced by what map.c proves of it, and the conversion by any
 * result that it has.
 */

#include <startup/check.c>
#include <startup/boot.c>

#include "abi.h"

u32 abi_max_leaf, abi_address_leaf;
unsigned int abi_levels;

static struct hvm_start_info si;
static struct boot_params bp;
static struct pvh_kernel k;
static struct pvh_error err;

/* What the loader's memory has at each call of pvh_map(): another CPU may change it. */
static struct hvm_start_info given[2];
static u64 mapped[4];
static unsigned int maps;
static const void *last_map;

const void *pvh_map(u64 paddr, u64 size)
{
	struct hvm_start_info *m;

	last_map = NULL;
	if (maps < 4)
		mapped[maps] = paddr;
	if (abi_addressable(paddr, size)) {
		/* Not a byte more than was asked for */
		m = malloc(size);
		ASSUME(m);
		if (maps < 2) {
			m->magic = given[maps].magic;
			m->version = given[maps].version;
			m->flags = given[maps].flags;
			m->nr_modules = given[maps].nr_modules;
			m->modlist_paddr = given[maps].modlist_paddr;
			m->cmdline_paddr = given[maps].cmdline_paddr;
			m->rsdp_paddr = given[maps].rsdp_paddr;
			if (size >= sizeof(*m)) {
				m->memmap_paddr = given[maps].memmap_paddr;
				m->memmap_entries = given[maps].memmap_entries;
			}
		}
		last_map = m;
	}
	maps++;

	return last_map;
}

void pvh_set_levels(unsigned int levels)
{
	abi_levels = levels;
}

static u32 copied_size, copies;

u32 pvh_copy_cmdline(const char *from, u64 paddr)
{
	PROVE("the command line is copied from where pvh_map() shows its address",
	      from && from == last_map && paddr == mapped[maps - 1]);
	copies++;

	return copied_size;
}

static void any_loader(void)
{
	abi_max_leaf = nondet_u32();
	abi_address_leaf = nondet_u32();
	__CPROVER_havoc_object(given);
	copied_size = nondet_u32();
	ASSUME(copied_size >= 1 && copied_size <= COMMAND_LINE_SIZE);
}

/* -- The copy of the start_info -------------------------------------------- */

/* Version 0 has 40 bytes, later ones have 56. */
static bool abi_start_info_refused(u64 paddr)
{
	u64 size = given[0].version ? 56 : 40;

	return !paddr || !abi_addressable(paddr, 40) || !abi_addressable(paddr, size) ||
	       abi_in_contents(&k, paddr, size);
}

void copies_start_info(void)
{
	u64 paddr = nondet_u64();
	const struct hvm_start_info *from;
	int result;

	any_loader();
	any_kernel(&k);
	abi_levels = nondet_bool() ? 5 : 4;

	result = copy_start_info(&si, paddr, &k, &err);

	PROVE("a start_info is refused if its address is 0, not addressable, or in the contents",
	      (result != 0) == abi_start_info_refused(paddr));
	if (result) {
		PROVE("a refusal names start_info, with its address",
		      result == -EINVAL && same(err.field, "start_info") && err.value == paddr);
		PROVE("of a start_info that is refused nothing is kept",
		      !si.magic && !si.cmdline_paddr && !si.memmap_paddr);
		REACHED("a start_info that is refused");
		return;
	}
	from = &given[given[0].version != 0];
	PROVE("nothing but the start_info is mapped",
	      maps == 1 + (given[0].version != 0) && mapped[0] == paddr &&
	      (maps == 1 || mapped[1] == paddr));
	PROVE("the version that says how long it is is the one that is kept",
	      si.version == given[0].version);
	PROVE("all fields of version 0 are copied",
	      si.magic == from->magic && si.flags == from->flags && si.nr_modules == from->nr_modules &&
	      si.modlist_paddr == from->modlist_paddr && si.cmdline_paddr == from->cmdline_paddr &&
	      si.rsdp_paddr == from->rsdp_paddr);
	if (si.version) {
		PROVE("the memory map is copied from version 1 on",
		      si.memmap_paddr == from->memmap_paddr && si.memmap_entries == from->memmap_entries);
		REACHED("a start_info with a memory map");
	} else {
		PROVE("version 0 has no memory map", !si.memmap_paddr && !si.memmap_entries);
		REACHED("a start_info of version 0");
	}
}

/* -- The command line ------------------------------------------------------ */

/* Where the command line is read: 0 if nowhere */
static u64 abi_cmdline(u64 paddr)
{
	if (paddr && abi_addressable(paddr, 2048))
		return paddr;
	paddr &= 0xffffffff;

	return paddr && abi_addressable(paddr, 2048) ? paddr : 0;
}

void copies_cmdline(void)
{
	u64 want;

	any_loader();
	abi_levels = nondet_bool() ? 5 : 4;
	__CPROVER_havoc_object(&si);
	want = si.magic == 0x336ec578 ? abi_cmdline(si.cmdline_paddr) : 0;

	copy_cmdline(&si, &k);

	PROVE("the command line is copied once if its address, or the low half of it, can be used",
	      copies == (want != 0));
	PROVE("the address that is used is kept, and the size",
	      k.cmdline_paddr == want && k.cmdline_size == (want ? copied_size : 0));
	PROVE("the low half is logged, and nothing else",
	      pvh_nr_warnings == (si.magic == 0x336ec578 && si.cmdline_paddr &&
				  !abi_addressable(si.cmdline_paddr, 2048)));
	if (!want)
		REACHED("no command line");
	else if (pvh_nr_warnings)
		REACHED("a command line in the low half");
	else
		REACHED("a command line");
}

/*
 * -- The order ----------------------------------------------------------------
 *
 * copy_start_info() and copy_cmdline() are replaced by what the two proofs above prove of
 * them. pvh_boot() adds a physical address to link addresses, which are the last of the
 * address space, and subtracts another one. That wraps, and is meant to:
 * selftests/prove/wraps.
 */

static u64 info, start, cr4, e820_link;
static bool in_memory, no5lvl, refused, converted, asked, idt, start_info_copied, cmdline_copied;

static u64 of_image(unsigned long link)
{
	return start + (link - pvh_linked_text);
}

static bool of_kernel(const struct pvh_kernel *kernel)
{
	return kernel->start == start && kernel->rodata_end == of_image(pvh_link.rodata_end) &&
	       kernel->data == of_image(pvh_link.data) && kernel->bss == of_image(pvh_link.bss) &&
	       kernel->end == of_image(pvh_link.end);
}

unsigned long native_read_cr4(void)
{
	return cr4;
}

void pvh_set_idt(u64 kernel_start)
{
	PROVE("the IDT comes before all accesses to the loader's data",
	      !start_info_copied && !cmdline_copied && kernel_start == start);
	idt = true;
}

/* The kernel has 5 levels now, if the CPU has them. */
int promised_start_info(struct hvm_start_info *s, u64 paddr, const struct pvh_kernel *kernel,
			struct pvh_error *e)
{
	PROVE("the start_info is copied from the address that the loader gave",
	      s == &si && paddr == info);
	PROVE("the start_info is checked against the physical addresses of the kernel",
	      of_kernel(kernel));
	PROVE("the start_info is checked with the levels that head_64.S has turned on",
	      abi_levels == (cr4 & 1 << 12 ? 5 : 4));
	start_info_copied = true;

	return abi_start_info_refused(paddr) ? pvh_refuse(e, "start_info", paddr, "") : 0;
}

void promised_cmdline(const struct hvm_start_info *s, struct pvh_kernel *kernel)
{
	PROVE("the command line is copied after the start_info is",
	      start_info_copied && s == &si);
	cmdline_copied = true;
	kernel->cmdline_paddr = k.cmdline_paddr;
	kernel->cmdline_size = k.cmdline_size;
}

bool pvh_option(const char *option)
{
	PROVE("no5lvl is asked for on a CPU with five levels, and nothing else",
	      same(option, "no5lvl") && cr4 & 1 << 12);
	PROVE("the command line is copied before an option is asked for", cmdline_copied);
	asked = true;

	return no5lvl;
}

bool pvh_is_memory(u64 paddr)
{
	PROVE("the last four bytes of the kernel are looked at, if they are below 4 GiB",
	      (u128)paddr + 4 == of_image(pvh_link.end) && paddr <= 4 * GIB - 4);

	return in_memory;
}

int pvh_convert(const struct hvm_start_info *s, struct pvh_kernel *kernel, struct pvh_error *e)
{
	PROVE("the conversion gets the copy of the start_info, and boot_params",
	      s == &si && kernel->params == &bp);
	PROVE("the conversion gets the physical addresses of the kernel", of_kernel(kernel));
	PROVE("the conversion gets the physical address of e820_table",
	      (u64)kernel->e820_table == of_image(e820_link));
	PROVE("the conversion gets what was copied of the command line",
	      kernel->cmdline_paddr == k.cmdline_paddr && kernel->cmdline_size == k.cmdline_size);
	PROVE("the conversion gets the number of levels that the kernel will have",
	      abi_levels == (cr4 & 1 << 12 && !no5lvl ? 5 : 4));
	converted = true;

	return refused ? pvh_refuse(e, "converted", 0, "") : 0;
}

static bool abi_end_refused(void)
{
	return of_image(pvh_link.end) > 4 * GIB || !in_memory;
}

void pvh_die(const struct pvh_error *e)
{
	abi_levels = cr4 & 1 << 12 ? 5 : 4;
	if (abi_end_refused()) {
		PROVE("a kernel that is not all in memory is named first, with its end",
		      same(e->field, "kernel end") && e->value == of_image(pvh_link.end));
		REACHED("a kernel that is not all in memory");
	} else if (start % (2 << 20)) {
		PROVE("a load address that is not a multiple of 2 MiB is named next",
		      same(e->field, "load address") && e->value == start);
		REACHED("a load address that is not a multiple of 2 MiB");
	} else if (abi_start_info_refused(info)) {
		PROVE("a start_info that is refused is named next, with its address",
		      same(e->field, "start_info") && e->value == info && !converted);
		REACHED("a start_info that is refused");
	} else {
		PROVE("the conversion's refusal is last, and nothing else is refused",
		      refused && converted && same(e->field, "converted"));
		REACHED("a conversion that is refused");
	}
	ASSUME(false);
	__builtin_unreachable();
}

void boots(void)
{
	bool drop;

	any_loader();
	abi_levels = 4;
	info = nondet_u64();
	start = nondet_u64();
	cr4 = nondet_u64();
	e820_link = nondet_u64();
	in_memory = nondet_bool();
	no5lvl = nondet_bool();
	refused = nondet_bool();
	ASSUME(start < 4 * GIB);
	ASSUME(pvh_linked_text < pvh_link.rodata_end && pvh_link.rodata_end <= pvh_link.data &&
	       pvh_link.data < pvh_link.bss && pvh_link.bss < pvh_link.end &&
	       pvh_link.end - pvh_linked_text >= 4 && pvh_link.end - pvh_linked_text <= GIB &&
	       e820_link >= pvh_linked_text && e820_link < pvh_link.end);
	k.start = start;
	k.rodata_end = of_image(pvh_link.rodata_end);
	k.data = of_image(pvh_link.data);
	k.bss = of_image(pvh_link.bss);
	k.end = of_image(pvh_link.end);
	k.cmdline_paddr = nondet_u64();
	k.cmdline_size = nondet_u32();

	drop = pvh_boot(info, &bp, &si, (const char *)start, e820_link);

	PROVE("four levels are asked for if there are five, and no5lvl",
	      drop == (cr4 & 1 << 12 && no5lvl) && asked == !!(cr4 & 1 << 12));
	abi_levels = cr4 & 1 << 12 ? 5 : 4;
	PROVE("a kernel boots if nothing is refused",
	      idt && converted && !refused && !abi_end_refused() && !(start % (2 << 20)) &&
	      !abi_start_info_refused(info));
	REACHED("a kernel that boots");
}
