#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Have in the cache what Debian ships, and print the names of the files: kernels
# (of its cloud flavour, which is the smallest), and GRUB for PVH and for PV.
#
# usage: stock.sh BASE|grub ...     BASE: one of scripts/bases

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/apt.sh"

stock=$cache/stock

# newest PATTERN: the newest package of the suite that has such a name
newest() {
	apt_within apt-cache search --names-only "$1" | cut -d' ' -f1 | sort -V | tail -n 1
}

# take PACKAGE FILE NAME [FILE NAME]: FILE of it, a pattern, as NAME
take() {
	deb=$(apt_deb "$1") || exit 1
	shift
	rm -rf "$stock/new"
	mkdir -p "$stock/new" || die "cannot write to $stock"
	logged "$build/log/stock" dpkg-deb -x "$deb" "$stock/new" ||
		die "unpacking $deb failed$(room "$stock")"
	while [ $# -gt 0 ]; do
		found=$(find "$stock/new" -path "$stock/new/$1" -type f | head -n 1)
		[ -n "$found" ] || die "no $1 in ${deb##*/}"
		mv -f "$found" "$stock/$2" || die "cannot write $stock/$2$(room "$stock")"
		shift 2
	done
	# What was wanted of it is there.
	rm -rf "$stock/new" "$deb"
}

# kernel BASE: from the first of its suites
kernel() {
	[ ! -s "$stock/vmlinuz-$1" ] || return 0
	suite=$(base_field "$1" 2)
	case ${suite%%,*} in
	own) apt_suite "$(apt_codename)" security ;;
	*) apt_suite "${suite%%,*}" ;;
	esac
	dots=$(echo "$1" | sed 's/\./\\./g')
	# Since 7.x the image is in a package of its own.
	package=$(newest "^linux-binary-$dots\\.[^ ]*-cloud-amd64\$")
	[ -n "$package" ] || package=$(newest "^linux-image-$dots\\.[^ ]*-cloud-amd64\$")
	[ -n "$package" ] || die "no cloud kernel $1 in suite ${suite%%,*}"
	take "$package" '*/vmlinuz*' "vmlinuz-$1"
}

grub() {
	[ ! -s "$stock/grub-i386-xen_pvh.bin" ] || [ ! -s "$stock/grub-i386-xen.bin" ] || return 0
	apt_suite "$(apt_codename)" security
	take grub-xen-host usr/lib/grub-xen/grub-i386-xen_pvh.bin grub-i386-xen_pvh.bin \
		usr/lib/grub-xen/grub-i386-xen.bin grub-i386-xen.bin
}

[ $# -gt 0 ] || die "stock.sh: name grub, or one of $bases"
command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack packages with"
for what; do
	case " $bases grub " in
	*" $what "*) ;;
	*) die "stock.sh: unknown '$what'" ;;
	esac
	if [ "$what" = grub ]; then
		grub
		printf '%s\n' "$stock/grub-i386-xen_pvh.bin" "$stock/grub-i386-xen.bin"
	else
		kernel "$what"
		echo "$stock/vmlinuz-$what"
	fi
done
