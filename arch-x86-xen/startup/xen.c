// SPDX-License-Identifier: GPL-2.0
/*
 * What has to be said to Xen if the kernel cannot be booted. Nothing here runs
 * in a boot that succeeds.
 */

#include <linux/init.h>
#include <linux/types.h>

#include <asm/cpuid/api.h>
#include <xen/interface/sched.h>
#include <xen/interface/xen.h>

#include "../pvh.h"

/* "XenVMMXenVMM" in %ebx, %ecx and %edx, in steps of 0x100 for Viridian */
#define XEN_LEAVES_FIRST	0x40000000
#define XEN_LEAVES_LAST		0x40010000
#define XEN_LEAVES_STEP		0x100
#define XEN_SIGNATURE_EBX	0x566e6558
#define XEN_SIGNATURE_ECX	0x65584d4d
#define XEN_SIGNATURE_EDX	0x4d4d566e

/* Where a hypercall has its arguments, see arch-x86/xen-x86_{32,64}.h of Xen. */
#ifdef CONFIG_X86_64
#define ARG1	"rdi"
#define ARG2	"rsi"
#else
#define ARG1	"ebx"
#define ARG2	"ecx"
#endif

static bool __init xen_found(void)
{
	u32 leaf;

	for (leaf = XEN_LEAVES_FIRST; leaf < XEN_LEAVES_LAST;
	     leaf += XEN_LEAVES_STEP) {
		u32 eax = leaf, ebx, ecx = 0, edx;

		native_cpuid(&eax, &ebx, &ecx, &edx);
		if (ebx == XEN_SIGNATURE_EBX && ecx == XEN_SIGNATURE_ECX &&
		    edx == XEN_SIGNATURE_EDX)
			return true;
	}

	return false;
}

/* "AuthenticAMD" or "HygonGenuine": theirs is another instruction than Intel's. */
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
			     : "0" (__HYPERVISOR_sched_op) : "memory");
	else
		asm volatile("vmcall" : "=a" (ret), "+r" (op), "+r" (arg)
			     : "0" (__HYPERVISOR_sched_op) : "memory");
}

/**
 * pvh_xen_crash() - Let Xen end this domain, as crashed, if this is Xen
 *
 * A triple fault would count as a reboot, which is tried for ever by default.
 *
 * The hypercall goes without what the kernel sets up to make one: the
 * instruction is all that there is to it.
 */
void __init pvh_xen_crash(void)
{
	struct sched_shutdown crash = { .reason = SHUTDOWN_crash };

	if (xen_found())
		shutdown_domain(&crash, has_vmmcall());
}
