# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where it is sourced
#
# Sourced first by a test: TAP, guests in QEMU from a table, and what they print.
# selftests/README.md shows how a test is made of it.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

# The directory of the test, and what QEMU boots unless the test says otherwise
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
kernel=${KERNEL:-$build/vmlinux}
initrd=${INITRD:-$build/initramfs.cpio.gz}
root=${ROOT:-$build/root.img}

. "$top/scripts/lib/qemu.sh"
for part in tap guest console ran cases kernel; do
	. "$top/selftests/lib/$part.sh"
done
