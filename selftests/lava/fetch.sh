#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Download LAVA's dispatcher and its schema, with the Python that they are written for,
# and unpack the packages in build/lava/root/, without installing them. build/lava/bin/
# has lava-run and lava-schema. No network is needed if the packages are in the cache.
#
# usage: fetch.sh
# variables: LAVA_SUITE=bookworm, a suite of Debian's archive that has lava-dispatcher;
# MIRROR=

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

out=$build/lava
suite=${LAVA_SUITE:-bookworm}
list=$cache/lava-$suite.list

# The packages that these depend on, except systemd, and libguestfs, which LAVA needs
# for disks only.
modules="aiohttp aiosignal async-timeout attr certifi chardet charset-normalizer configobj
	frozenlist idna jinja2 magic markupsafe multidict netifaces pexpect ptyprocess pyudev
	requests setproctitle six tz urllib3 voluptuous yaml yarl"

download() {
	apt_need "$cache" 100 LAVA
	apt_suite "$suite" security
	found=$(apt_within apt-cache depends python3) || die "no package python3 in suite $suite"
	python=$(printf '%s\n' "$found" | sed -n 's/^ *Depends: \(python3\.[0-9]*\)$/\1/p')
	[ -n "$python" ] || die "the package python3 of suite $suite names no version"
	# shellcheck disable=SC2046,SC2086 # lists of packages
	set -- "$python-minimal" "lib$python-minimal" "lib$python-stdlib" lava-common lava-dispatcher \
		lava-dispatcher-host $(printf 'python3-%s ' $modules)
	libraries=$(apt_libraries "$@" libmagic1 libudev1) || exit 1
	# shellcheck disable=SC2086 # a list of packages
	set -- "$@" libmagic1 libudev1 libmagic-mgc $libraries
	# shellcheck disable=SC2046 # a list of packages
	apt_collect "$list" $(printf '%s\n' "$@" | sort -u)
}

# wrap NAME PROGRAM: start it with Python of the packages
# shellcheck disable=SC2016 # $root is the wrapper's
wrap() {
	[ -e "$out/root/$2" ] || die "the packages of suite $suite have no $2"
	apt_wrap "$out" "$1" "usr/bin/$python" '"$root/'"$2"'"' 'export PYTHONHOME="$root/usr"
export PYTHONPATH="$root/../none:$root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1'
}

unpack() {
	rm -rf "${out:?}/root" "${out:?}/bin" "${out:?}/none"
	apt_need "$out" 200 LAVA
	mkdir -p "$out/root" "$out/none"
	apt_unpack "$list" "$out/root"
	set -- "$out"/root/usr/bin/python3.*[0-9]
	[ $# -eq 1 ] && [ -x "$1" ] || die "the packages of suite $suite have no usr/bin/python3.VERSION, or several"
	python=${1##*/}
	# LAVA imports this module for each job, and calls it for a disk's.
	: >"$out/none/guestfs.py"
	wrap lava-run usr/bin/lava-run
	wrap lava-schema usr/share/lava-common/lava-schema.py
	"$out/bin/lava-run" --help >/dev/null || die "lava-run of $suite does not run here"
	cp "$list" "$out/stamp"
}

if apt_unpacked "$list" "$out"; then
	exit 0
fi
command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Debian's packages with"
own_build
apt_collected "$list" || download
say "unpacking LAVA"
unpack
