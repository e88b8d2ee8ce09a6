#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clang compiles the code ahead of startup_64 without a warning, of which objtool prints
# one for an address that is not position independent, and lld links vmlinuz.elf.
# compilers/test.t builds whole kernels, and takes an hour.
#
# variables: CLANG=-19, as LLVM= of the kernel's Makefile

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
clang=${CLANG:--19}
needs "clang$clang" "ld.lld$clang" "llvm-ar$clang"
pvh=arch/x86/xen/pvh
: >"$tmp/empty.config"
# A warning is printed only when a file is compiled.
rm -rf "$tree/o.clang-entry.llvm/$pvh" "$tree/o.clang-entry.llvm/arch/x86/boot/startup"
expect_build clang-entry env LLVM="$clang" "$top/scripts/build.sh" --fragment "$tmp/empty.config" \
	--targets "$pvh/ arch/x86/boot/startup/" clang-entry || tap_done

lds=$obj/arch/x86/boot/pvh/vmlinuz.lds
if [ -e "$lds" ]; then
	# What is not the compiler's is from the kernel that gcc and GNU ld have made.
	clang_obj=$tree/o.clang-entry.llvm/$pvh
	expect "lld links vmlinuz.elf" "ld.lld$clang" -m elf_x86_64 -z noexecstack -n --orphan-handling=error \
		--whole-archive -T "$lds" "${lds%/*}/entry.o" "$clang_obj/head_64.o" "$clang_obj/startup/built-in.a" \
		-o "$tmp/elf"
	segments() {
		LC_ALL=C readelf -lW "$1" 2>/dev/null | awk '$1 == "LOAD" { print $4, $6 }'
	}
	expect "its segments have the addresses and sizes in memory of those by GNU ld" \
		is "$(segments "$build/vmlinuz.elf")" "$(segments "$tmp/elf")"
fi
tap_done
