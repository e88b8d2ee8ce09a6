#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The versions of all that had a part, as lines "version,WHAT,VERSION".

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

put() {
	printf 'version,%s,%s\n' "$1" "$(printf '%s' "${2:-not known}" | tr ',' ';')"
}

put Debian "$(sed -n 's/^PRETTY_NAME="*\([^"]*\)"*/\1/p' /etc/os-release)"
put base "$(awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { v = v (n++ ? "." : "") $2 } END { print v }' "$tree/Makefile")"
put series "$(git -C "$top" describe --always --dirty --abbrev=12 2>/dev/null)"
put vmlinux "sha256 $(sha256sum "$build/vmlinux" | cut -c1-16)"
put gcc "$(gcc -dumpfullversion)"
# As qemu.sh and marks.sh have it
put "guest" "512 MiB, 1 CPU, 16 ns an instruction"
put QEMU "$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version //p')"
for p in seabios ovmf u-boot-qemu grub-xen-bin; do
	put "$p" "$(dpkg-query -W -f='${Version}' "$p" 2>/dev/null)"
done
put Xen "$(sed -n 's/.*xen-hypervisor-[0-9.]*-amd64_\(.*\)_amd64.deb$/\1/p' "$build/xen/stamp" 2>/dev/null | sed 's/%3a/:/')"
