#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Xen takes vmlinuz.elf as it is: the hypervisor for its PVH dom0, and xl create for a
# PVH domain.
#
# variables: XEN_TIMEOUT=900

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"
. "$top/selftests/xen/results.sh"

make_tmp
tools() {
	"$top/selftests/xen/fetch.sh" && "$top/selftests/xen/dom0-root.sh"
}
expect "Xen and its tools are here" tools
[ "$tap_bad" -eq 0 ] || tap_done

# boot-xen.sh boots what has the name vmlinux. Its logs are in another directory, because
# another test may be running.
mkdir "$tmp/kernels" "$tmp/build"
cp "$elf" "$tmp/kernels/vmlinux" && cp "$bzimage" "$tmp/kernels/" || die "cannot write to $tmp$(room "$tmp")"
touch "$tmp/build/.pvh"
ln -s "$build/xen" "$initrd" "$tmp/build/"
dir=$tmp
BUILD=$tmp/build CACHE=$cache KERNEL_DIR=$tmp/kernels GUESTS="pvh-vmlinux" XEN_TIMEOUT=${XEN_TIMEOUT:-900} \
	"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$dir/out" 2>"$dir/err" || :
expect "it boots as PVH dom0" has_result "dom0 vmlinux pvh up"
expect "dom0 is a PVH domain" has_result "dom0 vmlinux pvh guest_type PVH"
expect "xl create boots it until it powers off" has_result "domU vmlinux pvh done"
expect "the domU is a PVH domain" has_result "domU vmlinux pvh guest_type PVH"
[ "$tap_bad" -eq 0 ] || tail -n 15 "$dir/err" | tap_diag
tap_done
