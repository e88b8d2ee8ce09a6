#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# See that what a target needs is there: as root on Debian install it, otherwise
# name it.
#
# usage: deps.sh build|boot|xen|check|fuzz|i386|llvm|lint|bench|evaluate|pvhinfo|mail|deb|cloud ...

. "$(dirname -- "$0")/lib/common.sh"

# What is looked for (a command, or a file by its absolute path), its package
build_needs='
gcc gcc
make make
/usr/include/stdio.h libc6-dev
ld binutils
flex flex
bison bison
bc bc
perl perl
/usr/include/libelf.h libelf-dev
git git
ccache ccache
cpio cpio
gzip gzip
xz xz-utils
rsync rsync
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
'
boot_needs='
/bin/busybox busybox-static
qemu-system-x86_64 qemu-system-x86
mke2fs e2fsprogs
timeout coreutils
'
xen_needs='
xz xz-utils
readelf binutils
'
check_needs='
prove perl
quilt quilt
/usr/share/OVMF/OVMF_CODE.fd|/usr/share/OVMF/OVMF_CODE_4M.fd ovmf
/usr/sbin/kexec|/sbin/kexec kexec-tools
makedumpfile makedumpfile
file file
bzip2 bzip2
lzop lzop
lz4 lz4
zstd zstd
grub-mkimage grub-common
/usr/lib/grub/i386-pc/boot.img grub-pc-bin
'
fuzz_needs='
clang clang
/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a libclang-rt-dev
'
i386_needs='
/usr/lib/gcc/x86_64-linux-gnu/*/32/libgcc.a gcc-multilib
'
bench_needs='
lz4 lz4
zstd zstd
cloc cloc
'

# The boot paths of evaluate, and its plot
evaluate_needs='
/usr/lib/u-boot/qemu-x86_64/u-boot.rom u-boot-qemu
mkimage u-boot-tools
sfdisk|/sbin/sfdisk fdisk
mformat mtools
/usr/lib/grub/i386-xen_pvh/kernel.img grub-xen-bin
grub-mkimage grub-common
gnuplot gnuplot-nox
'

pvhinfo_needs='
gcc gcc
make make
/usr/include/stdio.h libc6-dev
/usr/include/zlib.h zlib1g-dev
/usr/include/bzlib.h libbz2-dev
/usr/include/lzma.h liblzma-dev
/usr/include/lzo/lzo1x.h liblzo2-dev
/usr/include/lz4.h liblz4-dev
/usr/include/zstd.h libzstd-dev
'

# The tools of LLVM=, see kmake.sh
case ${LLVM:-} in
1)	llvm= ;;
*)	llvm=${LLVM:-} ;;
esac
llvm_needs="
clang$llvm clang$llvm
ld.lld$llvm lld$llvm
llvm-ar$llvm llvm$llvm
"
cloud_needs='
openssl openssl
/usr/include/openssl/evp.h libssl-dev
'
lint_needs='
sparse sparse
spatch coccinelle
ocamlopt ocaml
sphinx-build python3-sphinx
'
mail_needs='
/usr/lib/git-core/git-send-email git-email
/usr/share/perl5/Mail/Address.pm libmailtools-perl
quilt quilt
'
deb_needs='
dh_builddeb debhelper
dpkg-buildpackage dpkg-dev
depmod|/sbin/depmod kmod
rsync rsync
'

[ $# -gt 0 ] || die "deps.sh: name build, boot, xen, check, fuzz, i386, llvm, lint, bench, evaluate, pvhinfo, mail, deb or cloud"
needs=
for what; do
	case $what in
	build) needs="$needs$build_needs" ;;
	boot) needs="$needs$boot_needs" ;;
	xen) needs="$needs$xen_needs" ;;
	check) needs="$needs$check_needs" ;;
	fuzz) needs="$needs$fuzz_needs" ;;
	i386) needs="$needs$i386_needs" ;;
	llvm) needs="$needs$llvm_needs" ;;
	lint) needs="$needs$lint_needs" ;;
	bench) needs="$needs$bench_needs" ;;
	pvhinfo) needs="$needs$pvhinfo_needs" ;;
	evaluate) needs="$needs$evaluate_needs" ;;
	mail) needs="$needs$mail_needs" ;;
	deb) needs="$needs$deb_needs" ;;
	cloud) needs="$needs$cloud_needs" ;;
	*) die "deps.sh: unknown group of packages '$what'" ;;
	esac
done

present() {
	for p in $(printf '%s' "$1" | tr '|' ' '); do
		case $p in
		/bin/busybox)
			# The dynamic one of package busybox does not run in an
			# initramfs without libraries.
			[ "$(dpkg-query -W -f='${Status}' busybox-static 2>/dev/null)" = \
				'install ok installed' ] && return 0 ;;
		/*) [ -e "$p" ] && return 0 ;;
		*) command -v "$p" >/dev/null 2>&1 && return 0 ;;
		esac
	done
	return 1
}

missing() {
	printf '%s' "$needs" | while read -r probe package; do
		[ -n "$probe" ] || continue
		present "$probe" || echo "$package"
	done | sort -u | tr '\n' ' '
}

want=$(missing)
[ -n "$want" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	die "not here, under the names of Debian's packages: ${want% }"
fi
if [ "$(id -u)" -ne 0 ]; then
	die "missing packages; as root: apt-get install ${want% }"
fi

own_build
say "installing ${want% }"
export DEBIAN_FRONTEND=noninteractive
# Left to its default, kexec-tools of Debian 12 makes reboots of this machine kexecs.
case " $want" in
*" kexec-tools "*)
	echo 'kexec-tools kexec-tools/load_kexec boolean false' |
		logged "$build/log/debconf" debconf-set-selections ||
		die "debconf-set-selections failed" ;;
esac
# shellcheck disable=SC2086 # a list of package names
if ! logged "$build/log/apt" apt-get install -y --no-install-recommends $want; then
	# The machine may never have been told what there is.
	logged "$build/log/apt-update" apt-get update ||
		die "apt-get update failed: no network, or no mirror in apt's configuration"
	# shellcheck disable=SC2086
	logged "$build/log/apt" apt-get install -y --no-install-recommends $want ||
		die "apt-get install ${want% } failed"
fi

want=$(missing)
[ -z "$want" ] || die "installed, and still not found: ${want% }"
