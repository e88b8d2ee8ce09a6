// SPDX-License-Identifier: GPL-2.0
/*
 * Tell Xen that the domain has crashed if the kernel cannot boot. Nothing here
 * runs in a boot that succeeds.
 */

#include <linux/init.h>
#include <linux/types.h>

#include <asm/cpuid/api.h>
#include <asm/xen/cpuid.h>
#include <xen/interface/sched.h>
#include <xen/interface/xen.h>

#include "startup.h"

/* Where a hypercall has its arguments, see arch-x86/xen-x86_{32,64}.h of Xen. */
#ifdef CONFIG_X86_64
#define ARG1	"rdi"
#define ARG2	"rsi"
#define OTHER_ARGS	"rdx", "r10", "r8"
#else
#define ARG1	"ebx"
#define ARG2	"ecx"
#define OTHER_ARGS	"edx", "esi", "edi"
#endif

static bool __init xen_found(void)
{
	u32 leaf;

	for_each_possible_cpuid_base_hypervisor(leaf) {
		u32 eax = leaf, ebx, ecx = 0, edx;

		native_cpuid(&eax, &ebx, &ecx, &edx);
		if (ebx == XEN_CPUID_SIGNATURE_EBX &&
		    ecx == XEN_CPUID_SIGNATURE_ECX &&
		    edx == XEN_CPUID_SIGNATURE_EDX)
			return true;
	}

	return false;
}

/* "AuthenticAMD" and "HygonGenuine" use VMMCALL, Intel uses VMCALL. */
static bool __init has_vmmcall(void)
{
	u32 eax = 0, ebx, ecx = 0, edx;

	native_cpuid(&eax, &ebx, &ecx, &edx);

	return (ebx == 0x68747541 && edx == 0x69746e65 && ecx == 0x444d4163) ||
	       (ebx == 0x6f677948 && edx == 0x6e65476e && ecx == 0x656e6975);
}

static void __init shutdown_domain(struct sched_shutdown *how, bool vmmcall)
{
	register struct sched_shutdown *arg asm(ARG2) = how;
	register unsigned long op asm(ARG1) = SCHEDOP_shutdown;
	unsigned long ret;

	if (vmmcall)
		asm volatile("vmmcall" : "=a" (ret), "+r" (op), "+r" (arg)
			     : "0" (__HYPERVISOR_sched_op)
			     : "memory", OTHER_ARGS);
	else
		asm volatile("vmcall" : "=a" (ret), "+r" (op), "+r" (arg)
			     : "0" (__HYPERVISOR_sched_op)
			     : "memory", OTHER_ARGS);
}

/**
 * pvh_xen_crash() - Let Xen end this domain, as crashed, if this is Xen
 *
 * Xen takes a triple fault for a reboot, and its tools would boot the same kernel
 * for ever.
 *
 * The kernel has not set up its hypercalls yet, so issue the instruction directly.
 */
void __init pvh_xen_crash(void)
{
	struct sched_shutdown crash = { .reason = SHUTDOWN_crash };

	if (xen_found())
		shutdown_domain(&crash, has_vmmcall());
}
