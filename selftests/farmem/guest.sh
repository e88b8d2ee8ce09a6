# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of farmem/test.t: print whether the kernel uses the memory that
# ACPI describes, and why it does not. opt/pvh/address is the memory's address. The test
# reads the lines "farmem: KEY VALUE".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

say() {
	echo "farmem: $*"
}

read -r address <"$PVH_EXPECT/address"
read -r size </sys/devices/system/memory/block_size_bytes
block=/sys/devices/system/memory/memory$((address / 0x$size))
state=none
[ ! -d "$block" ] || read -r state <"$block/state"
say "block $state"
say "total $($bb awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
say "refused $(dmesg | $bb sed -n 's/.*Hotplug memory //p')"
