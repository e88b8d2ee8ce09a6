# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of common.sh
#
# Sourced after common.sh: where Xen is, that of the machine's own release or of XEN_SUITE=.

xen_dir=$build/xen${XEN_SUITE:+-$XEN_SUITE}

# have_xen SUITE: its Xen and a root for dom0 are made; otherwise $why has the
# reason. It leaves the version to the matrix. After test.sh, apt.sh and matrix.sh.
have_xen() {
	for step in fetch dom0-root; do
		XEN_SUITE=$1 "$top/selftests/xen/$step.sh" >"$tmp/log" 2>&1 && continue
		why=$(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)
		return 1
	done
	matrix_version "Xen of $1" "$(apt_version "$build/xen-$1/stamp" xen-hypervisor-)"
}
