// SPDX-License-Identifier: GPL-2.0
/*
 * start_info.c: what becomes of each start_info, in each kernel, on each CPU. pvh_map()
 * is replaced by what map.c proves of it, and the memory map by any result that it has.
 */

#include <startup/check.c>
#include <startup/start_info.c>

#include "abi.h"

char pvh_cmdline[COMMAND_LINE_SIZE];
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

/* Equal strings of one program may be one, or not. */
static bool names(const char *field)
{
	const char *f = err.field;

	for (; *f && *f == *field; f++, field++)
		;

	return *f == *field;
}

void refuses_start_info(void)
{
	bool magic, modlist, initrd, cmdline, rsdp;

	convert();
	magic = si.magic != 0x336ec578;
	modlist = abi_modlist_refused();
	initrd = !modlist && abi_initrd_refused();
	cmdline = abi_cmdline_refused();
	rsdp = abi_rsdp_refused();

	PROVE("a start_info is refused if docs/abi.md says so, and not otherwise",
	      (result != 0) == (magic || modlist || initrd || cmdline || rsdp || memmap_refused));
	PROVE("a refusal is -EINVAL", !result || result == -EINVAL);
	if (magic)
		PROVE("a wrong magic is named, with its value", names("magic") && err.value == si.magic);
	else if (modlist)
		PROVE("a wrong modlist_paddr is named, with its value",
		      names("modlist_paddr") && err.value == si.modlist_paddr);
	else if (initrd)
		PROVE("an initrd in the kernel is named", names("module 0 paddr"));
	else if (cmdline)
		PROVE("a wrong cmdline_paddr is named, with its value",
		      names("cmdline_paddr") && err.value == k.cmdline_paddr);
	else if (rsdp)
		PROVE("a wrong rsdp_paddr is named, with its value",
		      names("rsdp_paddr") && err.value == si.rsdp_paddr);
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

/* "logged", in the first column of docs/abi.md's rules */
void logs_start_info(void)
{
	u32 want;
	bool mods;
	u64 paddr, size;

	convert();
	if (result)
		return;
	mods = si.nr_modules && si.modlist_paddr;
	want = (si.version > 1) + ((si.flags & ~0xff1fu) != 0) +
	       (si.nr_modules && !si.modlist_paddr) + (mods && si.nr_modules > 1) +
	       (mods && (!module.size || !module.paddr || !abi_addressable(module.paddr, module.size))) +
	       (si.rsdp_paddr && !abi_rsdp_used());
	PROVE("there is a warning for each thing that docs/abi.md logs, and no other",
	      pvh_nr_warnings == want);
	REACHED("a start_info that is accepted");
}
