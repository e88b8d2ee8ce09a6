# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the guests of modules/test.t run: take in the module opt/pvh/test_module.ko,
# say where it is, and put it out again. What the test looks at is
# "modules: KEY VALUE".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

say()
{
	echo "modules: $*"
}

# The address of its code
module()
{
	$bb awk '$1 == "test_module" { print $6 }' /proc/modules
}

# What the module has said so far, and nobody else
log()
{
	dmesg | $bb sed -n 's/.*test_module: //p' | $bb tail -n 1
}

# What it says goes to the log alone, and cuts no line of this in two.
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
