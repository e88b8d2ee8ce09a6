# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of sleep/test.t, which have on their command line:
#
#	pvh.sleep=mem		suspend to RAM
#	pvh.sleep=disk		suspend to /dev/vda
#	pvh.sleep=resume	restore from there
#
# The test reads the lines "sleep: KEY VALUE".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

say() {
	echo "sleep: $*"
}

# state WHEN: a value in RAM and the kernel's address, which must not change
state() {
	read -r marker </run/marker
	say "$1-marker $marker"
	say "$1-text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
}

case " $(cat /proc/cmdline) " in
*" pvh.sleep=mem "*) to=mem ;;
*" pvh.sleep=disk "*) to=disk ;;
*" pvh.sleep=resume "*)
	say "second-text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
	# If this succeeds the restored kernel replaces this one.
	$bb cat /sys/block/vda/dev >/sys/power/resume
	say "resume $?"
	exit 1 ;;
# With resume= the kernel restores the image before it starts user space.
*) exit 1 ;;
esac

cat /proc/sys/kernel/random/uuid >/run/marker
state before
case $to in
mem)
	say "mem_sleep $(cat /sys/power/mem_sleep)"
	echo deep >/sys/power/mem_sleep ;;
disk)
	$bb mkswap /dev/vda >/dev/null
	$bb swapon /dev/vda
	say "swapon $?" ;;
esac
$bb sync
say "sleeping now"
status=0
echo "$to" >/sys/power/state || status=1
say "awake $status"
state after
cpus
say "cpus $?"
paging
say "user $?"
/pvh/pvh_report | $bb sed -n 's/^pvh-report: paging levels: /sleep: levels /p'
