#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The structs of the PVH ABI, as the compiler sees them: those of rust-vmm's loader, which
# Firecracker and Cloud Hypervisor fill in, and those of the kernel, which reads them.

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
needs gcc "$tree/include/xen/interface/hvm/start_info.h"
"$here/fetch.sh" >"$tmp/log" 2>&1 ||
	skip_all "rust-vmm's crates cannot be fetched: $(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)"
"$here/build.sh" || exit 1
gcc -Wall -Werror -I "$tree/include" -o "$tmp/offsets" "$here/offsets.c" || die "cannot compile offsets.c"

"$tmp/offsets" >"$tmp/kernel"
"$build/rust-vmm/offsets" >"$tmp/crate"
for struct in hvm_start_info hvm_modlist_entry hvm_memmap_table_entry; do
	name=$struct
	expect "the kernel and the loader crate have its members at the same offsets, with the same sizes" is \
		"$(grep "^$struct " "$tmp/kernel")" "$(grep "^$struct " "$tmp/crate")"
done
name=
expect "the kernel and the loader crate have the same magic number" is "$(grep '^magic ' "$tmp/kernel")" "$(grep '^magic ' "$tmp/crate")"
tap_done
