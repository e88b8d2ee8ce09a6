#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux is entered a few times, through its PVH note and by the 64-bit boot protocol:
# the kernel and its direct map are at other addresses each time, in their ranges. The
# addresses come from RDRAND, or from the TSC if the CPU has no RDRAND. With 40 boots or
# more the addresses have to be all over their ranges, too: spread.t.
#
# variables: BOOTS=4, 4 or more

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"
. "$here/boot64.sh"

kaslr_boots 4 4
make_tmp
kernel_range "$kernel"
kaslr_guests
# Linux 6.12 has KASLR by the PVH entry only.
ways='default CPU'
if [ "$(table_symbol "$kernel")" = kernel_relocs ]; then
	ways="$ways
64-bit protocol"
	expect "the loader of the 64-bit boot protocol can be built" \
		boot64 "$kernel" "$tmp/kaslr.cpio" "$kaslr_cmdline" "$tmp/kernel64"
fi

boot() { # GROUP BOOT ARGUMENTS
	accel=$ACCEL
	# Only TCG counts instructions.
	case $3 in *-icount*) accel=tcg ;; esac
	kaslr_machine="$kaslr_machine $3"
	case $1 in
	64-bit*) kaslr_guest --accel "$accel" --kernel "$tmp/kernel64" --no-initrd --cmdline '' --mem 256M ;;
	*) kaslr_guest --accel "$accel" ;;
	esac
}

judge() { # GROUP BOOT ARGUMENTS
	name="$1, boot $2"
	expect "the guest boots to user space and reboots" is "text physical direct-map rdrand" \
		"$(kaslr_keys)"
	for key in text direct-map rdrand; do
		kaslr_said "$key" >>"$tmp/$1.$key"
	done
}

# kaslr_keys: what the guest printed, without the values
kaslr_keys() {
	ended && console | sed -n 's/^kaslr: \([a-z-]*\) [0-9a-z]*$/\1/p' | paste -sd ' '
}

# Groups of boots: a name, how many, arguments of QEMU. With -icount the TSC has the
# same value in each boot.
columns >"$tmp/groups" <<END
$(printf '%s\n' "$ways" | sed "s/\$/  $boots  -/")
RDRAND                   4       -cpu max
no RDRAND                4       -cpu max,-rdrand
the same TSC, RDRAND     4       -cpu max -icount shift=4,sleep=off
the same TSC, no RDRAND  2       -cpu max,-rdrand -icount shift=4,sleep=off
END
while IFS="$tab" read -r group count arguments; do
	seq "$count" | sed "s/.*/$group$tab&$tab$arguments/"
done <"$tmp/groups" >"$tmp/boots"
run_cases boot judge <"$tmp/boots"

# in_range FUNCTION ADDRESSES: FUNCTION gives a number for each address in the file
# ADDRESSES. The numbers go to $tmp/numbers.
in_range() {
	want="aligned addresses in the range" got=
	: >"$tmp/numbers"
	while read -r address; do
		number=$($1 "$address")
		[ -n "$number" ] || got="$got $address"
		echo "$number" >>"$tmp/numbers"
	done <"$2"
	[ -z "$got" ] && [ -s "$tmp/numbers" ]
}

# spread GROUP NAME KEY FUNCTION SLOTS: the addresses of the group
spread() {
	addresses="$tmp/$1.$3"
	shift
	name=$1
	[ -e "$addresses" ] || return 0
	expect "all addresses are aligned, and in the range" in_range "$3" "$addresses"
	[ "$boots" -ge 40 ] || return 0
	kaslr_spread "$4"
	sort "$addresses" | sed -n "1s/^/$name: from /p; \$s/^/$name: to /p" | tap_diag
}

# different GROUP [KEY]: the kernel's addresses, or others, are not all the same. If
# there are some hundred slots, chance makes four the same in one of 1e8 cases.
different() {
	different_file="$tmp/$1.${2:-text}"
	want="at least two addresses" got=$(sort "$different_file" | uniq -c)
	[ "$(sort -u "$different_file" | wc -l)" -gt 1 ]
}

# group NAME [yes|no]: the addresses of the group differ, and its CPU has RDRAND or not
group() {
	[ -e "$tmp/$1.text" ] || return 0
	name=$1
	[ $# -eq 1 ] || expect "CPUID reports RDRAND: $2" is "$2" "$(sort -u "$tmp/$1.rdrand")"
	expect "the kernel's address differs from boot to boot" different "$1"
	expect "the direct map's address differs from boot to boot" different "$1" direct-map
}

spread "default CPU" "the kernel's address" text kaslr_slot "$slots"
spread "default CPU" "the direct map" direct-map map_slot "$map_slots"
spread "64-bit protocol" "the kernel's address, 64-bit protocol" text kaslr_slot "$slots"
group "default CPU"
group "64-bit protocol"
group RDRAND yes
group "no RDRAND" no

# RDRAND is the only source in these guests that is random. So the kernel uses it.
name="the same TSC, RDRAND" other="$tmp/the same TSC, no RDRAND.text"
if [ ! -e "$tmp/$name.text" ] || [ ! -e "$other" ]; then
	: # ONLY= leaves them out
elif [ "$(sort -u "$other" | wc -l)" -eq 1 ]; then
	expect "the kernel's address differs from boot to boot" different "$name"
else
	tap_skip "$name: the kernel's address differs from boot to boot" "the TSC is not the same here"
fi
tap_done
