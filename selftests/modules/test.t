#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A module is loaded into a kernel that was entered through its PVH note, with KASLR
# and without: the module can call the kernel, and is in the module area.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
# Without it nothing of this module stays in memory, and it has no address.
needs_config MODULE_UNLOAD
module=$obj/lib/test_module.ko
needs "$module"
kernel_range "$kernel"
# TCG has LA57 whatever the host has. On a busy host the kernel's check of the timer
# can fail under TCG: no_timer_check.
guest_defaults --mem 256M --accel tcg --timeout 120 --run "$here/guest.sh" --file test_module.ko="$module"

# MODULES_VADDR is 1 GiB (KERNEL_IMAGE_SIZE) above __START_KERNEL_map. With KASLR
# the kernel skips a random number of pages there, at least one.
first=ffffffffc0000000
end=ffffffffff000000

in_module_area() {
	want="an address from $first to $end" got=$1
	case $1 in
	ffffffff????????) ;;
	*) return 1 ;;
	esac
	[ $((0x${1#ffffffff})) -ge $((0x${first#ffffffff})) ] &&
		[ $((0x${1#ffffffff})) -lt $((0x${end#ffffffff})) ]
}

boot() { # LEVELS CPU CMDLINE
	guest --cpu "$2" --cmdline "console=ttyS0 no_timer_check $3"
}

judge() { # LEVELS CPU CMDLINE
	name="$2, $3"
	at=$(said at)
	at=${at#0x}
	expect "the kernel uses $1-level page tables" reported "paging levels" "$1"
	expect "insmod succeeds" said insmod 0
	expect "the module can call printk" said log "Hello, world"
	expect "the module is in the module area" in_module_area "$at"
	case $3 in
	nokaslr)
		expect "the kernel is at its link address" at_link "$(said text)"
		expect "the module is at MODULES_VADDR" is $first "$at" ;;
	kaslr)
		expect "the kernel is in its KASLR range" in_kaslr_range "$(said text)"
		expect "the module is not at MODULES_VADDR" not is $first "$at" ;;
	esac
	expect "rmmod succeeds" said rmmod 0
	expect "the module can call printk when it is removed" said "then log" Goodbye
	expect "the module is gone" said "then at" ""
	expect "the guest powers off" finished
}

run_cases boot judge <<'END'
# levels  CPU     command line
4         qemu64  kaslr
4         qemu64  nokaslr
5         max     kaslr
5         max     nokaslr
END
tap_done
