#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that was entered through its PVH note, with KASLR and without, starts its
# bzImage by kexec, and by kdump after a panic. kdump gets the right offset of the
# kernel, and makedumpfile can read the kernel's memory with it.
#
# variables: KERNEL=, the first kernel, of the same build as build/vmlinux

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
needs kexec makedumpfile
expect "the initramfs with kexec, makedumpfile and bzImage can be made" \
	sh "$here/mkinitramfs.sh" "$tmp/initrd" "$build/bzImage"
[ "$tap_bad" -eq 0 ] || tap_done
kernel_range "$build/vmlinux"
echo "0xffffffff$(symbol_low "$build/vmlinux" linux_banner)" >"$tmp/banner"
guest_defaults --initrd "$tmp/initrd" --run "$here/guest.sh" --file banner="$tmp/banner"

entered=Qemu
! readelf -h "$kernel" >/dev/null 2>&1 || entered="PVH, not Xen"

boot() { # HOW MODE
	action="exec"
	[ "$1" = kexec ] || action=crash
	# A notifier logs the offset after the panic. If kdump does not start, panic=-1
	# ends the guest.
	guest --cmdline "console=ttyS0 panic=-1 retain_initrd crashkernel=160M crash_kexec_post_notifiers pvh.kexec=$action $2"
}

# offset ADDRESS SYMBOL: how far it is from the symbol's link address, in hex
offset() {
	case $1 in
	ffffffff????????) printf '%x\n' $((0x${1#ffffffff} - 0x$(symbol_low "$build/vmlinux" "$2"))) ;;
	*) echo "unknown (address '$1')" ;;
	esac
}

judge() { # HOW MODE
	name="$2, $1"
	cut_console leaving
	by=$(offset "$(on first said text)" _text)
	version=$(on first said version)
	tap_diag "$name: offset $by, then $(offset "$(on next said text)" _text)"
	expect "the first kernel is entered by ${entered%%,*}" on first reported "entered by" "$entered.*"
	expect "bzImage is loaded" on first said load 0
	expect "the next kernel is entered as a bzImage" on next reported "entered by" "kexec-tools.*"
	expect "the next kernel powers off" on next finished
	expect "the next kernel is of the same version" is "$version" "$(on next said version)"
	"judge_$1" "$2"
}

judge_kexec() { # MODE
	expect "the next kernel has the same RAM" is "$(on first said ram)" "$(on next said ram)"
}

judge_kdump() { # MODE
	panic="0x$by from 0x$link"
	case $1 in
	nokaslr)
		panic=disabled
		expect "the first kernel is at its link address" is 0 "$by" ;;
	esac
	expect "/proc/kcore has the kernel's offset" is "$by" "$(on first said kcore-offset)"
	expect "/proc/kcore has the banner at that offset" is "$version" "$(on first said kcore-banner)"
	expect "the panic logs the offset" is "$panic" \
		"$(on next console | sed -n 's/ (relocation .*//; s/.*Kernel Offset: //p')"
	expect "/proc/vmcore has the kernel's offset" is "$by" "$(on next said vmcore-offset)"
	expect "/proc/vmcore has the banner at that offset" is "$version" "$(on next said vmcore-banner)"
	expect "/proc/vmcore has init_uts_ns at that offset" \
		is "$by" "$(offset "$(on next said init_uts_ns)" init_uts_ns)"
	expect "makedumpfile reads /proc/vmcore" on next said makedumpfile 0
	expect "makedumpfile finds the last message of the first kernel" \
		is "$(on first said marker)" "$(on next said marker)"
}

run_cases boot judge <<'END'
# how  mode
kexec  kaslr
kdump  kaslr
kexec  nokaslr
kdump  nokaslr
END
tap_done
