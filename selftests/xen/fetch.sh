#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Download Xen, its tools and its headers of the machine's own Debian release, and
# unpack the packages in build/xen/root/, without installing them. The hypervisor, in
# the format that QEMU takes, is build/xen/xen. No network is needed if they are in the
# cache. Of another suite it is build/xen-SUITE/.
#
# usage: fetch.sh
# variables: XEN_SUITE=, another suite of Debian's archive; MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"

out=$xen_dir

os=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null) || os=
suite=${XEN_SUITE:-}
if [ -z "$suite" ]; then
	[ "$os" = debian ] || die "Xen comes in Debian's packages, and this is" \
		"${os:-no system with /etc/os-release}: name a suite with XEN_SUITE= and an archive with MIRROR="
	suite=$(apt_codename)
	[ -n "$suite" ] || die "no VERSION_CODENAME in /etc/os-release: name a suite with XEN_SUITE="
fi
command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Xen's packages with"

# The packages of this suite's Xen
list=$cache/xen-and-headers-$suite.list

download() {
	apt_need "$cache" 150 Xen
	# sid has no security suite.
	apt_try_suite "$suite" security || apt_suite "$suite"
	found=$(apt_within apt-cache search --names-only '^xen-hypervisor-[0-9.]*-amd64$') ||
		die "apt-cache search: failed$(room "$cache")"
	version=$(printf '%s\n' "$found" |
		sed -n 's/^xen-hypervisor-\([0-9.]*\)-amd64 .*/\1/p' | sort -V | tail -n 1)
	[ -n "$version" ] || die "suite $suite has no package xen-hypervisor-VERSION-amd64"
	say "Xen of $suite is $version"

	# No program names the library of libgcc-s1: glibc opens it when a thread is
	# cancelled.
	set -- "xen-utils-$version" xenstore-utils libgcc-s1
	libraries=$(apt_libraries "$@") || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$list" "xen-hypervisor-$version-amd64" libxen-dev "$@" $libraries
}

unpack() {
	rm -rf "$out"
	apt_need "$out" 150 Xen
	mkdir "$out/root"
	apt_unpack "$list" "$out/root"
	set -- "$out"/root/boot/xen-*-amd64.gz
	[ $# -eq 1 ] && [ -e "$1" ] || die "the packages have no boot/xen-VERSION-amd64.gz, or several"
	gzip -dc "$1" >"$out/xen" || die "unpacking ${1##*/} failed$(room "$out")"
	cp "$list" "$out/stamp"
}

if apt_unpacked "$list" "$out"; then
	exit 0
fi
own_build
apt_collected "$list" || download
say "unpacking Xen"
unpack
