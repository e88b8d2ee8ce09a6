# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of common.sh
#
# Sourced after common.sh: where Xen is, that of the machine's own release or of
# XEN_SUITE=, and the machine that it boots on.

xen_dir=$build/xen${XEN_SUITE:+-$XEN_SUITE}

# The machine and the CPU with which Xen has a PVH dom0. It needs an IOMMU.
#
# Xen 4.17 and 4.20 boot with this CPU and these options. With XSAVE, which TCG does not
# emulate completely for a guest of a guest, Linux reports wrong sizes and programs crash
# at AVX instructions.
xen_pvh_machine="-machine q35,kernel-irqchip=split -device amd-iommu"
xen_pvh_cpu=EPYC,+svm,+npt,-rdtscp,-monitor,-xsave
xen_options="console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all sync_console"
xen_options="$xen_options cpuidle=0 spec-ctrl=no smap=hvm smep=hvm"

# have_xen SUITE: its Xen and a root for dom0 are made; otherwise $why has the
# reason. It leaves the version to the matrix. After test.sh, apt.sh and matrix.sh.
have_xen() {
	for have_step in fetch dom0-root; do
		XEN_SUITE=$1 "$top/selftests/xen/$have_step.sh" >"$tmp/log" 2>&1 && continue
		why=$(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)
		return 1
	done
	matrix_version "Xen of $1" "$(apt_version "$build/xen-$1/stamp" xen-hypervisor-)"
}
