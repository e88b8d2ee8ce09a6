# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where common.sh is sourced
#
# Sourced by common.sh: what the table scripts/bases says, and what belongs to BASE.

# base_field BASE N: the Nth column of its line
base_field() {
	awk -v base="$1" -v n="$2" '!/^#/ && $1 == base { print $n }' "$top/scripts/bases"
}

# base_version BASE: of its source
base_version() {
	awk -v base="$1" '!/^#/ && $1 == base { print NF < 4 ? $1 : $4 }' "$top/scripts/bases"
}

bases=$(awk '!/^#/ && NF { print $1 }' "$top/scripts/bases" | xargs)
default_base=$(awk '!/^#/ && $3 == "yes" { print $1 }' "$top/scripts/bases")
BASE=${BASE:-$default_base}
# Of Debian's archive
base_suites=$(base_field "$BASE" 2 | tr ',' ' ')
[ -n "$base_suites" ] || die "BASE=$BASE: not one of $(echo "$bases" | sed 's/ /, /g')"
base_version=$(base_version "$BASE")
base_patch=$(base_field "$BASE" 5)
base_package=linux-source-$base_version
base_instead="name a tree or tarball of Linux $base_version with KDIR=, or take another base with BASE=$(
	for base in $bases; do
		[ "$(base_version "$base")" = "$base_version" ] || echo "$base"
	done | paste -sd'|')"

# Of the repository. A base that is not the default has its name in what is its own.
if [ "$BASE" = "$default_base" ]; then
	base_build=build
	series_file=series
	own_patches=
else
	base_build=build/$BASE
	series_file=series-$BASE
	own_patches=$BASE
fi
