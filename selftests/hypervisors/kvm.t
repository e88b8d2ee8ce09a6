#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series finds of a hypervisor all that the unmodified kernel finds: under KVM, where
# QEMU offers the CPUID leaves of KVM, Hyper-V, Xen and VMware, alone and one behind the
# other, or hides them; and under TCG.
#
# found.sh has how both are compared.
#
# variables: KVM_SUITE=trixie, the suite of Debian's archive that KVM and QEMU come from.
# KVM has Xen's interface from Debian 13 on.

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
for part in initrd qemu-packages kvm matrix; do
	. "$top/selftests/lib/$part.sh"
done
. "$here/found.sh"

make_tmp
matrix_begin
needs cpio taskset "$base_obj/include/config/kernel.release" "$build/base.vmlinux" "$build/base.gzip.bzImage" "$build/bzImage"
found_begin "${KVM_SUITE:-trixie}"

tcg=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([^ ]*\).*/\1/p')
matrix_version "QEMU with TCG, of SVM, too" "$tcg"

hv="hv-relaxed,hv-vapic,hv-time,hv-vpindex"
xen=kvm,xen-version=0x4000a,kernel-irqchip=split
run_cases found_boot found_judge <<END
# CPUID leaves     machine  CPUs  image    CPU                      accelerator
KVM                pc       8     vmlinux  host                     kvm
KVM                q35      4     vmlinux  EPYC                     kvm
Hyper-V, KVM       q35      4     bzImage  host,$hv                 kvm
KVM                microvm  4     vmlinux  host                     kvm
KVM                microvm  1     vmlinux  host                     kvm
KVM                microvm  1     bzImage  host                     kvm
KVM                microvm  1     vmlinux  host,+la57               kvm
KVM                q35      1     bzImage  EPYC                     kvm
Hyper-V, KVM       microvm  1     vmlinux  host,$hv                 kvm
Linux KVM Hv, KVM  q35      1     vmlinux  host,hv-passthrough      kvm
Hyper-V            microvm  1     vmlinux  host,kvm=off,$hv         kvm
none               microvm  1     vmlinux  host,kvm=off             kvm
KVM                microvm  1     vmlinux  host,-hypervisor         kvm
none               microvm  1     vmlinux  host,kvm=off,-hypervisor  kvm
# With Xen's leaves QEMU has none of KVM's.
Xen                q35      1     bzImage  host                     $xen
Xen                q35      1     bzImage  host,kvm=off             $xen
Hyper-V, Xen       q35      1     bzImage  host,$hv                 $xen
Xen                q35      1     vmlinux  host                     $xen
VMware             q35      1     vmlinux  host,kvm=off,hv-relaxed,hv-vendor-id=VMwareVMware  kvm
TCG                q35      1     vmlinux  qemu64                   tcg
none               q35      1     vmlinux  qemu64,tcg-cpuid=off     tcg
TCG                q35      1     vmlinux  qemu64,-hypervisor       tcg
none               q35      1     vmlinux  qemu64,tcg-cpuid=off,-hypervisor  tcg
END
tap_done
