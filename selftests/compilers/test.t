#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series by other compilers, and in configurations in which compilers do more, or
# less, than usual: each kernel is built without a warning, says of itself that it
# boots by PVH, and does.
#
# knobs: CLANG=-19, as LLVM= of the kernel's Makefile; ONLY=PATTERN, of the kernels
# those whose name matches that regular expression

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

here=$top/selftests/compilers
clang=${CLANG:--19}
make_tmp
MACHINE=q35 MEM=1G

# build NAME LLVM FRAGMENT [CONFIG]: 1 if there is nothing to go on with
build() {
	printf '%s\n' "$1" | grep -Eq -- "${ONLY:-.}" || return 1
	status=0
	LLVM=$2 "$top/scripts/build.sh" "$1" "$3" ${4:+"$4"} >"$tmp/build" 2>&1 || status=$?
	tap_ok "$status" "$1: builds"
	if [ "$status" -ne 0 ]; then
		tail -n 12 "$tmp/build" | tap_diag
		return 1
	fi
	tap_run "$1: without a warning" test ! -s "$build/log/build.$1.warnings"
	head -n 5 "$build/log/build.$1.warnings" 2>/dev/null | tap_diag
	tap_run "$1: boots by PVH, says pvhinfo" "$build/pvhinfo" -q "$build/$1.vmlinux"
	tap_diag "$1: $(strings -n 12 "$build/$1.vmlinux" | grep -m 1 '^Linux version' | cut -c1-150)"
}

# boots NAME [INITRD]: to user space and its end, twice, with KASLR; with an INITRD
# of its own it is a 32-bit kernel, which has none
boots() {
	initrd=${2:-$build/initramfs.cpio.gz}
	for n in 1 2; do
		BOOT_TIMEOUT=300 run_qemu "$tmp/log.$n" -machine q35 -m 1G -kernel "$build/$1.vmlinux" \
			-initrd "$initrd" -append console=ttyS0 || :
		tr -d '\r' <"$tmp/log.$n" >"$tmp/log"
		status=0
		grep -q '^pvh-init: done' "$tmp/log" || status=1
		tap_ok $status "$1: user space, and to its end"
		[ $status -eq 0 ] || { cat "$tmp/log.$n.e9"; tail -n 12 "$tmp/log"; } | tap_diag
		tap_run "$1: entered by the PVH note" grep -q '^pvh-report: entered by: PVH' "$tmp/log"
		tap_run "$1: nothing has gone wrong" sh -c "! grep -E 'BUG:|WARNING:|UBSAN:|Oops|CFI failure' '$tmp/log' >&2"
		sed -n 's/^pvh-report: KASLR offset: //p' "$tmp/log" >>"$tmp/$1.offsets"
	done
	[ $# -eq 1 ] || return 0
	tap_run "$1: KASLR, at $(paste -sd' ' "$tmp/$1.offsets")" grep -q '0x[1-9a-f]' "$tmp/$1.offsets"
}

: >"$tmp/empty.config"
build gcc-sanitize '' "$here/sanitize.config" && boots gcc-sanitize
build gcc-allno '' "$here/allno.config" allnoconfig || :
build clang "$clang" "$tmp/empty.config" && boots clang
build clang-sanitize "$clang" "$here/sanitize.config" && boots clang-sanitize
build clang-lto-cfi "$clang" "$here/lto-cfi.config" && boots clang-lto-cfi
build clang-allno "$clang" "$here/allno.config" allnoconfig || :
if build clang-i386 "$clang" "$top/selftests/i386/pae.config"; then
	"$top/scripts/initramfs.sh" i386 >&2
	boots clang-i386 "$build/i386.initramfs.cpio.gz"
fi
[ "$tap_n" -gt 0 ] || die "ONLY=$ONLY: no kernel of that name"
tap_done
