#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The built image, as a loader and a linker see it: its notes, and the sections that
# have the code of the entry.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
export LC_ALL=C

entry=$(printf '0x%x' $((0x$(symbol_low "$obj/vmlinux" pvh_start_xen) - 0x80000000)))
reloc="$(sed -n 's/^CONFIG_PHYSICAL_ALIGN=//p' "$obj/.config") \
$(sed -n 's/^CONFIG_PHYSICAL_START=//p' "$obj/.config") 0xffffffff"

notes() { # FILE NAME
	name=$2
	expect "PHYS32_ENTRY has 8 bytes, which every loader accepts" is 8 "$(info "$1" pvh-entry-bytes)"
	expect "PHYS32_ENTRY is the physical address of pvh_start_xen" is "$entry" "$(info "$1" pvh-entry)"
	expect "PHYS32_RELOC has the configured alignment and start, and allows all of 4 GiB" is "$reloc" \
		"$(info "$1" pvh-reloc-align) $(info "$1" pvh-reloc-min) $(info "$1" pvh-reloc-max)"
}
notes "$kernel" vmlinux
strip -o "$tmp/stripped" "$kernel"
notes "$tmp/stripped" "stripped vmlinux"
"$tree/scripts/extract-vmlinux" "$build/bzImage" >"$tmp/extracted" 2>/dev/null || :
notes "$tmp/extracted" "vmlinux in bzImage"

# The code that runs before startup_64 calls only itself and the return thunk, which
# is a plain return until the kernel patches it.
name="PVH entry"
pvh=$obj/arch/x86/xen/pvh
set -- "$pvh/head_64.o" "$obj/arch/x86/tools/vmlinux.arch.o" # which has the relocation table
# Not all that is in the directory, because an earlier build may have left more there
startup=$(cd "$obj" && ar t arch/x86/xen/pvh/startup/built-in.a | sed "s|^|$obj/|")
# shellcheck disable=SC2086 # a list of names
nm -u $startup | awk '/ U / { print $2 }' | sort -u >"$tmp/wanted"
# shellcheck disable=SC2086 # a list of names
nm --defined-only $startup "$@" | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/own"
expect "startup/ refers to no symbol of the ordinary kernel" \
	none "$(comm -23 "$tmp/wanted" "$tmp/own" | grep -v '^__pi___x86_return_thunk$' || :)"

# Its code, data and strings are in sections that the kernel frees after boot.
for object in $startup "$pvh/setup.o" "$@"; do
	readelf -SW "$object" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v o="${object##*/}" '$2 == "PROGBITS" && $7 ~ /A/ && $5 !~ /^0+$/ &&
			$1 !~ /^\.init\./ && $1 !~ /^\.initcall.*\.init$/ && $1 !~ /^\.(orc_|return_sites|retpoline|call_sites|ibt_|altinstr|discard|note)/ &&
			$1 !~ /^__patchable|^__bug|^\.smp_locks|^\.cfi_sites|^\.fineibt/ { print o, $1, $5 }'
done >"$tmp/stays"
# The linker merges this string of xen_cpuid_base() with that of the kernel.
[ "$(objcopy -O binary -j .rodata.str1.1 "$pvh/setup.o" /dev/stdout | tr '\0' '\n')" != XenVMMXenVMM ] ||
	sed -i '/^setup.o .rodata.str1.1 /d' "$tmp/stays"
# The first instructions of the entry find out whether the rest is in memory.
first=$(sed -n 's/^head_64.o \.ref\.text //p' "$tmp/stays")
sed -i '/^head_64.o \.ref\.text /d' "$tmp/stays"
expect "only the first instructions stay in memory after boot" none "$(cat "$tmp/stays")"
expect "the first instructions have at most 256 bytes" test $((0x${first:-ffff})) -le 256
tap_done
