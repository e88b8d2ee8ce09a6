# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after kaslr.sh: images whose random numbers are known, or that were
# relocated already.

# put_random NUMBER FILE OFFSET: the instructions that return the NUMBER, over what is
# there
#
#	48 b8 NUMBER	movabs $NUMBER, %rax
#	c3		ret
put_random() {
	number=
	for shift in 0 8 16 24 32 40 48 56; do
		number=$number$(printf '%02x' $(($1 >> shift & 255)))
	done
	put_bytes "48b8${number}c3" "$2" "$3"
}

# function_size FILE NAME: of that function in the ELF file, in bytes
function_size() {
	echo $((0x$(nm -S "$1" | sed -n "s/^[0-9a-f]* \([0-9a-f]*\) [tT] $2\$/\1/p")))
}

# low_offset FILE ADDRESS: where in an ELF file an address is that is no kernel's
low_offset() {
	readelf -lW "$1" | while read -r type offset addr _ size _; do
		[ "$type" = LOAD ] || continue
		in=$(($2 - addr))
		[ $in -ge 0 ] && [ $in -lt $((size)) ] || continue
		echo $((offset + in))
		break
	done
}

# random_in_vmlinux FILE: where in the file the function is that gives the random
# number for the PVH entry; nothing if there is none that can be overwritten
random_in_vmlinux() {
	name=__pi_kaslr_get_random_long
	[ "$(function_size "$1" $name)" -ge 11 ] || return 0
	file_offset "$1" "$(symbol_low "$1" $name)"
}

# random_in_bzimage FILE DECOMPRESSOR: the same for the decompressor, whose address 0
# is behind the setup sectors. DECOMPRESSOR is that as an ELF file, and has to have
# the same function there.
random_in_bzimage() {
	name=kaslr_get_random_long
	size_of=$(function_size "$2" $name)
	[ "$size_of" -ge 11 ] || return 0
	at=$((0x$(nm "$2" | sed -n "s/ [tT] $name\$//p")))
	sectors=$(od -An -tu1 -j 497 -N 1 "$1")
	in_image=$(((sectors + 1) * 512 + at))
	[ "$(od -An -v -tx1 -j "$in_image" -N "$size_of" "$1")" = \
		"$(od -An -v -tx1 -j "$(low_offset "$2" "$at")" -N "$size_of" "$2")" ] || return 0
	echo "$in_image"
}

# decompressor_room DECOMPRESSOR: bytes that the file and its relocations have, once they
# are decompressed
decompressor_room() {
	echo "0x$(nm "$1" | sed -n "s/ A z_output_len$//p")"
}
