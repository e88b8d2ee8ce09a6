// SPDX-License-Identifier: GPL-2.0
/*
 * start_info.c: what becomes of each start_info, in each kernel, on each CPU. pvh_map()
 * is replaced by what map.c proves of it, and the memory map by any result that it has.
 */

#include "abi.h"

#include <asm/setup.h>

/* check.c proves what pvh_warn() does. Here each warning is named by a number. */
#define pvh_warn	pvh_warn_of_check
#include <startup/check.c>
#undef pvh_warn

/*
 * cbmc does not know where an object is in memory: the low half of its address is 0, as if there
 * were none. The place within an object it does know.
 */
static char image[0x1000 + COMMAND_LINE_SIZE];
#define pvh_cmdline	(image + 0x1000)

#include <startup/start_info.c>

u32 abi_max_leaf, abi_address_leaf;
unsigned int abi_levels;

static struct hvm_start_info si;
static struct boot_params bp;
static struct pvh_kernel k;
static struct pvh_error err;

static struct hvm_modlist_entry module;
static bool room, memmap_refused, memmap_reached;
static u64 mapped;

bool pvh_addressable(u64 paddr, u64 size)
{
	return abi_addressable(paddr, size);
}

const void *pvh_map(u64 paddr, u64 size)
{
	struct hvm_modlist_entry *m;

	PROVE("pvh_map() is asked for the module list only, and once",
	      !mapped && paddr == si.modlist_paddr && size == sizeof(*m));
	mapped = paddr;
	if (!room || !abi_addressable(paddr, size))
		return NULL;
	/* Not a byte more than was asked for */
	m = malloc(size);
	ASSUME(m);
	*m = module;

	return m;
}

int pvh_convert_memmap(const struct hvm_start_info *s, struct pvh_kernel *kernel,
		       struct pvh_error *e)
{
	PROVE("the memory map gets the same start_info and kernel", s == &si && kernel == &k && e == &err);
	memmap_reached = true;

	return memmap_refused ? pvh_refuse(e, "memmap_", 0, "") : 0;
}

/* -- docs/abi.md ----------------------------------------------------------- */

/* The initrd, of size 0 if there is none */
static void abi_initrd(u64 *paddr, u64 *size)
{
	*paddr = module.paddr;
	*size = module.size;
	if (!si.nr_modules || !si.modlist_paddr || !module.size || !module.paddr) {
		*paddr = *size = 0;
	} else if (!abi_addressable(*paddr, *size)) {
		*paddr &= 0xffffffff;
		*size &= 0xffffffff;
		if (!*paddr || !*size || *paddr + *size >= 4 * GIB)
			*paddr = *size = 0;
	}
}

static bool abi_modlist_refused(void)
{
	return si.nr_modules && si.modlist_paddr &&
	       (!room || !abi_addressable(si.modlist_paddr, 32) ||
		abi_in_contents(&k, si.modlist_paddr, 32));
}

static bool abi_initrd_refused(void)
{
	u64 paddr, size;

	abi_initrd(&paddr, &size);

	return size && abi_in_kernel(&k, paddr, size);
}

static bool abi_cmdline_refused(void)
{
	return k.cmdline_size && abi_in_contents(&k, k.cmdline_paddr, k.cmdline_size);
}

static bool abi_rsdp_refused(void)
{
	return si.rsdp_paddr && abi_addressable(si.rsdp_paddr, 20) && abi_in_contents(&k, si.rsdp_paddr, 20);
}

static bool abi_rsdp_used(void)
{
	return si.rsdp_paddr && abi_addressable(si.rsdp_paddr, 20) && !abi_overlap(si.rsdp_paddr, 20, k.bss, k.end);
}

/* -- The proofs ------------------------------------------------------------ */

static int result;

static void convert(void)
{
	abi_max_leaf = nondet_u32();
	abi_address_leaf = nondet_u32();
	abi_levels = nondet_bool() ? 5 : 4;
	any_kernel(&k);
	/* check_load_address() has seen to that. */
	ASSUME(!(k.start % (2 << 20)));
	k.params = &bp;
	k.cmdline_paddr = nondet_u64();
	k.cmdline_size = nondet_u32();
	/* copy_cmdline() maps COMMAND_LINE_SIZE bytes. */
	ASSUME(k.cmdline_size <= COMMAND_LINE_SIZE &&
	       abi_addressable(k.cmdline_paddr, COMMAND_LINE_SIZE));
	__CPROVER_havoc_object(&si);
	__CPROVER_havoc_object(&module);
	room = nondet_bool();
	memmap_refused = nondet_bool();

	result = pvh_convert(&si, &k, &err);
}

