# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: make within a kernel tree.

# The object directory is inside the source tree so that the compiler is given
# relative names only: then ccache finds what another tree has compiled.
export CCACHE_DIR="${CCACHE_DIR:-$cache/ccache}" CCACHE_NOHASHDIR=1
export CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-2G}"
export KBUILD_BUILD_TIMESTAMP='2000-01-01' KBUILD_BUILD_USER=pvh KBUILD_BUILD_HOST=pvh

# The width of the kernel: i386 for 32 bits
KARCH=

# As the kernel's own Makefile has it: LLVM=1 takes clang and LLVM's tools, LLVM=-19
# those with that suffix, LLVM=/path/ those there.
case ${LLVM:-} in
'')	kmake_cc=gcc ;;
*/)	kmake_cc=${LLVM}clang ;;
-*)	kmake_cc=clang$LLVM ;;
1)	kmake_cc=clang ;;
*)	die "LLVM=$LLVM: neither 1, nor a suffix like -19, nor a directory that ends in /" ;;
esac
command -v "$kmake_cc" >/dev/null 2>&1 || [ -z "${LLVM:-}" ] || "$top/scripts/deps.sh" llvm

# kmake SOURCE OBJECTS TARGET ...: OBJECTS is a directory right inside SOURCE
kmake() {
	kmake_src=$1
	kmake_obj=${2##*/}
	shift 2
	make -C "$kmake_src" O="$kmake_obj" ${KARCH:+ARCH="$KARCH"} ${LLVM:+LLVM="$LLVM"} \
		CC="ccache $kmake_cc" HOSTCC="ccache $kmake_cc" "$@"
}
