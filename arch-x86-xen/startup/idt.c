// SPDX-License-Identifier: GPL-2.0
/*
 * Report exceptions that happen before startup_64.
 */

#include <linux/init.h>
#include <linux/types.h>

#include <asm/desc_defs.h>
#include <asm/page_types.h>

#include "startup.h"

static gate_desc idt[PVH_NR_VECTORS] __initdata;

/* From an address in the identity mapping to the link address */
static u64 link_offset __initdata;

/**
 * pvh_set_idt() - Load an IDT, for which head_64.S has the stubs
 * @start: physical address of the kernel image
 *
 * Runs on the mapping of head_64.S. startup_64 loads another one. The CPU
 * raises #GP for the vectors that this table does not have.
 */
void __init pvh_set_idt(u64 start)
{
	unsigned long stub = (unsigned long)pvh_idt_stubs;
	struct desc_ptr desc;
	unsigned int i;

	link_offset = __START_KERNEL - start;
	for (i = 0; i < PVH_NR_VECTORS; i++, stub += PVH_STUB_SIZE) {
		idt[i].offset_low = stub;
		idt[i].offset_middle = stub >> 16;
		idt[i].segment = PVH_CS;
		idt[i].bits.type = GATE_INTERRUPT;
		idt[i].bits.p = 1;
	}

	/* clang would make a constant of an initializer, with the link address. */
	desc.size = sizeof(idt) - 1;
	desc.address = (unsigned long)idt;
	asm volatile("lidt %0" : : "m" (desc));
}

static char field[] __initdata = "exception 0x? at";

/**
 * pvh_exception() - Print which exception this is, and end the machine
 * @vector: its number, less than PVH_NR_VECTORS
 * @ip: address of the instruction, as the identity mapping has it
 *
 * Called by the stubs of head_64.S for all exceptions except an NMI. The line has
 * the link address, which System.map and addr2line know.
 */
void __init __noreturn pvh_exception(u64 vector, u64 ip)
{
	const struct pvh_error err = {
		.field	= field,
		.value	= ip + link_offset,
		.reason	= "in the PVH entry, before startup_64",
	};

	field[12] = vector < 10 ? '0' + vector : 'a' + vector - 10;
	pvh_die(&err);
}
