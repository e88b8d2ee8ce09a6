#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux through its PVH note in QEMU, to user space and to the guest's end,
# on machines of many shapes. In each the guest side programs compare what the
# kernel holds with what was given here.
#
# knobs: VMLINUX=FILE, another kernel than build/vmlinux; INITRD=FILE and ROOT=FILE,
# with these; ONLY=PATTERN, the machines whose name matches that regular expression

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

tab=$(printf "\t")
initrd=${INITRD:-$build/initramfs.cpio.gz}
disk=${ROOT:-$build/root.img}

# The longest command line the kernel has room for, behind what it needs.
long_cmdline() {
	printf 'console=ttyS0 retain_initrd pvh.fill='
	printf '%02010d' 0 | tr 0 x
}

# The process that takes one case has the directory from that which started it.
[ "${1:-}" = --case ] || make_tmp

# name	machine	memory	CPUs	boot from	command line (- is none, LONG the longest)
[ "${1:-}" = --case ] || cat >"$tmp/cases" <<'EOF'
q35	q35	512M	1	initrd	console=ttyS0 retain_initrd
pc	pc	512M	1	initrd	console=ttyS0 retain_initrd
microvm	microvm	512M	1	initrd	console=ttyS0 retain_initrd
q35 4 CPUs	q35	512M	4	initrd	console=ttyS0 retain_initrd
microvm 4 CPUs	microvm	512M	4	initrd	console=ttyS0 retain_initrd
q35 128 MiB	q35	128M	1	initrd	console=ttyS0 retain_initrd
microvm 128 MiB	microvm	128M	1	initrd	console=ttyS0 retain_initrd
q35 3 GiB	q35	3G	1	initrd	console=ttyS0 retain_initrd
pc 3 GiB	pc	3G	1	initrd	console=ttyS0 retain_initrd
q35 8 GiB	q35	8G	1	initrd	console=ttyS0 retain_initrd
microvm 8 GiB	microvm	8G	4	initrd	console=ttyS0 retain_initrd
q35 no initrd	q35	512M	1	disk	console=ttyS0 root=/dev/vda ro
microvm no initrd	microvm	512M	1	disk	console=ttyS0 root=/dev/vda ro
q35 empty command line	q35	512M	1	initrd	-
q35 long command line	q35	512M	1	initrd	LONG
microvm long command line	microvm	512M	1	initrd	LONG
EOF

[ "${1:-}" = --case ] || [ -z "${ONLY:-}" ] || {
	awk -F "$tab" -v only="$ONLY" '$1 ~ only' "$tmp/cases" >"$tmp/only"
	[ -s "$tmp/only" ] || die "ONLY=$ONLY: no machine of that name"
	mv "$tmp/only" "$tmp/cases"
}

# boot_case N NAME MACHINE MEM SMP FROM CMDLINE: leaves the console in $tmp/N
boot_case() {
	n=$1
	MACHINE=$3 MEM=$4 SMP=$5
	from=$6
	cmdline=$7
	expect=$tmp/$n.expect
	mkdir -p "$expect"
	case $cmdline in
	-) : >"$expect/cmdline" ;;
	LONG) long_cmdline >"$expect/cmdline" ;;
	*) printf '%s' "$cmdline" >"$expect/cmdline" ;;
	esac
	echo "$SMP" >"$expect/cpus"
	echo b0 >"$expect/loader"
	# shellcheck disable=SC2046 # lists of arguments
	set -- $(machine_args)
	case $from in
	initrd)
		cksum <"$initrd" | awk '{ print $1, $2 }' >"$expect/initrd"
		set -- "$@" -initrd "$initrd" ;;
	disk)
		echo none >"$expect/initrd"
		drive=virtio-blk-pci
		[ "$MACHINE" != microvm ] || drive=virtio-blk-device
		set -- "$@" -drive "id=root,if=none,format=raw,snapshot=on,file=$disk" \
			-device "$drive,drive=root" ;;
	esac
	for f in "$expect"/*; do
		set -- "$@" -fw_cfg "name=opt/pvh/${f##*/},file=$f"
	done
	run_qemu "$tmp/$n" "$@" -kernel "${VMLINUX:-$build/vmlinux}" -append "$(cat "$expect/cmdline")" || :
}


# One of them, in a process of its own
if [ "${1:-}" = --case ]; then
	tmp=$3
	line=$(sed -n "$2p" "$tmp/cases")
	IFS=$tab
	# shellcheck disable=SC2086 # split at tabs
	set -- "$2" $line
	unset IFS
	start=$(date +%s)
	boot_case "$@"
	echo "$(($(date +%s) - start))" >"$tmp/$1.seconds"
	exit 0
fi

accel_args >"$tmp/accel"
tap_diag "QEMU $(cat "$tmp/accel"), $(qemu-system-x86_64 --version | head -n 1)"

# As many at a time as there are CPUs
seq "$(wc -l <"$tmp/cases")" |
	xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"

n=0
while IFS="$tab" read -r name _; do
	n=$((n + 1))
	tr -d '\r' <"$tmp/$n" >"$tmp/log"
	bad=0
	tap_diag "$name: $(cat "$tmp/$n.seconds") s"
	grep -q '^pvh-init: done' "$tmp/log" || bad=1
	tap_ok $bad "$name: user space, and to its end"
	tap_run "$name: entered by the PVH note" \
		grep -q '^pvh-report: entered by: PVH, not Xen' "$tmp/log"
	tap_run "$name: the guest ran its tests" \
		grep -q '^pvh-test: .* exit' "$tmp/log"
	sed -n 's/^pvh-test: \([a-z_]*\) exit \([0-9][0-9]*\).*/\1 \2/p' "$tmp/log" >"$tmp/results"
	while read -r test status; do
		if [ "$status" -eq 4 ]; then
			tap_skip "$name: $test" "$(sed -n "/^pvh-test: $test\$/,/exit/s/.*# SKIP *//p" "$tmp/log" | head -n 1)"
			continue
		fi
		tap_ok "$status" "$name: $test"
		[ "$status" -eq 0 ] || bad=1
	done <"$tmp/results"
	if [ $bad -ne 0 ]; then
		mkdir -p "$build/log/failed"
		cp "$tmp/$n" "$build/log/failed/$(echo "qemu $name" | tr ' ' -)"
		{ cat "$tmp/$n.e9"; grep -B 20 '^not ok' "$tmp/log" || tail -n 12 "$tmp/log"; } 2>/dev/null | tap_diag
	fi
done <"$tmp/cases"
tap_done
