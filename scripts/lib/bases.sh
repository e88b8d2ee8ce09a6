# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where lib.sh is sourced
#
# Sourced by lib.sh: the kernels that the series is for, and what belongs to
# which. docs/bases.md has how they differ, and how to add one.

bases='7.3 6.12'
BASE=${BASE:-7.3}

# Of Debian's archive: where linux-source-BASE is, "own" being the suite of the
# machine's own release, with its security suite. What to do once it is gone.
case $BASE in
7.3)
	base_suites=trixie-backports
	base_instead="BASE=6.12 takes Linux 6.12 LTS, and KDIR= a tree or tarball of 7.3" ;;
6.12)
	# Debian 12 has it in its security suite, Debian 13 in itself.
	base_suites='own trixie'
	base_instead="name a tree or tarball of Linux 6.12 with KDIR=" ;;
*)
	die "BASE=$BASE: not one of $(echo "$bases" | sed 's/ /, /g')" ;;
esac
base_package=linux-source-$BASE

# Of the repository. What only one base needs has its name in it.
case $BASE in
7.3)
	base_build=build
	series_file=series
	own_patches= ;;
*)
	base_build=build/$BASE
	series_file=series-$BASE
	own_patches=$BASE ;;
esac
