# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the other scripts: where things are, and how to say that something
# is wrong.

set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
while [ ! -f "$top/Kconfig.fragment" ]; do
	[ "$top" != / ] || { echo "pvh: error: $0 is not inside the repository" >&2; exit 1; }
	top=$(dirname -- "$top")
done

build=${BUILD:-$top/build}
cache=${CACHE:-$build/cache}
tree=$build/linux
base_tree=$build/base
obj=$tree/o.main
base_obj=$base_tree/o.main

say() {
	printf '%s\n' "pvh: $*" >&2
}

die() {
	printf '%s\n' "pvh: error: $*" >&2
	exit 1
}

# Run "$@" with its output in the log file $1; on failure show the log's end.
logged() {
	log=$1
	shift
	mkdir -p "$(dirname -- "$log")"
	"$@" >"$log" 2>&1 && return 0
	tail -n 15 "$log" | sed 's/^/  | /' >&2
	return 1
}

# A scratch directory that goes away with the script: $tmp.
make_tmp() {
	tmp=$(mktemp -d) || die "no scratch directory in ${TMPDIR:-/tmp}"
	trap 'rm -rf -- "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
