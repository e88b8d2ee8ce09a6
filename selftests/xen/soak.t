#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A PVH dom0 creates a hundred PVH domains one after the other, then five that run at the
# same time. Each boots to user space and powers off; none is lost. Neither dom0 nor Xen has
# less memory afterwards.
#
# variables: DOMAINS=100; AT_ONCE=5; DOMU_CPUS=1, of each domain; KERNEL=FILE, another vmlinux
# than build/vmlinux, for the domains; DOM0=pvh, or pv; DOMU_LIMIT=300, seconds that each of them
# has, by the clock of dom0; those of boot-xen.sh

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/matrix.sh"
. "$top/selftests/kaslr/kaslr.sh"
. "$here/domu.sh"

domains=${DOMAINS:-100} at_once=${AT_ONCE:-5} cpus=${DOMU_CPUS:-1} limit=${DOMU_LIMIT:-300}
for n in "DOMAINS=$domains" "DOMU_CPUS=$cpus" "DOMU_LIMIT=$limit" "AT_ONCE=$at_once"; do
	printf '%s\n' "$n" | grep -Eqx '[A-Z_]+=[1-9][0-9]*|AT_ONCE=0' || die "$n: not a number that this can be"
done
# The first domains make dom0's kernel and daemons allocate what they keep.
warm=3
memory=128
make_tmp
needs cpio gzip
matrix_begin
relocs=$(table_symbol "$kernel")
[ -z "$relocs" ] || kernel_range "$kernel"

tools() {
	"$here/fetch.sh" && "$here/dom0-root.sh" && mkdir "$tmp/files" && cp "$kernel" "$tmp/files/vmlinux" &&
		domu_initramfs "$tmp/files/domu.cpio"
}
expect "Xen, its tools and the program of the domains are here" tools
[ "$tap_bad" -eq 0 ] || tap_done

dir=$tmp
begin=$(date +%s)
domu_dom0 pvh
export DOM0_MIB="${DOM0_MIB:-384}"
export HOST_MIB="${HOST_MIB:-$((DOM0_MIB + 192 + (at_once > 1 ? at_once : 1) * (memory + 16)))}"
export XEN_TIMEOUT="${XEN_TIMEOUT:-$((600 + (domains + at_once) * 40))}"
domu_run "$tmp/files" soak soak-dom0 warm=$warm "domains=$domains" "at_once=$at_once" "cpus=$cpus" "limit=$limit" memory=$memory
took=$(($(date +%s) - begin))
said_by=soak

# address_of NAME: where its kernel was
address_of() {
	console | sed -n "s/^$1| domu: up text \([0-9a-f]*\) cpus $cpus end\$/\1/p"
}

# came_through NAME: the domain's program ran, once, and xl saw the domain power off by itself
came_through() {
	[ "$(address_of "$1" | wc -l)" -eq 1 ] && powered_off "$1" && [ -n "$(said "end $1")" ]
}

powered_off() { # NAME
	console | grep -Eq "^$1\| xl: .*Domain [0-9]+ has shut down, reason code 0( |\$)"
}

# lose NAME: count it, and show what there is of it
lose() {
	lost=$((lost + 1))
	[ $lost -le 5 ] || return 0
	tap_diag "domain $1 is lost; the last lines of it:"
	console | grep "^$1| " | tail -n 12 | tap_diag
}

lost=0
for n in $(seq "$domains"); do
	came_through "d$n" || lose "d$n"
done
times=$(for n in $(seq "$domains"); do
	said "end d$n"
done | sort -n | awk '{ all[NR] = $1 } END { if (NR) printf "%d to %d s, median %d s", all[1], all[NR], all[int((NR + 1) / 2)] }')
tap_diag "$lost of $domains domains are lost; each took ${times:-no time} by the clock of dom0; all of it took $took s here"
expect "dom0 boots, and runs the script to its end" has 'pvh-dom0: end all of the script'
[ "$tap_bad" -eq 0 ] || { tail -n 5 "$dir/err" | tap_diag; console | tail -n 5 | tap_diag; }
expect "of $domains domains, one after the other, none is lost" is "0 lost" "$lost lost"

lost=0
for n in $(seq "$at_once"); do
	[ "$(said "ticks m$n" || :)" -ge 3 ] 2>/dev/null && [ "$(said "shutdown m$n")" = ended ] && powered_off "m$n" ||
		lose "m$n"
done
[ "$at_once" -eq 0 ] ||
	expect "of $at_once domains at the same time, none is lost" is "0 lost" "$lost lost"

# Where KASLR puts the kernel. Without a relocation table, as in the base, there is none.
for n in $(seq "$domains"); do
	address_of "d$n"
done >"$tmp/addresses"
outside() {
	while read -r address; do
		[ -n "$(kaslr_slot "$address")" ] || echo "$address"
	done <"$tmp/addresses"
}
if [ -n "$relocs" ]; then
	expect "each of the kernels is at an address of KASLR's" none "$(outside)"
	while read -r address; do
		kaslr_slot "$address"
	done <"$tmp/addresses" >"$tmp/numbers"
	[ "$(wc -l <"$tmp/numbers")" -lt 40 ] || kaslr_spread "$slots"
fi

# free WHAT WHEN: of Xen or dom0, in KiB
free() {
	said "memory $2" | sed -n "s/.*$1 \([0-9]*\).*/\1/p"
}

# no_leak WHAT BOUND SLACK: less than BOUND KiB a domain and SLACK KiB are gone. For expect.
no_leak() {
	leak_from=$(free "$1" before) leak_to=$(free "$1" after) leak_bound=$(($2 * domains + $3))
	want="less than $leak_bound KiB gone" got="${leak_from:-unknown} before, ${leak_to:-unknown} after"
	[ -n "$leak_from" ] && [ -n "$leak_to" ] && [ $((leak_from - leak_to)) -lt "$leak_bound" ]
}

for when in before after last; do
	tap_diag "free memory, $when: $(said "memory $when")"
done
# A page is the least that a domain can leave in Xen. In dom0 a process of xl that stays takes the
# 16 KiB of its kernel stack, and more; some 100 KiB come and go in the lists of free pages that
# each CPU has.
expect "Xen has lost less than a page for each domain" no_leak xen 4 0
expect "dom0 has lost less than a process for each domain" no_leak dom0 16 256

seen="$domains domains one after the other, $at_once at once"
[ "$tap_bad" -eq 0 ] || seen="FAILED: $seen"
matrix_version Xen "$(apt_version "$xen_dir/stamp" xen-hypervisor-)"
matrix_row Xen "$DOM0 dom0, PVH domUs" vmlinux "$seen"
tap_done
