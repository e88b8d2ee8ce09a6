# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: files that are added to the guests' initramfs.

# pack DIR: its files as a part of an initramfs, the same bytes on each run
pack() {
	cd "$1" || exit
	find . -exec touch -h -d @0 {} + && find . ! -name . -print >"$1.found" &&
		LC_ALL=C sort "$1.found" >"$1.list" &&
		cpio -o -H newc -R 0:0 --reproducible --quiet <"$1.list" >"$1.cpio" &&
		gzip -1n <"$1.cpio"
}

# add_to_initrd DIR: from now on $initrd is one that has the files of DIR, too
add_to_initrd() {
	(pack "$1") >"$tmp/over.gz" && cat "$initrd" "$tmp/over.gz" >"$tmp/initrd" ||
		die "cannot write $tmp/initrd$(room "$tmp")"
	initrd=$tmp/initrd
}
