/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel image of relocations only, at the distances where one encoding ends and
 * another one begins: 255 bytes, 254 steps in a run, and 24 bits.
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

	.text
	.globl	_text
_text:
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
