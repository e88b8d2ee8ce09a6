# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh, loader.sh and xen/results.sh: xen_loader_test, which boots
# kernels as Xen guests of crafted loaders. The outcome of these cases depends on Xen:
# without a memory map the kernel asks Xen for one, and if it refuses a start_info the
# guest has crashed, and does not reboot.

# xen_loader_test [REASON]: all guests of xen-cases in one dom0. With a REASON those that
# boot are skipped. xen_dom0=pv takes a PV dom0, for a machine without an IOMMU.
xen_loader_test() {
	xen_skip=${1:-}
	loader_cases=$top/selftests/loader/xen-cases
	xen_guests=$(sed -n 's/^== //p' "$loader_cases")
	build_forge -static
	mkdir "$tmp/loaders"
	cp "$tmp/forge" "$tmp/loaders/forge"
	for guest in $xen_guests; do
		read_case "$guest"
		[ -n "$(key refuses)" ] || [ -z "$xen_skip" ] || continue
		{
			printf '%s\n' "$case_text" | sed '/^@/d'
			echo "cmdline text console=hvc0 earlyprintk=xen"
		} >"$tmp/loaders/$guest.desc"
	done
	run_cases xen_loader_boot xen_loader_judge <<-'END'
	Xen with crafted loaders
	END
}

xen_loader_boot() {
	status=0
	"$top/selftests/xen/boot-xen.sh" --dom0 "${xen_dom0:-pvh}" --forged "$tmp/loaders" || status=$?
	echo "$status" >"$dir/exit"
}

xen_loader_judge() {
	expect "Xen boots its dom0, which starts each guest" is 0 "$(cat "$dir/exit")"
	for guest in $xen_guests; do
		name="${loader_prefix:-}Xen guest $guest"
		read_case "$guest"
		field=$(key refuses)
		if [ -n "$field" ]; then
			expect "xl reports that the guest has crashed" has_result "domU $guest pvh crashed"
			expect "Xen's log has the line about $field" \
				has_result "domU $guest pvh says pvh: $field 0x[0-9a-f]*: .*"
		elif [ -n "$xen_skip" ]; then
			tap_skip "$name: the guest boots with Xen's memory map, and powers off" "$xen_skip"
			tap_skip "$name: the guest finds that it is a PVH guest" "$xen_skip"
		else
			expect "the guest boots with Xen's memory map, and powers off" \
				has_result "domU $guest pvh done"
			expect "the guest finds that it is a PVH guest" \
				has_result "domU $guest pvh guest_type PVH"
		fi
	done
	[ "$tap_bad" -eq "$case_bad" ] || grep '^xen-result: domU' "$dir/out" | tap_diag
	name=
}
