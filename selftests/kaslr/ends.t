#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The first and the last place of KASLR, by the PVH entry and by the decompressor,
# with two kernels: the end of one is a multiple of 2 MiB behind its start, that of
# the other is not. A place is 16 MiB + n * 2 MiB above ffffffff80000000. The image
# has to end below 1 GiB there: its end is an address that the kernel uses, too.
#
# Chance does not come by these places often. So the function that gives the random
# number is overwritten in the file, by one that returns a number of this test: that
# modulo the number of places is the place. For the number behind that of the last
# place this is the first place again.
#
# And a vmlinux that its loader has relocated: it stays where it is, even where it
# ends at 1 GiB, which no choice gives.
#
# knobs: BOOTS=2, how often each case is booted
#	 ONLY=, an extended regular expression: only the cases whose name it matches

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"
. "$top/selftests/kaslr/ends.sh"

tab=$(printf '\t')

# One boot, in a process of its own: scratch directory, number of the case, number
# of the boot
if [ "${1:-}" = --boot ]; then
	tmp=$2 image=$2/$3 log=$2/$3-$4
	sed -n "$3p" "$tmp/cases" >"$log.case"
	IFS=$tab read -r _ door added _ <"$log.case"
	MEM=128M
	# The decompressor chooses a physical address, too: let it have some.
	if [ "$door" = bzImage ]; then
		MEM=512M
		kaslr_machine="-machine q35"
	fi
	# Without what takes long and is not tested here
	kaslr_cmdline="$kaslr_cmdline pty.legacy_count=0 nolapic_timer"
	[ "$added" = - ] || kaslr_cmdline="$kaslr_cmdline $added"
	kaslr_boot "$log" "$image" "$kaslr_cmdline"
	# Behind what firmware has left of a line
	sed -i 's/.*kaslr: /kaslr: /' "$log"
	exit 0
fi

boots=${BOOTS:-2}
printf '%s\n' "$boots" | grep -Eqx '[1-9][0-9]*' || die "BOOTS=$boots: not a number from 1 on"
make_tmp
begin=$(date +%s)
status=0
"$top/selftests/kaslr/padded.sh" 2>"$tmp/err" || status=$?
tap_ok $status "the main kernel can be linked with a larger .bss"
tap_diag "linked in $(($(date +%s) - begin)) s"
if [ $status -eq 0 ]; then
	{
		kaslr_initramfs "$tmp/initramfs" &&
			cc -O2 -Wall -Wextra -Werror -I "$tree" -o "$tmp/relocate" \
				"$top/selftests/kaslr/relocate.c"
	} 2>"$tmp/err" || status=$?
	tap_ok $status "an initramfs of one program, and the loader that relocates"
fi
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi
accel_args >/dev/null

# address PLACE: in hex, of a number from ffffffff80000000 on
address() {
	printf 'ffffffff%08x' $((0x80000000 + $1))
}

# one_case DOOR IMAGE ADDED NAME PLACE ...: one more case. IMAGE is a file in $tmp,
# ADDED goes to the command line if it is not -, each PLACE is a right one.
cases=0
one_case() {
	printf '%s\n' "$4" | grep -Eq -- "${ONLY:-}" || return 0
	cases=$((cases + 1))
	[ "$2" = "$cases" ] || ln -s "$2" "$tmp/$cases"
	printf '%s\t%s\t%s\t' "$4" "$1" "$3" >>"$tmp/cases"
	shift 4
	for place; do
		address "$place"
		echo
	done | paste -sd '|' >>"$tmp/cases"
}

# forced FILE OFFSET NUMBER NAME PLACE ...: a case with that random number
forced() {
	cp "$1" "$tmp/$((cases + 1))"
	put_random "$3" "$tmp/$((cases + 1))" "$2"
	name=$4
	shift 4
	one_case "$door" $((cases + 1)) - "$door, $kernel: $name" "$@"
}

# relocated FILE PLACE WHERE: two cases of a vmlinux that was relocated to there
relocated() {
	image=$((cases + 1))
	name="vmlinux, $kernel, relocated by its loader $3"
	status=0
	"$tmp/relocate" "$1" "$table" $(($2 - lowest)) "$tmp/$image" 2>"$tmp/err" || status=1
	if [ $status -ne 0 ]; then
		tap_ok 1 "$name: by its table"
		tap_diag <"$tmp/err"
		return
	fi
	one_case vmlinux $image - "$name: stays there" "$2"
	one_case vmlinux $image nokaslr "$name: stays there with nokaslr" "$2"
}

# last_place ROOM: sets the number of the highest place where what takes that much
# ends below 1 GiB
last_place() {
	last=$(((0x40000000 - 1 - $1 - lowest) / step))
}

