#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One door in QEMU, without Xen: count it to start_kernel, then boot all the way and
# see what the guest says of itself.
#
# usage: qemu.sh DOOR		lines "DOOR,ITEM,VALUE" to $out/DOOR.csv
#
# $out has count.so, run.cpio.gz and what evaluate.sh made beside them.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/bench/marks.sh"

door=$1
out=$EVALUATE_OUT
dir=$out/$door
limit=${EVALUATE_TIMEOUT:-240}
mkdir -p "$dir"
csv=$out/$door.csv
: >"$csv"

kernel=$build/vmlinux
first_in=$build/vmlinux
first=pvh_start_xen
machine="-machine q35"
append="console=ttyS0"
cpu=max
more=
case $door in
*-microvm*)
	machine="-machine microvm,acpi=on,pit=on,pic=on,rtc=on,isa-serial=on -bios qboot.rom" ;;
esac
case $door in
pvh-*) ;;
base-*)
	kernel=$build/base.vmlinux
	first_in=$kernel ;;
bz-microvm) kernel=$build/main.lz4.bzImage ;;
bz-*) kernel=$build/main.${door#bz-}.bzImage ;;
efi-*) kernel=$build/main.lz4.bzImage ;;
*) die "qemu.sh: unknown door '$door'" ;;
esac
case $door in
*-nokaslr) append="$append nokaslr" ;;
esac

give_up() {
	cannot "$*" >>"$csv"
	exit 0
}

[ -e "$kernel" ] || give_up "no $kernel"
case $door in
pvh-* | base-*) first_mark=$(anywhere first "$first_in" "$first") || give_up "no PVH entry in $kernel" ;;
bz-*) first_mark=$(bzimage_entry first "$kernel") || give_up "$kernel is no bzImage" ;;
efi-*) first_mark=$(pe_entry first "$kernel") || give_up "no EFI stub in $kernel" ;;
esac
case $door in
efi-ovmf)
	for f in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd; do
		[ -e "$f" ] && break
	done
	[ -e "$f" ] || give_up "no OVMF: package ovmf"
	more="-drive if=pflash,format=raw,unit=0,readonly=on,file=$f" ;;
efi-uboot*)
	machine="-machine pc"
	rom=/usr/lib/u-boot/qemu-x86_64/u-boot.rom
	[ -e "$rom" ] || give_up "no $rom: package u-boot-qemu"
	# On q35 it waits for drives, minutes of them.
	[ "$door" != efi-uboot ] || append="$append efi=noruntime"
	{
		"$top/selftests/bench/uboot-disk.sh" "$dir/disk" "$append" &&
			"$top/selftests/bench/uboot-disk.sh" "$dir/disk.full" "$append" "$kernel" "$out/run.cpio.gz"
	} 2>"$dir/disk.log" || give_up "no disk for u-boot: $(tail -n 1 "$dir/disk.log")"
	more="-bios $rom -drive if=virtio,format=raw,snapshot=on,file=$dir/disk" ;;
esac
load="-kernel $kernel -initrd $out/run.cpio.gz"

# vm CPU LOG ARGUMENT ...
vm() {
	vm_cpu=$1
	vm_log=$2
	shift 2
	# shellcheck disable=SC2086 # lists of arguments
	timeout -k 5 "$limit" qemu-system-x86_64 -accel tcg $icount $machine -cpu "$vm_cpu" \
		-m 512M -smp 1 -nodefaults -no-user-config -display none -no-reboot \
		-serial "file:$vm_log" $more $load ${load:+-append "$append"} "$@" \
		</dev/null 2>"$vm_log.err"
}

# ended STATUS LOG: how QEMU ended, for who asks why
ended() {
	case $1 in
	124 | 137) echo "not within $limit s" ;;
	*) echo "QEMU ended: $(tail -n 1 "$2.err")" ;;
	esac
}

# The kernel is where it was linked to until it is entered at its high address.
# KASLR draws from the TSC, which repeats.
kernel_marks="mark=start_kernel:$(symbol "$first_in" start_kernel)"
# The base is there before startup_64 already, and never moved.
case $door in
base-*) ;;
*) kernel_marks="$kernel_marks,moved=$(symbol "$first_in" common_startup_64)" ;;
esac

status=0
rm -f "$dir/count"
vm qemu64 "$dir/count.log" -plugin \
	"$out/count.so,start=reset,$first_mark,$kernel_marks,pages=first,out=$dir/count" || status=$?
# u-boot polls its disk, which has no more than a script on it here.
case $door in
efi-uboot*) varies="reset insns;reset pio;reset pages;before insns" ;;
*) varies= ;;
esac
if ! [ -s "$dir/count" ] || ! counts "$dir/count" >>"$csv"; then
	# A guest that fails says where, if it has a console by then.
	give_up "$(sed -n 's/^missing //p' "$dir/count" 2>/dev/null | head -n 1) not reached, $(ended $status "$dir/count.log")$(
		tr -d '\r' <"$dir/count.log" 2>/dev/null | grep -a . | tail -n 1 | cut -c1-100 | sed 's/^/; last line: /')"
fi

[ -z "$varies" ] || item varies "$varies" >>"$csv"

# An initramfs is found by the EFI stub only on the disk that its kernel is from.
case $door in
efi-uboot*)
	more="$more.full"
	load= ;;
esac

# With all that the emulated CPU has: LA57, RDRAND.
status=0
vm "$cpu" "$dir/console" || status=$?
seen "$dir/console" >>"$csv"
if ! grep -q '^pvh-init: done' "$dir/console"; then
	where=$(tr -d '\r' <"$dir/console" | grep -a 'BUG:\|Kernel panic\|end Kernel panic' | head -n 1 | sed 's/^\[[^]]*\] *//' | cut -c1-90)
	from=$(tr -d '\r' <"$dir/console" | sed -n 's/.*? \(efi_[a-z_]*\)+0x.*/\1/p' | head -n 1)
	give_up "enters the kernel, no user space: ${where:-$(ended $status "$dir/console")}${from:+ in $from()}"
fi
item state ok >>"$csv"
