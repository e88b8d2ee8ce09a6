# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after test.sh: images whose random number is known.

# put_random NUMBER FILE OFFSET: write a function that returns the NUMBER
#
#	48 b8 NUMBER	movabs $NUMBER, %rax
#	c3		ret
put_random() {
	put_bytes "48b8$(little_endian "$1" 8)c3" "$2" "$3"
}

# function_size FILE NAME: of that function in the ELF file, in bytes
function_size() {
	echo $((0x$(nm -S "$1" | sed -n "s/^[0-9a-f]* \([0-9a-f]*\) [tT] $2\$/\1/p")))
}

# low_offset FILE ADDRESS: where in an ELF file the byte of that address is, which is
# no kernel address
low_offset() {
	readelf -lW "$1" | while read -r type offset addr _ size _; do
		[ "$type" = LOAD ] || continue
		in=$(($2 - addr))
		[ $in -ge 0 ] && [ $in -lt $((size)) ] || continue
		echo $((offset + in))
		break
	done
}

# random_in_vmlinux FILE: where in the file the function is that gives the PVH entry
# its random number; nothing if put_random() cannot overwrite it
random_in_vmlinux() {
	name=__pi_kaslr_get_random_long
	[ "$(function_size "$1" $name)" -lt 11 ] || symbol_offset "$1" $name
}

# random_in_bzimage FILE DECOMPRESSOR: the same for the decompressor, whose address 0
# is after the setup sectors of FILE. DECOMPRESSOR is the same code as an ELF file.
random_in_bzimage() {
	name=kaslr_get_random_long
	size_of=$(function_size "$2" $name)
	[ "$size_of" -ge 11 ] || return 0
	at=$((0x$(nm "$2" | sed -n "s/ [tT] $name\$//p")))
	in_image=$(((0x$(get_bytes "$1" 497 1) + 1) * 512 + at))
	[ "$(get_bytes "$1" "$in_image" "$size_of")" != \
		"$(get_bytes "$2" "$(low_offset "$2" "$at")" "$size_of")" ] || echo "$in_image"
}

# decompressor_room DECOMPRESSOR: bytes that the kernel and its relocations have, once
# they are decompressed
decompressor_room() {
	echo $((0x$(nm "$1" | sed -n "s/ A z_output_len$//p")))
}
