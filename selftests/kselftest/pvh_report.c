// SPDX-License-Identifier: GPL-2.0
/*
 * Not a test: say how this kernel was booted, one "pvh-report: KEY: VALUE" a
 * line, for a log to be read or compared later. What cannot be found out is
 * "unknown (why)".
 *
 * Usage: pvh_report [UPTIME], where UPTIME is the first field of /proc/uptime
 * as read by init when it was started.
 */
#include <cpuid.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "elf_notes.h"
#include "kallsyms.h"
#include "kcore.h"
#include "kselftest.h"
#include "pvh_common.h"
#include "ranges.h"

#define HYPERVISOR_LEAF		0x40000000
#define HYPERVISOR_LEAF_2	0x40000100	/* Xen behind Hyper-V's leaves */
#define CPUID_1_ECX_HYPERVISOR	0x80000000U

#define LOADER_EXTENDED		0xe

static struct boot_params bp;
static int bp_err;

static struct pvh_notes notes;
static char notes_err[128];

static struct kallsym_want syms[] = {
	{ .name = "_text" },
	{ .name = "pvh_start_xen" },
};

static int syms_err;

static __printf(2, 3) void report(const char *key, const char *fmt, ...)
{
	va_list args;

	printf("pvh-report: %s: ", key);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void report_unknown(const char *key, const char *what, int err)
{
	report(key, "unknown (%s: %s)", what, strerror(-err));
}

/* The first line of a file without its newline, empty when there is none. */
static bool first_line(const char *path, char *buf, size_t size)
{
	if (read_text(path, buf, size) <= 0) {
		buf[0] = '\0';
		return false;
	}
	buf[strcspn(buf, "\n")] = '\0';

	return true;
}

static void read_notes(void)
{
	static char buf[KERNEL_NOTES_MAX];
	const char *err;
	size_t offset;
	ssize_t n;

	n = read_file(KERNEL_NOTES, buf, sizeof(buf));
	if (n < 0) {
		snprintf(notes_err, sizeof(notes_err), KERNEL_NOTES ": %s",
			 strerror(-n));
		return;
	}

	err = parse_notes(buf, n, &notes, &offset);
	if (err)
		snprintf(notes_err, sizeof(notes_err), "at offset %zu: %s",
			 offset, err);
}

/* As assigned by Documentation/arch/x86/boot.rst. */
static const char *loader_name(unsigned int id)
{
	static const char * const names[] = {
		[0x0] = "LILO",
		[0x1] = "Loadlin",
		[0x2] = "bootsect-loader",
		[0x3] = "Syslinux",
		[0x4] = "Etherboot/gPXE/iPXE",
		[0x5] = "ELILO",
		[0x7] = "GRUB",
		[0x8] = "U-Boot",
		[0x9] = "Xen",
		[0xa] = "Gujin",
		[0xb] = "Qemu",
		[0xc] = "Arcturus Networks uCbootloader",
		[0xd] = "kexec-tools",
		[0xf] = "Special",
		[0x10] = "Reserved",
		[0x11] = "Minimal Linux Bootloader",
		[0x12] = "OVMF UEFI virtualization stack",
		[0x13] = "barebox",
	};

	if (id >= ARRAY_SIZE(names) || !names[id])
		return "not assigned";

	return names[id];
}

static void report_entered_by(void)
{
	unsigned int type, id, version;
	char guest[32];
	const char *efi;

	first_line("/sys/hypervisor/guest_type", guest, sizeof(guest));
	if (!strcmp(guest, "PV")) {
		report("entered by", "Xen PV");
		return;
	}
	if (bp_err) {
		report_unknown("entered by", PVH_BOOT_PARAMS, bp_err);
		return;
	}

	efi = access("/sys/firmware/efi", F_OK) ? "" : ", EFI";
	type = bp.hdr.type_of_loader;
	/*
	 * QEMU uses the same number when it loads a bzImage. But only the
	 * setup header of a bzImage tells of a payload.
	 */
	if ((type == LOADER_XEN || type == LOADER_PVH) &&
	    !bp.hdr.payload_length) {
		report("entered by", "PVH, %s (type_of_loader 0x%02x)%s",
		       type == LOADER_XEN ? "Xen" : "not Xen", type, efi);
		return;
	}

	id = type >> 4;
	version = type & 0xf;
	if (id == LOADER_EXTENDED) {
		id = bp.hdr.ext_loader_type + 0x10;
		version |= bp.hdr.ext_loader_ver << 4;
	}
	report("entered by", "%s, version 0x%x (type_of_loader 0x%02x)%s",
	       loader_name(id), version, type, efi);
}

/* " LEAF SIGNATURE" of a hypervisor at the leaf, if there is one. */
static void append_signature(unsigned int leaf, char *buf, size_t size)
{
	unsigned int max, sig[3];
	size_t len = strlen(buf);
	char text[sizeof(sig) + 1];
	size_t i;

	__cpuid(leaf, max, sig[0], sig[1], sig[2]);
	/* A leaf that is not there has values of another one. */
	if (max < leaf || max >= leaf + 0x100)
		return;

	memcpy(text, sig, sizeof(sig));
	text[sizeof(sig)] = '\0';
	for (i = 0; text[i]; i++) {
		if (!isprint((unsigned char)text[i]))
			text[i] = '?';
	}
	snprintf(buf + len, size - len, "%s\"%s\" at CPUID 0x%x",
		 len ? ", " : "", text, leaf);
}

static void report_hypervisor(void)
{
	static const char * const attrs[] = {
		"type", "guest_type", "version/major", "version/minor",
		"version/extra",
	};
	unsigned int eax, ebx, ecx, edx;
	char buf[256] = "";
	char path[64];
	char val[64];
	size_t i;

	__cpuid(1, eax, ebx, ecx, edx);
	if (ecx & CPUID_1_ECX_HYPERVISOR) {
		append_signature(HYPERVISOR_LEAF, buf, sizeof(buf));
		append_signature(HYPERVISOR_LEAF_2, buf, sizeof(buf));
		if (!*buf)
			snprintf(buf, sizeof(buf), "unknown (no signature in CPUID)");
	} else {
		snprintf(buf, sizeof(buf), "none by CPUID");
	}

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		size_t len = strlen(buf);

		snprintf(path, sizeof(path), "/sys/hypervisor/%s", attrs[i]);
		if (first_line(path, val, sizeof(val)))
			snprintf(buf + len, sizeof(buf) - len, ", %s %s",
				 attrs[i], val);
	}
	report("hypervisor", "%s", buf);
}

