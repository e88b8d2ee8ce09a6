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

if apt_unpacked "$list" "$out"; then
	exit 0
fi
command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Debian's packages with"
own_build
apt_collected "$list" || download
say "unpacking Debian's Rust and rust-vmm's crates"
rm -rf "$out"
apt_need "$out" 900 "Debian's Rust"
mkdir "$out/root"
apt_unpack "$list" "$out/root"
# shellcheck disable=SC2016 # $root is the wrapper's
apt_wrap "$out" rustc usr/bin/rustc '--sysroot "$root/usr"'
apt_wrap "$out" cargo usr/bin/cargo
"$out/bin/rustc" --version >/dev/null || die "rustc of $suite does not run here"
cp "$list" "$out/stamp"
