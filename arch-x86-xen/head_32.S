/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PVH entry of a 32-bit kernel: from the state the PVH boot ABI defines, see
 * head_64.S, to startup_32.
 *
 * All of this runs with paging off, as startup_32 does, where the kernel was
 * linked to be in physical memory. A loader cannot choose that, because there is
 * no PHYS32_RELOC note.
 */

#include <linux/elfnote.h>
#include <linux/init.h>
#include <linux/linkage.h>

#include <asm/asm.h>
#include <asm/desc_defs.h>
#include <asm/page_types.h>
#include <asm/segment.h>
#include <xen/interface/elfnote.h>

/* Physical address of a symbol */
#define pa(x)		((x) - __PAGE_OFFSET)

	__INIT
SYM_CODE_START(pvh_start_xen)
	cld

	/* C code uses %ss, which the ABI does not define. */
	lgdt	pa(pvh_gdt_descr)
	movl	$__BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss

	/* The stack is not in use yet. startup_32 starts from its top again. */
	movl	$pa(__top_init_kernel_stack), %esp

	/* The first argument has 64 bits. */
	movl	%ebx, %eax
	xorl	%edx, %edx
	movl	$pa(pvh_boot_params), %ecx
	pushl	pa(e820_table)
	pushl	$pa(_text)
	pushl	$pa(pvh_start_info)
	call	__pi_pvh_boot

	movl	$pa(pvh_boot_params), %esi
	jmp	startup_32
SYM_CODE_END(pvh_start_xen)

	__INITDATA

SYM_DATA_START_LOCAL(pvh_gdt_descr)
	.word	pvh_gdt_end - pvh_gdt - 1
	.long	pa(pvh_gdt)
SYM_DATA_END(pvh_gdt_descr)

	.balign	8
SYM_DATA_START_LOCAL(pvh_gdt)
	.fill	GDT_ENTRY_BOOT_DS, 8, 0
	.quad	GDT_ENTRY(DESC_DATA32, 0, 0xfffff)	/* __BOOT_DS */
SYM_DATA_END_LABEL(pvh_gdt, SYM_L_LOCAL, pvh_gdt_end)

SYM_DATA(__pi_pvh_linked_text, .long _text)
SYM_DATA(__pi_pvh_link, .long __end_rodata, _sdata, __bss_start, _end)

	/* The value is relative to the note: see vmlinux.lds.S. */
	ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_ENTRY, .global xen_elfnote_phys32_entry;
		xen_elfnote_phys32_entry: _ASM_PTR xen_elfnote_phys32_entry_value - .)
