#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The PVH entry in kernels of other configurations: without Xen, with Xen PVH but
# without Xen PV, both without KASLR, and without other options that only the base's
# kernel can do without (configs/VERSION/). Each is built, and boots through its note.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
guest_defaults --cmdline console=ttyS0

kernels=
for fragment in "$here"/*.config; do
	name=$(basename "$fragment" .config)
	own=$here/$base_version/$name.config
	[ -e "$own" ] || own=
	# shellcheck disable=SC2086 # one name, or none
	cat "$fragment" $own >"$tmp/$name.config"
	expect_build "$name" "$top/scripts/build.sh" --config tinyconfig \
		--fragment "$here/small" --fragment "$tmp/$name.config" "$name" || continue
	vmlinux=$build/$name.vmlinux
	expect "the kernel has no relocation table, and no code that applies one" \
		none "$(nm "$vmlinux" | grep 'kernel_relocs\|randomize_kernel\|pvh_relocs\|pvh_randomize' || :)"
	expect "pvhinfo reports that the kernel has no KASLR" is no "$(info "$vmlinux" pvh-kaslr)"
	kernels="$kernels$name$nl"
	! grep -qx CONFIG_X86_5LEVEL=n "$tmp/$name.config" || kernels="$kernels$name  max$nl"
done

boot() { # KERNEL [CPU]
	guest --kernel "$build/$1.vmlinux" --cpu "${2:-}"
}

judge() { # KERNEL [CPU]
	name=$1
	if [ $# -eq 1 ]; then
		expect "the guest powers off" finished
		expect "the kernel is entered by its PVH note" reported "entered by" "PVH.*"
		expect "the kernel is at its link address" reported "KASLR offset" "0x0[^0-9a-f]*"
	else
		expect "the kernel uses 4-level page tables on a CPU with LA57" reported "paging levels" 4
	fi
}

[ -z "$kernels" ] || run_cases boot judge <<END
$kernels
END
tap_done
