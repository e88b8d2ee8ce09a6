# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after test.sh: guests that print where their kernel is, and end.

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
