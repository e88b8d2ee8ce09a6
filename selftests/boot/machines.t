#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux boots through its PVH note to user space on machines of many shapes.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/boot/machines.sh"

make_tmp
guest_defaults
machines_test
tap_done
