/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_INSN_H
#define SHIM_INSN_H

/*
 * The assembler takes these macros for the instructions of report.c, xen.c and
 * idt.c: they call the test instead of changing the machine. What the compiler
 * does not know to be changed is left alone.
 */
asm(".macro vmcall\n"
    "	movb $1, shim_hypercall_insn(%rip)\n"
    "	call shim_hypercall\n"
    ".endm\n"
    ".macro vmmcall\n"
    "	movb $2, shim_hypercall_insn(%rip)\n"
    "	call shim_hypercall\n"
    ".endm\n"
    ".macro lidt op:vararg\n"
    "	movq %rdi, shim_lidt_rdi(%rip)\n"
    "	leaq \\op, %rdi\n"
    "	call shim_lidt\n"
    ".endm\n"
    ".macro ud2\n"
    "	andq $-16, %rsp\n"
    "	call shim_ud2\n"
    ".endm\n");

#endif
