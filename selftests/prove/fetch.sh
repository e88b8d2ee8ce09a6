#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Download cbmc and the libraries that it needs, and unpack the packages in
# build/cbmc/root/, without installing them. build/cbmc/bin/ has the programs, which run
# with the C library of their own release. No network is needed if the packages are in
# the cache.
#
# usage: fetch.sh
# variables: CBMC_SUITE=trixie, a suite of Debian's archive that has cbmc 6; MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

out=$build/cbmc
suite=${CBMC_SUITE:-trixie}
list=$cache/cbmc-$suite.list
programs="cbmc goto-cc goto-instrument crangler cadical"

download() {
	apt_need "$cache" 100 cbmc
	apt_suite "$suite"
	libraries=$(apt_libraries cbmc minisat cadical) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	apt_collect "$list" cbmc minisat cadical $libraries
}

# wrap PROGRAM: start it with the dynamic linker and the libraries of the packages
wrap() {
	cat >"$out/bin/$1" <<-END_PROGRAM || die "cannot write $out/bin/$1$(room "$out")"
	#!/bin/sh
	root=\$(dirname -- "\$0")/../root
	exec "\$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "\$root/usr/lib/x86_64-linux-gnu:\$root/usr/lib" "\$root/usr/bin/$1" "\$@"
	END_PROGRAM
	chmod +x "$out/bin/$1"
}

unpack() {
	rm -rf "$out"
	apt_need "$out" 150 cbmc
	mkdir -p "$out/root" "$out/bin"
	apt_unpack "$list" "$out/root"
	for p in $programs; do
		[ -e "$out/root/usr/bin/$p" ] || die "the packages have no usr/bin/$p"
		wrap "$p"
	done
	"$out/bin/cbmc" --version >/dev/null || die "cbmc of $suite does not run here"
	cp "$list" "$out/stamp"
}

if apt_unpacked "$list" "$out"; then
	exit 0
fi
own_build
apt_collected "$list" || download
say "unpacking cbmc"
unpack
