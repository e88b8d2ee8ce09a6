# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The guest of a crafted loader runs this (opt/pvh/run). It compares the data that the
# kernel has with the loader's, and prints a line "loader: NAME STATUS" for each check.

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

# A map has lines of "FIRST LAST TYPE" with numbers of one length, so that they can be
# sorted as text. There can be thousands of lines. Starting a program for each, or
# counting in the shell, would be slow.
pad='function pad(hex) {
	sub(/^0x/, "", hex)
	return "0x" substr("0000000000000000", length(hex) + 1) hex
}'

# kernel_map: the map that the kernel has from boot_params and setup_data
kernel_map() {
	(
		cd /sys/firmware/memmap || exit
		for attr in start end type; do
			$bb cat -- */$attr >/run/$attr
		done
	)
	$bb paste /run/start /run/end /run/type | $bb awk -F '\t' "$pad"'
	BEGIN {
		type["System RAM"] = 1
		type["Reserved"] = 2
		type["ACPI Tables"] = 3
		type["ACPI Non-volatile Storage"] = 4
		type["Unusable memory"] = 5
		type["Persistent Memory"] = 7
		type["Persistent Memory (legacy)"] = 12
		type["Soft Reserved"] = 4026531839
	}
	{ print pad($1), pad($2), $3 in type ? type[$3] : "other" }' | $bb sort
}

# loader_map: the loader's map
loader_map() {
	$bb awk "$pad"'{
		print pad($1), pad($2), $3 ~ /^([1-57]|12|4026531839)$/ ? $3 : "other"
	}' "$PVH_EXPECT/map" | $bb sort
}

# used_ram: the RAM that the kernel uses, which is all RAM except the first page
used_ram() {
	$bb awk -F '-| : ' "$pad"'$3 == "System RAM" && !/^ / { print pad($1), pad($2), 1 }' \
		/proc/iomem | $bb sort
}

# loader_ram: the same part of the loader's map
loader_ram() {
	loader_map | $bb awk '
	$3 != 1 || $2 < "0x0000000000001000" { next }
	$1 < "0x0000000000001000" { $1 = "0x0000000000001000" }
	{ print }'
}

# ram_bytes <MAP: how many bytes of RAM it has
ram_bytes() {
	sum=0
	while read -r f l type; do
		[ "$type" != 1 ] || sum=$((sum + l - f + 1))
	done
	echo "$sum"
}

# same NAME: compare the loader's map in /run/want with the kernel's in /run/got
same() {
	if $bb cmp -s /run/want /run/got; then
		echo "loader: $1 0"
		return
	fi
	$bb diff /run/want /run/got | $bb head -n 12
	echo "# the loader has $(ram_bytes </run/want) bytes of RAM, the kernel has $(ram_bytes </run/got)"
	echo "not ok - $1"
	echo "loader: $1 1"
}

loader_map >/run/want
kernel_map >/run/got
same memmap
loader_ram >/run/want
used_ram >/run/got
same iomem

for test in boot_params cmdline initrd; do
	$test
	echo "loader: $test $?"
done

echo "loader: log begin"
dmesg | grep -e 'pvh: ' -e 'ACPI: RSDP'
echo "loader: log end"
