#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What pvhinfo reports of kernels of many kinds, compared with what other programs print
# of them.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/pvhinfo/files.sh"

pvhinfo_setup
entry=$(printf '0x%x' $((0x$(symbol_low "$symbols" pvh_start_xen) - 0x80000000)))
relocations=$(od -An -v -tu4 -w4 "$relocs" | grep -vc '^ *0$')

# line NAME: the value of that line of the last report
line() {
	sed -n "s/^$1: //p" "$tmp/info"
}

# exits STATUS FILE: pvhinfo exits with it, and prints no error. For expect.
exits() {
	status=0
	"$pvhinfo" "$2" >"$tmp/info" 2>"$tmp/err" || status=$?
	want="status $1" got="status $status $(cat "$tmp/err")"
	[ $status -eq "$1" ] && [ ! -s "$tmp/err" ]
}

# look NAME STATUS FILE: the report of the file, about which the next tests are
look() {
	name=$1
	expect "the exit status is $2" exits "$2" "$3"
}

# line_is LINE VALUE
line_is() {
	expect "$1 is $2" is "$2" "$(line "$1")"
}

# loader_is LOADER HOW: the verdict without its reason
loader_is() {
	expect "loader-$1 is $2" is "$2" "$(line "loader-$1" | sed 's/:.*//')"
}

# as_readelf FILE: what readelf prints of that ELF file
as_readelf() {
	case $(readelf -hW "$1" | sed -n 's/^ *Class: *ELF//p') in
	64) line_is class 64 ;;
	*) line_is class 32 ;;
	esac
	line_is elf-entry "$(readelf -hW "$1" | sed -n 's/^ *Entry point address: *//p')"
	range=$(readelf_range "$1")
	line_is load-start "${range% *}"
	line_is load-end "${range#* }"
	line_is pvh-entry "$(readelf_note "$1" 0x00000012)"
}

# extract FILE OUT: what is in it, by -x
extract() {
	"$pvhinfo" -q -x "$2" "$1"
}

# as_extract_vmlinux FILE ELF: the kernel's script finds that ELF file
as_extract_vmlinux() {
	"$tree/scripts/extract-vmlinux" "$1" 2>/dev/null | head -c "$(line elf-size)" | cmp - "$2"
}

# as_file FILE: file(1) prints the version that the report has
as_file() {
	want="version $(line kernel-version | cut -d' ' -f1)" got=$(file -L "$1")
	printf '%s\n' "$got" | grep -qF "$want "
}

# ---- the series' own

# ours NAME FILE ELF
ours() {
	look "$1" 0 "$2"
	line_is pvh yes
	line_is pvh-entry "$entry"
	as_readelf "$3"
	line_is pvh-reloc-align "$(sed -n 's/^CONFIG_PHYSICAL_ALIGN=//p' "$obj/.config")"
	line_is pvh-reloc-min "$(sed -n 's/^CONFIG_PHYSICAL_START=//p' "$obj/.config")"
	if [ -n "$table" ]; then
		line_is pvh-kaslr yes
		line_is pvh-kaslr-table "$(printf '0x%x' $((0x$table - 0x80000000)))"
		# The list has the same relocations.
		line_is pvh-kaslr-relocations "$relocations"
	else
		line_is pvh-kaslr no
	fi
	loader_is xen-dom0 pvh
}
ours vmlinux "$build/vmlinux" "$symbols"
loader_is qemu pvh
loader_is firecracker pvh
loader_is cloud-hypervisor pvh
ours "stripped vmlinux" "$stripped" "$symbols"
ours bzImage "$image" "$symbols"
listed=$relocations
[ "$table_name" != kernel_relocs ] || listed=0
line_is bzimage-relocations "$listed"
loader_is qemu linux
loader_is xen-domu pvh
loader_is cloud-hypervisor linux
loader_is firecracker linux
expect "kernel-version is the version that file(1) prints" as_file "$image"

# What is in it, as other programs extract it
extract "$image" "$tmp/elf" >"$tmp/out" 2>&1 || :
expect "-x writes the ELF file that was packed" cmp "$tmp/elf" "$bz/vmlinux.bin"
expect "-q prints nothing" none "$(cat "$tmp/out")"
expect "-x writes the ELF file that extract-vmlinux finds" as_extract_vmlinux "$image" "$tmp/elf"
"$pvhinfo" -x - "$image" >"$tmp/out" 2>"$tmp/err" || :
expect "-x - writes the ELF file and nothing else" cmp "$tmp/out" "$tmp/elf"
ours "the ELF file that -x wrote" "$tmp/elf" "$tmp/elf"

# 32-bit kernels, if they were built
for file in "$build"/i386-*.vmlinux; do
	[ -e "$file" ] || continue
	look "${file##*/}" 0 "$file"
	line_is class 32
	as_readelf "$file"
	line_is pvh-relocatable no
	loader_is xen-domu pvh
	loader_is qemu pvh
	loader_is cloud-hypervisor no
done

# ---- all compressors, around the same kernel

for how in none gzip bzip2 lzma xz lzo lz4 zstd; do
	packed $how
	look "bzImage by $how" 0 "$tmp/bz.$how"
	line_is compression $how
	line_is pvh-entry "$entry"
	line_is bzimage-relocations "$relocations"
	loader_is xen-dom0 pvh
	case $how in
	bzip2 | lzo) loader_is xen-domu no ;;
	*) loader_is xen-domu pvh ;;
	esac
	extract "$tmp/bz.$how" "$tmp/elf2" || :
	expect "-x writes the ELF file that was packed" cmp "$tmp/elf" "$tmp/elf2"
	rm -f "$tmp/elf2" "$tmp/bz.$how"
