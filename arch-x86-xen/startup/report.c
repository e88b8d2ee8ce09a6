// SPDX-License-Identifier: GPL-2.0
/*
 * Print why this kernel cannot be booted, before there is a console.
 */

#include <linux/init.h>
#include <linux/types.h>

#include <asm/desc_defs.h>
#include <asm/processor-flags.h>
#include <asm/shared/io.h>

#include "startup.h"

static void __init put_char(char c)
{
	outb(c, PVH_DEBUG_CONSOLE_PORT);
	pvh_serial_put(c);
}

static void __init put_string(const char *s)
{
	while (*s)
		put_char(*s++);
}

static void __init put_hex(u64 value)
{
	int shift = 60;

	put_string("0x");
	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4) {
		unsigned int digit = (value >> shift) & 0xf;

		put_char(digit < 10 ? '0' + digit : 'a' + digit - 10);
	}
}

/* With FRED, the CPU does not use the IDT. */
static void __init disable_fred(void)
{
#ifdef CONFIG_X86_FRED
	unsigned long cr4;

	asm volatile("mov %%cr4, %0" : "=r" (cr4));
	if (cr4 & X86_CR4_FRED)
		asm volatile("mov %0, %%cr4" : : "r" (cr4 & ~X86_CR4_FRED));
#endif
}

/**
 * pvh_die() - Print "pvh: FIELD VALUE: REASON" and end the machine
 * @err: what is wrong
 *
 * Runs on the mapping of head_64.S, or without paging, before the native entry,
 * and later on the kernel's own mapping. It needs only its own code and data to
 * be mapped.
 *
 * Tell Xen that the domain has crashed. Elsewhere end the machine by a triple
 * fault: the monitor sees that, and ends or resets the machine. A loop would
 * look like a kernel that is busy.
 */
void __init __noreturn pvh_die(const struct pvh_error *err)
{
	const struct desc_ptr no_idt = { };

	/* Any exception from here on is a triple fault, also the last one. */
	disable_fred();
	asm volatile("lidt %0" : : "m" (no_idt));

	pvh_serial_init();

	put_string("pvh: ");
	put_string(err->field);
	put_string(" ");
	put_hex(err->value);
	put_string(": ");
	put_string(err->reason);
	put_string("\n");
	pvh_serial_flush();

	pvh_xen_crash();
	asm volatile("ud2");
	__builtin_unreachable();
}
