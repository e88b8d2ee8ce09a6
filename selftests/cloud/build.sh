#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the series in the configuration of Debian's cloud kernel, of the base's
# own version, or of another flavour of it: build/FLAVOUR.vmlinux. Or the base:
# build/base-FLAVOUR.vmlinux.
#
# usage: build.sh [--base] [cloud-amd64|amd64|rt-amd64]
# variables: CONFIG=FILE, another configuration

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/apt.sh"

package=linux-config-$base_version
base=
[ "${1:-}" != --base ] || { base=y; shift; }
flavour=${1:-cloud-amd64}
case $flavour in
cloud-amd64 | amd64 | rt-amd64) ;;
*)	die "FLAVOUR=$flavour: none of cloud-amd64, amd64, rt-amd64" ;;
esac
config=${CONFIG:-$cache/$flavour-$base_version.config}

if [ -n "${CONFIG:-}" ]; then
	[ -r "$CONFIG" ] || die "CONFIG=$CONFIG: cannot be read"
elif [ ! -s "$config" ]; then
	apt_else="name a configuration with CONFIG="
	apt_base_suite "$package"
	deb=$(apt_deb "$package")
	make_tmp
	dpkg-deb -x "$deb" "$tmp/deb" || die "unpacking ${deb##*/} failed$(room "$tmp")"
	# The feature set of rt is "none" with some kernels, and "rt" with others.
	in=$(find "$tmp/deb/usr/src" -name "config.amd64_none_$flavour.xz" -o \
		-name "config.amd64_${flavour%-amd64}_amd64.xz")
	[ -n "$in" ] || die "no configuration of $flavour in ${deb##*/}"
	xz -dc "$in" >"$tmp/config" && [ -s "$tmp/config" ] && mv "$tmp/config" "$config" ||
		die "cannot unpack ${in##*/} of ${deb##*/}$(room "$cache")"
fi
set -- --config "$config" --fragment "$top/selftests/cloud/cloud.config"
if [ -n "$base" ]; then
	"$top/scripts/base.sh" "$@" "base-$flavour"
else
	"$top/scripts/build.sh" "$@" "$flavour"
fi
