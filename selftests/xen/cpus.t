#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A PVH dom0 of two and of four CPUs, and a PVH guest in it. Xen gives them the time of the
# one CPU of the machine, because QEMU loses interrupts if a machine with SVM has more. The
# unmodified kernel boots beside it.
#
# variables: those of boot-xen.sh

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/matrix.sh"
. "$top/selftests/xen/results.sh"

make_tmp
matrix_begin
needs cpio "$base_obj/include/config/kernel.release" "$build/base.vmlinux" "$build/bzImage"
matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
tools() {
	"$here/fetch.sh" && "$here/dom0-root.sh"
}
expect "Xen and its tools are here" tools
[ "$tap_bad" -eq 0 ] || tap_done
matrix_version Xen "$(apt_version "$xen_dir/stamp" xen-hypervisor-)"
for of in base series; do
	mkdir "$tmp/$of"
	# boot-xen.sh wants one, and does not boot it here.
	ln -s "$build/bzImage" "$tmp/$of/bzImage"
done
ln -s "$build/base.vmlinux" "$tmp/base/vmlinux"
ln -s "$kernel" "$tmp/series/vmlinux"

boot() { # CPUS KERNEL
	KERNEL_DIR=$tmp/$2 GUESTS=pvh-vmlinux DOM0_CPUS="$1" LOG=xen.cpus.$1.$2 \
		"$here/boot-xen.sh" --kernel vmlinux || :
}

judge() { # CPUS KERNEL
	name="PVH dom0, $1 CPUs, $2"
	bad=$tap_bad
	brought_up=$(tr -d '\r' <"$build/log/xen.cpus.$1.$2" | sed -n 's/^(XEN).*//; s/.*smp: Brought up 1 node, \([0-9]*\) CPUs\{0,1\}.*/\1/p' | head -n 1)
	expect "dom0 boots" has_result "dom0 vmlinux pvh up"
	expect "dom0 has all of its CPUs" is "$1" "$brought_up"
	[ "$2" = base ] || expect_tests "dom0 vmlinux pvh"
	expect "xl create boots a PVH guest until it powers off" has_result "domU vmlinux pvh done"
	[ "$2" = base ] || expect_tests "domU vmlinux pvh"
	seen="dom0 and domU"
	[ "$2" = base ] || seen="$seen, tests pass"
	[ "$tap_bad" -eq "$bad" ] || seen=FAILED
	matrix_row Xen "PVH dom0, $1 CPUs, PVH domU" "vmlinux, $2" "$seen"
}

JOBS=1
run_cases boot judge <<'END'
# CPUs  kernel
2       series
2       base
4       series
4       base
END
tap_done
