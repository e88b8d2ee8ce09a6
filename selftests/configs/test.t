#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The entry in kernels of other configurations: without Xen, and with Xen PVH
# but no Xen PV; and without KASLR at all, and without that of the PVH entry; and
# without what else can be left out of the base's kernel (configs/BASE/). Each is
# built and booted through its note.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/info.sh"

# no_table VMLINUX
no_table() {
	nm "$1" >"$tmp/symbols" && ! grep 'pvh_relocs\|pvh_randomize' "$tmp/symbols" >&2 &&
		[ "$(info "$1" pvh-kaslr)" = no ]
}

make_tmp
MACHINE=q35
for fragment in "$top"/selftests/configs/*.config; do
	name=$(basename "$fragment" .config)
	own=$top/selftests/configs/$BASE/$name.config
	[ -e "$own" ] || own=
	# shellcheck disable=SC2086 # one name, or none
	cat "$fragment" $own >"$tmp/$name.config"
	status=0
	"$top/scripts/build.sh" "$name" "$tmp/$name.config" >"$tmp/build" 2>&1 || status=$?
	tap_ok "$status" "$name: builds"
	if [ "$status" -ne 0 ]; then
		tail -n 12 "$tmp/build" | tap_diag
		continue
	fi
	tap_run "$name: without a warning" test ! -s "$build/log/build.$name.warnings"
	run_qemu "$tmp/log" -machine q35 -kernel "$build/$name.vmlinux" \
		-initrd "$build/initramfs.cpio.gz" -append console=ttyS0 || :
	tap_run "$name: boots to user space and its end" grep -q '^pvh-init: done' "$tmp/log"
	tap_run "$name: entered by the PVH note" grep -q '^pvh-report: entered by: PVH' "$tmp/log"
	tap_run "$name: has no relocation table, nor what applies one" no_table "$build/$name.vmlinux"
	tap_run "$name: is where it was linked to" \
		grep -q '^pvh-report: KASLR offset: 0x0[^0-9a-f]*$' "$tmp/log"
	if grep -qx CONFIG_X86_5LEVEL=n "$tmp/$name.config"; then
		CPU=max run_qemu "$tmp/log" -machine q35 -kernel "$build/$name.vmlinux" \
			-initrd "$build/initramfs.cpio.gz" -append console=ttyS0 || :
		tap_run "$name: boots on a CPU with LA57, with four levels" \
			grep -q '^pvh-report: paging levels: 4[^0-9]*$' "$tmp/log"
	fi
done
tap_done
