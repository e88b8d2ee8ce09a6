/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_INSN_H
#define SHIM_INSN_H

/*
 * What the assembly in report.c and xen.c would do to the machine is called
 * here instead: the assembler takes these for the instructions.
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
    "	leaq \\op, %rdi\n"
    "	andq $-16, %rsp\n"
    "	call shim_lidt\n"
    ".endm\n"
    ".macro ud2\n"
    "	andq $-16, %rsp\n"
    "	call shim_ud2\n"
    ".endm\n");

#endif
