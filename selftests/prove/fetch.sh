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

unpack() {
	rm -rf "$out"
	apt_need "$out" 150 cbmc
	mkdir "$out/root"
	apt_unpack "$list" "$out/root"
	for p in $programs; do
		apt_wrap "$out" "$p" "usr/bin/$p"
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
