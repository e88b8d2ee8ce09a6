/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A loader that enters vmlinux by the 64-bit boot protocol, with all in memory where
 * Firecracker puts it: GDT, boot_params, stack, page tables and command line below
 * 1 MiB, and identity-mapped the first GiB.
 *
 * QEMU loads this by its PVH note, in place of a kernel. It is linked with the segments
 * of vmlinux, the initrd and the command line, by boot64.sh, which defines the
 * names in capitals. Firmware uses the memory below 1 MiB until it enters this, so
 * what belongs there is copied.
 */

#define GDT		0x500
#define BOOT_PARAMS	0x7000
#define STACK		0x8ff0
#define PML4		0x9000
#define PDPT		0xa000
#define PD		0xb000
#define CMDLINE		0x20000
#define ISA_START	0x9fc00
#define HIGH_MEMORY	0x100000

/* Where a part of the block is before it is copied. */
#define BLOCK(addr)	(block + (addr) - GDT)

	.section .stub, "ax"
	.code32
	.globl	stub
stub:
	cld
	movl	$block, %esi
	movl	$GDT, %edi
	movl	$(block_end - block + 3) / 4, %ecx
	rep movsl

	lgdt	gdt_pointer
	movl	$0x20, %eax		/* CR4.PAE */
	movl	%eax, %cr4
	movl	$PML4, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx	/* EFER.LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	$0x80000001, %eax	/* CR0.PG, CR0.PE */
	movl	%eax, %cr0
	ljmp	$0x8, $long_mode

	.code64
long_mode:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$BOOT_PARAMS, %esi
	movl	$STACK, %esp
	movl	%esp, %ebp
	movl	$KERNEL_ENTRY, %eax
	jmp	*%rax

	.balign	8
gdt_pointer:
	.word	23
	.long	GDT

	.balign	16
block:
	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff

	.org	BLOCK(BOOT_PARAMS + 0x1e8)
	.byte	2			/* e820_entries */
	.org	BLOCK(BOOT_PARAMS + 0x1fe)
	.word	0xaa55			/* boot_flag */
	.org	BLOCK(BOOT_PARAMS + 0x202)
	.ascii	"HdrS"
	.org	BLOCK(BOOT_PARAMS + 0x210)
	.byte	0xff, LOADFLAGS		/* type_of_loader */
	.org	BLOCK(BOOT_PARAMS + 0x218)
	.long	initrd, INITRD_SIZE	/* ramdisk_image, ramdisk_size */
	.org	BLOCK(BOOT_PARAMS + 0x228)
	.long	CMDLINE			/* cmd_line_ptr */
	.long	0			/* initrd_addr_max */
	.long	0x1000000		/* kernel_alignment */
	.org	BLOCK(BOOT_PARAMS + 0x238)
	.long	CMDLINE_SIZE		/* cmdline_size */
	.org	BLOCK(BOOT_PARAMS + 0x2d0)
	.quad	0, ISA_START
	.long	1
	.quad	HIGH_MEMORY, MEMORY - HIGH_MEMORY
	.long	1

	.org	BLOCK(PML4)
	.quad	PDPT + 3
	.org	BLOCK(PDPT)
	.quad	PD + 3
	.org	BLOCK(PD)
	page = 0
	.rept	512
	.quad	page + 0x83
	page = page + 0x200000
	.endr

	.org	BLOCK(CMDLINE)
	.incbin	CMDLINE_FILE
	.byte	0
block_end:

	.section .initrd, "a"
	.globl	initrd
initrd:
	.incbin	INITRD_FILE

	.section .note.Xen, "a", @note
	.long	4, 4, 18		/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	stub

#include "segments.h"
