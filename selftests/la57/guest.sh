# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of la57/test.t, and by the kernels that these start: all of them
# read the same opt/pvh/run. The test reads the lines "la57: KEY VALUE".
#
#	pvh.next=LEVELS	start bzImage by kexec, with that many levels

# shellcheck disable=SC2013,SC2016 # words; for awk
bb=/bin/busybox
cpu1=/sys/devices/system/cpu/cpu1/online

say() {
	echo "la57: $*"
}

online() {
	read -r list </sys/devices/system/cpu/online
	say "$1 $list"
}

# next_cmdline LEVELS: for the next kernel, which is to start no other
next_cmdline() {
	for word in $(cat /proc/cmdline); do
		case $word in
		no5lvl | pvh.next=*) ;;
		*) printf '%s ' "$word" ;;
		esac
	done
	[ "$1" != 4 ] || echo no5lvl
}

say "text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
cpus
say "cpus $?"
paging
say "user $?"

if [ -e $cpu1 ]; then
	echo 0 >$cpu1
	online without
	echo 1 >$cpu1
	online with
	$bb taskset 2 paging
	say "cpu1 $?"
fi

for word in $(cat /proc/cmdline); do
	case $word in
	pvh.next=*)
		cat /sys/firmware/initrd >/run/initrd
		kexec=/kexec/kexec
		$kexec -s -l /kexec/bzImage --initrd=/run/initrd \
			--command-line="$(next_cmdline "${word#*=}")"
		say "load $?"
		say leaving
		$kexec -e
		exit 1 ;;
	esac
done
