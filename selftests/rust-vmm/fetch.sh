#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Download Debian's Rust, cargo and rust-vmm's crates, and unpack the packages in
# build/rust-vmm/root/, without installing them. build/rust-vmm/bin/ has the programs,
# which run with the C library of their own release. No network is needed if the packages
# are in the cache.
#
# usage: fetch.sh
# variables: RUST_VMM_SUITE=sid, a suite of Debian's archive that has the crates; MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

out=$build/rust-vmm
suite=${RUST_VMM_SUITE:-sid}
list=$cache/rust-vmm-$suite.list
# What Cargo.toml names, and what these need without their optional features
crates="linux-loader kvm-ioctls kvm-bindings vm-memory vm-superio vmm-sys-util libc
	bitflags bitflags-1 thiserror thiserror-impl proc-macro2 quote syn unicode-ident"

download() {
	apt_need "$cache" 200 "Debian's Rust"
	apt_suite "$suite"
	libraries=$(apt_libraries rustc cargo libstd-rust-dev) || exit 1
	# shellcheck disable=SC2046,SC2086 # lists of packages
	apt_collect "$list" rustc cargo libstd-rust-dev $libraries $(printf 'librust-%s-dev ' $crates)
}

# wrap PROGRAM [OPTION ...]: start it with the dynamic linker and the libraries of the
# packages
wrap() {
	program=$1
	shift
	[ -e "$out/root/usr/bin/$program" ] || die "the packages of suite $suite have no usr/bin/$program"
	cat >"$out/bin/$program" <<-END_PROGRAM || die "cannot write $out/bin/$program$(room "$out")"
	#!/bin/sh
	root=\$(dirname -- "\$0")/../root
	exec "\$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "\$root/usr/lib/x86_64-linux-gnu:\$root/usr/lib" "\$root/usr/bin/$program" $* "\$@"
	END_PROGRAM
	chmod +x "$out/bin/$program"
}

if apt_unpacked "$list" "$out"; then
	exit 0
fi
command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Debian's packages with"
own_build
apt_collected "$list" || download
say "unpacking Debian's Rust and rust-vmm's crates"
rm -rf "$out"
apt_need "$out" 900 "Debian's Rust"
mkdir -p "$out/root" "$out/bin"
apt_unpack "$list" "$out/root"
wrap rustc "--sysroot \"\$root/usr\""
wrap cargo
"$out/bin/rustc" --version >/dev/null || die "rustc of $suite does not run here"
cp "$list" "$out/stamp"
