#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# See that what a target needs is there: as root on Debian install it, otherwise
# name it.
#
# usage: deps.sh GROUP ...     groups of the table scripts/packages

. "$(dirname -- "$0")/lib/common.sh"

table() {
	sed '/^#/d; /^$/d' "$top/scripts/packages"
}
groups=$(table | cut -f1 | tr ',' '\n' | sort -u | xargs)
[ $# -gt 0 ] || die "deps.sh: name some of $groups"
for group; do
	case " $groups " in
	*" $group "*) ;;
	*) die "deps.sh: unknown group of packages '$group'" ;;
	esac
done
llvm=${LLVM:-}
case $llvm in
1 | */) llvm= ;;
esac
needs=$(table | sed "s/@LLVM@/$llvm/g" | awk -v wanted=" $* " '{
	n = split($1, group, ",")
	for (i = 1; i <= n; i++)
		if (index(wanted, " " group[i] " ")) {
			print $2, $3
			break
		}
}')

# present PROBE
present() {
	for p in $(printf '%s' "$1" | tr '|' ' '); do
		case $p in
		/bin/busybox)
			[ "$(dpkg-query -W -f='${Status}' busybox-static 2>/dev/null)" = \
				'install ok installed' ] && return 0 ;;
		/*) [ -e "$p" ] && return 0 ;;
		*) command -v "$p" >/dev/null 2>&1 && return 0 ;;
		esac
	done
	return 1
}

missing() {
	printf '%s\n' "$needs" | while read -r probe package; do
		present "$probe" || echo "$package"
	done | sort -u | xargs
}

want=$(missing)
[ -n "$want" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	die "not here, under the names of Debian's packages: $want"
fi
if [ "$(id -u)" -ne 0 ]; then
	die "missing packages; as root: apt-get install $want"
fi

own_build
say "installing $want"
export DEBIAN_FRONTEND=noninteractive
# Left to its default, kexec-tools of Debian 12 makes reboots of this machine kexecs.
case " $want " in
*" kexec-tools "*)
	echo 'kexec-tools kexec-tools/load_kexec boolean false' |
		logged "$build/log/debconf" debconf-set-selections ||
		die "debconf-set-selections failed" ;;
esac
install() {
	# shellcheck disable=SC2086 # a list of package names
	logged "$build/log/apt" apt-get install -y --no-install-recommends $want
}
if ! install; then
	# The machine may never have been told what there is.
	logged "$build/log/apt-update" apt-get update ||
		die "apt-get update failed: no network, or no mirror in apt's configuration"
	install || die "apt-get install $want failed"
fi

want=$(missing)
[ -z "$want" ] || die "installed, and still not found: $want"
