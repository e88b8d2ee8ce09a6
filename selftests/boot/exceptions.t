#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exceptions before there is a console: in the PVH entry, and in the kernel from
# startup_64 on. Each is an instruction in a copy of vmlinux, over the first one of a
# function. The entry and the kernel print one line and end the machine. The entry
# ignores an NMI.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
guest_defaults --mem 256M --kernel "$kernel" --timeout 60
endbr64=f30f1efa

boot() { # NAME FUNCTION CODE CMDLINE ...
	at=$(symbol_offset "$kernel" "$2")
	[ -n "$at" ] || die "no $2 in $kernel"
	cp "$kernel" "$dir/vmlinux"
	put_bytes "$3" "$dir/vmlinux" "$at"
	set -- --kernel "$dir/vmlinux" --cmdline "$4"
	case $4 in
	earlyprintk*) set -- "$@" --timeout 20 ;; # the kernel halts
	esac
	guest "$@"
	rm "$dir/vmlinux"
}

judge() { # NAME FUNCTION CODE CMDLINE EXCEPTION AFTER
	name=$1
	case $5 in
	ignored)
		expect "the guest powers off" finished
		expect "the PVH entry prints nothing" none "$(cat "$dir/console.e9")" ;;
	kernel)
		expect "the kernel reports it" has "RIP: 0010:$2"
		expect "the PVH entry prints nothing" none "$(cat "$dir/console.e9")" ;;
	*)
		# The link address, wherever KASLR has put the kernel
		at=$(printf '0xffffffff%08x' $((0x$(symbol_low "$kernel" "$2") + $6)))
		expect "port 0xe9 has one line, with the link address" refused exception "$5 at $at"
		expect "the serial port has the same line" on_serial
		expect "the machine ends" ended ;;
	esac
}

# int $2 calls the NMI's gate, which returns. A nop of two bytes comes after it.
nmi="NMI in the PVH entry  __pi_pvh_convert  cd026690  console=ttyS0  ignored"
[ "$(get_bytes "$kernel" "$(symbol_offset "$kernel" __pi_pvh_convert)" 4)" = $endbr64 ] || {
	nmi=
	tap_skip "NMI in the PVH entry: the guest powers off" \
		"pvh_convert() does not begin with the endbr64 that the NMI would replace"
}
# int3 reports the address after its one byte.
run_cases boot judge <<END
# name                        function                 code  command line           exception  after
ud2 in the PVH entry          __pi_pvh_convert         0f0b  console=ttyS0          0x6        0
int3 in the PVH entry         __pi_pvh_convert_memmap  cc    console=ttyS0          0x3        1
$nmi
ud2 in setup_arch()           setup_arch               0f0b  console=ttyS0          0x06       0
ud2 in setup_arch(), nokaslr  setup_arch               0f0b  console=ttyS0 nokaslr  0x06       0
ud2 in trap_init(), console   trap_init                0f0b  earlyprintk=ttyS0      kernel
END
tap_done
