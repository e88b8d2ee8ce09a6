# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after lib.sh, qemu.sh and tap.sh: guests that say where their kernel
# is, and end; and where it can be.

# Without ACPI microvm is entered within a few hundredths of a second. Its other
# ways to reboot go back into the firmware, which enters what is left of the
# kernel: reboot=t. On a busy host the kernel may find that its timer does not
# work, and panic: no_timer_check.
kaslr_machine="-machine microvm,acpi=off,pit=on,pic=on,rtc=on,isa-serial=on"
kaslr_cmdline="console=ttyS0 quiet reboot=t panic=-1 no_timer_check"

# kaslr_initramfs OUT: of init.c alone
kaslr_initramfs() {
	kaslr_progs=$tree/tools/testing/selftests/pvh
	mkdir "$tmp/root" "$tmp/root/proc" &&
		cc -O2 -Wall -Wextra -Werror -static -s -I "$kaslr_progs" -o "$tmp/root/init" \
			"$top/selftests/kaslr/init.c" "$kaslr_progs/kcore.c" &&
		(cd "$tmp/root" && printf '%s\n' init proc | cpio -o -H newc -R 0:0 --quiet) >"$1"
}

# kaslr_boot LOG KERNEL CMDLINE ARGUMENT ...: to its end, with the initramfs in
# $tmp/initramfs. Without a CMDLINE the KERNEL is a forged one, that has both.
# QEMU's status goes to LOG.status.
kaslr_boot() {
	# Not microvm: to run_qemu that would mean -icount, and with that the TSC,
	# which is what is random here, would be the same each time.
	MACHINE=q35 SMP=1 CPU="" BOOT_TIMEOUT=60
	kaslr_log=$1 kaslr_kernel=$2 kaslr_append=$3
	shift 3
	[ -z "$kaslr_append" ] || set -- "$@" -initrd "$tmp/initramfs" -append "$kaslr_append"
	kaslr_status=0
	# shellcheck disable=SC2086 # a list of arguments
	run_qemu "$kaslr_log" $kaslr_machine -kernel "$kaslr_kernel" "$@" || kaslr_status=$?
	echo $kaslr_status >"$kaslr_log.status"
}

# kaslr_said LOG: "TEXT DIRECT_MAP rdrand|none" of a guest that came to its end
kaslr_said() {
	[ "$(cat "$1.status")" = 0 ] || return 0
	tr -d '\r' <"$1" | sed -n 's/^kaslr: \([0-9a-f]\{16\} [0-9a-f]\{16\} [a-z]*\)$/\1/p'
}

# kaslr_low FILE SYMBOL: the lower half of its address, the upper one is all ones
kaslr_low() {
	nm "$1" | sed -n "s/^ffffffff\([0-9a-f]\{8\}\) . $2\$/\1/p"
}

# kaslr_offset FILE LOW: where in the ELF file the address ffffffffLOW is
kaslr_offset() {
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

# kaslr_range VMLINUX: sets, all but the first two as numbers from
# ffffffff80000000 on,
#
#	link, direct_map	where they are without KASLR, in hex
#	lowest, step		the kernel's virtual address is lowest + n * step,
#	slots			with n below this, so that the image ends below 1 GiB,
#				which is KERNEL_IMAGE_SIZE with
#				CONFIG_RANDOMIZE_BASE. LOAD_PHYSICAL_ADDR and the
#				alignment are in the note PHYS32_RELOC
#	map_slots		the direct map's is its lowest + n GiB, with n
#				below this; as kernel_randomize_memory() has it
kaslr_range() {
	text=$(kaslr_low "$1" _text)
	link=ffffffff$text
	size=$((0x$(kaslr_low "$1" _end) - 0x$text))
	. "$top/selftests/host/info.sh"
	step=$(($(info "$1" pvh-reloc-align))) lowest=$(($(info "$1" pvh-reloc-min)))
	slots=$(((0x40000000 - lowest - size + step - 1) / step))

	direct_map=$(od -An -tx8 -N8 -j "$(kaslr_offset "$1" "$(kaslr_low "$1" page_offset_base)")" "$1")
	direct_map=${direct_map# }
	# TiB, of less RAM than one: RAM, what vmalloc has, the struct pages
	padding=$(sed -n 's/^CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=//p' "$obj/.config")
	ram=$((1 + ${padding:-0}))
	! grep -q '^CONFIG_ZONE_DEVICE=y' "$obj/.config" || ram=64
	regions=$((ram + 32 + (ram + 63) / 64))
	# Up to the cpu_entry_area, divided among three
	map_slots=$((1 + (((0xfe0000000000 - 0x${direct_map#ffff}) >> 30) - (regions << 10)) / 3))
}

# kaslr_put HEX FILE OFFSET: write these bytes over what is there
kaslr_put() {
	for byte in $(echo "$1" | sed 's/../& /g'); do
		# shellcheck disable=SC2059 # an escape is what it is
		printf "\\$(printf '%03o' "0x$byte")"
	done | dd of="$2" bs=1 seek="$3" conv=notrunc 2>/dev/null
}

# kaslr_slot TEXT: its n, if there is one
kaslr_slot() {
	case $1 in
	ffffffff????????) ;;
	*) return 0 ;;
	esac
	kaslr_at=$((0x${1#ffffffff} - 0x80000000 - lowest))
	[ $kaslr_at -ge 0 ] && [ $((kaslr_at % step)) -eq 0 ] && [ $((kaslr_at / step)) -lt "$slots" ] || return 0
	echo $((kaslr_at / step))
}

# kaslr_map_slot DIRECT_MAP: the same of the direct map
kaslr_map_slot() {
	case $1 in
	ffff????????????) ;;
	*) return 0 ;;
	esac
	kaslr_at=$((0x${1#ffff} - 0x${direct_map#ffff}))
	[ $kaslr_at -ge 0 ] && [ $((kaslr_at & 0x3fffffff)) -eq 0 ] && [ $((kaslr_at >> 30)) -lt "$map_slots" ] || return 0
	echo $((kaslr_at >> 30))
}
