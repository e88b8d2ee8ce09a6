#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel of selftests/cloud/build.sh: of the size that distributions ship,
# through its note, with KASLR.
#
# knobs: BOOTS=8; FLAVOUR=cloud-amd64, as given to build.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
vmlinux=$build/${FLAVOUR:-cloud-amd64}.vmlinux
boots=${BOOTS:-8}
MACHINE=q35 MEM=1G

sym() {
	nm "$vmlinux" | awk -v n="$1" '$3 == n { print $1; exit }'
}

# boot LOG CMDLINE
boot() {
	run_qemu "$1" -machine q35 -kernel "$vmlinux" -initrd "$build/initramfs.cpio.gz" \
		-fw_cfg "name=opt/pvh/run,file=$top/selftests/cloud/guest.sh" \
		-append "console=ttyS0 $2" || :
	tr -d '\r' <"$1" >"$1.lines"
}

said() {
	sed -n "s/^cloud: $2 //p" "$1.lines"
}

at=$(sym __pi_pvh_relocs)
tap_run "it has a relocation table" test -n "$at"

n=0
: >"$tmp/bases"
while [ $n -lt "$boots" ]; do
	n=$((n + 1))
	boot "$tmp/log" ""
	good=0
	grep -q '^pvh-init: done' "$tmp/log.lines" || good=1
	tap_ok $good "boot $n: user space, and to its end, at $(said "$tmp/log" text)"
	[ $good -eq 0 ] || tail -n 12 "$tmp/log.lines" | tap_diag
	said "$tmp/log" text >>"$tmp/bases"
done
tap_run "entered by the PVH note" grep -q '^pvh-report: entered by: PVH' "$tmp/log.lines"
distinct=$(sort -u "$tmp/bases" | wc -l)
# Of that many draws from more than 400 places hardly ever are half the same.
tap_run "$distinct bases in $boots boots" test "$distinct" -gt $((boots / 2))
for what in ftrace-functions kprobe-hits; do
	tap_run "$what: $(said "$tmp/log" $what)" test "$(said "$tmp/log" $what)" -gt 0
done

boot "$tmp/log" nokaslr
tap_run "nokaslr: where it was linked to" test "$(said "$tmp/log" text)" = "$(sym _text)"

boot "$tmp/log" "kunit.enable=0 panic=-1 init=/none rdinit=/none"
tap_run "a panic says the offset" grep -q 'Kernel Offset: 0x[1-9a-f]' "$tmp/log.lines"
tap_done
