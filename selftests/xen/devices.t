#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a PVH domain does with its devices, its root file system on a disk and a network interface,
# both of which dom0's kernel gives: it reads, writes, is pinged, and sends a file; then it is saved
# and restored. A second domain starts the same kernel by kexec, and a third one by kdump.
# The same of the unmodified base: if that fails in it, too, a comment says so.
#
# The kernels of dom0 and of the domains have more options than the others: devices.config. Two kernels
# are built, the series' and the base's.
#
# xl does the soft reset, which Linux asks for at kexec, for HVM domains only. For the PVH domain
# softreset.c does it, and mends what else the next kernel stumbles over: docs/boot.md. It is linked with
# static libraries of Xen's package, so Xen has to be that of this machine's release.
#
# variables: DOM0=pv, or pvh; DOMU_LIMIT=300, seconds for each step, by the clock of dom0; those of
# boot-xen.sh

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/matrix.sh"
. "$here/domu.sh"

domu_dom0 pv
limit=${DOMU_LIMIT:-300}
printf '%s\n' "$limit" | grep -Eqx '[1-9][0-9]*' || die "DOMU_LIMIT=$limit: not a number of seconds"
make_tmp
needs cpio gzip mke2fs kexec makedumpfile "$base_tree/.git"
matrix_begin

build_kernels() {
	"$top/scripts/build.sh" --targets 'vmlinux bzImage' --fragment "$here/devices.config" devices &&
		"$top/scripts/base.sh" --fragment "$here/devices.config" base-devices
}
expect "the kernels build" build_kernels

# make_softreset: with Xen's own libraries
make_softreset() {
	set -- "$xen_dir"/root/usr/lib/*/libxenctrl.a
	cc -O2 -Wall -Wextra -Werror -static -s -I "$xen_dir/root/usr/include" -L "${1%/*}" -o "$tmp/files/softreset" \
		"$here/softreset.c" -lxenctrl -lxenstore -lxencall -lxenforeignmemory -lxendevicemodel -lxenevtchn \
		-lxengnttab -lxentoolcore -lxentoollog
}

tools() {
	"$here/fetch.sh" && "$here/dom0-root.sh" && mkdir "$tmp/files" && make_softreset &&
		cp "$xen_dir"/root/usr/lib/xen-*/bin/libxl-save-helper "$here/hotplug" "$tmp/files/" &&
		head -c 1048576 /dev/urandom >"$tmp/data"
}
expect "Xen and its tools are here" tools
[ "$tap_bad" -eq 0 ] || tap_done
kernel_range "$build/devices.vmlinux"
matrix_version Linux "$(cat "$base_tree/o.devices$by/include/config/kernel.release")"
matrix_version Xen "$(apt_version "$xen_dir/stamp" xen-hypervisor-)"
export DOM0_MIB="${DOM0_MIB:-448}" HOST_MIB="${HOST_MIB:-896}" XEN_TIMEOUT="${XEN_TIMEOUT:-3600}"

# make_disk BZIMAGE FILE: a file system with the guest's script, the busybox of the tests'
# initramfs, kexec, and the data
make_disk() {
	mkdir -p "$dir/disk/dev" "$dir/disk/proc" "$dir/disk/sys" "$dir/disk/sbin" &&
		INITRD=/dev/null "$top/selftests/kexec/mkinitramfs.sh" "$dir/kexec.cpio.gz" "$1" || return
	for archive in "$dir/kexec.cpio.gz" "$initrd"; do
		gzip -dc "$archive" >"$dir/cpio" &&
			(cd "$dir/disk" && cpio -id --quiet 'kexec/*' 'lib*' 'usr/*' bin/busybox) <"$dir/cpio" || return
	done
	rm -f "$dir/disk/kexec/makedumpfile"
	cp "$tmp/data" "$dir/disk/data" &&
		cp "$here/devices-guest" "$dir/disk/init" &&
		chmod 755 "$dir/disk/init" &&
		ln -s /init "$dir/disk/sbin/poweroff" &&
		mke2fs -q -F -t ext2 -m 0 -E root_owner=0:0 -d "$dir/disk" "$2" $(($(du -sk "$dir/disk" | cut -f 1) * 5 / 4 + 4096))k || return
	rm -r "$dir/disk" "$dir/cpio" "$dir/kexec.cpio.gz"
}

boot() { # KERNEL CPUS
	prefix=
	[ "$1" = series ] || prefix=base-
	o=$tree/o.devices$by
	[ "$1" = series ] || o=$base_tree/o.devices$by
	cp -R "$tmp/files" "$dir/files" && cp "$build/${prefix}devices.vmlinux" "$dir/files/vmlinux" &&
		make_disk "$o/arch/x86/boot/bzImage" "$dir/files/disk" || die "cannot make the domain's files$(room "$tmp")"
	# dom0's
	mkdir "$dir/kernels"
	ln -s "$build/devices.vmlinux" "$dir/kernels/vmlinux"
	ln -s "$tree/o.devices$by/arch/x86/boot/bzImage" "$dir/kernels/bzImage"
	KERNEL_DIR=$dir/kernels domu_run "$dir/files" "devices.$1-$2" devices-dom0 "cpus=$2" "limit=$limit"
	rm -r "$dir/files"
}

