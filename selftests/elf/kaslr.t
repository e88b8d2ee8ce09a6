#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The decompressor in vmlinuz.elf chooses a physical and a virtual address for the kernel,
# as for a bzImage: both all over their ranges. With nokaslr both are the link's.
#
# variables: BOOTS=40, 40 or more; 200 take half an hour

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"
. "$top/selftests/kaslr/kaslr.sh"

kaslr_boots 40 40
make_tmp
kernel_range "$kernel"
said_by=kaslr
kaslr_guests
mem=512
guest_options --kernel "$elf" --mem "${mem}M"

# Physical addresses: from behind the memory that vmlinuz.elf takes, to where the kernel
# still fits below the initrd, which QEMU puts at the end of memory.
larger() {
	[ "$1" -gt "$2" ] || set -- "$2" "$1"
	echo "$1"
}
needed=$(larger $(($(info "$kernel" load-end) - $(info "$kernel" load-start))) "$(info "$bzimage" elf-size)")
needed=$(((needed + 0x1fffff) & ~0x1fffff))
physical_low=$((($(info "$elf" load-end) + step - 1) / step * step))
physical_slots=$((((mem << 20) - ($(stat -c %s "$tmp/kaslr.cpio") + 4095 & ~4095) - needed - physical_low) / step + 1))
link_physical=$(printf '%x' $(($(info "$elf" pvh-reloc-min))))

boot() { # GROUP BOOT OPTION
	kaslr_guest --cmdline "$kaslr_cmdline $3"
}

# physical_slot ADDRESS: which of the slots that is; nothing if it is none
physical_slot() {
	case $1 in
	'' | *[!0-9a-f]*) return 0 ;;
	esac
	slot_at=$((0x$1 - physical_low))
	[ $slot_at -ge 0 ] && [ $((slot_at % step)) -eq 0 ] && [ $((slot_at / step)) -lt "$physical_slots" ] || return 0
	echo $((slot_at / step))
}

in_physical_range() {
	want="one of $physical_slots slots from $(printf '%x' "$physical_low") on, $((step >> 20)) MiB apart" got=$1
	[ -n "$(physical_slot "$1")" ]
}

judge() { # GROUP BOOT OPTION
	name="$1, boot $2"
	expect "the guest boots to user space and reboots" ended
	case $1 in
	nokaslr)
		expect "the kernel is at its link address in virtual memory" at_link "$(kaslr_said text)"
		expect "the kernel is at its link address in physical memory" is "$link_physical" "$(kaslr_said physical)" ;;
	*)
		expect "the virtual address is aligned, and in the range" in_kaslr_range "$(kaslr_said text)"
		expect "the physical address is aligned, and in the range" in_physical_range "$(kaslr_said physical)"
		kaslr_said text >>"$tmp/virtual"
		kaslr_said physical >>"$tmp/physical" ;;
	esac
}

{
	seq "$boots" | sed 's/.*/KASLR	&	-/'
	seq 2 | sed 's/.*/nokaslr	&	nokaslr/'
} >"$tmp/boots"
run_cases boot judge <"$tmp/boots"

# spread NAME FUNCTION SLOTS
spread() {
	name="$1 address"
	[ -e "$tmp/$1" ] && [ "$(wc -l <"$tmp/$1")" -ge 40 ] || return 0 # ONLY=
	while read -r address; do
		$2 "$address"
	done <"$tmp/$1" >"$tmp/numbers"
	kaslr_spread "$3"
}
spread virtual kaslr_slot "$slots"
spread physical physical_slot "$physical_slots"
tap_done
