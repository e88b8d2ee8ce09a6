/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first program of a guest of make bench-kvm. Its first exit marks the begin of user
 * space in KVM's trace: CPUID of a function that nobody else asks for, which user space
 * may execute without any privilege.
 *
 * It becomes the init of the tests, unless its last argument is "end": then it ends the
 * guest, so that the time of a boot has no more in it. Other arguments are what the kernel
 * does not know on its command line, like nokaslr.
 */
	.globl	_start
_start:
	mov	$0x70766821, %eax
	xor	%ecx, %ecx
	cpuid
	mov	(%rsp), %rbx
	mov	(%rsp,%rbx,8), %rax
	cmpl	$0x646e65, (%rax)
	je	end

	/* execve("/init", argv, envp) */
	lea	init(%rip), %rdi
	lea	8(%rsp), %rsi
	lea	16(%rsp,%rbx,8), %rdx
	mov	$59, %eax
	syscall

end:
	/* write(1, done, 15), reboot(..., LINUX_REBOOT_CMD_RESTART, 0) */
	mov	$1, %edi
	lea	done(%rip), %rsi
	mov	$15, %edx
	mov	$1, %eax
	syscall
	mov	$0xfee1dead, %edi
	mov	$0x28121969, %esi
	mov	$0x01234567, %edx
	mov	$169, %eax
	syscall
	hlt

init:	.asciz	"/init"
done:	.ascii	"pvh-init: done\n"
	.section .note.GNU-stack, "", @progbits
