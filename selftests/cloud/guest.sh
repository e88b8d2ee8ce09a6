# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The guest of cloud/test.t runs this (opt/pvh/run): features that depend on the address
# of the kernel, and that the small kernel of the other tests does not have.

bb=/bin/busybox

say() {
	echo "cloud: $1 $2"
}

trace=/sys/kernel/tracing
$bb mount -t tracefs tracefs $trace
n=$($bb wc -l <$trace/available_filter_functions)
say ftrace-functions "$n"

echo 'p:pvh vfs_read' >$trace/kprobe_events
echo 1 >$trace/events/kprobes/pvh/enable
read -r _ </proc/version
echo 0 >$trace/events/kprobes/pvh/enable
say kprobe-hits "$($bb grep -c ' pvh: (vfs_read' $trace/trace)"

say text "$($bb sed -n 's/^\([0-9a-f]*\) T _text$/\1/p' /proc/kallsyms)"
