#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The loader crate of rust-vmm, which Firecracker and Cloud Hypervisor share, loads both
# kernels as these monitors do, and enters them under KVM: by the PVH note, and without
# it, as Firecracker, by the 64-bit boot protocol. monitor.rs is the monitor. Each row has
# a machine of its own, which lib/kvm.sh boots.
#
# variables: RUST_VMM_SUITE=sid, the suite of Debian's archive that the crates come from

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
for part in initrd qemu-packages kvm matrix; do
	. "$top/selftests/lib/$part.sh"
done

make_tmp
needs cpio gcc taskset "$build/base.vmlinux"
"$here/fetch.sh" >"$tmp/log" 2>&1 ||
	skip_all "rust-vmm's crates cannot be fetched: $(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)"
"$here/build.sh" || exit 1
kvm_packages
kvm_machine
guest_defaults --accel tcg

mkdir -p "$tmp/over/pvh-expect"
cp "$here/guest.sh" "$tmp/over/pvh-expect/run"
add_to_initrd "$tmp/over"
initrd_size=$(wc -c <"$initrd")
kernel_range "$kernel"

# without_note FROM TO: a copy whose PHYS32_ENTRY note has another type, which is nobody's
without_note() {
	cp "$1" "$2" || die "cannot copy $1$(room "$tmp")"
	note_at=$(LC_ALL=C grep -obUaP '\x04\0\0\0[\x04\x08]\0\0\0\x12\0\0\0Xen\0' "$2" | sed 's/:.*//')
	case $note_at in
	'' | *[!0-9]*) die "$1 has no PHYS32_ENTRY note, or several: ${note_at:-none}" ;;
	esac
	put_bytes fe "$2" $((note_at + 8))
}
without_note "$build/base.vmlinux" "$tmp/base.no-note"
without_note "$kernel" "$tmp/series.no-note"

matrix_begin
for crate in linux-loader kvm-ioctls vm-memory vm-superio; do
	matrix_version "$crate" "$(sed -n "s/.*librust-$crate-dev_\([^_]*\)_.*/\1/p" "$cache/rust-vmm-${RUST_VMM_SUITE:-sid}.list")"
done

cmdline="console=ttyS0 quiet reboot=k panic=-1"

boot() { # LAYOUT NOTE ACPI MIB
	mkdir -p "$dir/l1/guests"
	cp "$initrd" "$dir/l1/guests/initrd"
	cp "$build/rust-vmm/monitor" "$dir/l1/guests/"
	cp "$here/init" "$dir/l1/init"
	for which in base series; do
		file=$tmp/$which.no-note
		case $which,$2 in
		base,note) file=$build/base.vmlinux ;;
		series,note) file=$kernel ;;
		esac
		cp "$file" "$dir/l1/guests/$which" || die "cannot copy $file$(room "$tmp")"
		kvm_guest $which $which "$1 $3 $4" "$cmdline"
	done
	# Ticks of the PIT take most of the time of a slow machine, if there is no ACPI.
	kvm_guests 450 guest_seconds=400
	rm -rf "$dir/l1"
	echo "$kvm_failed" >"$dir/kvm.failed"
}

# map LAYOUT ENTRY MIB: the memory map that the kernel has to have
map() {
	case $1 in
	firecracker) low=9fc00 mmconfig=0xeec00000-0xfebfffff ;;
	cloud-hypervisor) low=a0000 mmconfig=0xe8000000-0xf7ffffff ;;
	esac
	# The PVH entry reserves what is below 1 MiB and no RAM.
	isa=fffff
	[ "$2" = pvh ] || isa=dffff
	below=$3 above=
	if [ "$3" -gt 3072 ]; then
		below=3072
		above=", 0x100000000-$(printf '0x%x' $((((4096 + $3 - 3072) << 20) - 1))) System RAM"
	fi
	printf '0x0-0x%x System RAM, 0x%s-0x%s Reserved, ' $((0x$low - 1)) "$low" "$isa"
	printf '0x100000-0x%x System RAM, %s Reserved%s\n' $(((below << 20) - 1)) "$mmconfig" "$above"
}

