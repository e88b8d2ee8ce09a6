// SPDX-License-Identifier: GPL-2.0
/*
 * Which loaders take a kernel, and how they enter it. docs/pvhinfo.md has where
 * each of these rules is from.
 */

#include <elf.h>

#include "pvhinfo.h"

#define SIZE_1M			0x100000
#define VMM_ALIGN		0x200000
#define AOUT_FLAGS		0x00010004

#define MULTIBOOT_MAGIC		0x1badb002
#define MULTIBOOT_SEARCH	8192
#define MULTIBOOT_HEADER	48

static struct verdict pvh(void)
{
	return (struct verdict){ "pvh", NULL };
}

static struct verdict no(const char *why)
{
	return (struct verdict){ "no", why };
}

static struct verdict linux_boot(const char *why)
{
	return (struct verdict){ "linux", why };
}

static struct verdict multiboot(const char *why)
{
	return (struct verdict){ "multiboot", why };
}

/* What libelf has to say, of the hypervisor as of the toolstack */
static struct verdict libelf(const struct kernel *k)
{
	unsigned int i;

	if (!k->pvh)
		return no("no note PHYS32_ENTRY");
	if (k->notes.unknown_feature)
		return no("the note FEATURES requires what Xen does not know");
	for (i = 0; i < k->elf.nr_loads; i++) {
		if (!(k->elf.loads[i]->flags & (PF_R | PF_W | PF_X)))
			return no("a segment without flags: it is not loaded");
	}

	return pvh();
}

static struct verdict xen_dom0(const struct kernel *k)
{
	struct verdict v = libelf(k);

	if (v.why)
		return v;
	if (k->notes.has_features && !k->notes.dom0)
		return no("the note SUPPORTED_FEATURES is without dom0");
	if (k->compression == COMPRESSION_ZSTD)
		v.why = "zstd since Xen 4.15";

	return v;
}

static struct verdict xen_domu(const struct kernel *k)
{
	struct verdict v = libelf(k);

	if (v.why)
		return v;
	if (k->notes.needs_dom0)
		return no("the note FEATURES requires dom0");
	if (k->format == FORMAT_COMPRESSED && k->compression != COMPRESSION_GZIP)
		return no("only gzip, where it is not a bzImage");
	switch (k->compression) {
	case COMPRESSION_BZIP2:
	case COMPRESSION_LZO:
		return no("bzip2 and LZO are left out of Debian's toolstack");
	case COMPRESSION_ZSTD:
		v.why = "zstd since Xen 4.15";
		break;
	default:
		break;
	}

	return v;
}

/* QEMU's load_multiboot(), which comes first */
static bool is_multiboot(const struct kernel *k)
{
	uint64_t at;

	for (at = 0; at < MULTIBOOT_SEARCH - MULTIBOOT_HEADER; at += 4) {
		const uint8_t *p = k->file.p + at;

		if (!has(&k->file, at, MULTIBOOT_HEADER))
			break;
		if (le32(p) == MULTIBOOT_MAGIC && !(le32(p) + le32(p + 4) + le32(p + 8)))
			return true;
	}

	return false;
}

static struct verdict qemu(const struct kernel *k)
{
	if (k->format == FORMAT_BZIMAGE)
		return linux_boot("a bzImage is entered by the Linux boot protocol");
	if (k->format == FORMAT_COMPRESSED)
		return no("compressed, and not a bzImage");
	if (is_multiboot(k))
		return multiboot("its Multiboot header is looked for first");
	if (!k->pvh)
		return no("no note PHYS32_ENTRY");
	if (k->elf.flags & AOUT_FLAGS)
		return no("e_flags that it does not support");
	if (k->notes.qemu_entry != k->notes.entry)
		return no("p_align is not that of its notes, or another note has the type");

	return pvh();
}

/* rust-vmm's linux-loader; @none is what its user makes of an ELF file without note */
static struct verdict rust_vmm(const struct kernel *k, struct verdict none)
{
	unsigned int i;

	if (k->format == FORMAT_COMPRESSED)
		return no("compressed, and not a bzImage");
	if (!k->elf.is64)
		return no("a 32-bit ELF file");
	if (k->elf.entry < SIZE_1M)
		return no("e_entry is below 1 MiB, which is checked although it is not used");
	for (i = 0; i < k->elf.nr_loads; i++) {
		if (k->elf.loads[i]->filesz && k->elf.loads[i]->align & (VMM_ALIGN - 1))
			return no("a segment's p_align is not a multiple of 2 MiB");
	}
	if (!k->notes.vmm_entry)
		return none;

	return pvh();
}

static struct verdict firecracker(const struct kernel *k)
{
	struct verdict v;

	if (k->format == FORMAT_BZIMAGE && !k->setup.entry64)
		return no("a bzImage without the 64-bit entry");
	if (k->format == FORMAT_BZIMAGE)
		return linux_boot("by its 64-bit entry, in what follows Firecracker 1.16");
	v = rust_vmm(k, linux_boot("no note PHYS32_ENTRY, so by the 64-bit Linux boot protocol"));
	if (!v.why)
		v.why = "since Firecracker 1.12, before that by the 64-bit Linux boot protocol";

	return v;
}

static struct verdict cloud_hypervisor(const struct kernel *k)
{
	if (k->format == FORMAT_BZIMAGE)
		return linux_boot("a bzImage is entered by the 32-bit Linux boot protocol");

	return rust_vmm(k, no("no note PHYS32_ENTRY, or not in the last note segment"));
}

void judge(struct kernel *k)
{
	k->verdicts[LOADER_XEN_DOM0] = xen_dom0(k);
	k->verdicts[LOADER_XEN_DOMU] = xen_domu(k);
	k->verdicts[LOADER_QEMU] = qemu(k);
	k->verdicts[LOADER_FIRECRACKER] = firecracker(k);
	k->verdicts[LOADER_CLOUD_HYPERVISOR] = cloud_hypervisor(k);
}
