# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of test.t, which reads the lines "rust-vmm: KEY VALUE": the memory map,
# the ACPI tables and the MP table as the kernel got them.

firmware=/sys/firmware
bb=/bin/busybox

map=
for entry in "$firmware"/memmap/*; do
	map="$map$(cat "$entry/start" "$entry/end" | $bb paste -sd-) $(cat "$entry/type"), "
done
echo "rust-vmm: map ${map%, }"
tables=none
[ ! -d "$firmware/acpi/tables" ] || tables=$(cd "$firmware/acpi/tables" && echo [A-Z][A-Z]*)
echo "rust-vmm: tables $tables"
mp=$(dmesg | $bb sed -n 's/.*ound SMP MP-table at \[mem \(0x[0-9a-f]*\)-.*/\1/p')
echo "rust-vmm: mptable ${mp:-none}"
