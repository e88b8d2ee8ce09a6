# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after lib.sh: what pvhinfo says of a kernel, which is built if need be.

"$top/scripts/pvhinfo.sh" || exit 1

# info FILE NAME: the value of that line; nothing if there is no such line
info() {
	"$build/pvhinfo" "$1" 2>/dev/null | sed -n "s/^$2: //p"
}
