#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# On a CPU without long mode the kernel prints one line, which names long mode, and
# ends the machine.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
guest_defaults --accel tcg --no-initrd --cmdline console=ttyS0 --timeout 60

boot() { # CPU
	guest --cpu "$1"
}

judge() { # CPU
	name="32-bit CPU $1"
	expect "the machine ends" ended
	expect "one line on port 0xe9 names the missing feature" refused cpuid "0x80000001 lm 0"
}

run_cases boot judge <<'END'
qemu32
END
tap_done
