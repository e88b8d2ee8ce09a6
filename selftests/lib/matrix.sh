# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: what a test of the group "hypervisors" leaves for the matrix of
# make check-hypervisors, which hypervisors/matrix.sh prints.

# matrix_begin: this test's lines are to be new ones
matrix_begin() {
	matrix_name=${here##*/}-$(basename -- "$0" .t)
	matrix_rows=$build/hypervisors/$matrix_name.rows
	# CONTINUE=1 needs the lines of a whole run.
	rm -f "$build/passed/$matrix_name.tap"
	mkdir -p "${matrix_rows%/*}"
	: >"$matrix_rows" || die "cannot write $matrix_rows$(room "$build")"
}

# matrix_version NAME VERSION: of a program that the outcome depends on
matrix_version() {
	printf 'version\t%s\t%s\n' "$1" "$2" >>"$matrix_rows"
}

# matrix_row LOADER MACHINE IMAGE SEEN: a line of the matrix
matrix_row() {
	printf 'row\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$matrix_rows"
}
