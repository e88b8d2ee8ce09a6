#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Append to the tests' initramfs, or to INITRD=, this machine's kexec and makedumpfile,
# the libraries that they need, and BZIMAGE as /kexec/bzImage.
#
# usage: mkinitramfs.sh OUT BZIMAGE

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 2 ] || die "usage: mkinitramfs.sh OUT BZIMAGE"
out=$1
bzimage=$2
initramfs=${INITRD:-$build/initramfs.cpio.gz}

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

# Not a pipe, because a shell notices the failure of its last command only.
(cd "$dir" && find . ! -name . -print) >"$tmp/list"
(cd "$dir" && cpio -o -H newc -R 0:0 --quiet) <"$tmp/list" >"$tmp/cpio" &&
	gzip -1n "$tmp/cpio" && cat "$initramfs" "$tmp/cpio.gz" >"$out" ||
	die "cannot write $out$(room "$(dirname -- "$out")")"
