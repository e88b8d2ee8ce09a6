# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after test.sh: guests that print where their kernel is, and reboot.

# Without ACPI microvm enters the kernel within a few hundredths of a second. Of
# the ways to reboot only reboot=t ends QEMU: the others return to the firmware,
# which enters the kernel again. On a busy host the kernel's check of the timer can
# fail, and the kernel panics: no_timer_check.
kaslr_machine="-machine microvm,acpi=off,pit=on,pic=on,rtc=on,isa-serial=on"
kaslr_cmdline="console=ttyS0 quiet reboot=t panic=-1 no_timer_check"

# kaslr_boots DEFAULT LEAST: set boots to BOOTS= or the default, or end
kaslr_boots() {
	boots=${BOOTS:-$1}
	printf '%s\n' "$boots" | grep -Eqx '[1-9][0-9]*' && [ "$boots" -ge "$2" ] ||
		die "BOOTS=$boots: not a number from $2 on"
}

# kaslr_guests: build the initramfs of these guests, and set their options
kaslr_guests() {
	expect "the initramfs of one program can be built" kaslr_initramfs
	[ "$tap_bad" -eq 0 ] || tap_done
	# With --machine microvm guest() adds -icount. Then each boot would read the
	# same TSC, which is what is random here.
	guest_defaults --bare --machine q35 --mem 128M --timeout 60 \
		--initrd "$tmp/kaslr.cpio" --cmdline "$kaslr_cmdline"
}

kaslr_initramfs() {
	kaslr_progs=$tree/tools/testing/selftests/pvh
	mkdir -p "$tmp/root/proc" &&
		cc -O2 -Wall -Wextra -Werror -static -s -I "$kaslr_progs" -o "$tmp/root/init" \
			"$top/selftests/kaslr/init.c" "$kaslr_progs/kcore.c" &&
		(cd "$tmp/root" && printf '%s\n' init proc | cpio -o -H newc -R 0:0 --quiet) >"$tmp/kaslr.cpio"
}

# kaslr_guest OPTION ...: guest() of that machine
kaslr_guest() {
	# shellcheck disable=SC2086 # a list of arguments
	guest "$@" -- $kaslr_machine
}

# kaslr_said KEY [NAME]: as said(); nothing if the guest did not reboot
kaslr_said() {
	! ended "${2:-}" || on "${2:-console}" said "$1"
}

# guest_until COMMAND OPTION ...: kaslr_guest(), again if the command fails, for what is
# different if the kernel is at its link address by chance. It is there three times in a row
# in one of 1e8 cases.
guest_until() {
	until_command=$1
	shift
	for _ in 1 2 3; do
		kaslr_guest "$@"
		! "$until_command" || break
	done
}

# moved_guest OPTION ...: kaslr_guest(), again if the kernel is at its link address
moved_guest() {
	guest_until not_at_link "$@"
}

not_at_link() {
	[ "$(kaslr_said text)" != "$link" ]
}

# kaslr_spread SLOTS: the numbers in $tmp/numbers, 40 or more of 0 to SLOTS - 1, are what
# chance gives
kaslr_spread() {
	awk -v slots="$1" -f "$top/selftests/kaslr/spread.awk" "$tmp/numbers" >"$tmp/spread"
	while read -r what status text; do
		case $what in
		distinct) expect "the number of different addresses is that of random ones" by_chance "$status" "$text" ;;
		bins) expect "the addresses fill all parts of the range evenly" by_chance "$status" "$text" ;;
		range) text="slots ${text% *} to ${text#* } of 0 to $(($1 - 1))" ;;
		esac
		tap_diag "${name:+$name: }$text"
	done <"$tmp/spread"
}

# by_chance STATUS TEXT: what spread.awk found
by_chance() {
	want="what chance gives except once in a million times" got=$2
	[ "$1" -eq 0 ]
}
