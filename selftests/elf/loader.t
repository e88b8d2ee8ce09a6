#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinuz.elf under the crafted loaders of selftests/loader/cases: it boots and refuses
# what vmlinux does, except for cases with @elf.
#
# variables: those of loader.sh

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"
. "$top/selftests/loader/loader.sh"

make_tmp
kernel=$elf IMAGE=elf
loader_test
tap_done
