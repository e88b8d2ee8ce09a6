/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PVH entry: from the state the PVH boot ABI defines to startup_64.
 *
 * That state, from docs/misc/pvh.pandoc of Xen:
 *
 * %ebx		physical address of the loader's hvm_start_info
 * %cr0		PE set, all other writable bits clear
 * %cr4		clear
 * %cs		32-bit code, base 0, limit 4 GiB; the selector is unspecified
 * %ds, %es	32-bit data, base 0, limit 4 GiB; the same
 * %tr		32-bit TSS, active, base 0, limit 0x67
 * %eflags	VM, IF and TF clear
 *
 * All else is unspecified: no stack, no GDT to rely on. The kernel may be
 * anywhere below 4 GiB that the PHYS32_RELOC note allows.
 */

#include <linux/elfnote.h>
#include <linux/init.h>
#include <linux/linkage.h>

#include <asm/asm.h>
#include <asm/boot.h>
#include <asm/cpufeatures.h>
#include <asm/desc_defs.h>
#include <asm/msr.h>
#include <asm/page_types.h>
#include <asm/pgtable.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/setup.h>
#include <asm/trapnr.h>
#include <asm/unwind_hints.h>
#include <xen/interface/elfnote.h>

#include "pvh.h"

/* Where a symbol is, given the address of pvh_entry in %ebp. */
#define rva(x)		((x) - pvh_entry)

/*
 * Index of the PML5 page in pvh_pgtable: after the PGD, the PUD, PVH_IDENT_GIB
 * PMDs and the window
 */
#define PVH_PML5_TABLE	(PVH_IDENT_GIB + 3)

/* Low RAM that serves as the stack if %ebx does not point to a start_info. */
#define PVH_SCRATCH	0x1000

/* Vectors for which the CPU pushes an error code: #DF, #TS, #NP, #SS, #GP, #PF */
#define PVH_ERRORCODES	0x7d00

/* Print a text without any data. "_" stands for a blank, which .irpc skips. */
.macro say text:req
	.irpc	char, \text
	.byte	0xb0				/* movb $char, %al */
	.ifc	"\char", "_"
	.ascii	" "
	.else
	.ascii	"\char"
	.endif
	outb	%al, $PVH_DEBUG_CONSOLE_PORT
	.endr
.endm

/* Print %edx in hexadecimal, without leading zeroes. */
.macro say_edx
	movl	$8, %ecx
	xorl	%ebx, %ebx
1:	roll	$4, %edx
	movb	%dl, %al
	andb	$0xf, %al
	orb	%al, %bl
	jz	3f
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$'a' - '9' - 1, %al
2:	outb	%al, $PVH_DEBUG_CONSOLE_PORT
3:	decl	%ecx
	jnz	1b
.endm

/*
 * The rest of the entry is in init memory, close to the end of the image. This
 * part is in .text, close to its start, and stays after boot: a kernel that does
 * not fit into the memory of its machine can say so.
 */
	__REF
	.code32
SYM_CODE_START(pvh_start_xen)
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	cld

	/*
	 * Finding out where this code runs takes a call, and that takes four
	 * bytes of stack. Those of the magic will do, as their content is
	 * known. If it is not what it should be then there may be no RAM; the
	 * C code is going to say so.
	 */
	leal	4(%ebx), %esp
	cmpl	$PVH_START_INFO_MAGIC, (%ebx)
	je	1f
	movl	$PVH_SCRATCH + 4, %esp
1:	ANNOTATE_INTRA_FUNCTION_CALL
	call	2f
2:	popl	%ebp
	jne	3f
	movl	$PVH_START_INFO_MAGIC, (%ebx)

	/* Writes to where there is no memory are dropped: has one an effect? */
3:	leal	__bss_start - 4 - 2b(%ebp), %edx
	movl	(%edx), %eax
	notl	(%edx)
	notl	%eax
	cmpl	%eax, (%edx)
	jne	.Lno_memory
	notl	(%edx)

	addl	$pvh_entry - 2b, %ebp
	jmp	pvh_entry

.Lno_memory:
	leal	_end - 2b(%ebp), %edx
	say	"pvh:_kernel_end_0x"
	say_edx
	say	":_not_in_memory"

	/* End the line, and the machine: with an empty IDT #UD is a triple fault. */
