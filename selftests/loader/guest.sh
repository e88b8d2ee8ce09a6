# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What a guest of a forged loader runs (opt/pvh/run): compare what the kernel
# has with what was forged. Each comparison is a line "forged: NAME STATUS".

# shellcheck disable=SC2016 # for awk
bb=/bin/busybox

# Lines of "FIRST LAST TYPE", all of a length and so in order when sorted.
# Programs are slow to start and the shell is slow to count: there may be
# thousands.
pad='function pad(hex) {
	sub(/^0x/, "", hex)
	return "0x" substr("0000000000000000", length(hex) + 1) hex
}'

# The map that the kernel took, from boot_params and setup_data
kernel_map()
{
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

forged_map()
{
	$bb awk "$pad"'{
		print pad($1), pad($2), $3 ~ /^([1-57]|12|4026531839)$/ ? $3 : "other"
	}' "$PVH_EXPECT/map" | $bb sort
}

# What the kernel uses of the RAM: all but the first page
used_ram()
{
	$bb awk -F '-| : ' "$pad"'$3 == "System RAM" && !/^ / { print pad($1), pad($2), 1 }' \
		/proc/iomem | $bb sort
}

forged_ram()
{
	forged_map | $bb awk '
	$3 != 1 || $2 < "0x0000000000001000" { next }
	$1 < "0x0000000000001000" { $1 = "0x0000000000001000" }
	{ print }'
}

ram_bytes()
{
	sum=0
	while read -r f l type; do
		[ "$type" != 1 ] || sum=$((sum + l - f + 1))
	done
	echo "$sum"
}

# same NAME: what was forged, in /run/want, and what there is, in /run/got
same()
{
	if $bb cmp -s /run/want /run/got; then
		echo "forged: $1 0"
	else
		echo "forged: $1 1"
		echo "# forged $(ram_bytes </run/want) bytes of RAM, the kernel has $(ram_bytes </run/got)"
		$bb diff /run/want /run/got | $bb head -n 12
	fi
}

forged_map >/run/want
kernel_map >/run/got
same memmap
forged_ram >/run/want
used_ram >/run/got
same iomem

for test in boot_params cmdline initrd; do
	$test
	echo "forged: $test $?"
done

echo "forged: log begin"
dmesg | grep -e 'pvh: ' -e 'ACPI: RSDP'
echo "forged: log end"
