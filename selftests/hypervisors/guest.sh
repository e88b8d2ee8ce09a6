# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of kvm.t, which reads the lines "hypervisors: KEY VALUE": what CPUID
# has of hypervisors, and what the kernel has of them by now.

bb=/bin/busybox
clock=/sys/devices/system/clocksource/clocksource0

say() {
	echo "hypervisors: $*"
}

# paravirtual CLOCK ...: those that only a hypervisor has. Whether a CPU's own clocks are
# good enough depends on how busy the emulated machine is.
paravirtual() {
	for name; do
		case $name in
		kvm-clock | xen | hyperv*) printf '%s ' "$name" ;;
		esac
	done
}

/leaves
say "cpus $($bb grep -c '^processor' /proc/cpuinfo)"
say "flag $($bb grep -m 1 '^flags' /proc/cpuinfo | $bb grep -ow hypervisor || echo none)"
# Words of a line
# shellcheck disable=SC2046
set -- $(paravirtual $(cat $clock/available_clocksource))
say "clocks ${*:-none}"
# shellcheck disable=SC2046
set -- $(paravirtual $(cat $clock/current_clocksource))
say "clock ${*:-native}"
say "sysfs $(cat /sys/hypervisor/type 2>/dev/null || echo none)"
