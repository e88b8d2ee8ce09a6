#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinuz.elf boots through its PVH note to user space on machines of many shapes. The
# guest's own tests compare what the kernel holds with QEMU's settings, as for vmlinux.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"
. "$top/selftests/boot/machines.sh"

make_tmp
kernel=$elf
guest_defaults
machines_test
tap_done
