# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: vmlinuz.elf, one compressed file for all PVH loaders.
#
# variables: ELF=FILE, instead of build/vmlinuz.elf; BZIMAGE=FILE, the bzImage of the same
# build, instead of build/bzImage; KERNEL=FILE, the vmlinux in both

elf=${ELF:-$build/vmlinuz.elf}
bzimage=${BZIMAGE:-$build/bzImage}
[ -e "$elf" ] || skip_all "no $elf: this base has no vmlinuz.elf"
