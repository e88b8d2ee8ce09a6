#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print one sum of what the outcome of make check-hypervisors depends on in this
# repository and its build: the kernels, the tree that further kernels are built from, the
# tests and scripts, and the variables that these look at. It knows nothing of the
# programs that the machine has.
#
# usage: tested.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

# Variables that change where files are, or how fast, and PVH_SRC, which common.sh sets
others='BASE|BUILD|CACHE|CCACHE_[A-Z]*|CONTINUE|ECHO|GROUP|JOBS|KEEP|MIRROR|PVH_SRC|TMPDIR'

{
	grep -rhoE '\$\{[A-Z][A-Z0-9_]*:?[-=]' "$top/selftests" "$top/scripts" | tr -cd 'A-Z0-9_\n' |
		LC_ALL=C sort -u | grep -vxE "$others" | while read -r variable; do
			eval "value=\${$variable:-}"
			[ -z "$value" ] || echo "$variable=$value"
		done
	for image in vmlinux bzImage vmlinuz.elf base.vmlinux base.gzip.bzImage initramfs.cpio.gz; do
		[ ! -e "$build/$image" ] || sha256sum "$build/$image"
	done
	[ ! -d "$tree/.git" ] || {
		git -C "$tree" rev-parse 'HEAD^{tree}'
		git -C "$tree" diff HEAD
	}
	find "$top/selftests" "$top/scripts" "$top/docs/examples" "$top/Kconfig.fragment" -type f \
		-exec sha256sum {} + | LC_ALL=C sort
} | sha256sum | cut -d' ' -f1
