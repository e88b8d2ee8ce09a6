# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of common.sh
#
# Sourced after common.sh and apt.sh: the packages of a Debian release's QEMU.

# qemu_list_of SUITE: the file that lists them
qemu_list_of() {
	echo "$cache/qemu-and-modules-$1.list"
}

# qemu_packages SUITE: have QEMU, its firmware and their libraries in the cache, and set
# $qemu_list to the file that lists them. Returns 1 if there is no index of the suite. No
# network is needed if they are in the cache.
qemu_packages() {
	qemu_list=$(qemu_list_of "$1")
	! apt_collected "$qemu_list" || return 0
	apt_need "$cache" 100 "QEMU of $1"
	apt_try_suite "$1" || return
	# TCG is a module of qemu-system-common in some releases.
	libraries=$(apt_libraries qemu-system-x86) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$qemu_list" qemu-system-x86 qemu-system-common qemu-system-data seabios ipxe-qemu $libraries
}
