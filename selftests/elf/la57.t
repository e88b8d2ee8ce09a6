#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# la57/test.t with the kernel that vmlinuz.elf has started

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"

make_tmp
cat >"$tmp/cases" <<'END'
5  1  max        q35      vmlinuz.elf  kaslr
4  1  max        q35      vmlinuz.elf  kaslr no5lvl
4  1  max,-la57  q35      vmlinuz.elf  kaslr
5  1  max        microvm  vmlinuz.elf  nokaslr
4  4  max        q35      vmlinuz.elf  nokaslr no5lvl
5  4  max        q35      vmlinuz.elf  nokaslr
END
CASES=$tmp/cases sh "$top/selftests/la57/test.t"
