# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the other scripts: names of files and directories, and error messages.

set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
while [ ! -f "$top/Kconfig.fragment" ]; do
	[ "$top" != / ] || { echo "pvh: error: $0 is not inside the repository" >&2; exit 1; }
	top=$(dirname -- "$top")
done

# A hook or a rebase that starts this script sets them for another repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX

say() {
	printf '%s\n' "pvh: $*" >&2
}

die() {
	printf '%s\n' "pvh: error: $*" >&2
	exit 1
}

# shellcheck source=scripts/lib/bases.sh
. "$top/scripts/lib/bases.sh"

# These names are compared, so they are made absolute. All bases share downloads and
# ccache.
build=$(realpath -m -- "${BUILD:-$top/$base_build}")
cache=$(realpath -m -- "${CACHE:-${BUILD:-$top/build}/cache}")
tree=$build/linux
base_tree=$build/base
# Objects of clang have directories of their own.
by=${LLVM:+.llvm}
obj=$tree/o.main$by
base_obj=$base_tree/o.main$by
# The code that is tested, fuzzed and measured. arch-x86-xen/ is only a copy of it.
export PVH_SRC="${PVH_SRC:-$tree/arch/x86/xen/pvh}"

# Run "$@" with its output in the log file $1; on failure show the log's end.
logged() {
	log=$1
	shift
	mkdir -p "$(dirname -- "$log")"
	"$@" >"$log" 2>&1 && return 0
	tail -n 15 "$log" | sed 's/^/  | /' >&2
	return 1
}

# room DIR: the end of an error message if the disk of DIR is almost full
room() {
	df -Pk "$1" 2>/dev/null | awk -v d="$1" 'NR == 2 && $4 < 65536 {
		printf " (no room left in %s: %d MiB free)", d, $4 / 1024 }'
}

# own_build: make the build directory, or end if it was not made here: BUILD= can be
# any directory, and files in it are removed.
own_build() {
	if [ ! -d "$build" ] || [ -z "$(ls -A "$build")" ]; then
		{ mkdir -p "$build" && touch "$build/.pvh"; } 2>/dev/null ||
			die "cannot write to $build$(room "$build")"
	fi
	[ "$build" = "$(realpath -m -- "$top/$base_build")" ] || [ -e "$build/.pvh" ] ||
		[ -e "$tree/.git/pvh-kdir" ] ||
		die "BUILD=$build holds files that were not made here: name a new or an empty directory"
}

# tree_work: print the kind of work in the tree that is nowhere else, if there is any
tree_work() {
	[ -d "$tree/.git" ] && [ ! -e "$tree/.git/pvh-applying" ] || return 0
	made=$(git -C "$tree" rev-parse -q --verify pvh-series) ||
		made=$(git -C "$tree" rev-parse -q --verify pvh-base) || made=none
	if [ "$(git -C "$tree" rev-parse -q --verify HEAD)" != "$made" ] ||
	   [ -n "$(git -C "$tree" rev-list -n 1 --branches --not "$made")" ]; then
		echo "commits that are not in patches/"
	elif [ -n "$(git -C "$tree" --no-optional-locks status --porcelain | head -n 1)" ]; then
		echo "changes that are not committed"
	elif git -C "$tree" rev-parse -q --verify refs/stash >/dev/null; then
		echo "a stash"
	fi
}

# series_patches: the names of the patches of the series, within patches/
series_patches() {
	sed -n 's/#.*//; /./p' "$top/$series_file"
}

# without_headings: the series without the headings of its parts, which change no kernel
without_headings() {
	sed '/^# Part /d' "$top/$series_file"
}

# series_id: a checksum of the series and its patches
series_id() {
	(cd "$top" && without_headings && series_patches |
		sed 's|^|patches/|' | xargs -r cat) | sha256sum | cut -d' ' -f1
}

# own_id: a checksum of the series and of those of its patches that make refresh
# writes for this base. The refresh of the default base gives patches other numbers
# in the series of the other bases.
own_id() {
	(cd "$top" && without_headings | sed 's/^[0-9]*-//' &&
		find "patches${own_patches:+/$own_patches}" -maxdepth 1 -type f \
			! -name differs -exec sha256sum {} + | sort) 2>/dev/null |
		sha256sum | cut -d' ' -f1
}

# tree_is_series TREE: record that its commits are what patches/ and the series have
tree_is_series() {
	git -C "$1" tag -f pvh-series >/dev/null
	own_id >"$1/.git/pvh-own-id"
	series_id >"$1/.git/pvh-series-id"
}

# A scratch directory that goes away with the script: $tmp.
make_tmp() {
	tmp=$(mktemp -d) || die "no scratch directory in ${TMPDIR:-/tmp}"
	trap 'rm -rf -- "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
