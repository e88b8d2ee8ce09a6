# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of modules/test.t: load the module opt/pvh/test_module.ko, print
# where it is, and unload it. The test reads the lines "modules: KEY VALUE".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

say() {
	echo "modules: $*"
}

# module: the address of its code
module() {
	$bb awk '$1 == "test_module" { print $6 }' /proc/modules
}

# log: the last message of the module
log() {
	dmesg | $bb sed -n 's/.*test_module: //p' | $bb tail -n 1
}

# The module's messages go to the log only, so that they cut no line of this in two.
echo 1 >/proc/sys/kernel/printk
say "text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
$bb insmod "$PVH_EXPECT/test_module.ko"
say "insmod $?"
say "at $(module)"
say "log $(log)"
$bb rmmod test_module
say "rmmod $?"
say "then at $(module)"
say "then log $(log)"
