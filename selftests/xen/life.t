#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The life of a PVH domain: boot with less memory than it can have, pause, mem-set, vcpu-set,
# save and restore, migration to the same machine, memory read from dom0, reboot, crash,
# shutdown. KASLR gives the kernel an address at each boot, and it stays there when the domain is
# restored.
# The same of the unmodified base: if that fails in it, too, a comment says so.
#
# The domain has neither disk nor network: dom0 has no back end for a disk (XEN_BLKDEV_BACKEND), and
# the kernel no network devices. devices.t has both.
#
# variables: STEPS=, some of the steps below, without the others; DOM0=pv, or pvh; DOMU_LIMIT=300,
# seconds for each step, by the clock of dom0; those of boot-xen.sh

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/matrix.sh"
. "$here/domu.sh"

all_steps="pause memory vcpus save migrate debug reboot crash shutdown"
for one_step in ${STEPS:-}; do
	case " $all_steps " in
	*" $one_step "*) ;;
	*) die "STEPS=$STEPS: not some of $all_steps" ;;
	esac
done
steps=$(for one_step in $all_steps; do
	case " ${STEPS:-$all_steps} " in
	*" $one_step "*) echo "$one_step" ;;
	esac
done | xargs)
[ -n "$steps" ] || die "STEPS=$STEPS: none of $all_steps"
domu_dom0 pv
limit=${DOMU_LIMIT:-300}
printf '%s\n' "$limit" | grep -Eqx '[1-9][0-9]*' || die "DOMU_LIMIT=$limit: not a number of seconds"
make_tmp
needs cpio gzip "$base_obj/include/config/kernel.release" "$build/base.vmlinux"
matrix_begin
matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
kernel_range "$kernel"

tools() {
	"$here/fetch.sh" && "$here/dom0-root.sh" && mkdir "$tmp/files" && domu_initramfs "$tmp/files/domu.cpio" &&
		cp "$xen_dir"/root/usr/lib/xen-*/bin/libxl-save-helper "$tmp/files/" &&
		cc -O2 -Wall -Wextra -Werror -static -s -o "$tmp/files/vmcoreinfo" "$here/vmcoreinfo.c"
}
expect "Xen, its tools and the program of the domains are here" tools
[ "$tap_bad" -eq 0 ] || tap_done
matrix_version Xen "$(apt_version "$xen_dir/stamp" xen-hypervisor-)"
# A PV dom0, because migration took much longer in a PVH dom0, whose own pages are nested.
export DOM0_MIB="${DOM0_MIB:-384}" HOST_MIB="${HOST_MIB:-768}" XEN_TIMEOUT="${XEN_TIMEOUT:-3600}"

boot() { # KERNEL CPUS
	cp -R "$tmp/files" "$dir/files"
	case $1 in
	series) cp "$kernel" "$dir/files/vmlinux" ;;
	base) cp "$build/base.vmlinux" "$dir/files/vmlinux" ;;
	esac
	domu_run "$dir/files" "life.$1-$2" life-dom0 "cpus=$2" "limit=$limit" "steps='$steps'"
	rm -r "$dir/files"
}

# tick WHEN KEY: a value that the domain's program printed then; the number of the tick
# without a KEY
tick() {
	said "state $1" | awk -v key="${2:-}" 'key == "" && $2 == "uptime" { print $1 }
		{ for (i = 2; i < NF; i += 2) if ($i == key) print $(i + 1) }'
}

# listed WHEN COLUMN: of xl list: 1 is the ID, 2 MiB, 3 the CPUs, 4 the state
listed() {
	said "list $1" | cut -d ' ' -f "$2"
}

# goes_on BEFORE AFTER: the same program of the same kernel, later. Its clock has not gone
# back.
goes_on() {
	want="more ticks and a later uptime than $(said "state $1"), at the same address" got=$(said "state $2")
	[ -n "$(tick "$1")" ] && [ "$(tick "$2")" -gt "$(tick "$1")" ] &&
		[ "$(tick "$2" uptime)" -gt "$(tick "$1" uptime)" ] &&
		[ "$(tick "$2" text)" = "$(tick "$1" text)" ]
}

# has_mib WHEN MIB: so much has the domain, as Xen and as the domain's driver says. Both
# miss the pages below 1 MiB that are no RAM, and xl rounds down.
has_mib() {
	want="$2 MiB, by Xen and by the balloon" got="$(listed "$1" 2) MiB by Xen, $(tick "$1" balloon) KiB by the balloon"
	[ "$(listed "$1" 2)" -le "$2" ] && [ "$(listed "$1" 2)" -ge $(($2 - 1)) ] &&
		[ "$(tick "$1" balloon)" -le $(($2 * 1024)) ] && [ "$(tick "$1" balloon)" -gt $((($2 - 1) * 1024)) ]
}

