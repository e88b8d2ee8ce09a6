# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after lib.sh: have qemu-system-x86_64 be the one that 32-bit guests of Xen
# boot under; or, if it is not to be had, why, in $no_qemu.

status=0
no_qemu=$("$top/selftests/i386/qemu.sh") || status=$?
case $status in
0) PATH=$build/qemu-bullseye/bin:$PATH ;;
4) ;;
*) exit 1 ;;
esac
