#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the series in the configuration of Debian's cloud kernel, of the base's
# own version: build/cloud.vmlinux.
#
# usage: build.sh
# knobs: CONFIG=FILE, another configuration

. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/scripts/apt.sh"

package=linux-config-$BASE
in=usr/src/$package/config.amd64_none_cloud-amd64.xz
config=${CONFIG:-$cache/cloud-$BASE.config}

if [ -n "${CONFIG:-}" ]; then
	[ -r "$CONFIG" ] || die "CONFIG=$CONFIG: cannot be read"
elif [ ! -s "$config" ]; then
	apt_base_suite "$package"
	deb=$(apt_deb "$package")
	make_tmp
	dpkg-deb --fsys-tarfile "$deb" | tar -xOf - "./$in" | xz -dc >"$tmp/config" &&
		[ -s "$tmp/config" ] && mv "$tmp/config" "$config" ||
		die "no $in in ${deb##*/}$(room "$cache")"
fi
"$top/scripts/build.sh" cloud "$top/selftests/cloud/cloud.config" "$config"
