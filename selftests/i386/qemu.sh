#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unpack the QEMU of Debian 11, which is version 5.2, in build/qemu-bullseye, with the
# libraries and the firmware of its release. Nothing is installed.
#
# 32-bit guests of Xen need it. Since 7.2 QEMU's TCG sets the accessed bit in every level
# of page tables that it walks, also in the first level of 32-bit PAE (the PDPTEs), where
# that bit is reserved. Xen has to read the length of an instruction that SVM intercepts
# from the guest's memory, because emulated SVM has no NRIPS. It finds the reserved bit,
# takes the page tables for wrong, and enters the guest at the same instruction for ever.
# Any 32-bit kernel has this problem, for example Debian's 686-pae.
#
# usage: qemu.sh         exit status 4: QEMU is not available, and standard output has
#                        the reason
# variables: MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

suite=bullseye
out=$build/qemu-$suite
list=$cache/qemu-$suite.list
qemu=$out/bin/qemu-system-x86_64

# not_here REASON
not_here() {
	echo "no QEMU of Debian 11: $*"
	exit 4
}

if apt_unpacked "$list" "$out" && [ -x "$qemu" ]; then
	exit 0
fi
for need in apt-get dpkg-deb; do
	command -v $need >/dev/null 2>&1 || not_here "there is no $need to get its packages"
done
own_build
if ! apt_collected "$list"; then
	apt_need "$cache" 100 "QEMU of $suite"
	apt_try_suite $suite ||
		not_here "no index of suite $suite from $mirror, or no network; MIRROR= names another$(room "$build")"
	libraries=$(apt_libraries qemu-system-x86) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$list" qemu-system-x86 qemu-system-data seabios ipxe-qemu $libraries
fi
say "unpacking QEMU of $suite"
rm -rf "$out"
apt_need "$out" 250 "QEMU of $suite"
mkdir "$out/root" "$out/bin"
apt_unpack "$list" "$out/root"
set -- "$out"/root/lib/x86_64-linux-gnu/ld-[0-9]*.so
[ $# -eq 1 ] && [ -e "$1" ] || die "the packages have no lib/x86_64-linux-gnu/ld-VERSION.so, or several"
cat >"$qemu" <<EOF
#!/bin/sh
root=\$(dirname -- "\$0")/../root
exec "\$root/lib/x86_64-linux-gnu/${1##*/}" \\
	--library-path "\$root/lib/x86_64-linux-gnu:\$root/usr/lib/x86_64-linux-gnu" \\
	"\$root/usr/bin/qemu-system-x86_64" -L "\$root/usr/share/qemu" \\
	-L "\$root/usr/share/seabios" -L "\$root/usr/lib/ipxe/qemu" "\$@"
EOF
chmod +x "$qemu"
version=$("$qemu" --version 2>&1 | head -n 1)
case $version in
'QEMU emulator version '*) say "$version" ;;
*) die "QEMU of $suite does not run here: $version" ;;
esac
cp "$list" "$out/stamp"