done
for file in "$build"/main.*.bzImage; do
	[ -e "$file" ] || continue
	how=${file#"$build"/main.}
	look "${file##*/}" 0 "$file"
	line_is compression "${how%.bzImage}"
done
gzip -1 <"$stripped" >"$tmp/vmlinux.gz"
look vmlinux.gz 0 "$tmp/vmlinux.gz"
line_is format compressed
loader_is xen-domu pvh
loader_is qemu no

# ---- Debian's kernels, GRUB, Xen

for version in 6.12 7.3; do
	stock "Debian's kernel $version" $version || continue
	file=$(cat "$tmp/stock")
	look "Debian's kernel $version" 0 "$file"
	extract "$file" "$tmp/elf2" || :
	as_readelf "$tmp/elf2"
	expect "-x writes the ELF file that extract-vmlinux finds" as_extract_vmlinux "$file" "$tmp/elf2"
	expect "kernel-version is the version that file(1) prints" as_file "$file"
	line_is pvh-kaslr no
	loader_is xen-domu pvh
	loader_is qemu linux
	# The cloud kernels are built without CONFIG_XEN_DOM0: bit 11
	supported=$(readelf_note "$tmp/elf2" 0x00000011)
	[ $((supported >> 11 & 1)) -eq 1 ] && verdict=pvh || verdict=no
	loader_is xen-dom0 $verdict
done

if stock "GRUB for PVH" grub; then
	read -r file _ <"$tmp/stock"
	look "GRUB for PVH" 0 "$file"
	as_readelf "$file"
	line_is pvh-relocatable no
	loader_is xen-domu pvh
	loader_is firecracker no
fi

# What the toolstack has messages about, because it was built without it
lacks_compressors() {
	lib=$(find "$build/xen/root" -name 'libxenguest.so.*' -type f | head -n 1)
	grep -aq 'BZIP2 decompress support unavailable' "$lib" &&
		grep -aq 'LZO1x decompress support unavailable' "$lib" &&
		! grep -aq '\(LZMA\|XZ\|ZSTD\|LZ4\) decompress support unavailable' "$lib"
}

if "$top/selftests/xen/fetch.sh" 2>"$tmp/err"; then
	look Xen 1 "$build/xen/xen"
	line_is pvh no
	line_is class 32
	loader_is qemu multiboot
	for file in "$build"/xen/root/usr/lib/xen-*/boot/xen-shim; do
		look "Xen as a PVH guest" 0 "$file"
		as_readelf "$file"
		loader_is xen-domu pvh
	done
	name="Xen's toolstack"
	expect "it lacks bzip2 and LZO, and no other compressor" lacks_compressors
else
	tap_skip Xen "$(sed -n 's/^pvh: error: //p' "$tmp/err" | tail -n 1)"
fi

# ---- kernels that are sound, but that some loaders refuse

# qemu_finds: QEMU finds the note of $tmp/changed. Nothing runs in it.
qemu_finds() {
	echo quit | timeout 20 qemu-system-x86_64 -accel tcg -machine q35 -m 128M -nodefaults \
		-display none -S -monitor stdio -kernel "$tmp/changed" >"$tmp/log" 2>&1 && return
	grep -q 'without PVH ELF Note' "$tmp/log" || tap_diag <"$tmp/log"
	return 1
}

# look_changed NAME OFFSET SIZE VALUE: with that in the stripped vmlinux
look_changed() {
	changed "$stripped" "$2" "$3" "$4"
	look "$1" "${5:-0}" "$tmp/changed"
}

look_changed "vmlinux without the note" $((entry_note + 8)) 4 0x112 1
line_is pvh no
loader_is xen-domu no
loader_is qemu no
loader_is firecracker linux
loader_is cloud-hypervisor no
expect "QEMU does not find the note either" not qemu_finds

changed "$stripped" $((entry_note + 8)) 4 18
name="vmlinux with the note"
expect "QEMU finds the note" qemu_finds

look_changed "vmlinux whose notes have an alignment of 8" $((note_header + 48)) 8 8
loader_is xen-domu pvh
verdict=no
! qemu_finds || verdict=pvh
expect "loader-qemu is $verdict, as QEMU has it" is $verdict "$(line loader-qemu | sed 's/:.*//')"

look_changed "vmlinux not for dom0" $((supported_note + 16)) 4 0x8001
expect "loader-xen-domu is pvh without a reason" is pvh "$(line loader-xen-domu)"
look_changed "vmlinux with e_entry below 1 MiB" 24 8 0x1000
loader_is firecracker no
loader_is qemu pvh
look_changed "vmlinux with a p_align of a page" $((64 + 48)) 8 0x1000
loader_is cloud-hypervisor no
look_changed "vmlinux with a segment without flags" $((64 + 4)) 4 0
loader_is xen-dom0 no
look_changed "vmlinux that requires an unknown feature" $((features_note + 16 + 1)) 4 0x7a7a7a7a
loader_is xen-domu no

changed "$image" 566 2 0
look "bzImage without the 64-bit entry" 0 "$tmp/changed"
loader_is firecracker no
tap_done
