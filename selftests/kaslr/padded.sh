#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Link the main kernel once more, with a larger .bss: the image then ends a multiple
# of 2 MiB after its start. If the main kernel does so already, this one does not.
# Nothing else is different.
#
# The .bss is larger by 4 MiB at least. So the size of the image with its .bss is the
# room that it takes, and not the size of the file with the relocations after it, which
# the decompressor needs.
#
# The objects are copied, and not compiled again. The result is in build/kaslr-ends/:
# vmlinux, bzImage, and the decompressor as an ELF file. It is made again when the
# main kernel or this script has changed.
#
# usage: padded.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/kmake.sh"
. "$top/selftests/lib/kernel.sh"

pmd=$((2 << 20))
out=$build/kaslr-ends$by
log=$build/log/kaslr-ends$by

# past VMLINUX: how many bytes of the image are after the last multiple of 2 MiB
past() {
	echo $(((0x$(symbol_low "$1" _end) - 0x$(symbol_low "$1" _text)) % pmd))
}

cmp -s "$obj/vmlinux" "$build/vmlinux" && cmp -s "$obj/arch/x86/boot/bzImage" "$build/bzImage" ||
	die "build/vmlinux and build/bzImage are not what is in ${obj#"$build"/}: run make image first"
stamp=$(cat "$build/vmlinux" "$build/bzImage" "$0" | sha256sum | cut -d' ' -f1)
[ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$out"

# A copy, because the next build of the main kernel must find nothing changed.
o=$tree/o.kaslr-ends$by
rm -rf "$o"
trap 'rm -rf "$o"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "linking the main kernel with a larger .bss, log in ${log#"$top"/}"
cp -a "$obj" "$o" || die "cannot copy $obj$(room "$tree")"

main=$(past "$build/vmlinux")
if [ "$main" -eq 0 ]; then
	pad=$((2 * pmd + 4096)) want=4096
else
	pad=$((2 * pmd + pmd - main)) want=0
fi
# make takes the linker script as it is, as its source is not newer.
script=$o/arch/x86/kernel/vmlinux.lds
sed -i "s/^\([[:space:]]*\)__bss_stop = \.;/\1. += $pad;\n&/" "$script"
[ "$(grep -c ". += $pad;" "$script")" -eq 1 ] || die "$script does not have one line where .bss ends"
logged "$log" kmake "$tree" "$o" -j"$(nproc)" vmlinux bzImage ||
	die "linking the main kernel with a larger .bss failed; see $log"
padded=$(past "$o/vmlinux")
[ "$padded" -eq $want ] ||
	die "the padded image ends $padded bytes after a multiple of 2 MiB, not $want"

mkdir -p "$out"
cp "$o/vmlinux" "$o/arch/x86/boot/bzImage" "$out" &&
	cp "$o/arch/x86/boot/compressed/vmlinux" "$out/decompressor" ||
	die "cannot write to $out$(room "$build")"
echo "$stamp" >"$out/stamp"
