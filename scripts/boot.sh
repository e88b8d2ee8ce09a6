#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot a kernel in QEMU into the initramfs and print the boot report that comes
# from inside the guest. Fails if the guest does not power off.
#
# usage: boot.sh [KERNEL [INITRD]]
#        boot.sh --check        only see that the variables have values that can be
# variables: MACHINE= MEM= SMP= CPU= ACCEL= APPEND= TIMEOUT=

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/qemu.sh"

check_variables
[ "${1:-}" != --check ] || exit 0

kernel=${1:-$build/vmlinux}
initrd=${2:-$build/initramfs.cpio.gz}
[ -e "$kernel" ] || die "no $kernel: run make image first"
[ -e "$initrd" ] || die "no $initrd: run make initramfs first"

log=$build/log/boot
say "booting ${kernel##*/} on $MACHINE with $MEM and $SMP CPU(s), console in ${log#"$top"/}"
status=0
# shellcheck disable=SC2046
ECHO=1 run_qemu "$log" $(machine_args) -kernel "$kernel" -initrd "$initrd" \
	-append "console=ttyS0${APPEND:+ $APPEND}" || status=$?

[ ! -s "$log.e9" ] || sed 's/^/  | /' "$log.e9" >&2
if ! grep -q '^pvh-init: done' "$log"; then
	[ ! -s "$log.err" ] || head -n 3 "$log.err" | sed 's/^/  | /' >&2
	[ "$status" -ne 124 ] || die "the guest did not end within $BOOT_TIMEOUT s"
	die "the guest did not get to its end; its console is in $log"
fi
echo
echo "Boot report"
tr -d '\r' <"$log" | sed -n 's/^pvh-report: /  /p'
tr -d '\r' <"$log" | grep -q '^pvh-report: entered by: PVH' || [ "${kernel##*/}" != vmlinux ] ||
	die "the guest booted, but says that it was not entered through the PVH note"
