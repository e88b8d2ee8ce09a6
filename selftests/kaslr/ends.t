#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# KASLR by the PVH entry and by the decompressor can choose the first and the last slot,
# and nothing after that. A slot is 16 MiB + n * 2 MiB above ffffffff80000000. The image
# has to end below 1 GiB there, because the kernel uses the address of its end, too. So
# there are two kernels: one ends a multiple of 2 MiB after its start, the other does
# not.
#
# Chance does not often choose these slots. So this test overwrites the function that
# returns the random number, by one that returns a number of this test. That number
# modulo the number of slots is the slot.
#
# And a vmlinux that its loader has relocated keeps its address, even if it ends at
# 1 GiB, where KASLR never puts it.
#
# variables: BOOTS=2, how often each case is booted

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"
. "$here/table.sh"
. "$here/ends.sh"

kaslr_boots 2 1
make_tmp
expect "the main kernel can be linked with a larger .bss" "$here/padded.sh"
expect "the loader that relocates vmlinux compiles" \
	cc -O2 -Wall -Wextra -Werror -I "$tree" -o "$tmp/relocate" "$here/relocate.c"
kaslr_guests

boot() { # SUBJECT IMAGE CHANGE CMDLINE FACT SLOTS
	# shellcheck disable=SC2086 # words: random OFFSET NUMBER, relocate TABLE DISTANCE
	set -- "$2" "$4" $3
	case $3 in
	random) cp "$1" "$dir/image" && put_random "$5" "$dir/image" "$4" ;;
	relocate) "$tmp/relocate" "$1" "$4" "$5" "$dir/image" ;;
	esac || return
	memory=128M
	# The decompressor chooses a physical address, too, and needs some for that.
	case $1 in *bzImage) kaslr_machine="-machine q35" memory=512M ;; esac
	# Neither is tested here, and both take long.
	faster="pty.legacy_count=0 nolapic_timer"
	for boot in $(seq "$boots"); do
		kaslr_guest --name "console-$boot" --kernel "$dir/image" --mem $memory \
			--cmdline "$kaslr_cmdline $faster $2"
	done
	rm -f "$dir/image"
}

# printed: "TEXT DIRECT_MAP" of each boot that printed both. The consoles of the other
# boots stay, for keep_consoles().
printed() {
	for boot in $(seq "$boots"); do
		text=$(kaslr_said text "console-$boot") map=$(kaslr_said direct-map "console-$boot")
		[ -n "$text" ] && [ -n "$map" ] || continue
		echo "$text $map"
		rm -f "$dir/console-$boot".*
	done
}

# all_in SLOTS CMDLINE: all boots have the kernel in the same slot, which is among
# these. With nokaslr the direct map is not moved either.
all_in() {
	want="$boots boots with the kernel at one of: $1"
	[ "$2" != nokaslr ] || want="$want, and the direct map at $direct_map"
	printed >"$dir/printed"
	got="$(wc -l <"$dir/printed") boots that printed addresses
$(sort "$dir/printed" | uniq -c | head -n 5)"
	[ "$(wc -l <"$dir/printed")" -eq "$boots" ] || return
	text=$(cut -d' ' -f1 "$dir/printed" | sort -u)
	case " $1 " in *" $text "*) ;; *) return 1 ;; esac
	[ "$2" != nokaslr ] || [ "$(cut -d' ' -f2 "$dir/printed" | sort -u)" = "$direct_map" ]
}

judge() { # SUBJECT IMAGE CHANGE CMDLINE FACT SLOTS
	name=$1
	expect "$5" all_in "$6" "$4"
}

# row SUBJECT IMAGE CHANGE CMDLINE FACT SLOT ...: one more case. Each SLOT is right, a
# number from ffffffff80000000 on.
row() {
	printf '%s\t' "$1" "$2" "$3" "$4" "$5"
	shift 5
	for slot; do
		printf 'ffffffff%08x ' $((0x80000000 + slot))
	done
	echo
} >>"$tmp/cases"

# random NUMBER FACT SLOT ...: a case with that random number
random() {
	number=$1
	shift
	row "$path, $end, the random number $number" "$image" "random $at $number" - "$@"
}

# relocated SLOT BY: two cases of a vmlinux that was relocated to there
relocated() {
	for added in - nokaslr; do
		with=
		[ $added = - ] || with=" with $added"
		row "$path, $end, relocated by its loader $2" "$image" \
			"relocate $(table_offset "$image") $(($1 - lowest))" $added "the kernel keeps its address$with" "$1"
	done
}

# last_slot ROOM: sets last, the number of the last slot where an image that takes
# ROOM bytes ends below 1 GiB
last_slot() {
	last=$(((0x40000000 - 1 - $1 - lowest) / step))
}

# cases VMLINUX BZIMAGE DECOMPRESSOR: those of one kernel
cases() {
	kernel_range "$1"
	end="end not 2 MiB aligned"
	if [ $((size % (2 << 20))) -eq 0 ]; then
		end="end 2 MiB aligned"
		aligned=$((aligned + 1))
	fi
	# The decompressor counts whole 2 MiB, and has the relocations after the file.
	room=$(decompressor_room "$3")
	[ "$room" -ge "$size" ] || room=$size
	room=$(((room + (2 << 20) - 1) & ~((2 << 20) - 1)))
	tap_diag "$end: the image takes $((size >> 10)) KiB, the decompressor $((room >> 10)) KiB"

	path=vmlinux image=$1
	at=$(random_in_vmlinux "$image")
	expect "$path, $end: the file has a function of the random number that can be overwritten" test -n "$at"
	last_slot "$size"
	if [ -n "$at" ]; then
		random 0 "KASLR chooses the first slot" "$lowest"
		random $last "KASLR chooses the last slot" $((lowest + last * step))
		random $((last + 1)) "KASLR chooses the first slot" "$lowest"
	fi
	find_table "$image"
	relocated $((lowest + 0x4000000)) "by 64 MiB"
	relocated $((lowest + last * step)) "to its last slot"
	[ $((size % step)) -ne 0 ] || relocated $((0x40000000 - size)) "to end at 1 GiB"

	path=bzImage image=$2
	at=$(random_in_bzimage "$image" "$3")
	expect "$path, $end: the file has a function of the random number that can be overwritten" test -n "$at"
	[ -n "$at" ] || return 0
	last_slot "$room"
	after=$((lowest + (last + 1) * step))
	random 0 "KASLR chooses the first slot" "$lowest"
	random $last "KASLR chooses the last slot where all that the decompressor needs ends below 1 GiB" \
		$((lowest + last * step))
	# If the decompressor needs more room than the kernel, the kernel may end at 1 GiB.
	if [ $((after + size)) -lt $((0x40000000)) ]; then
		random $((last + 1)) "KASLR chooses a slot where the image ends below 1 GiB, or the first slot" \
			"$lowest" $after
	else
		ends_matter=$((ends_matter + 1))
		random $((last + 1)) "KASLR chooses the first slot" "$lowest"
	fi
}

aligned=0
ends_matter=0
cases "$build/vmlinux" "$build/bzImage" "$obj/arch/x86/boot/compressed/vmlinux"
padded=$build/kaslr-ends$by
cases "$padded/vmlinux" "$padded/bzImage" "$padded/decompressor"
expect "one of the two kernels has an end that is 2 MiB aligned" is 1 $aligned
expect "one of the two kernels takes all of the room that the decompressor counts" is 1 $ends_matter
run_cases boot judge <"$tmp/cases"
tap_done