void refuses_start_info(void)
{
	bool magic, modlist, initrd, cmdline, rsdp;
	u64 paddr, size;

	convert();
	magic = si.magic != 0x336ec578;
	modlist = abi_modlist_refused();
	initrd = !modlist && abi_initrd_refused();
	abi_initrd(&paddr, &size);
	cmdline = abi_cmdline_refused();
	rsdp = abi_rsdp_refused();

	PROVE("a start_info is refused if docs/abi.md says so, and not otherwise",
	      (result != 0) == (magic || modlist || initrd || cmdline || rsdp || memmap_refused));
	PROVE("a refusal is -EINVAL", !result || result == -EINVAL);
	if (magic)
		PROVE("a wrong magic is named, with its value", same(err.field, "magic") && err.value == si.magic);
	else if (modlist)
		PROVE("a wrong modlist_paddr is named, with its value",
		      same(err.field, "modlist_paddr") && err.value == si.modlist_paddr);
	else if (initrd)
		PROVE("an initrd in the kernel is named, with the address that is used",
		      same(err.field, "module 0 paddr") && err.value == paddr);
	else if (cmdline)
		PROVE("a wrong cmdline_paddr is named, with its value",
		      same(err.field, "cmdline_paddr") && err.value == k.cmdline_paddr);
	else if (rsdp)
		PROVE("a wrong rsdp_paddr is named, with its value",
		      same(err.field, "rsdp_paddr") && err.value == si.rsdp_paddr);
	PROVE("the memory map is looked at if all before it is right, and only then",
	      memmap_reached == !(magic || modlist || initrd || cmdline || rsdp));
	if (!result)
		REACHED("a start_info that is accepted");
	if (magic)
		REACHED("a wrong magic");
	else if (modlist)
		REACHED("a wrong modlist_paddr");
	else if (initrd)
		REACHED("an initrd in the kernel");
	else if (cmdline)
		REACHED("a wrong cmdline_paddr");
	else if (rsdp)
		REACHED("a wrong rsdp_paddr");
}

void converts_start_info(void)
{
	u64 paddr, size;

	convert();
	if (result)
		return;
	abi_initrd(&paddr, &size);
	PROVE("boot_params have the address of the initrd",
	      bp.hdr.ramdisk_image == (u32)paddr && bp.ext_ramdisk_image == paddr >> 32);
	PROVE("boot_params have the size of the initrd",
	      bp.hdr.ramdisk_size == (u32)size && bp.ext_ramdisk_size == size >> 32);
	PROVE("boot_params have the RSDP if it can be used, and otherwise none",
	      bp.acpi_rsdp_addr == (abi_rsdp_used() ? si.rsdp_paddr : 0));
	PROVE("boot_params have the copy of the command line, if there is one",
	      bp.hdr.cmd_line_ptr == (k.cmdline_size ? (u32)(unsigned long)pvh_cmdline : 0) &&
	      !bp.ext_cmd_line_ptr);
	PROVE("boot_params have the protocol and the type of the loader",
	      bp.hdr.version == 0x20c && bp.hdr.type_of_loader == 0xb0 && !bp.hdr.hardware_subarch);
	REACHED("a start_info that is accepted");
}

/* All bytes of boot_params that the conversion has no business with */
void writes_start_info(void)
{
	size_t at = nondet_size();

	convert();
	ASSUME(at < sizeof(bp));
#define IN(field)	(at >= __builtin_offsetof(struct boot_params, field) && \
			 at < __builtin_offsetof(struct boot_params, field) + sizeof(bp.field))
	ASSUME(!IN(hdr.ramdisk_image) && !IN(ext_ramdisk_image) && !IN(hdr.ramdisk_size) &&
	       !IN(ext_ramdisk_size) && !IN(acpi_rsdp_addr) && !IN(hdr.cmd_line_ptr) &&
	       !IN(hdr.version) && !IN(hdr.type_of_loader));
	PROVE("no other byte of boot_params is written to", ((u8 *)&bp)[at] == 0);
	REACHED("pvh_convert() returns");
}

static const char *const fields[] = {
	"version", "flags", "modlist_paddr", "nr_modules", "module 0 size", "module 0 paddr", "rsdp_paddr",
};

static u32 number(const char *field)
{
	u32 i;

	for (i = 0; i < sizeof(fields) / sizeof(*fields) && !same(fields[i], field); i++)
		;

	return i;
}

static struct {
	u32 field;
	u64 value;
} logged[PVH_MAX_WARNINGS];
static u32 nr_logged;

void pvh_warn(const char *field, u64 value, const char *reason)
{
	PROVE("there is room for each warning", nr_logged < PVH_MAX_WARNINGS);
	logged[nr_logged].field = number(field);
	logged[nr_logged++].value = value;
}

/* The next warning is this, if there is to be one. */
static bool is_logged(u32 *next, bool wanted, const char *field, u64 value)
{
	u32 i = *next;

	if (!wanted)
		return true;
	*next = i + 1;

	return i < nr_logged && logged[i].field == number(field) && logged[i].value == value;
}

/* "logged", in docs/abi.md's rules, in the order of the fields */
void logs_start_info(void)
{
	bool mods, initrd, right;
	u32 next = 0;

	convert();
	if (result)
		return;
	mods = si.nr_modules && si.modlist_paddr;
	initrd = mods && module.size && module.paddr;
	right = is_logged(&next, si.version > 1, "version", si.version) &&
		is_logged(&next, si.flags & ~0xff1fu, "flags", si.flags) &&
		is_logged(&next, si.nr_modules && !si.modlist_paddr, "modlist_paddr", 0) &&
		is_logged(&next, mods && si.nr_modules > 1, "nr_modules", si.nr_modules) &&
		is_logged(&next, mods && !module.size, "module 0 size", 0) &&
		is_logged(&next, mods && module.size && !module.paddr, "module 0 paddr", 0);
	/* The size is named if that is what is wrong. */
	right = right &&
		is_logged(&next, initrd && !abi_addressable(module.paddr, module.size) &&
		       abi_addressable(module.paddr, 1), "module 0 size", module.size) &&
		is_logged(&next, initrd && !abi_addressable(module.paddr, 1), "module 0 paddr", module.paddr) &&
		is_logged(&next, si.rsdp_paddr && !abi_rsdp_used(), "rsdp_paddr", si.rsdp_paddr);
	PROVE("what docs/abi.md logs is logged, in its order and with its value, and nothing else",
	      right && next == nr_logged);
	REACHED("a start_info that is accepted");
}
