# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: TCG plugins.

# build_plugin SOURCE OUT: a plugin for the API that this QEMU has
build_plugin() {
	plugin_api=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
	case $plugin_api in
	'') die "cannot tell the version of qemu-system-x86_64" ;;
	[0-5]\ *) die "QEMU $plugin_api has no plugins that this can use: 6.0 is needed" ;;
	[678]\ *) plugin_api=1 ;;
	9\ 0) plugin_api=2 ;;
	*) plugin_api=3 ;;
	esac
	qemu-system-x86_64 -help | grep -q '^-plugin ' || die "this QEMU has no TCG plugins"
	logged "$build/log/$(basename -- "$1" .c)" "${CC:-cc}" -O2 -Wall -fPIC -shared -fvisibility=hidden \
		-I "$top/selftests/bench" -DCOUNT_API="$plugin_api" -o "$2" "$1" || die "cannot build $(basename -- "$1")"
}
