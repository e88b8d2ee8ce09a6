#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series by other compilers, and in configurations in which compilers do more, or
# less, than usual: each kernel builds without a warning, pvhinfo reports that it boots
# by PVH, and it does.
#
# variables: CLANG=-19, as LLVM= of the kernel's Makefile; ONLY= is compared with the
# names of the kernels

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
clang=${CLANG:--19}
guest_defaults --mem 1G --cmdline console=ttyS0 --timeout 300

kernels=
build() { # NAME LLVM FRAGMENT [CONFIG]
	printf '%s\n' "$1" | grep -Eq -- "${ONLY:-}" || return 0
	name=$1
	expect_build "$1" env LLVM="$2" "$top/scripts/build.sh" \
		--targets "vmlinux bzImage" ${4:+--config "$4"} --fragment "$3" "$1" || return 0
	expect "pvhinfo reports that the kernel boots by PVH" "$build/pvhinfo" -q "$build/$1.vmlinux"
	tap_diag "$1: $(strings -n 12 "$build/$1.vmlinux" | grep -m 1 '^Linux version' | cut -c1-150)"
	# allnoconfig has no console.
	[ -n "${4:-}" ] || kernels="$kernels$1$nl"
}

boot() { # KERNEL: twice, because KASLR can take the link address by chance
	[ "$1" != clang-i386 ] || initrd=$build/i386.initramfs.cpio.gz
	for n in 1 2; do
		guest --name $n --kernel "$build/$1.vmlinux" --initrd "$initrd"
	done
}

moved() {
	want="an offset that is not 0x0" got=$offsets
	case $got in
	*0x[1-9a-f]*) ;;
	*) return 1 ;;
	esac
}

judge() { # KERNEL
	offsets=
	for n in 1 2; do
		name="$1, boot $n"
		lines=$dir/$n.lines
		expect "the guest powers off" finished $n
		expect "the kernel is entered by its PVH note" reported "entered by" "PVH.*"
		expect "the kernel prints no error" \
			none "$(console | grep -E 'BUG:|WARNING:|UBSAN:|Oops|CFI failure' || :)"
		offsets="$offsets $(reported "KASLR offset")"
	done
	lines=
	name=$1
	case $1 in
	*-i386) ;; # has no KASLR
	*)
		expect "KASLR moves the kernel" moved
		tap_diag "$1: KASLR offsets$offsets" ;;
	esac
}

: >"$tmp/empty.config"
build gcc-sanitize '' "$here/sanitize.config"
build gcc-allno '' "$here/allno.config" allnoconfig
build clang "$clang" "$tmp/empty.config"
build clang-sanitize "$clang" "$here/sanitize.config"
build clang-lto-cfi "$clang" "$here/lto-cfi.config"
build clang-allno "$clang" "$here/allno.config" allnoconfig
build clang-i386 "$clang" "$top/selftests/i386/pae.config"
[ "$tap_n" -gt 0 ] || die "ONLY=${ONLY:-}: no kernel of that name"
case $kernels in
*clang-i386*) "$top/scripts/initramfs.sh" i386 >&2 ;;
esac
[ -z "$kernels" ] || run_cases boot judge <<END
$kernels
END
tap_done
