#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Pack a kernel that is built in a bzImage for each of some compressions:
# build/NAME.gzip.bzImage, and so on; and in build/NAME.gzip.vmlinuz.elf, if the build makes
# that. vmlinux is the same in all of them.
#
# usage: bzimages.sh NAME COMPRESSION ...
#                    NAME as for build.sh: main, or a variant; or base, base-FLAVOUR
#                    COMPRESSION one of gzip, xz, zstd, lz4, lzma, bzip2, lzo

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"

[ $# -gt 1 ] || die "bzimages.sh: name the kernel, and at least one compression"
name=$1
shift
src=$tree from=$tree/o.$name
case $name in
base) src=$base_tree from=$base_tree/o.main ;;
base-*) src=$base_tree from=$base_tree/o.${name#base-} ;;
esac
[ -e "$from/vmlinux" ] || die "no $from/vmlinux: build that first"

# A copy: nothing is to look different to the next build in there.
o=$src/o.bzimages
rm -rf "$o"
trap 'rm -rf "$o"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "packing ${from#"$build"/} with $*, logs in ${build#"$top"/}/log"
cp -a "$from" "$o" || die "cannot copy $from$(room "$src")"

for how; do
	case $how in
	gzip | xz | zstd | lz4 | lzma | bzip2 | lzo) option=KERNEL_$(echo "$how" | tr "[:lower:]" "[:upper:]") ;;
	*) die "bzimages.sh: unknown compression '$how'" ;;
	esac
	"$src/scripts/config" --file "$o/.config" -d KERNEL_GZIP -d KERNEL_XZ \
		-d KERNEL_ZSTD -d KERNEL_LZ4 -d KERNEL_LZMA -d KERNEL_BZIP2 -d KERNEL_LZO -e $option
	logged "$build/log/config.$name.$how" kmake "$src" "$o" -s olddefconfig &&
		grep -qx "CONFIG_$option=y" "$o/.config" || die "configuring failed"
	# Left to itself make would link vmlinux again, as its configuration is in
	# it. -o is not handed down to a make below, so it has to be given to the
	# one that knows how vmlinux is made: that in the object directory.
	logged "$build/log/bzimage.$name.$how" make -C "$o" --no-print-directory \
		-j"$(nproc)" CC='ccache gcc' HOSTCC='ccache gcc' -o vmlinux bzImage ||
		die "packing failed; see $build/log/bzimage.$name.$how"
	cmp -s "$from/vmlinux" "$o/vmlinux" ||
		die "packing has changed vmlinux; see $build/log/bzimage.$name.$how"
	cp "$o/arch/x86/boot/bzImage" "$build/$name.$how.bzImage" ||
		die "cannot write $build/$name.$how.bzImage"
	[ ! -e "$o/arch/x86/boot/vmlinuz.elf" ] ||
		cp "$o/arch/x86/boot/vmlinuz.elf" "$build/$name.$how.vmlinuz.elf" ||
		die "cannot write $build/$name.$how.vmlinuz.elf"
done
