# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: kernels that are entered by the 64-bit boot protocol.

# boot64 KERNEL INITRD CMDLINE OUT [LOADFLAGS]: OUT is a file for QEMU's -kernel, on a
# machine with 256 MiB, that enters KERNEL, an ELF file, with all that is given here.
# It puts its files next to OUT.
boot64() {
	boot64_dir=$(dirname -- "$4")
	printf '%s' "$3" >"$boot64_dir/cmdline64"
	boot64_kernel=$(realpath -- "$1")
	entry=$(LC_ALL=C readelf -hW "$1" | sed -n 's/.*Entry point address: *//p')
	LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" && $5 != "0x000000" { print $2, $4, $5 }' >"$boot64_dir/loads"
	# Each segment has a section of its own, at its address.
	while read -r offset paddr filesz; do
		printf '.section .kernel%s, "a"\n.incbin "%s", %s, %s\n' "$paddr" "$boot64_kernel" "$offset" "$filesz"
	done <"$boot64_dir/loads" >"$boot64_dir/segments.h"
	{
		echo 'ENTRY(stub)'
		echo 'PHDRS { kernel PT_LOAD; loader PT_LOAD; note PT_NOTE; }'
		echo 'SECTIONS {'
		while read -r _ paddr _; do
			echo ".kernel$paddr $paddr : { *(.kernel$paddr) } :kernel"
		done <"$boot64_dir/loads"
		# After the kernel's .bss and .brk
		echo '.stub 0x4000000 : { *(.stub) } :loader'
		echo '.initrd : ALIGN(4096) { *(.initrd) } :loader'
		echo '.note.Xen : { *(.note.Xen) } :loader :note'
		echo '/DISCARD/ : { *(*) }'
		echo '}'
	} >"$boot64_dir/lds64"
	gcc -c -o "$boot64_dir/boot64.o" -I "$boot64_dir" -DKERNEL_ENTRY="$entry" -DMEMORY=0x10000000 \
		-DLOADFLAGS="${5:-0}" -DCMDLINE_FILE="\"$boot64_dir/cmdline64\"" \
		-DCMDLINE_SIZE=$((${#3} + 1)) -DINITRD_FILE="\"$(realpath -- "$2")\"" \
		-DINITRD_SIZE="$(stat -Lc %s "$2")" "$here/boot64.S" &&
		ld -static -nostdlib -T "$boot64_dir/lds64" -o "$4" "$boot64_dir/boot64.o"
}