.Lend:
	movb	$'\n', %al
	outb	%al, $PVH_DEBUG_CONSOLE_PORT
	pushl	$0
	pushl	$0
	lidtl	(%esp)
	ud2
SYM_CODE_END(pvh_start_xen)

	__INIT
	.code32
SYM_CODE_START_LOCAL(pvh_entry)
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR

	/* The unused first descriptor holds the pointer to its own table. */
	leal	rva(pvh_gdt)(%ebp), %eax
	movl	%eax, 2(%eax)
	lgdt	(%eax)
	movl	$PVH_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss

	/* Not in use yet. startup_64 starts from its top again. */
	leal	rva(__top_init_kernel_stack)(%ebp), %esp

	/*
	 * Setting EFER.LME without this would end in a silent triple fault. No
	 * CPU that can virtualize is too old to have that leaf.
	 */
	movl	%ebx, %esi
	movl	$0x80000001, %eax
	cpuid
	btl	$(X86_FEATURE_LM & 31), %edx
	jnc	.Lno_long_mode

#if PVH_IDENT_GIB != 4
#error "the entry fixes as many pointers as there are PMDs for 4 GiB"
#endif
	/* The tables hold their distance from the first one. */
	leal	rva(pvh_pgtable)(%ebp), %edi
	testl	$(PAGE_SIZE - 1), %edi
	jnz	.Lnot_aligned
	addl	%edi, (%edi)
	addl	%edi, PAGE_SIZE + 0(%edi)
	addl	%edi, PAGE_SIZE + 8(%edi)
	addl	%edi, PAGE_SIZE + 16(%edi)
	addl	%edi, PAGE_SIZE + 24(%edi)
	addl	%edi, PAGE_SIZE + 32(%edi)
	addl	%edi, PVH_PML5_TABLE * PAGE_SIZE(%edi)

	/*
	 * Turn on five levels if the CPU has them. .Llong_mode goes back to four
	 * if the command line says so, which can be anywhere. On a CPU without
	 * leaf 7 the answer means nothing, but only a yes is worth another CPUID
	 * to find out.
	 *
	 * The ABI requires all other bits of CR0 and CR4 to be clear. Load both
	 * registers instead of setting bits, so that this holds for any loader.
	 */
	pushl	$X86_CR4_PAE
	movl	$7, %eax
	xorl	%ecx, %ecx
	cpuid
	btl	$(X86_FEATURE_LA57 & 31), %ecx
	jnc	1f
	xorl	%eax, %eax
	cpuid
	cmpl	$7, %eax
	jb	1f
	addl	$PVH_PML5_TABLE * PAGE_SIZE, %edi
	orl	$X86_CR4_LA57, (%esp)
1:	popl	%eax
	leal	rva(.Llong_mode)(%ebp), %ebp

	/*
	 * %eax		CR4
	 * %edi		physical address of the first table
	 * %ebp		where to go from here
	 * %esi		is left alone
	 */
.Lenable_paging:
	movl	%eax, %cr4
	movl	%edi, %cr3

	movl	$MSR_EFER, %ecx
	rdmsr
	btsl	$_EFER_LME, %eax
	wrmsr

	movl	$(X86_CR0_PG | X86_CR0_PE), %eax
	movl	%eax, %cr0

	pushl	$PVH_CS
	pushl	%ebp
	lretl

	/* %edi: the PGD. The PML5 table is not used from here on. */
.Lfour_levels:
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	movl	$X86_CR0_PE, %eax
	movl	%eax, %cr0
	movl	$X86_CR4_PAE, %eax
	jmp	.Lenable_paging

.Lnot_aligned:
	leal	rva(_text)(%ebp), %edx
	say	"pvh:_load_address_0x"
	say_edx
	say	":_not_a_multiple_of_2_MiB"
	jmp	.Lend

.Lno_long_mode:
	say	"pvh:_cpuid_0x80000001_lm_0:_this_kernel_needs_a_64-bit_CPU"
	jmp	.Lend

	.code64
