#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Arguments: OUT BZIMAGE
#
# On top of the tests' initramfs put what starts another kernel, and that
# kernel: this machine's kexec and makedumpfile, the libraries they need, and
# BZIMAGE as /kexec/bzImage.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 2 ] || die "usage: mkinitramfs.sh OUT BZIMAGE"
out=$1
bzimage=$2
initramfs=$build/initramfs.cpio.gz

# Not all users have these in their PATH.
PATH=$PATH:/usr/sbin:/sbin
for p in kexec makedumpfile ldd cpio gzip; do
	command -v "$p" >/dev/null 2>&1 || die "no $p: run scripts/deps.sh build check"
done
[ -e "$initramfs" ] || die "no $initramfs: run make initramfs first"

make_tmp
dir=$tmp/root

# put FILE DIR
put() {
	mkdir -p "$dir/$2" && cp -L "$1" "$dir/$2/" || die "cannot copy $1 to $dir$(room "$tmp")"
}

mkdir -p "$dir/kexec"
cp -L "$bzimage" "$dir/kexec/bzImage" || die "cannot copy $bzimage to $dir$(room "$tmp")"
for p in kexec makedumpfile; do
	p=$(command -v "$p")
	put "$p" kexec
	LC_ALL=C ldd "$p" >"$tmp/ldd" || die "ldd $p failed"
	! grep 'not found' "$tmp/ldd" >&2 || die "not all libraries of $p are here"
	# "NAME => FILE (ADDRESS)", and the loader without a name of its own
	sed -n 's|^.*[[:blank:]]\(/[^ ]*\) (0x.*|\1|p' "$tmp/ldd" >>"$tmp/libs"
done
sort -u "$tmp/libs" >"$tmp/list"
while read -r lib; do
	put "$lib" "${lib%/*}"
done <"$tmp/list"

# No pipe: all but the last command of one could fail unnoticed.
(cd "$dir" && find . ! -name . -print) >"$tmp/list"
(cd "$dir" && cpio -o -H newc -R 0:0 --quiet) <"$tmp/list" >"$tmp/cpio" &&
	gzip -1n "$tmp/cpio" && cat "$initramfs" "$tmp/cpio.gz" >"$out" ||
	die "cannot write $out$(room "$(dirname -- "$out")")"