# guest_ended: the monitor left its status. For expect, as the next one.
guest_ended() {
	want="the monitor's status, 0 or 1" got=$(cat "$dir/$which.status" 2>/dev/null || cat "$dir/kvm.failed")
	case $got in
	0 | 1) ;;
	*) return 1 ;;
	esac
}

# monitor_said TEXT: it is a line of the monitor's
monitor_said() {
	want=$1 got=$(tail -n 1 "$dir/$which.err")
	grep -qxF -- "$1" "$dir/$which.err"
}

judge() { # LAYOUT NOTE ACPI MIB
	mode="$4 MiB"
	[ "$3" = acpi ] || mode="$mode, no RSDP"
	[ "$2" = note ] || mode="$mode, no PVH note"
	for which in base series; do
		name="$1, $mode, $which"
		bad=$tap_bad
		seen=
		expect "the emulated machine runs the guest to its end" guest_ended
		[ ! -s "$dir/$which.status" ] || judge_guest "$@"
		[ "$tap_bad" -eq "$bad" ] || seen="FAILED${seen:+: $seen}"
		image=vmlinux
		[ "$which" = series ] || image=base.vmlinux
		matrix_row "rust-vmm, $1" "KVM, $mode" "$image" "$seen"
	done
}

judge_guest() {
	lines=$dir/$which.lines
	if [ "$1,$2" = cloud-hypervisor,no-note ]; then
		expect "the loader finds no PVH entry, and the monitor says so" \
			monitor_said "monitor: error: PVH entry point not present"
		seen="refused by the loader"
		return
	fi
	entry=pvh by="PVH, not Xen (type_of_loader 0xb0)" tables="APIC DSDT FACP" ending="reset, keyboard controller"
	[ "$2" = note ] || entry=linux64 by=".* (type_of_loader 0xff)"
	[ "$3" = acpi ] || tables=none
	[ "$1,$3" != cloud-hypervisor,acpi ] || ending=power-off
	case $1 in
	firecracker) mp=0x0009fc00 ;;
	*) mp=0x000f0010 ;;
	esac
	below=$4
	[ "$below" -le 3072 ] || below=3072
	expect "the kernel gets to user space" has '^pvh-init: done'
	expect "the kernel is entered there" reported "entered by" "$by"
	expect "the kernel has the monitor's memory map" said map "$(map "$1" $entry "$4")"
	expect "the kernel has the monitor's initrd" reported initrd \
		"at $(printf '0x%x' $((((below << 20) - initrd_size) / 4096 * 4096))), $initrd_size bytes"
	expect "the kernel has the monitor's command line" reported "command line" ".*, \"$cmdline\""
	expect "the kernel finds these ACPI tables: $tables" said tables "$tables"
	expect "the kernel finds the MP table at $mp" said mptable $mp
	case $which in
	base) expect "the kernel is at its link address" at_link "$(reported 'kernel virtual base' | sed 's/^0x//')" ;;
	*) expect "KASLR moves the kernel" in_kaslr_range "$(reported 'kernel virtual base' | sed 's/^0x//')" "$link" ;;
	esac
	expect "the guest ends by $ending" monitor_said "monitor: the guest ends: $ending"
	! has '^pvh-init: done' || seen="user space, entered by $entry"
}

run_cases boot judge <<'END'
# monitor           note     RSDP     MiB
firecracker         note     acpi     256
firecracker         note     no-acpi  256
firecracker         note     acpi     3328
firecracker         no-note  acpi     256
firecracker         no-note  no-acpi  3328
cloud-hypervisor    note     acpi     256
cloud-hypervisor    note     no-acpi  256
cloud-hypervisor    note     acpi     3328
cloud-hypervisor    no-note  acpi     256
END
tap_done