static void report_notes(void)
{
	char entry[64] = "no PHYS32_ENTRY";
	char reloc[96] = "no PHYS32_RELOC";

	if (*notes_err) {
		report("notes", "unknown (%s)", notes_err);
		return;
	}
	if (notes.nr_entry)
		snprintf(entry, sizeof(entry), "entry 0x%llx", notes.entry);
	if (notes.nr_reloc)
		snprintf(reloc, sizeof(reloc),
			 "reloc min 0x%x max 0x%x align 0x%x", notes.reloc_min,
			 notes.reloc_max, notes.reloc_align);
	report("notes", "%s, %s", entry, reloc);
}

static void report_memory_map(void)
{
	static struct ranges ram;
	__u64 bytes;
	int ret;

	if (bp_err) {
		report_unknown("memory map", PVH_BOOT_PARAMS, bp_err);
		return;
	}
	if (bp.e820_entries > E820_MAX_ENTRIES_ZEROPAGE) {
		report("memory map", "unknown (%u entries, more than fit)",
		       bp.e820_entries);
		return;
	}

	ret = ranges_parse_e820_ram(&ram, bp.e820_table,
				    bp.e820_entries * sizeof(bp.e820_table[0]));
	if (ret) {
		report_unknown("memory map", "boot_params", ret);
		return;
	}
	bytes = ranges_bytes(&ram);
	report("memory map",
	       "%u entries, RAM %llu bytes, %llu MiB",
	       bp.e820_entries, bytes, bytes >> 20);
}

static void report_mem_total(void)
{
	static const char key[] = "MemTotal:";
	static char buf[16384];
	__u64 kib;
	const char *p;
	ssize_t n;

	n = read_text("/proc/meminfo", buf, sizeof(buf));
	if (n < 0) {
		report_unknown("MemTotal", "/proc/meminfo", n);
		return;
	}

	p = strstr(buf, key);
	if (p) {
		p += strlen(key);
		p += strspn(p, " ");
	}
	if (!p || !parse_number(&p, 10, &kib)) {
		report_unknown("MemTotal", "/proc/meminfo", -EINVAL);
		return;
	}
	report("MemTotal", "%llu KiB, %llu MiB", kib, kib >> 10);
}