# kernel VMLINUX BZIMAGE DECOMPRESSOR: its cases
kernel() {
	kernel_range "$1"
	kernel="end not 2 MiB aligned"
	if [ $((size % (2 << 20))) -eq 0 ]; then
		kernel="end 2 MiB aligned"
		aligned=$((aligned + 1))
	fi
	# The decompressor counts whole 2 MiB, and has the relocations behind the file.
	room=$(decompressor_room "$3")
	[ $((room)) -ge $size ] || room=$size
	room=$(((room + (2 << 20) - 1) & ~((2 << 20) - 1)))
	tap_diag "$kernel: the image takes $((size >> 10)) KiB, the decompressor $((room >> 10)) KiB"

	door=vmlinux
	at=$(random_in_vmlinux "$1")
	tap_run "$door, $kernel: the random number's function is in the file" test -n "$at"
	if [ -n "$at" ]; then
		last_place $size
		forced "$1" "$at" 0 "the number 0 is the first place" $lowest
		forced "$1" "$at" $last "the last place" $((lowest + last * step))
		forced "$1" "$at" $((last + 1)) "the number after that of the last place is the first place" \
			$lowest
	fi
	table=$(file_offset "$1" "$(symbol_low "$1" __pi_pvh_relocs)")
	relocated "$1" $((lowest + 0x4000000)) "by 64 MiB"
	relocated "$1" $((lowest + last * step)) "to its last place"
	[ $((size % step)) -ne 0 ] || relocated "$1" $((0x40000000 - size)) "to where it ends at 1 GiB"

	door=bzImage
	at=$(random_in_bzimage "$2" "$3")
	tap_run "$door, $kernel: the random number's function is in the file" test -n "$at"
	[ -n "$at" ] || return 0
	last_place "$room"
	after=$((lowest + (last + 1) * step))
	forced "$2" "$at" 0 "the number 0 is the first place" $lowest
	forced "$2" "$at" $last "the last place where all that the decompressor needs ends below 1 GiB" \
		$((lowest + last * step))
	# If that room is more than what the kernel is going to have, it may end at 1 GiB.
	if [ $((after + size)) -lt $((0x40000000)) ]; then
		forced "$2" "$at" $((last + 1)) \
			"the number after that is where the image ends below 1 GiB, or the first place" $lowest $after
	else
		ends_matter=$((ends_matter + 1))
		forced "$2" "$at" $((last + 1)) "the number after that is the first place" $lowest
	fi
}

aligned=0
ends_matter=0
: >"$tmp/cases"
kernel "$build/vmlinux" "$build/bzImage" "$obj/arch/x86/boot/compressed/vmlinux"
padded=$build/kaslr-ends$by
kernel "$padded/vmlinux" "$padded/bzImage" "$padded/decompressor"
tap_run "one of the two kernels has an end that is 2 MiB aligned" test $aligned -eq 1
tap_run "it takes all of the room that the decompressor counts" test $ends_matter -eq 1

begin=$(date +%s)
for n in $(seq "$cases"); do
	seq "$boots" | sed "s/^/$n /"
done >"$tmp/boots"
xargs -P "$(nproc)" -L 1 sh "$0" --boot "$tmp" <"$tmp/boots"
tap_diag "$(wc -l <"$tmp/boots") boots, $boots of each case, in $(($(date +%s) - begin)) s"

# keep LOG: what a boot has left that did not come to its end; and show its last lines
keep() {
	mkdir -p "$build/log/failed"
	cp "$1" "$build/log/failed/kaslr-ends-${1##*/}"
	{
		echo "boot ${1##*/}: QEMU's status is $(cat "$1.status")"
		sed 's/^/port 0xe9: /' "$1.e9"
		tr -d '\r' <"$1" | tail -n 3
	} | cut -c1-160 | tap_diag
}

# right: all boots of the case say the same place, which is a right one; and with
# nokaslr the direct map is not moved either
right() {
	[ "$(wc -l <"$tmp/said")" -eq "$boots" ] &&
		[ "$(cut -d' ' -f1 "$tmp/said" | sort -u | wc -l)" -eq 1 ] &&
		sed 1q "$tmp/said" | cut -d' ' -f1 | grep -Eqx "$texts" &&
		{ [ "$added" != nokaslr ] || [ "$(cut -d' ' -f2 "$tmp/said" | sort -u)" = "$direct_map" ]; }
}

n=0
while IFS="$tab" read -r name _ added texts; do
	n=$((n + 1))
	lost=
	: >"$tmp/said"
	for i in $(seq "$boots"); do
		kaslr_said "$tmp/$n-$i" >"$tmp/line"
		[ -s "$tmp/line" ] || lost=$tmp/$n-$i
		cat "$tmp/line" >>"$tmp/said"
	done
	tap_bad_before=$tap_bad
	tap_run "$name" right
	[ $tap_bad -ne $tap_bad_before ] || continue
	expected="the kernel at $(echo "$texts" | sed 's/|/ or /g')"
	[ "$added" != nokaslr ] || expected="$expected, the direct map at $direct_map"
	{
		echo "expected: $boots boots, $expected"
		awk -v boots="$boots" 'END {
			if (NR < boots)
				print "actual: " boots - NR " boots, that did not get to say where the kernel is" }' "$tmp/said"
		cut -d' ' -f1,2 "$tmp/said" | sort | uniq -c | head -n 5 |
			sed 's/^ *\([0-9]*\) \([^ ]*\) \(.*\)/actual: \1 boots, the kernel at \2, the direct map at \3/'
	} | tap_diag
	[ -z "$lost" ] || keep "$lost"
done <"$tmp/cases"
tap_done
