# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run in the guests: what their firmware left them that the boot report does not have.

tables=0
for f in /sys/firmware/acpi/tables/*; do
	[ ! -f "$f" ] || tables=$((tables + 1))
done
echo "bench: ACPI tables $tables"

runtime=no
if [ -d /sys/firmware/efi ]; then
	runtime=yes
	! dmesg | grep -q 'EFI runtime services will be disabled\|efi: Runtime .*disabled' || runtime=no
	! grep -qw efi=noruntime /proc/cmdline || runtime=no
fi
echo "bench: EFI runtime $runtime"

secure=no
! dmesg | grep -q 'ecure boot disabled' || secure=disabled
! dmesg | grep -q 'ecure boot enabled' || secure=enabled
echo "bench: secure boot $secure"
la57=no
! grep -qw la57 /proc/cpuinfo || la57=yes
echo "bench: CPU LA57 $la57"