static void report_initrd(void)
{
	__u64 size;

	if (bp_err) {
		report_unknown("initrd", PVH_BOOT_PARAMS, bp_err);
		return;
	}

	size = boot_params_ramdisk_size(&bp);
	if (size)
		report("initrd", "at 0x%llx, %llu bytes",
		       boot_params_ramdisk_image(&bp), size);
	else
		report("initrd", "none");
}

static void report_cmdline(void)
{
	static char buf[CMDLINE_MAX];
	ssize_t n, i;

	n = read_text("/proc/cmdline", buf, sizeof(buf));
	if (n < 0) {
		report_unknown("command line", "/proc/cmdline", n);
		return;
	}

	/* The last newline is the kernel's. */
	if (n && buf[n - 1] == '\n')
		n--;
	printf("pvh-report: command line: %zd bytes, \"", n);
	for (i = 0; i < n; i++) {
		unsigned char c = buf[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (isprint(c))
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	puts("\"");
}

static void report_physical_base(void)
{
	static const char key[] = "kernel physical base";
	static struct ranges code;
	int ret = ranges_read_iomem(&code, "Kernel code");

	if (!ret && !code.nr)
		ret = -ENOENT;
	if (ret)
		report_unknown(key, "Kernel code in /proc/iomem", ret);
	else
		report(key, "0x%llx", code.r[0].start);
}

static void report_virtual_base(void)
{
	__u64 text = syms[0].addr, start = syms[1].addr;

	if (syms_err) {
		report_unknown("kernel virtual base", "/proc/kallsyms", syms_err);
		report_unknown("KASLR offset", "/proc/kallsyms", syms_err);
		return;
	}

	if (text)
		report("kernel virtual base", "0x%llx", text);
	else
		report("kernel virtual base", "unknown (no _text)");

	/* The note has the link time address of what is entered. */
	if (*notes_err)
		report("KASLR offset", "unknown (%s)", notes_err);
	else if (!start || !notes.nr_entry)
		report("KASLR offset", "unknown (no PVH entry)");
	else if (start < START_KERNEL_MAP)
		report("KASLR offset", "0x0 (32-bit kernel, as linked)");
	else
		report("KASLR offset", "0x%llx",
		       start - (notes.entry + START_KERNEL_MAP));
}

static void report_direct_map_base(void)
{
	static const char key[] = "direct map base";
	struct kcore kcore;
	int ret = read_kcore(&kcore);

	if (ret)
		report_unknown(key, "/proc/kcore", ret);
	else
		report(key, "0x%llx", kcore.direct_map);
}

static void report_paging_levels(void)
{
	int la57;

	if (sizeof(void *) < sizeof(__u64)) {
		report("paging levels", "unknown (32-bit program)");
		return;
	}

	la57 = cpu_has("la57");
	if (la57 < 0)
		report_unknown("paging levels", "/proc/cpuinfo", la57);
	else
		report("paging levels", "%d", la57 ? 5 : 4);
}

static void report_cpus(void)
{
	static const char path[] = "/sys/devices/system/cpu/online";
	long nr = sysconf(_SC_NPROCESSORS_ONLN);
	char list[256];

	if (first_line(path, list, sizeof(list)))
		report("cpus", "%ld (%s)", nr, list);
	else
		report("cpus", "unknown (no %s)", path);
}

static void report_time_to_init(const char *uptime)
{
	char buf[64];
	ssize_t n;

	if (uptime && *uptime) {
		report("time to init", "%s s", uptime);
		return;
	}

	n = read_text("/proc/uptime", buf, sizeof(buf));
	if (n < 0) {
		report_unknown("time to init", "/proc/uptime", n);
		return;
	}
	buf[strcspn(buf, "\n ")] = '\0';
	report("time to init", "%s s (until this report)", buf);
}

int main(int argc, char *argv[])
{
	bp_err = read_boot_params(&bp);
	read_notes();
	syms_err = kallsyms_lookup(syms, ARRAY_SIZE(syms));

	report_entered_by();
	report_hypervisor();
	report_notes();
	report_memory_map();
	report_mem_total();
	report_initrd();
	report_cmdline();
	report_physical_base();
	report_virtual_base();
	report_direct_map_base();
	report_paging_levels();
	report_cpus();
	report_time_to_init(argc > 1 ? argv[1] : NULL);

	return 0;
}
