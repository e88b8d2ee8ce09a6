/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel image of relocations only, at the distances where one encoding ends and
 * another one begins: 255 bytes, 254 steps in a run, and 24 bits. Those at the end move
 * the other way, if this kernel has its per-CPU variables at address 0; otherwise they
 * stay as they are.
 */
	.macro	here
	.reloc	., R_X86_64_32S, _text
	.long	0
	.endm

	/* The next relocation is that many bytes after the last one. */
	.macro	next distance
	.if	\distance > 4
	.space	\distance - 4
	.endif
	here
	.endm

	/* .. refers to a per-CPU variable. */
	.macro	percpu distance
	.space	\distance - 4
	.reloc	., R_X86_64_PC32, variable
	.long	0
	.endm

	.section .data..percpu, "aw", @progbits
variable:
	.quad	0

	.text
	.globl	_text, _end, __per_cpu_load
	.set	__per_cpu_load, _text
	.globl	__pi_pvh_linked_text, __pi_pvh_relocs, __pi_pvh_relocs_end
_text:
__pi_pvh_linked_text:
	.quad	_text
	here
	next	4
	next	5
	next	255
	next	256
	next	254
	next	257
	.rept	600
	.quad	_text
	.endr
	next	300
	/* 252 to 257 steps in a run */
	.irp	n, 252, 253, 254, 255, 256, 257
	next	1000
	.rept	\n
	next	7
	.endr
	.endr
	next	0xfffffe
	next	0xffffff
	next	0x1000000
	next	0x1fffffe
	next	0x1ffffff

	percpu	5
	.rept	300
	percpu	9
	.endr
	percpu	255
	percpu	256
	next	9
	percpu	11
	percpu	0xffffff
	percpu	0x1000000
	next	8

	.balign	8
__pi_pvh_relocs:
	.space	0x4000
__pi_pvh_relocs_end:
_end:
