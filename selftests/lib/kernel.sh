# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where it is sourced
#
# Sourced by test.sh, and by cloud/sizes.sh: what is where in a kernel image, how large
# one is, and where KASLR can put it.
#
# The shell's numbers are signed. So an address of the kernel is written with its
# lower half only, LOW, eight hexadecimal digits: the upper half is ffffffff.

# info FILE NAME: the value of that line of pvhinfo's; nothing if there is no such
# line. pvhinfo is built at the first call.
info() {
	[ -n "${info_built:-}" ] || "$top/scripts/pvhinfo.sh" || exit 1
	info_built=y
	"$build/pvhinfo" "$1" 2>/dev/null | sed -n "s/^$2: //p"
}

# table_symbol FILE: the symbol of its relocation table, or nothing. Linux 6.12 has a
# table for the PVH entry alone.
table_symbol() {
	nm "$1" | sed -n 's/^[0-9a-f]* [A-Za-z] \(kernel_relocs\|__pi_pvh_relocs\)$/\1/p'
}

# symbol_low FILE SYMBOL: its LOW
symbol_low() {
	nm "$1" | sed -n "s/^ffffffff\([0-9a-f]\{8\}\) . $2\$/\1/p"
}

# file_offset FILE LOW: where in the ELF file the byte of that address is
file_offset() {
	readelf -lW "$1" | while read -r type offset addr _ size _; do
		case $type,$addr in
		LOAD,0xffffffff*) ;;
		*) continue ;;
		esac
		in=$((0x$2 - 0x${addr#0xffffffff}))
		[ $in -ge 0 ] && [ $in -lt $((size)) ] || continue
		echo $((offset + in))
		break
	done
}

# symbol_offset FILE SYMBOL: where in the ELF file the symbol is
symbol_offset() {
	file_offset "$1" "$(symbol_low "$1" "$2")"
}

# get_bytes FILE OFFSET COUNT: those bytes, in hex, without blanks
get_bytes() {
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# put_bytes HEX FILE OFFSET: write these bytes over what is there
put_bytes() {
	for put_byte in $(printf '%s\n' "$1" | sed 's/../& /g'); do
		# shellcheck disable=SC2059 # an escape is what it is
		printf "\\$(printf '%03o' "0x$put_byte")"
	done | dd of="$2" bs=1 seek="$3" conv=notrunc 2>/dev/null
}

# little_endian NUMBER BYTES: the number in that many bytes, in hex
little_endian() {
	for little_shift in $(seq 0 8 $((8 * $2 - 8))); do
		printf '%02x' $(($1 >> little_shift & 255))
	done
}

# kernel_range VMLINUX: sets, all but the first two as numbers above
# ffffffff80000000,
#
#	link, direct_map	where they are without KASLR, 16 hexadecimal digits
#	size			bytes from _text to _end
#	lowest, step		the kernel's virtual address is lowest + n * step,
#	slots			with n below this, so that the image ends below 1 GiB,
#				which is KERNEL_IMAGE_SIZE with
#				CONFIG_RANDOMIZE_BASE. LOAD_PHYSICAL_ADDR and the
#				alignment are in the note PHYS32_RELOC
#	map_slots		the direct map's is its lowest + n GiB, with n
#				below this; as kernel_randomize_memory() has it
kernel_range() {
	range_text=$(symbol_low "$1" _text)
	link=ffffffff$range_text
	size=$((0x$(symbol_low "$1" _end) - 0x$range_text))
	step=$(($(info "$1" pvh-reloc-align))) lowest=$(($(info "$1" pvh-reloc-min)))
	slots=$(((0x40000000 - lowest - size + step - 1) / step))

	direct_map=$(od -An -tx8 -N8 -j "$(symbol_offset "$1" page_offset_base)" "$1")
	direct_map=${direct_map# }
	# TiB, of less RAM than one: RAM, what vmalloc has, the struct pages
	range_ram=$(sed -n 's/^CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=//p' "$obj/.config")
	range_ram=$((1 + ${range_ram:-0}))
	! grep -q '^CONFIG_ZONE_DEVICE=y' "$obj/.config" || range_ram=64
	range_regions=$((range_ram + 32 + (range_ram + 63) / 64))
	# Up to the cpu_entry_area, divided among three
	map_slots=$((1 + (((0xfe0000000000 - 0x${direct_map#ffff}) >> 30) - (range_regions << 10)) / 3))
}

# kaslr_slot TEXT: its n, if there is one
kaslr_slot() {
	case $1 in
	ffffffff????????) ;;
	*) return 0 ;;
	esac
	slot_at=$((0x${1#ffffffff} - 0x80000000 - lowest))
	[ $slot_at -ge 0 ] && [ $((slot_at % step)) -eq 0 ] && [ $((slot_at / step)) -lt "$slots" ] || return 0
	echo $((slot_at / step))
}

# map_slot DIRECT_MAP: the same of the direct map
map_slot() {
	case $1 in
	ffff????????????) ;;
	*) return 0 ;;
	esac
	slot_at=$((0x${1#ffff} - 0x${direct_map#ffff}))
	[ $slot_at -ge 0 ] && [ $((slot_at & 0x3fffffff)) -eq 0 ] && [ $((slot_at >> 30)) -lt "$map_slots" ] || return 0
	echo $((slot_at >> 30))
}

# at_link TEXT: the kernel is at its link address. For expect, as the next one.
at_link() {
	is "$link" "$1"
}

# in_kaslr_range TEXT [EXCEPT]: KASLR can have put it there, and it is not at EXCEPT
in_kaslr_range() {
	want="one of $slots slots from ffffffff$(printf '%08x' $((0x80000000 + lowest))) on, $((step >> 20)) MiB apart${2:+, except $2}"
	got=$1
	[ -n "$(kaslr_slot "$1")" ] && [ "$1" != "${2:-}" ]
}

# needs_config NAME: skip the test if the main kernel was built without it
needs_config() {
	grep -qx "CONFIG_$1=[ym]" "$obj/.config" || skip_all "the kernel has no CONFIG_$1"
}

# expect_build KERNEL COMMAND ...: two tests: the command builds build/KERNEL.vmlinux,
# and without a warning. Its status is 1 if there is no such kernel.
expect_build() {
	build_of=$1 build_bad=$tap_bad
	shift
	expect "the kernel builds" "$@"
	[ "$tap_bad" -eq "$build_bad" ] || return 1
	expect "the kernel builds without a warning" none "$(cat "$build/log/build.$build_of.warnings" 2>/dev/null)"
}

# image_bytes FILE: what a loader reads: of a vmlinux only the segments
image_bytes() {
	case $1 in
	*bzImage) stat -Lc %s "$1" ;;
	*) LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" { print $5 }' | {
		n=0
		while read -r segment; do
			n=$((n + segment))
		done
		echo "$n"
	} ;;
	esac
}
