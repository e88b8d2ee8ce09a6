#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Machines of 32 to 930 GiB of RAM, with the unmodified kernel beside the series. QEMU's TCG
# has 40 bits of addresses, that is 1 TiB; the rest of it is for PCI. This machine gives a
# guest only the memory that it writes to: its page structures, a 64th of its RAM.

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/lib/matrix.sh"
. "$top/selftests/boot/machines.sh"

make_tmp
matrix_begin
needs "$build/base.vmlinux" "$base_obj/include/config/kernel.release"
matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
matrix_version QEMU "$(qemu-system-x86_64 --version | sed -n 's/QEMU emulator version //p')"
guest_defaults --accel tcg --cpu max --timeout 600

# room_for GIB: this machine has the memory for such a guest
room_for() {
	[ "$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)" -ge $(($1 / 60 + 1)) ]
}

boot() { # MACHINE GIB
	room_for "$2" || { echo no >"$dir/room"; return; }
	machines_args="-object memory-backend-ram,id=ram,size=$2G,reserve=off -machine memory-backend=ram"
	# shellcheck disable=SC2086 # a list of arguments
	guest --name base --machine "$1" --mem "$2G" --kernel "$build/base.vmlinux" \
		--cmdline "console=ttyS0 no_timer_check" -- $machines_args
	machines_boot "$1" "$1" "$2G" 1 initrd "console=ttyS0 retain_initrd no_timer_check"
}

# has_gib GIB: the kernel's sum of its RAM misses what is below 1 MiB for the firmware, and no
# more than that
has_gib() {
	want="$(($1 * 1048576)) KiB, or up to 2 MiB less"
	got=$(console | sed -n 's/.*Memory: [0-9]*K\/\([0-9]*\)K available.*/\1/p')
	[ "${got:-0}" -le $(($1 * 1048576)) ] && [ "${got:-0}" -gt $(($1 * 1048576 - 2048)) ]
}

judge() { # MACHINE GIB
	machines_prefix="$2 GiB, "
	name="$machines_prefix$1"
	[ ! -e "$dir/room" ] || {
		tap_skip "$name: the kernel boots" "$(($2 / 60 + 1)) GiB of memory are needed here"
		return
	}
	bad=$tap_bad
	on base expect "the unmodified kernel boots" finished base
	machines_judge "$1"
	name="$machines_prefix$1"
	expect "the kernel has all of the RAM" has_gib "$2"
	seen="user space, tests pass; base too"
	[ "$tap_bad" -eq "$bad" ] || seen=FAILED
	matrix_row QEMU "$1, $2 GiB" vmlinux "$seen"
}

JOBS=1
run_cases boot judge <<'END'
# machine  GiB
q35        32
microvm    32
q35        512
q35        930
pc         930
microvm    930
END
tap_done
