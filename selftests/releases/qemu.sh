#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unpack the QEMU of a Debian release in build/qemu-SUITE, with the libraries and the
# firmware of its release. Nothing is installed. bin/qemu-system-x86_64 there runs it.
#
# usage: qemu.sh SUITE   exit status 4: it is not available, and standard output has the
#                        reason
# variables: MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/qemu-packages.sh"

[ $# -eq 1 ] || die "usage: qemu.sh SUITE"
suite=$1
out=$build/qemu-$suite
qemu=$out/bin/qemu-system-x86_64

# not_here REASON
not_here() {
	echo "no QEMU of $suite: $*"
	exit 4
}

if apt_unpacked "$(qemu_list_of "$suite")" "$out" && [ -x "$qemu" ]; then
	exit 0
fi
for need in apt-get dpkg-deb; do
	command -v $need >/dev/null 2>&1 || not_here "there is no $need to get its packages"
done
own_build
qemu_packages "$suite" ||
	not_here "no index of that suite from $mirror, or no network; MIRROR= names another$(room "$build")"
say "unpacking QEMU of $suite"
rm -rf "$out"
apt_need "$out" 250 "QEMU of $suite"
mkdir "$out/root"
apt_unpack "$qemu_list" "$out/root"
# shellcheck disable=SC2016 # $root is the wrapper's
apt_wrap "$out" qemu-system-x86_64 usr/bin/qemu-system-x86_64 \
	'-L "$root/usr/share/qemu" -L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu"' \
	'export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"'
version=$("$qemu" --version 2>&1 | head -n 1)
case $version in
'QEMU emulator version '*) say "$version" ;;
*) die "QEMU of $suite does not run here: $version" ;;
esac
cp "$qemu_list" "$out/stamp"
