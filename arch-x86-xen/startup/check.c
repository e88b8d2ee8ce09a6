// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals and warnings, and checks against the kernel image.
 */

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/types.h>

#include "startup.h"

/* setup.c logs these once the kernel has a log. */
struct pvh_error pvh_warnings[PVH_MAX_WARNINGS] __initdata;
u32 pvh_nr_warnings __initdata;

/**
 * pvh_refuse() - Note why the kernel cannot be booted
 * @err: filled in
 * @field: name of the field
 * @value: value of the field
 * @reason: what is wrong with it
 *
 * Return: -EINVAL
 */
int __init pvh_refuse(struct pvh_error *err, const char *field, u64 value,
		      const char *reason)
{
	err->field = field;
	err->value = value;
	err->reason = reason;

	return -EINVAL;
}

/**
 * pvh_warn() - Note something that does not keep the kernel from booting
 * @field: name of the field
 * @value: value of the field
 * @reason: what the kernel does about it
 *
 * The pointers that this stores are physical addresses: log_warnings() converts
 * them.
 */
void __init pvh_warn(const char *field, u64 value, const char *reason)
{
	struct pvh_error *warning;

	if (pvh_nr_warnings == PVH_MAX_WARNINGS)
		return;

	warning = &pvh_warnings[pvh_nr_warnings++];
	warning->field = field;
	warning->value = value;
	warning->reason = reason;
}

/**
 * pvh_overlaps_kernel() - Check whether a range and the kernel share memory
 * @kernel: location of the kernel
 * @paddr: physical address of the range
 * @size: bytes, such that @paddr + @size does not wrap
 *
 * The image includes .bss and .brk, which the kernel writes to before it knows
 * what else is there.
 *
 * Return: true if they do
 */
bool __init pvh_overlaps_kernel(const struct pvh_kernel *kernel, u64 paddr,
				u64 size)
{
	return paddr < kernel->end && paddr + size > kernel->start;
}

/**
 * pvh_overlaps_contents() - Check whether a range is in the kernel's contents
 * @kernel: location of the kernel
 * @paddr: physical address of the range
 * @size: bytes, such that @paddr + @size does not wrap
 *
 * A loader that puts something there has overwritten the kernel. Nothing is
 * between the read-only data and the data, because these have different page
 * protections. The loader's data in .bss and .brk can be read until startup_64
 * clears .bss.
 *
 * Return: true if the range overlaps code or initialized data of the kernel
 */
bool __init pvh_overlaps_contents(const struct pvh_kernel *kernel, u64 paddr,
				  u64 size)
{
	u64 end = paddr + size;

	return (paddr < kernel->rodata_end && end > kernel->start) ||
	       (paddr < kernel->bss && end > kernel->data);
}
