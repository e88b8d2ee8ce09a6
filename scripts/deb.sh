#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build Debian packages of a kernel with the series, in the configuration of
# Kconfig.fragment, by the kernel's own bindeb-pkg: build/deb/*.deb. They are installed
# beside the system's kernels.
#
# usage: deb.sh
# variables: LOCALVERSION=-pvh, the end of the kernel's release; DEBFULLNAME= and DEBEMAIL=,
# the maintainer

. "$(dirname -- "$0")/lib/common.sh"

export LOCALVERSION="${LOCALVERSION--pvh}"
printf '%s' "$LOCALVERSION" | grep -Eq '^-[a-z0-9.+-]*[a-z0-9]$' ||
	die "LOCALVERSION=$LOCALVERSION: not the end of a release such as -pvh"
export DEBFULLNAME="${DEBFULLNAME:-pvh-boot}" DEBEMAIL="${DEBEMAIL:-pvh-boot@localhost}"
export KDEB_CHANGELOG_DIST=UNRELEASED
# Build-Depends has what other configurations take: libdw, OpenSSL, Python.
export DPKG_FLAGS=-d
[ -d "$tree/.git" ] || die "no $tree: run make tree first"

deb=$build/deb
work=$deb/linux
logs=$build/log
mkdir -p "$deb" "$logs" || die "cannot write to $deb$(room "$build")"
# The packages end up above where the objects are, so that is no tree to work in.
if ! git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
   [ "$(git -C "$work" rev-parse --show-toplevel)" != "$work" ]; then
	say "checking out a tree of its own"
	rm -rf "$work"
	git -C "$tree" worktree prune
	logged "$logs/deb.worktree" git -C "$tree" worktree add -f --detach "$work" HEAD ||
		die "cannot check out $work$(room "$build")"
fi
logged "$logs/deb.checkout" git -C "$work" checkout -q -f --detach "$(git -C "$tree" rev-parse HEAD)" ||
	die "cannot check out the series in $work$(room "$build")"

packages() {
	find "$1" -maxdepth 1 -type f '(' -name 'linux-*.deb' -o -name 'linux-upstream_*' ')'
}
version=$(make -s -C "$work" kernelversion)
export KDEB_PKGVERSION="$version-1"
packages "$work" | xargs -r rm -f
"$top/scripts/build.sh" --src "$work" --targets bindeb-pkg deb
# Those of last time are replaced by a complete set.
packages "$work" | grep -q "/linux-image-.*\.deb\$" || die "no linux-image package was made, see $logs/build.deb"
packages "$deb" | xargs -r rm -f
packages "$work" | xargs -I '{}' mv '{}' "$deb/" || die "cannot write to $deb$(room "$deb")"
say "wrote to ${deb#"$top"/}:"
(cd "$deb" && ls -sh linux-*.deb) | sed 's/^/  /' >&2
