# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the cloud kernel's guest runs (opt/pvh/run): what depends on where the
# kernel is, and the small kernel of the other tests does not have.

bb=/bin/busybox

say() {
	echo "cloud: $1 $2"
}

trace=/sys/kernel/tracing
$bb mount -t tracefs tracefs $trace
n=$($bb wc -l <$trace/available_filter_functions)
say ftrace-functions "$n"
echo vfs_read >$trace/set_ftrace_filter
echo function >$trace/current_tracer
$bb cat /proc/version >/dev/null
say ftrace-hits "$($bb grep -c 'vfs_read *<-' $trace/trace)"
echo nop >$trace/current_tracer

echo 'p:pvh vfs_read' >$trace/kprobe_events
echo 1 >$trace/events/kprobes/pvh/enable
$bb cat /proc/version >/dev/null
echo 0 >$trace/events/kprobes/pvh/enable
say kprobe-hits "$($bb grep -c ' pvh: (vfs_read' $trace/trace)"

# BTF, kallsyms and the symbol that the kernel itself prints
say text "$($bb sed -n 's/^\([0-9a-f]*\) T _text$/\1/p' /proc/kallsyms)"
