# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after lib.sh: make within a kernel tree.

# The object directory is inside the source tree so that the compiler is given
# relative names only: then ccache finds what another tree has compiled.
export CCACHE_DIR="${CCACHE_DIR:-$cache/ccache}" CCACHE_NOHASHDIR=1
export CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-2G}"
export KBUILD_BUILD_TIMESTAMP='2000-01-01' KBUILD_BUILD_USER=pvh KBUILD_BUILD_HOST=pvh

# The width of the kernel: i386 for 32 bits
KARCH=

# kmake SOURCE OBJECTS TARGET ...: OBJECTS is a directory right inside SOURCE
kmake() {
	kmake_src=$1
	kmake_obj=${2##*/}
	shift 2
	make -C "$kmake_src" O="$kmake_obj" ${KARCH:+ARCH="$KARCH"} CC='ccache gcc' HOSTCC='ccache gcc' "$@"
}
