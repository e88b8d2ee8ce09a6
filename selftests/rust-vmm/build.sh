#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build build/rust-vmm/monitor and build/rust-vmm/offsets from the crates that fetch.sh has
# unpacked. The linker and the C library are those of this machine.
#
# usage: build.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

out=$build/rust-vmm
target=x86_64-unknown-linux-gnu

compile() {
	# Cargo writes next to its manifest.
	mkdir -p "$out/crate"
	cp -p "$top"/selftests/rust-vmm/Cargo.toml "$top"/selftests/rust-vmm/*.rs "$out/crate/"
	# Static programs, because the emulated machine has no libraries for them
	CARGO_HOME=$out/cargo RUSTC=$out/bin/rustc RUSTFLAGS="-C target-feature=+crt-static -D warnings" \
		"$out/bin/cargo" build --offline --release --manifest-path "$out/crate/Cargo.toml" \
		--target "$target" --target-dir "$out/target" \
		--config 'source.crates-io.replace-with="debian"' \
		--config "source.debian.directory=\"$out/root/usr/share/cargo/registry\""
}

[ -x "$out/bin/cargo" ] || die "no $out/bin/cargo: run selftests/rust-vmm/fetch.sh first"
logged "$build/log/rust-vmm" compile || die "the monitor does not build with these crates"
cp "$out/target/$target/release/monitor" "$out/target/$target/release/offsets" "$out/" ||
	die "cannot write $out/monitor$(room "$out")"
