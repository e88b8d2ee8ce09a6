#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Lines of code of what firmware and hypervisor are built of, as "PART LINES" lines
# to build/cache/evaluate/lines-RELEASE. Once there, no network is needed. Packages'
# own patches are not counted.
#
# usage: sources.sh		prints the name of that file
# knobs: MIRROR=, CACHE=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

suite=$(apt_codename)
work=$cache/evaluate
list=$work/lines-$suite
if [ -s "$list" ] && [ "$list" -nt "$0" ]; then
	echo "$list"
	exit 0
fi
command -v cloc >/dev/null 2>&1 || die "no cloc: package cloc"
mkdir -p "$work" || die "cannot write to $work"

# Of a suite's sources there is an index of its own.
apt_dir=$cache/apt-$suite-source
mirror=$(apt_mirror)
[ -n "$mirror" ] || die "apt's configuration names no Debian mirror; name one with MIRROR="
mkdir -p "$apt_dir/sources" "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" ||
	die "cannot write to $apt_dir"
cat >"$apt_dir/sources/debian.sources" <<EOF
Types: deb-src
URIs: $mirror
Suites: $suite
Components: main
Signed-By: $keyring
EOF
: >"$apt_dir/status"
logged "$build/log/apt-source" apt_private -o APT::Update::Error-Mode=any update ||
	die "cannot get the index of the sources of $suite: no network, or not on this mirror"
make_tmp

# source_of PACKAGE DIRECTORY ...: those directories of it, in $tmp/PACKAGE
source_of() {
	package=$1
	shift
	mkdir -p "$work/dsc" "$tmp/$package"
	say "fetching the source of $package"
	(cd "$work/dsc" && logged "$build/log/source.$package" \
		apt_private source --download-only "$package") ||
		die "cannot fetch the source of $package; see $build/log/source.$package"
	for tar in "$work/dsc/${package}"_*.orig.tar.?z; do
		# A name that is not there is no reason to have none of the others.
		tar -xf "$tar" -C "$tmp/$package" --strip-components=1 --wildcards "$@" 2>/dev/null || :
	done
	rm -f "$work/dsc/${package}"_*
}

# code FILE ...: lines of C and assembly, without comments and blank lines
code() {
	cloc --quiet --csv --sum-one --skip-uniqueness \
		--include-lang=C,'C/C++ Header',Assembly "$@" 2>/dev/null |
		awk -F, '$2 == "SUM" { n = $5 } END { print n + 0 }'
}

# put PART PATH ...
put() {
	part=$1
	shift
	lines=$(code "$@")
	[ "$lines" -gt 0 ] || die "no lines of $part in $*"
	echo "$part $lines" >>"$tmp/lines"
}

# The files of all modules that OvmfPkgX64.dsc names; those that a switch leaves out, too
ovmf_files() {
	tr -d '\r' <OvmfPkg/OvmfPkgX64.dsc | grep -o '[A-Za-z0-9]*Pkg/[A-Za-z0-9_/.-]*\.inf' | sort -u |
	while read -r inf; do
		[ -f "$inf" ] || continue
		tr -d '\r' <"$inf" | awk -v dir="${inf%/*}" '
			/^[ \t]*\[/ { on = tolower($0) ~ /^[ \t]*\[sources(\]|\.common|\.x64|\.ia32, *sources|\.)/ && tolower($0) !~ /\.(arm|aarch64|ebc|riscv64|loongarch64)\]/; next }
			on && /\.(c|h|nasm|nasmb|s)/ { sub(/^[ \t]*/, ""); sub(/[ \t|#].*/, ""); print dir "/" $0 }'
	done | sort -u | while read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}

: >"$tmp/lines"
source_of seabios '*/src' && put seabios "$tmp/seabios/src"
source_of qemu '*/roms/qboot' '*/pc-bios/optionrom' && {
	[ ! -d "$tmp/qemu/roms/qboot" ] || put qboot "$tmp/qemu/roms/qboot"
	put optionrom "$tmp/qemu/pc-bios/optionrom"
}
source_of u-boot '*/lib/efi_loader' '*/cmd/bootefi.c' &&
	put uboot "$tmp/u-boot/lib/efi_loader" "$tmp/u-boot/cmd/bootefi.c"
source_of xen '*/xen/arch/x86' '*/xen/common' '*/xen/drivers' '*/xen/lib' '*/xen/include' '*/xen/xsm' \
	'*/tools/libs/guest' '*/tools/libs/light' && {
	put xen "$tmp/xen/xen"
	put toolstack "$tmp/xen/tools/libs/guest" "$tmp/xen/tools/libs/light"
}
source_of grub2 '*/grub-core' && (
	cd "$tmp/grub2/grub-core"
	put grub kern/*.c kern/i386 kern/xen normal loader/linux.c loader/i386/linux.c lib/relocator.c \
		lib/i386 disk/memdisk.c fs/cpio_common.c fs/tar.c boot/i386 startup
)
source_of edk2 && (
	cd "$tmp/edk2"
	ovmf_files >"$tmp/ovmf"
	# cloc knows NASM's files as assembly.
	lines=$(cloc --quiet --csv --skip-uniqueness --list-file="$tmp/ovmf" 2>/dev/null |
		awk -F, '$2 == "SUM" { n = $5 } END { print n + 0 }')
	[ "$lines" -gt 0 ] || die "no lines of ovmf"
	echo "ovmf $lines" >>"$tmp/lines"
)
sort "$tmp/lines" >"$list.new" && mv -f "$list.new" "$list" || die "cannot write $list$(room "$cache")"
echo "$list"
