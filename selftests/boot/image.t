#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a loader and a linker see of the built image: the notes, and where the
# code of the entry went.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/info.sh"

make_tmp
export LC_ALL=C

sym() {
	nm "$obj/vmlinux" | awk -v s="$1" '$3 == s { print $1; exit }'
}

# The low half is enough: sh has no unsigned numbers.
entry=$(sym pvh_start_xen)
entry=$(printf "0x%x" $((0x${entry#????????} - 0x80000000)))
align=$(sed -n 's/^CONFIG_PHYSICAL_ALIGN=//p' "$obj/.config")
start=$(sed -n 's/^CONFIG_PHYSICAL_START=//p' "$obj/.config")

notes() {
	[ "$(info "$1" pvh-entry-bytes)" = 8 ]
	tap_ok $? "$2: PHYS32_ENTRY has 8 bytes, which every loader takes"
	[ "$(info "$1" pvh-entry)" = "$entry" ]
	tap_ok $? "$2: PHYS32_ENTRY is pvh_start_xen's physical address"
	[ "$(info "$1" pvh-reloc-align)" = "$align" ] && [ "$(info "$1" pvh-reloc-min)" = "$start" ] &&
		[ "$(info "$1" pvh-reloc-max)" = 0xffffffff ]
	tap_ok $? "$2: PHYS32_RELOC has the configured alignment and start, and allows all of 4 GiB"
}
set +e
notes "$build/vmlinux" vmlinux
strip -o "$tmp/stripped" "$build/vmlinux"
notes "$tmp/stripped" "stripped vmlinux"
"$tree/scripts/extract-vmlinux" "$build/bzImage" >"$tmp/extracted" 2>/dev/null
notes "$tmp/extracted" "vmlinux inside bzImage"

# What runs before startup_64 calls nothing else: only the return thunk, which
# is a plain return until the kernel patches it, is not its own.
startup=$obj/arch/x86/xen/pvh/startup
# The room for the relocation table
table=$obj/arch/x86/tools/vmlinux.arch.o
nm -u "$startup"/*.pi.o | awk '/ U / { print $2 }' | sort -u >"$tmp/wanted"
nm --defined-only "$startup"/*.pi.o "$obj/arch/x86/xen/pvh/head_64.o" "$table" | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/own"
comm -23 "$tmp/wanted" "$tmp/own" | grep -v '^__pi___x86_return_thunk$' >"$tmp/foreign"
[ ! -s "$tmp/foreign" ]
tap_ok $? "startup/ refers to no symbol of ordinary kernel code"
[ ! -s "$tmp/foreign" ] || tap_diag <"$tmp/foreign"

# .. and all of it, code, data and strings, is gone after boot.
for o in "$startup"/*.pi.o "$obj/arch/x86/xen/pvh/head_64.o" \
	"$obj/arch/x86/xen/pvh/setup.o" "$table"; do
	readelf -SW "$o" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v o="${o##*/}" '$2 == "PROGBITS" && $7 ~ /A/ && $5 !~ /^0+$/ &&
			$1 !~ /^\.init\./ && $1 !~ /^\.initcall.*\.init$/ && $1 !~ /^\.(orc_|return_sites|retpoline|call_sites|ibt_|altinstr|discard|note)/ &&
			$1 !~ /^__patchable|^__bug|^\.smp_locks|^\.cfi_sites|^\.fineibt/ { print o, $1, $5 }'
done >"$tmp/stays"
# A literal of xen_cpuid_base() that the linker shares with those of the kernel
if [ "$(objcopy -O binary -j .rodata.str1.1 "$obj/arch/x86/xen/pvh/setup.o" /dev/stdout | tr "\0" "\n")" = XenVMMXenVMM ]; then
	sed -i "/^setup.o .rodata.str1.1 /d" "$tmp/stays"
fi
# The first instructions of the entry tell whether the rest is in memory.
first=$(sed -n 's/^head_64.o \.ref\.text //p' "$tmp/stays")
sed -i '/^head_64.o \.ref\.text /d' "$tmp/stays"
[ ! -s "$tmp/stays" ]
tap_ok $? "of the entry, nothing but its first instructions stays in memory after boot"
tap_run "these are $((0x${first:-ffff})) bytes, at most 256" test $((0x${first:-ffff})) -le 256
[ ! -s "$tmp/stays" ] || tap_diag <"$tmp/stays"
tap_done
