#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make build/lava/jobs/: job definitions for LAVA, and the files that they boot, from the
# build. LAVA's own schema checks them.
#
#	qemu.yaml	QEMU without KVM
#	kvm.yaml	QEMU with KVM, on a worker that has it
#	xen-dom0.yaml	a machine that GRUB boots from the network: Xen, a PVH dom0, and PVH
#			domains in it
#	device.yaml, dispatcher.yaml
#			for lava-run on this machine, without a lab:
#			build/lava/bin/lava-run --job-id 1 --output-dir DIR \
#				--device device.yaml --dispatcher dispatcher.yaml qemu.yaml
#
# usage: make.sh
#        make.sh --check    only see whether the variables can be
# variables: LAVA_URL=, where the lab gets the files from, unless given file:// and the
# directory; LAVA_DEVICE=x86, the type of the device for Xen; LAVA_GRUB_NET=net_bootp,
# GRUB's command that sets up its network; those of fetch.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

here=$top/selftests/lava
out=$build/lava/jobs
url=${LAVA_URL:-file://$out}
device=${LAVA_DEVICE:-x86}
net=${LAVA_GRUB_NET:-net_bootp}

# word NAME VALUE PATTERN WHAT: end unless it is one; sed and YAML take these characters
# as they are
word() {
	printf '%s\n' "$2" | grep -Eqx "$3" || die "$1=$2: not $4"
}
word LAVA_URL "$url" '(http|https|file)://[A-Za-z0-9:/._~%@+-]+' "the URL of a directory, of these characters: A-Z a-z 0-9 : / . _ ~ % @ + -"
word LAVA_DEVICE "$device" '[A-Za-z0-9._-]+' "the name of a device type"
word LAVA_GRUB_NET "$net" '[a-z][A-Za-z0-9_. -]*' "a command of GRUB"
case ${1:-} in
--check) exit 0 ;;
'') ;;
*) die "make.sh: '$1' is not --check" ;;
esac
for f in vmlinux bzImage initramfs.cpio.gz; do
	[ -e "$build/$f" ] || die "no $build/$f: run make image initramfs first"
done
"$here/fetch.sh"
"$top/selftests/xen/fetch.sh"

make_tmp
rm -rf "$out"
mkdir -p "$out" "$tmp/over/pvh-expect"
cmdline="console=ttyS0 reboot=t panic=-1"
# What boot-xen.sh lets dom0's tests compare with
dom0_cmdline="console=hvc0 earlyprintk=xen"
# The tests run if there is this directory.
printf '%s' "$cmdline" >"$tmp/over/pvh-expect/cmdline"
printf 1 >"$tmp/over/pvh-expect/cpus"
(cd "$tmp/over" && find . ! -name . -print | cpio -o -H newc -R 0:0 --quiet) >"$tmp/cpio" &&
	gzip -1n "$tmp/cpio" && cat "$build/initramfs.cpio.gz" "$tmp/cpio.gz" >"$out/ramdisk" &&
	cp "$build/vmlinux" "$build/xen/xen" "$out/" || die "cannot write to $out$(room "$build")"
RAMDISK=$out/xen-ramdisk "$top/selftests/xen/boot-xen.sh"

# sum FILE: its checksum, which LAVA compares with
sum() {
	sha256sum "$out/$1" | cut -d ' ' -f 1
}

# definition TEMPLATE NAME NO_KVM
definition() {
	sed -e "s|@RELEASE@|$release|" -e "s|@NAME@|$2|" -e "s|@NO_KVM@|$3|" -e "s|@URL@|$url|" \
		-e "s|@XEN_DEVICE@|$device|" -e "s|@GRUB_NET@|$net|" -e "s|@CMDLINE@|$cmdline|" \
		-e "s|@XEN_CMDLINE@|$xen_cmdline|" -e "s|@DOM0_CMDLINE@|$dom0_cmdline|" \
		-e "s|@SHA_VMLINUX@|$(sum vmlinux)|" -e "s|@SHA_RAMDISK@|$(sum ramdisk)|" \
		-e "s|@SHA_XEN@|$(sum xen)|" -e "s|@SHA_XEN_RAMDISK@|$(sum xen-ramdisk)|" "$here/$1"
}
release=$(strings "$build/vmlinux" | sed -n 's/^Linux version \([^ ]*\) .*/\1/p' | head -n 1)
xen_cmdline="console=com1 com1=115200,8n1 guest_loglvl=all dom0=pvh dom0_mem=1G,max:1G"
definition qemu.yaml "QEMU without KVM" 1 >"$out/qemu.yaml" &&
	definition qemu.yaml "QEMU with KVM" 0 >"$out/kvm.yaml" &&
	definition xen-dom0.yaml Xen 1 >"$out/xen-dom0.yaml" && cp "$here/device.yaml" "$out/" &&
	printf '# Where LAVA has its files, instead of below /var\nprefix: %s\n' "$build/lava/run/" >"$out/dispatcher.yaml" ||
	die "cannot write to $out$(room "$build")"
"$build/lava/bin/lava-schema" job --strict "$out/qemu.yaml" "$out/kvm.yaml" "$out/xen-dom0.yaml" >"$tmp/schema" &&
	"$build/lava/bin/lava-schema" device "$out/device.yaml" >>"$tmp/schema" || {
	sed 's/^/  | /' "$tmp/schema" >&2
	die "LAVA's schema refuses the job definitions in $out"
}
say "jobs for LAVA, which its schema takes: $out/qemu.yaml, kvm.yaml, xen-dom0.yaml"