# another_id BEFORE AFTER: xl list had different ones
another_id() {
	want="another ID than $(listed "$1" 1)" got=$(listed "$2" 1)
	[ -n "$(listed "$1" 1)" ] && [ -n "$(listed "$2" 1)" ] && [ "$(listed "$1" 1)" != "$(listed "$2" 1)" ]
}

# read_offset WHEN: from outside of the domain, and that of the address that the domain said then
read_offset() {
	want="an offset" got=$(said "debug kerneloffset")
	[ -n "$(tick "$1" text)" ] && is "$(offset_of "$(tick "$1" text)")" "$got"
}

paused() {
	want="no tick, and the state p" got="$(said "ticks paused") ticks, $(listed paused 4)"
	[ "$(said "ticks paused")" = 0 ] && case $(listed paused 4) in *p*) ;; *) false ;; esac
}

judge_pause() {
	fact "xl pause stops the domain" paused
	fact "xl unpause lets the domain go on" goes_on before-pause unpaused
}

judge_memory() {
	fact "xl mem-set gives memory to the domain, as much as it can have" has_mib mem-up 96
	fact "xl mem-set takes memory from the domain" has_mib mem-down 48
}

judge_vcpus() {
	[ "$cpus" -gt 1 ] || return 0
	fact "xl vcpu-set takes a CPU from the domain" is "1 CPU" "$(tick vcpus-down cpus) CPU"
	fact "xl vcpu-set gives it back" is "$cpus CPUs" "$(tick vcpus-up cpus) CPUs"
}

judge_save() {
	fact "xl save -c saves the domain" acted save-checkpoint
	fact "the domain goes on after xl save -c" goes_on before-checkpoint after-checkpoint
	for n in first second; do
		fact "xl save saves the domain, the $n time" acted "save-$n"
		fact "xl save ends it, the $n time" has "^life: gone saved-$n\$"
		fact "xl restore brings it back, the $n time" acted "restore-$n"
		fact "the restored domain goes on where it was, at the same address, the $n time" goes_on "before-$n" "after-$n"
	done
}

judge_migrate() {
	fact "xl migrate moves the domain to the same machine" acted migrate
	fact "the migrated domain has another ID" another_id before-migration after-migration
	fact "the migrated domain goes on where it was, at the same address" goes_on before-migration after-migration
	fact "xl mem-set gives memory to the migrated domain" has_mib mem-up-later 80
	fact "xl mem-set takes memory from the migrated domain" has_mib mem-down-later 48
	[ "$cpus" -gt 1 ] || return 0
	fact "xl vcpu-set takes a CPU from the migrated domain" is "1 CPU" "$(tick vcpus-down-later cpus) CPU"
	fact "xl vcpu-set gives it back to the migrated domain" is "$cpus CPUs" "$(tick vcpus-up-later cpus) CPUs"
}

judge_debug() {
	fact "a debugger finds the kernel's offset in the VMCOREINFO of the domain's memory" read_offset before-debug
}

judge_reboot() {
	fact "xl reboot boots the domain again" is "1 to 9" "$(tick rebooted | sed 's/^[1-9]$/1 to 9/')"
	fact "the kernel is where KASLR can put it, or at its link address without KASLR, after the reboot" at_address "$(tick rebooted text)"
}

judge_crash() {
	fact "xl sees the crash, 3, of a domain that xl sysrq c makes panic" says_log 3
	fact "on_crash=restart boots the domain again" is "1 to 9" "$(tick after-crash | sed 's/^[1-9]$/1 to 9/')"
	fact "the kernel is where KASLR can put it, or at its link address without KASLR, after the crash" at_address "$(tick after-crash text)"
}

judge_shutdown() {
	fact "xl shutdown ends the domain" acted shutdown
	fact "xl sees the domain power off, 0" says_log 0
}

judge() { # KERNEL CPUS
	said_by=life
	judge_begin "$1" "$2"
	fact "xl create boots the domain" acted create
	fact "the domain runs" is "$2 CPUs" "$(tick booted cpus) CPUs"
	fact "the kernel is where KASLR can put it, or at its link address without KASLR" at_address "$(tick booted text)"
	fact "the domain has less memory than it can have" has_mib below-maxmem 64
	for one_step in $steps; do
		"judge_$one_step"
	done
	addresses=$(for when in booted rebooted after-crash; do
		tick $when text
	done | xargs)
	tap_diag "$name: addresses at the boots: $addresses"
	# That three boots have the same one is a case in a hundred thousand.
	case $of,$addresses in
	series,*\ *\ *) expect "the boots do not have one address" not is "$addresses" "$(for _ in 1 2 3; do
			tick booted text
		done | xargs)" ;;
	esac
	judge_end "life${STEPS:+ ($steps)}" "life-$1-$2"
}

JOBS=1
run_cases boot judge <<'END'
# kernel  CPUs
series    1
series    2
base      1
base      2
END
tap_done
