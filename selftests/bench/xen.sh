#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The doors on Xen, of which Xen in QEMU has several in one run: the marks follow
# each other. What Xen itself executes meanwhile is counted apart. Then once more
# to user space, without counting and with KASLR.
#
# usage: xen.sh xen-pvh|xen-pv count|see
#	lines "DOOR,ITEM,VALUE" to $out/JOB.WHAT.csv

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/bench/marks.sh"

job=$1
what=$2
out=$EVALUATE_OUT
dir=$out/$job.$what
mkdir -p "$dir"
csv=$out/$job.$what.csv
: >"$csv"
vmlinux=$build/vmlinux
export XEN_TIMEOUT="${EVALUATE_XEN_TIMEOUT:-900}" LOG="evaluate.$job.$what"
export EXPECT_RUN="$top/selftests/bench/guest.sh"

# Doors, and their mark before the first instruction, and at start_kernel
case $job in
xen-pvh)
	mode=pvh
	doors="xen-dom0-pvh xen-domU-pvh xen-domU-grub"
	export GUESTS="pvh-vmlinux pvh-grub" GRUB="$out/grub"
	[ "$what" = count ] || GRUB=$out/grub.kaslr ;;
xen-pv)
	mode=pv
	doors="xen-dom0-pv xen-domU-pv"
	export GUESTS=pv-vmlinux ;;
*) die "xen.sh: unknown job '$job'" ;;
esac

run() {
	status=0
	"$top/selftests/xen/boot-xen.sh" --dom0 $mode --kernel vmlinux \
		>"$dir/summary" 2>"$dir/log" || status=$?
}

count() {
	start_kernel=$(symbol "$vmlinux" start_kernel)
	if [ "$job" = xen-pvh ]; then
		first=$(anywhere first "$vmlinux" pvh_start_xen)
		grub=$(anywhere_entry grub.xen-domU-grub "$GRUB")
		marks="$first,mark=end:$start_kernel"
		marks=$(printf '%s,' "$(named xen-dom0-pvh "$marks")" "$(named xen-domU-pvh "$marks")")
		marks="$marks$grub,$(named xen-domU-grub "$(bzimage_entry first "$build/main.lz4.bzImage"),mark=end:$start_kernel")"
	else
		marks="mark=first:$(symbol "$vmlinux" startup_xen),mark=end:$start_kernel"
		marks=$(named xen-dom0-pv "$marks"),$(named xen-domU-pv "$marks")
	fi
	rm -f "$dir/count"
	# Without KASLR, as two kernels that were moved differently have one start_kernel
	# each.
	NOKASLR=y QEMU_ARGS="$icount -plugin $out/count.so,start=reset,$xen_apart,$marks,pages=first,out=$dir/count" run
	for door in $doors; do
		case $door in
		xen-dom0-*) reset= ;;
		xen-domU-grub) reset=grub.$door ;;
		*) reset=first.$door ;;
		esac
		if ! [ -s "$dir/count" ] || ! counts "$dir/count" "first.$door" "end.$door" "$reset" >>"$csv"; then
			cannot "not counted: $(grep '^pvh: error: ' "$dir/log" | tail -n 1 | sed 's/^pvh: error: //')" >>"$csv"
		fi
	done
}

# named DOOR MARKS: marks with the door's name behind theirs
named() {
	printf '%s' "$2" | sed "s/mark=\([a-z]*\):/mark=\1.$1:/g"
}

# anywhere_entry NAME FILE: a mark at the entry of a 32-bit ELF file
anywhere_entry() {
	entry=$(LC_ALL=C readelf -h "$2" | sed -n 's/.*Entry point address: *//p')
	offset=$(LC_ALL=C readelf -lW "$2" | awk '$1 == "LOAD" { print $2; exit }')
	echo "mark=$1:+0x$(printf %x $((entry % 4096))):$(
		od -An -v -tx1 -j $((offset)) -N16 "$2" | tr -d ' \n')"
}

see() {
	run
	for door in $doors; do
		case $door in
		xen-dom0-*)
			prefix=
			grep -qx "xen-result: dom0 vmlinux $mode up" "$dir/summary" && ok=y || ok= ;;
		*)
			guest=$mode-vmlinux
			[ "$door" != xen-domU-grub ] || guest=pvh-grub
			prefix="$guest| "
			grep -qx "xen-result: domU ${guest#*-} ${guest%-*} done" "$dir/summary" && ok=y || ok= ;;
		esac
		seen "$build/log/$LOG" "$prefix" >>"$csv"
		if [ -n "$ok" ]; then
			item state ok >>"$csv"
		else
			cannot "$(grep '^pvh: error: ' "$dir/log" | tail -n 1 | sed 's/^pvh: error: //')" >>"$csv"
		fi
	done
}

case $what in
count) count ;;
see) see ;;
*) die "xen.sh: count or see, not '$what'" ;;
esac
