#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Link the main kernel once more, with a larger .bss: the image then ends a multiple
# of 2 MiB behind its start. Should the main kernel end there already, this one does
# not. Nothing else is different.
#
# The .bss is larger by 4 MiB at least. So it is what says how much room the image
# takes, not the file, which has the relocations after it while the decompressor
# is at work.
#
# The objects are copied, and not compiled anew. The result is in build/kaslr-ends/:
# vmlinux, bzImage, and the decompressor as an ELF file. It stays there until the
# main kernel or this script changes.
#
# usage: padded.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/kmake.sh"
. "$top/selftests/kaslr/kaslr.sh"

pmd=$((2 << 20))
out=$build/kaslr-ends$by
log=$build/log/kaslr-ends$by

# behind VMLINUX: how many bytes of the image are behind the last multiple of 2 MiB
behind() {
	echo $(((0x$(symbol_low "$1" _end) - 0x$(symbol_low "$1" _text)) % pmd))
}

cmp -s "$obj/vmlinux" "$build/vmlinux" && cmp -s "$obj/arch/x86/boot/bzImage" "$build/bzImage" ||
	die "build/vmlinux and build/bzImage are not what is in ${obj#"$build"/}: run make image first"
stamp=$(cat "$build/vmlinux" "$build/bzImage" "$0" | sha256sum | cut -d' ' -f1)
[ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$out"

# A copy: nothing is to look different to the next build in there.
o=$tree/o.kaslr-ends$by
rm -rf "$o"
trap 'rm -rf "$o"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "linking the main kernel with a larger .bss, log in ${log#"$top"/}"
cp -a "$obj" "$o" || die "cannot copy $obj$(room "$tree")"

main=$(behind "$build/vmlinux")
if [ "$main" -eq 0 ]; then
	pad=$((2 * pmd + 4096)) want=4096
else
	pad=$((2 * pmd + pmd - main)) want=0
fi
# make takes the linker script as it is, as its source is not newer.
script=$o/arch/x86/kernel/vmlinux.lds
sed -i "s/^\([[:space:]]*\)__bss_stop = \.;/\1. += $pad;\n&/" "$script"
[ "$(grep -c ". += $pad;" "$script")" -eq 1 ] || die "$script has no one place where .bss ends"
logged "$log" kmake "$tree" "$o" -j"$(nproc)" vmlinux bzImage ||
	die "linking the main kernel with a larger .bss failed; see $log"
padded=$(behind "$o/vmlinux")
[ "$padded" -eq $want ] ||
	die "the padded image ends $padded bytes behind a multiple of 2 MiB, not $want"

mkdir -p "$out"
cp "$o/vmlinux" "$o/arch/x86/boot/bzImage" "$out" &&
	cp "$o/arch/x86/boot/compressed/vmlinux" "$out/decompressor" ||
	die "cannot write to $out$(room "$build")"
echo "$stamp" >"$out/stamp"
