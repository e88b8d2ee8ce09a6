// SPDX-License-Identifier: GPL-2.0
/* "name: value" lines; docs/pvhinfo.md is their documentation */

#include <elf.h>
#include <inttypes.h>

#include "pvhinfo.h"

static const char *const format_names[] = {
	[FORMAT_ELF]		= "elf",
	[FORMAT_BZIMAGE]	= "bzImage",
	[FORMAT_COMPRESSED]	= "compressed",
	[FORMAT_VMLINUZ_ELF]	= "vmlinuz.elf",
};

static const char *const loader_names[] = {
	[LOADER_XEN_DOM0]		= "xen-dom0",
	[LOADER_XEN_DOMU]		= "xen-domu",
	[LOADER_QEMU]			= "qemu",
	[LOADER_FIRECRACKER]		= "firecracker",
	[LOADER_CLOUD_HYPERVISOR]	= "cloud-hypervisor",
};

static void text(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s: %s\n", name, value);
}

static void hex(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "%s: 0x%" PRIx64 "\n", name, value);
}

static void number(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "%s: %" PRIu64 "\n", name, value);
}

static void yes_no(FILE *out, const char *name, bool value)
{
	text(out, name, value ? "yes" : "no");
}

static void report_file(const struct kernel *k, FILE *out)
{
	text(out, "format", format_names[k->format]);
	text(out, "compression", compression_name(vmlinux_of(k)->compression));
	if (k->format == FORMAT_BZIMAGE) {
		fprintf(out, "boot-protocol: %u.%02u\n", k->setup.version >> 8,
			k->setup.version & 0xff);
		if (k->setup.kernel_version[0])
			text(out, "kernel-version", k->setup.kernel_version);
		if (k->setup.init_size)
			hex(out, "init-size", k->setup.init_size);
		number(out, "bzimage-relocations", k->list.count);
	}
	number(out, "elf-size", vmlinux_of(k)->elf.end);
	number(out, "class", k->elf.is64 ? 64 : 32);
	text(out, "machine", k->elf.machine == EM_X86_64 ? "x86-64" : "i386");
	hex(out, "elf-entry", k->elf.entry);
	hex(out, "load-start", k->elf.load_start);
	hex(out, "load-end", k->elf.load_end);
	hex(out, "load-align", k->elf.load_align);
}

static void report_notes(const struct kernel *k, FILE *out)
{
	const struct table *table = &vmlinux_of(k)->table;
	const struct notes *n = &k->notes;

	yes_no(out, "pvh", k->pvh);
	if (k->pvh) {
		hex(out, "pvh-entry", n->entry);
		number(out, "pvh-entry-bytes", n->entry_size);
		yes_no(out, "pvh-relocatable", n->has_reloc);
	}
	if (k->pvh && n->has_reloc) {
		hex(out, "pvh-reloc-align", n->reloc_align);
		hex(out, "pvh-reloc-min", n->reloc_min);
		hex(out, "pvh-reloc-max", n->reloc_max);
	}
	if (k->pvh)
		yes_no(out, "pvh-kaslr", table->found);
	if (table->found) {
		hex(out, "pvh-kaslr-table", table->paddr);
		number(out, "pvh-kaslr-bytes", table->size);
		number(out, "pvh-kaslr-relocations", table->count);
		number(out, "pvh-kaslr-places", table->places);
	}
	yes_no(out, "xen-pv", n->pv);
	if (n->pv && n->pv_has_entry)
		hex(out, "xen-pv-entry", n->pv_entry);
}

/* "name offset size" lines */
void report_table(const struct table *table, FILE *out)
{
	const struct table_field *f;

	if (table->before_sum)
		fprintf(out, "text 0 %u\n", table->before_sum);
	for (f = table_fields; f->name; f++) {
		unsigned int offset = table->before_sum + f->offset;

		fprintf(out, "%s %u %" PRIu64 "\n", f->name, offset,
			f->size ? f->size : table->size - offset);
	}
}

void report(const struct kernel *k, FILE *out)
{
	int i;

	report_file(k, out);
	report_notes(k, out);
	for (i = 0; i < NR_LOADERS; i++) {
		fprintf(out, "loader-%s: %s", loader_names[i], k->verdicts[i].how);
		if (k->verdicts[i].why)
			fprintf(out, ": %s", k->verdicts[i].why);
		putc('\n', out);
	}
}
