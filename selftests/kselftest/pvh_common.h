/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every PVH boot test needs: bounded file reading, the loader's side of
 * the comparison, and the boot_params the kernel was started with.
 */
#ifndef PVH_COMMON_H
#define PVH_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>
#include <asm/bootparam.h>

/* Where the loader's side is looked for when PVH_EXPECT is not set. */
#define PVH_EXPECT_DEFAULT	"/run/pvh-expect"

#define PVH_BOOT_PARAMS		"/sys/kernel/boot_params/data"

/* The address of the kernel image's virtual mapping, physical address 0. */
#define START_KERNEL_MAP	0xffffffff80000000ULL

/* hdr.type_of_loader as the PVH entry sets it. */
#define LOADER_XEN		0x90
#define LOADER_PVH		0xb0

/* Longest command line of any x86 kernel is 2048, leave room to notice more. */
#define CMDLINE_MAX		8192

/*
 * Read a whole file of at most @size bytes. Returns the number of bytes read,
 * -EFBIG when the file has more than that, or another negative errno.
 */
ssize_t read_file(const char *path, void *buf, size_t size);

/* The same for a text file: at most @size - 1 bytes, then a NUL. */
ssize_t read_text(const char *path, char *buf, size_t size);

/* The directory that says what the loader gave. */
const char *expect_dir(void);

/*
 * Read what the loader gave under @name, NUL terminated.
 * -ENOENT when the loader's side is not known.
 */
ssize_t expect_file(const char *name, char *buf, size_t size);

/*
 * Parse the number at *@text and move *@text behind it and the blanks that
 * follow. False when there is no number, or not one that fits.
 */
bool parse_number(const char **text, int base, __u64 *value);

/* 0, or a negative errno. */
int read_boot_params(struct boot_params *bp);

/* Physical addresses and sizes that struct boot_params keeps in two halves. */
__u64 boot_params_ramdisk_image(const struct boot_params *bp);
__u64 boot_params_ramdisk_size(const struct boot_params *bp);

/* 1 when /proc/cpuinfo has @flag, 0 when it has not, or a negative errno. */
int cpu_has(const char *flag);

/* True when the kernel's command line has the word @name or @name=value. */
bool cmdline_has(const char *name);

#endif /* PVH_COMMON_H */
