#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that came through its PVH note, with KASLR and without, takes in a
# module: it can be called, and can call the kernel wherever that is within its
# GiB, and it is where modules belong.

# shellcheck disable=SC2154,SC2317 # kaslr_range sets link; called by name
. "$(dirname -- "$0")/../../scripts/lib.sh"
. "$top/scripts/qemu.sh"
. "$top/selftests/host/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

kernel=$build/vmlinux
module=$obj/lib/test_module.ko
# TCG has LA57, whatever CPU there is here. On a busy one it is too uneven for the
# kernel's check of the timer: no_timer_check.
ACCEL=tcg MACHINE=q35 MEM=256M SMP=1 BOOT_TIMEOUT=120

# One case, in a process of its own: leaves the console in $tmp/N
if [ "${1:-}" = --case ]; then
	n=$2 tmp=$3
	# shellcheck disable=SC2046 # words
	set -- $(sed -n "${n}p" "$tmp/cases")
	CPU=$2
	run_qemu "$tmp/$n" -machine q35 -kernel "$kernel" -initrd "$build/initramfs.cpio.gz" \
		-fw_cfg "name=opt/pvh/run,file=$top/selftests/modules/guest.sh" \
		-fw_cfg "name=opt/pvh/test_module.ko,file=$module" -append "console=ttyS0 no_timer_check $3" || :
	exit 0
fi

make_tmp
kaslr_range "$kernel"
tap_run "there is a module" test -e "$module"
# Without it nothing of this module stays, and it has no address.
tap_run "this kernel has CONFIG_MODULE_UNLOAD" grep -qx CONFIG_MODULE_UNLOAD=y "$obj/.config"
[ "$tap_bad" -eq 0 ] || tap_done

# Levels, model, command line
cat >"$tmp/cases" <<END
4 qemu64 kaslr
4 qemu64 nokaslr
5 max kaslr
5 max nokaslr
END
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"

# check DESC COMMAND ...: as tap_run, and note that something was wrong
check() {
	what=$1
	shift
	right=0
	"$@" >/dev/null 2>&1 || right=1
	tap_ok $right "$name: $what"
	[ $right -eq 0 ] || bad=1
}

# said KEY
said() {
	sed -n "s/^modules: $1 //p" "$tmp/log"
}

# The region of modules begins 1 GiB above __START_KERNEL_map (KERNEL_IMAGE_SIZE,
# MODULES_VADDR). If the kernel knows that KASLR was on it leaves out a random
# number of pages there, but at least one.
first=ffffffffc0000000
end=ffffffffff000000
in_region() {
	case $at in
	0xffffffff????????) ;;
	*) return 1 ;;
	esac
	low=$((0x${at#0xffffffff}))
	[ "$low" -ge $((0x${first#ffffffff})) ] && [ "$low" -lt $((0x${end#ffffffff})) ]
}

n=0
while read -r levels model cmdline; do
	n=$((n + 1))
	name="$model, $cmdline"
	bad=0
	tr -d '\r' <"$tmp/$n" >"$tmp/log"
	text=$(said text)
	at=$(said at)
	tap_diag "$name: the kernel at $text, the module at $at"
	check "$levels levels of page tables" grep -qx "pvh-report: paging levels: $levels" "$tmp/log"
	check "a module is taken in" test "$(said insmod)" = 0
	check "it can log" test "$(said log)" = "Hello, world"
	check "it is where modules belong" in_region
	case $cmdline in
	nokaslr)
		check "the kernel is where it was linked to" test "$text" = "$link"
		check "the module is the first thing there" test "$at" = 0x$first ;;
	*)
		check "the kernel is somewhere in its range" test -n "$(kaslr_slot "$text")"
		check "the module is not the first thing there" test "$at" != 0x$first ;;
	esac
	check "it is put out" test "$(said rmmod)" = 0
	check "it can log that" test "$(said 'then log')" = Goodbye
	check "it is gone" test -z "$(said 'then at')"
	check "gets to its end" grep -q '^pvh-init: done' "$tmp/log"
	[ $bad -ne 0 ] || continue
	mkdir -p "$build/log/failed"
	failed=$build/log/failed/$(echo "modules $name" | tr ' ,' '--')
	cp "$tmp/$n" "$failed"
	{
		echo "the end of $failed:"
		cat "$tmp/$n.e9" "$tmp/$n.err"
		tail -n 12 "$tmp/log"
	} | cut -c1-160 | tap_diag
done <"$tmp/cases"
tap_done