.Llong_mode:
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR

	/* The upper halves of the registers are not defined yet. */
	leaq	__top_init_kernel_stack(%rip), %rsp
	movl	%esi, %edi
	leaq	pvh_boot_params(%rip), %rsi
	leaq	pvh_start_info(%rip), %rdx
	leaq	_text(%rip), %rcx
	movq	e820_table(%rip), %r8
	call	__pi_pvh_boot

	/* Does the command line ask for four levels, but there are five? */
	testb	%al, %al
	jz	.Lstartup_64
	leaq	pvh_pgtable(%rip), %rdi
	leaq	.Lstartup_64(%rip), %rbp
	leaq	.Lfour_levels(%rip), %rax
	pushq	$PVH_CS32
	pushq	%rax
	lretq

.Lstartup_64:
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	leaq	pvh_boot_params(%rip), %rsi
	jmp	startup_64
SYM_CODE_END(pvh_entry)

	/*
	 * One stub for each exception. The code that an NMI interrupts goes on
	 * as if there had been none, as the kernel does until it has a handler.
	 */
	.balign	PVH_STUB_SIZE
SYM_CODE_START(__pi_pvh_idt_stubs)
	vector = 0
	.rept	PVH_NR_VECTORS
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	.if	vector == X86_TRAP_NMI
	iretq
	.else
	pushq	$vector
	jmp	pvh_idt_common
	.endif
	.balign	PVH_STUB_SIZE
	vector = vector + 1
	.endr
SYM_CODE_END(__pi_pvh_idt_stubs)

SYM_CODE_START_LOCAL(pvh_idt_common)
	UNWIND_HINT_END_OF_STACK
	popq	%rdi
	movl	$PVH_ERRORCODES, %eax
	btl	%edi, %eax
	jnc	1f
	popq	%rax
1:	movq	(%rsp), %rsi
	andq	$-16, %rsp
	cld
	call	__pi_pvh_exception
SYM_CODE_END(pvh_idt_common)

	__INITDATA

	.balign	8
SYM_DATA_START_LOCAL(pvh_gdt)
	.word	pvh_gdt_end - pvh_gdt - 1
	.long	0
	.word	0
	.quad	GDT_ENTRY(DESC_CODE64, 0, 0xfffff)	/* PVH_CS */
	.quad	GDT_ENTRY(DESC_DATA32, 0, 0xfffff)	/* PVH_DS */
	.quad	GDT_ENTRY(DESC_CODE32, 0, 0xfffff)	/* PVH_CS32 */
SYM_DATA_END_LABEL(pvh_gdt, SYM_L_LOCAL, pvh_gdt_end)

/*
 * Identity mapping of the first 4 GiB, all that 32-bit addresses can reach, and
 * a GiB behind for pvh_map() to map what is elsewhere. What points from one
 * table to the next is the distance in bytes from the first table, plus flags:
 * no relocation at link time or by KASLR can touch it, and the entry adds one
 * number.
 */
#define TABLE(n)	((n) * PAGE_SIZE + _KERNPG_TABLE_NOENC)

SYM_DATA_START_PAGE_ALIGNED(pvh_pgtable)
	/* PGD */
	.quad	TABLE(1)
	.fill	PTRS_PER_PGD - 1, 8, 0
	/* PUD */
	.quad	TABLE(2), TABLE(3), TABLE(4), TABLE(5), TABLE(6)
	.fill	PTRS_PER_PUD - PVH_IDENT_GIB - 1, 8, 0
	/* PMDs. No NX: code runs from here. */
	PMDS(0, __PAGE_KERNEL_LARGE_EXEC & ~_PAGE_GLOBAL, PVH_IDENT_GIB * PTRS_PER_PMD)
SYM_INNER_LABEL(__pi_pvh_window, SYM_L_GLOBAL)
	.fill	PTRS_PER_PMD, 8, 0
	/* PML5, in use if there are five levels */
	.quad	TABLE(0)
	.fill	PTRS_PER_PGD - 1, 8, 0
SYM_DATA_END(pvh_pgtable)

SYM_DATA(__pi_pvh_linked_text, .quad _text)
SYM_DATA(__pi_pvh_link, .quad __bss_start, _end)

	/* The value is relative to the note: see vmlinux.lds.S. */
	ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_ENTRY, .global xen_elfnote_phys32_entry;
		xen_elfnote_phys32_entry: _ASM_PTR xen_elfnote_phys32_entry_value - .)
	/* Alignment, lowest and highest physical address, all in bytes. */
	ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_RELOC,
		.long CONFIG_PHYSICAL_ALIGN;
		.long LOAD_PHYSICAL_ADDR;
		.long 0xffffffff)
