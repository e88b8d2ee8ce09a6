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

/* Index of the PML5 page in pvh_pgtable: after the PGD, the PUD and the PMDs */
#define PVH_PML5_TABLE	(PVH_IDENT_GIB + 2)

/* Low RAM that serves as the stack if %ebx does not point to a start_info. */
#define PVH_SCRATCH	0x1000

/* Vectors for which the CPU pushes an error code: #DF, #TS, #NP, #SS, #GP, #PF */
#define PVH_ERRORCODES	0x7d00

/*
 * Print a text without any data. LLVM's assembler takes only a single word for
 * .irpc. So "_" stands for a blank, and "." for a colon.
 */
.macro say text:req
	.irpc	char, \text
	.byte	0xb0				/* movb $char, %al */
	.ifc	"\char", "_"
	.ascii	" "
	.else
	.ifc	"\char", "."
	.ascii	":"
	.else
	.ascii	"\char"
	.endif
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
 * The rest of the entry is close to the end of the image: in init memory, or in a
 * vmlinuz.elf behind the room for the decompression. This part is at the end of
 * .text, before all data, and stays after boot; or next to the decompressor. So a
 * kernel of which the memory of its machine has the code, but not all of the rest,
 * can report that.
 */
	__REF
	.code32
SYM_CODE_START(pvh_start_xen)
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	cld

	/*
	 * Finding out where this code runs takes a call, and a call takes four
	 * bytes of stack. Use those of the magic, because their content is
	 * known. If the magic is wrong then there may be no RAM: the C code
	 * reports it. The ABI does not define %ss, but all loaders set it up.
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

	/*
	 * Writes to addresses without memory are dropped. Test whether a write
	 * to the last word before __bss_start sticks: the rest of the entry is
	 * below it.
	 */
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
	say	pvh._kernel_end_0x
	say_edx
	say	._not_in_memory

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

	/* The stack is not in use yet. startup_64 starts from its top again. */
	leal	rva(__top_init_kernel_stack)(%ebp), %esp

	/*
	 * Without long mode, setting EFER.LME is a silent triple fault. All CPUs
	 * with virtualization have this leaf.
	 */
	movl	%ebx, %esi
	movl	$0x80000001, %eax
	cpuid
	btl	$(X86_FEATURE_LM & 31), %edx
	jnc	.Lno_long_mode

	/* The tables hold their distance from the first one. */
	leal	rva(pvh_pgtable)(%ebp), %edi
	testl	$(PAGE_SIZE - 1), %edi
	jnz	.Lnot_aligned
	addl	%edi, (%edi)
	offset = PAGE_SIZE
	.rept	PVH_IDENT_GIB + 1
	addl	%edi, offset(%edi)
	offset = offset + 8
	.endr
	/* The last one is the window, which may be below the tables. */
	adcl	$0, offset - 4(%edi)
	addl	%edi, PVH_PML5_TABLE * PAGE_SIZE(%edi)

	/*
	 * Turn on five levels if the CPU has them. .Llong_mode goes back to four
	 * if the command line asks for that, because only 64-bit code can reach
	 * all command lines. Without leaf 7 the answer is meaningless. Read the
	 * maximum leaf only if the answer is yes, to save a CPUID otherwise.
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
	say	pvh._load_address_0x
	say_edx
	say	._not_a_multiple_of_2_MiB
	jmp	.Lend

.Lno_long_mode:
	say	pvh._cpuid_0x80000001_lm_0._this_kernel_needs_a_CPU_with_long_mode
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
	/* 32-bit code cannot use the 64-bit IDT: an NMI is a triple fault. */
	pushq	$0
	pushq	$0
	lidt	(%rsp)
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
	 * One stub for each exception. That of an NMI returns at once, so NMIs are
	 * ignored, as in the kernel before it has a handler.
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
	vector = vector + 1
	.org	__pi_pvh_idt_stubs + vector * PVH_STUB_SIZE, 0xcc
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

/*
 * Identity mapping of the first 4 GiB, which is all that 32-bit addresses can
 * reach, and after it a GiB in which pvh_map() maps data from elsewhere. An entry
 * that points to a table holds the distance in bytes from the first table, plus
 * flags. So neither the linker nor KASLR relocates it, and the entry adds the
 * same number to each.
 */
#define TABLE(n)	((n) * PAGE_SIZE + _KERNPG_TABLE_NOENC)

SYM_DATA_START_PAGE_ALIGNED(pvh_pgtable)
	/* PGD */
	.quad	TABLE(1)
	.fill	PTRS_PER_PGD - 1, 8, 0
	/* PUD */
	.quad	TABLE(2), TABLE(3), TABLE(4), TABLE(5)
	.quad	__pi_pvh_window - pvh_pgtable + _KERNPG_TABLE_NOENC
	.fill	PTRS_PER_PUD - PVH_IDENT_GIB - 1, 8, 0
	/* PMDs. No NX: code runs from here. */
	PMDS(0, __PAGE_KERNEL_LARGE_EXEC & ~_PAGE_GLOBAL, PVH_IDENT_GIB * PTRS_PER_PMD)
	/* PML5, in use if there are five levels */
	.quad	TABLE(0)
	.fill	PTRS_PER_PGD - 1, 8, 0
SYM_DATA_END(pvh_pgtable)

	/* After the tables, which are aligned, so that nothing is lost before them */
	.balign	8
SYM_DATA_START_LOCAL(pvh_gdt)
	.word	pvh_gdt_end - pvh_gdt - 1
	.long	0
	.word	0
	.quad	GDT_ENTRY(DESC_CODE64, 0, 0xfffff)	/* PVH_CS */
	.quad	GDT_ENTRY(DESC_DATA32, 0, 0xfffff)	/* PVH_DS */
	.quad	GDT_ENTRY(DESC_CODE32, 0, 0xfffff)	/* PVH_CS32 */
SYM_DATA_END_LABEL(pvh_gdt, SYM_L_LOCAL, pvh_gdt_end)

SYM_DATA(__pi_pvh_linked_text, .quad _text)
SYM_DATA(__pi_pvh_link, .quad __end_rodata, _sdata, __bss_start, _end)

	/* The value is relative to the note: see vmlinux.lds.S. */
	ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_ENTRY, .global xen_elfnote_phys32_entry;
		xen_elfnote_phys32_entry: _ASM_PTR xen_elfnote_phys32_entry_value - .)
	/* Alignment, lowest and highest physical address, all in bytes. */
	ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_RELOC,
		.long CONFIG_PHYSICAL_ALIGN;
		.long LOAD_PHYSICAL_ADDR;
		.long 0xffffffff)
