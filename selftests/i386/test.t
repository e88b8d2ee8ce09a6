#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A 32-bit kernel builds without a warning, and boots on the machines of
# boot/machines.t, or on some of them.
#
# usage: test.t [pae|nopae ...]     with PAE unless given

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/i386/i386.sh"
. "$top/selftests/boot/kunit.sh"
. "$top/selftests/boot/machines.sh"

make_tmp
unset KERNEL

# all_in_init: the parts of the PVH entry are between __init_begin and __init_end,
# except aliases of other symbols of the kernel, and KUnit's list
all_in_init() {
	awk '/ __init_begin$/ { from = $1 } / __init_end$/ { to = $1 }
		/ (__pi_|pvh_|.*get_pc_thunk)/ { at[$3] = $1 }
		END { for (s in at) {
				if (s ~ /_thunk(_e..)?$|__pi_(_text|_end|boot_cpu_data|gdt_page)$|^pvh_test_(cases|suite)$/ && s !~ /pc_thunk/)
					continue
				if (at[s] < from || at[s] >= to) { print s; bad = 1 }
			}
			exit bad || !from || length(at) < 20 }' "$tmp/symbols"
}

# The kernel lacks a feature of these CPUs.
boot() { # CPU
	guest --cpu "$1" --timeout 60 --cmdline console=ttyS0
}

judge() { # CPU
	name="$config on $1"
	expect "the kernel prints which bits of CPUID are missing" \
		refused "cpuid 0x1 edx, missing bits" '0x[0-9a-f]*'
	tap_diag "$name: $(cat "$dir/console.e9")"
	expect "the serial port has the same line" on_serial
}

all=${ONLY:-}
[ $# -gt 0 ] || set -- pae
for config; do
	name=$config
	expect_build i386-$config use_i386 $config || continue
	nm "$kernel" >"$tmp/symbols"
	expect "the kernel has no symbol of the old entry" not grep xen_prepare_pvh "$tmp/symbols"
	expect "the PVH entry is all in init" all_in_init

	ONLY=$all
	guest_defaults
	run_cases boot judge <<-END
	pentium,-cx8
	qemu64,-lm,-cmov
	$([ $config = nopae ] || echo "qemu64,-lm,-pae")
	END
	kunit_prefix="$config: " machines_prefix="$config: "
	kunit_test
	[ $config = pae ] ||
		ONLY=${all:-'^(q35 q35|pc pc|microvm 4 CPUs|q35 8 GiB|q35 no initrd) '}
	machines_test
done
tap_done
