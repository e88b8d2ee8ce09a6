#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# OVMF entered by a PVH note, to start the kernel by EFI from there. edk2 can be built
# so in two ways, OvmfXen and CloudHv; both make an ELF file. Is any of what is
# packaged one?
#
# usage: ovmf-pvh.sh DOOR		lines "DOOR,ITEM,VALUE" to $out/DOOR.csv

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/bench/marks.sh"

door=$1
out=$EVALUATE_OUT
csv=$out/$door.csv

version=$(dpkg-query -W -f='${Version}' ovmf 2>/dev/null) || version=
if [ -z "$version" ]; then
	cannot "no OVMF: package ovmf" >"$csv"
	exit 0
fi

# What the packages of OVMF and of Xen have of images. FIRMWARE= has more of them.
n=0
note=
for f in $(dpkg -L ovmf | grep '\.fd$') "$build"/xen/root/usr/lib/xen-*/boot/* ${FIRMWARE:-}; do
	[ -f "$f" ] || continue
	case $f in
	*/hvmloader | */xen-shim | *VARS*) continue ;;
	esac
	n=$((n + 1))
	[ "$(od -An -tx1 -N4 "$f" | tr -d ' \n')" = 7f454c46 ] || continue
	LC_ALL=C readelf -n "$f" 2>/dev/null | grep -q '0x00000012' && note=$f
done
if [ -z "$note" ]; then
	cannot "of the $n images of ovmf $version and Xen none is an ELF file with a PVH note (OvmfXen; CloudHv), as it would have to be" >"$csv"
else
	cannot "${note##*/} has a PVH note; what starts a kernel from there was never seen in a package, and is not known here" >"$csv"
fi
