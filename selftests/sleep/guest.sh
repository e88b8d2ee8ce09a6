# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the guests of sleep/test.t run. pvh.sleep= tells them what to do:
#
#	mem	suspend to RAM
#	disk	suspend to /dev/vda
#	resume	restore from there
#
# What the test looks at is "sleep: KEY VALUE".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

say()
{
	echo "sleep: $*"
}

# What must not change: the kernel, and what is in its RAM
state()
{
	read -r marker </run/marker
	say "$1-marker $marker"
	say "$1-text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
}

case " $(cat /proc/cmdline) " in
*" pvh.sleep=mem "*) to=mem ;;
*" pvh.sleep=disk "*) to=disk ;;
*" pvh.sleep=resume "*)
	say "second-text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
	# Of what is there now nothing is left if this works.
	$bb cat /sys/block/vda/dev >/sys/power/resume
	say "resume $?"
	exit 1 ;;
# With resume= the kernel should not have come here.
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