# guest KEY: what the domain's script said
guest() {
	console | sed -n "s/^$said_by| .*domu: $1 \(.*\) end\$/\1/p"
}

# word KEY TEXT: the word after that one
word() {
	printf '%s\n' "$2" | awk -v key="$1" '{ for (i = 1; i < NF; i++) if ($i == key) print $(i + 1) }'
}

# goes_on: more lines after the restore, without a new boot
goes_on() {
	want="a tick after $(said "tick booted"), and one boot" got="$(said "tick restored"), $(guest "up disk" | wc -l) boots"
	[ "$(said "tick restored" | cut -d ' ' -f 1)" -gt "$(said "tick booted" | cut -d ' ' -f 1)" ] &&
		[ "$(guest "up disk" | wc -l)" -eq 1 ]
}

# has_grown MIB: the domain's memory has grown by more than that, and by less than twice that
has_grown() {
	was=$(word memtotal "$(said "tick restored")") now=$(word memtotal "$(said "tick grown")")
	want="more than $1 MiB more" got="$was KiB, then $now KiB"
	[ -n "$was" ] && [ -n "$now" ] && [ $((now - was)) -gt $(($1 * 1024)) ] && [ $((now - was)) -lt $(($1 * 2048)) ]
}

judge_devices() {
	said_by=devices
	up=$(guest "up disk") wrote=$(guest wrote)
	fact "xl create boots the domain" acted create
	fact "the domain's root file system is on xvda" is 202:0 "$(word root "$up")"
	fact "the domain runs, as PVH" is "$cpus CPUs, PVH" "$(word cpus "$up") CPUs, $(word guest "$up")"
	fact "the kernel is where KASLR can put it, or at its link address without KASLR" at_address "$(word text "$up")"
	fact "the domain reads from the disk" is "$sum" "$(guest read)"
	for when in booted restored grown; do
		if [ $when = restored ]; then
			fact "xl save saves the domain" acted save
			fact "xl restore brings it back" acted restore
			fact "the restored domain goes on where it was" goes_on
		fi
		tick=$(said "tick $when")
		fact "the domain pings dom0, $when" is 0 "$(word ping "$tick")"
		fact "dom0 pings the domain, $when" is 0 "$(said "ping $when")"
		fact "dom0 gets a megabyte of the domain's by TCP, $when" is "$wrote" "$(said "got $when")"
		fact "the domain reads from the disk again, $when" is "$sum" "$(word data "$tick")"
	done
	fact "xl mem-max and mem-set give it memory that it did not have before" is "0 0 160" "$(said "act mem-max") $(said "act mem-set") $(
		said "list grown" | sed s/159/160/)"
	fact "the domain sees this memory" has_grown 48
	fact "xl shutdown ends the domain" acted shutdown
	fact "xl sees the domain power off, 0" says_log 0
	fact "dom0 finds on the disk what the domain has written" is "$wrote" "$(said disk)"
}

judge_kexec() { # HOW WHAT
	said_by=$1
	first=$(guest "up $1") next=$(guest "up next")
	tap_diag "$name: $2: text $(word text "$first"), then $(word text "$next")"
	fact "$2: the domain asks for a soft reset, 5" says_log 5
	fact "$2: the next kernel comes up, a bzImage, with PVH and the disk" \
		is "loader 208, PVH, 202:0" "loader $(word loader "$next"), $(word guest "$next"), $(word root "$next")"
	fact "$2: the next kernel has the CPUs" has_cpus "$1" "$(word cpus "$next")"
}

# has_cpus HOW NUMBER: if it was not the first CPU that crashed, the next kernel does without that
has_cpus() {
	want="$cpus CPUs" got="$2"
	[ "$1" = exec ] || want="$want, or one less"
	[ "$2" = "$cpus" ] || { [ "$1" = crash ] && [ "$2" = $((cpus - 1)) ]; }
}

# has_offset: of the first kernel, in the memory that the next one sees of it
has_offset() {
	want="an offset, and the kernel's address" got="$(guest vmcore), $(word text "$first")"
	[ -n "$(guest vmcore)" ] && [ -n "$(word text "$first")" ] &&
		is "$(offset_of "$(word text "$first")")" "$(guest vmcore)"
}

judge() { # KERNEL CPUS
	judge_begin "$1" "$2"
	sum=$(sha256sum <"$tmp/data" | cut -d ' ' -f 1)
	judge_devices
	judge_kexec exec kexec
	judge_kexec crash kdump
	fact "kdump: /proc/vmcore has the offset of the first kernel" has_offset
	judge_end "disk, network, save, kexec, kdump" "devices-$1-$2"
}

JOBS=1
run_cases boot judge <<'EOF'
# kernel  CPUs
series    2
base      2
EOF
tap_done
