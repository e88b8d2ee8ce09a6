#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kexec/test.t with a first kernel that vmlinuz.elf has started: it starts a bzImage by
# kexec, and by kdump after a panic.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"

KERNEL=$elf exec sh "$top/selftests/kexec/test.t"
