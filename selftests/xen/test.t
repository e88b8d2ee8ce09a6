#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel under Xen: as PVH dom0 from vmlinux and from bzImage, as PVH guest
# of both in both, and as PV dom0 and PV guest, which the series must not break.
# Each time the kernel is somewhere else.
#
# knobs: those of selftests/xen/boot-xen.sh; here XEN_TIMEOUT is 600 if not set,
# as two run at a time

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

make_tmp
export XEN_TIMEOUT="${XEN_TIMEOUT:-600}"
boot=$top/selftests/xen/boot-xen.sh

# start MODE KERNEL: boot-xen.sh in the background, its process in $pid
start() {
	"$boot" --dom0 "$1" --kernel "$2" >"$tmp/$1-$2" 2>"$tmp/$1-$2.err" &
	pid=$!
	pids="$pids $pid"
}

# Not before the runs that use them at the same time
status=0
{ "$top/selftests/xen/fetch.sh" && "$top/selftests/xen/dom0-root.sh"; } 2>"$tmp/xen" || status=1
tap_ok $status "Xen and its tools are here"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/xen"
	tap_done
fi

pids=
trap '[ -z "$pids" ] || kill $pids 2>/dev/null || :; rm -rf -- "$tmp"' EXIT
if [ "$(nproc)" -ge 2 ]; then
	start pvh vmlinux
	first=$pid
	start pvh bzImage
	wait "$first" || :
	start pv vmlinux
else
	for kernel in vmlinux bzImage; do
		start pvh "$kernel"
		wait "$pid" || :
	done
	start pv vmlinux
fi
# shellcheck disable=SC2086 # a list
wait $pids || :
pids=

# fact LINE DESC: ok if the summary of the run has that line
fact() {
	status=0
	grep -qx "xen-result: $1" "$run" || status=1
	tap_ok "$status" "$2"
	[ "$status" -eq 0 ] || bad=1
}

# guest_tests PATTERN DESC: those that the domain ran. That it ran some is one.
guest_tests() {
	sed -n "/^xen-result: dom/s/^xen-result: $1 test //p" "$run" >"$tmp/tests"
	status=0
	[ -s "$tmp/tests" ] || status=1
	tap_ok "$status" "$2 runs its tests"
	while read -r test status; do
		case $status in
		4) tap_skip "$2: $test" "the test skipped all" ;;
		0) tap_ok 0 "$2: $test" ;;
		*) tap_ok 1 "$2: $test"; bad=1 ;;
		esac
	done <"$tmp/tests"
}

# judge MODE KERNEL GUEST ...: guests as TYPE-KERNEL
judge() {
	run=$tmp/$1-$2
	mode=$1
	kernel=$2
	bad=0
	upper=$(echo "$mode" | tr '[:lower:]' '[:upper:]')
	shift 2
	fact "dom0 $kernel $mode up" "$kernel boots as $mode dom0"
	fact "dom0 $kernel $mode guest_type $upper" "$mode dom0 $kernel is $upper"
	fact "dom0 $kernel $mode console ok" "$mode dom0 $kernel has Xen's console, early and late"
	guest_tests "dom0 $kernel $mode" "$mode dom0 $kernel"
	fact "dom0 $kernel $mode xenstore up" "$mode dom0 $kernel starts xenstore"
	for guest; do
		type=${guest%-*}
		desc="$type guest ${guest#*-} in $mode dom0 $kernel"
		upper=$(echo "$type" | tr '[:lower:]' '[:upper:]')
		fact "domU ${guest#*-} $type done" "xl create: $desc"
		fact "domU ${guest#*-} $type guest_type $upper" "$desc is $upper"
		guest_tests "domU ${guest#*-} $type" "$desc"
	done
	[ "$bad" -eq 0 ] || tap_diag <"$run.err"
}

judge pvh vmlinux pvh-vmlinux pvh-bzImage
judge pvh bzImage pvh-vmlinux pvh-bzImage
judge pv vmlinux pvh-vmlinux pv-vmlinux

# where WHO FILE ...: "BASE OFFSET" of the domain in each of these runs
where() {
	pattern=$1
	shift
	sed -n "s/^xen-result: $pattern kaslr \(0x[0-9a-f]* 0x[0-9a-f]*\)\$/\1/p" "$@"
}

differs() {
	[ "$(where "$1" "$tmp/pvh-vmlinux" "$tmp/pvh-bzImage" "$tmp/again" | sort -u | wc -l)" -gt 1 ]
}

# in_range BASE OFFSET: whether there are, and one is as the other says
in_range() {
	slot=$(kaslr_slot "${1#0x}")
	[ -n "$slot" ] && [ "$(printf 'ffffffff%08x' $((0x${link#ffffffff} + $2)))" = "${1#0x}" ]
}

# Two are the same by chance in one of some hundred cases. Then a third decides.
kernel_range "$build/vmlinux"
: >"$tmp/again"
for who in "dom0 [a-zA-Z]* pvh" "domU vmlinux pvh" "domU bzImage pvh"; do
	differs "$who" && continue
	tap_diag "$who: twice the same, once more"
	"$boot" --dom0 pvh --kernel vmlinux >"$tmp/again" 2>"$tmp/again.err" || tap_diag <"$tmp/again.err"
	break
done
for who in "dom0 [a-zA-Z]* pvh" "domU vmlinux pvh" "domU bzImage pvh"; do
	desc="PVH $(echo "${who% pvh}" | sed 's/ \[.*//')"
	where "$who" "$tmp/pvh-vmlinux" "$tmp/pvh-bzImage" "$tmp/again" >"$tmp/where"
	tap_run "KASLR: the kernel's address in $desc differs" differs "$who"
	tap_diag "$desc: $(cut -d' ' -f2 "$tmp/where" | paste -sd' ' -) from where it was linked to"
	status=0
	while read -r base offset; do
		in_range "$base" "$offset" || status=1
	done <"$tmp/where"
	tap_ok $status "KASLR: the kernel's address in $desc is aligned, in its range, and as far off as is reported"
done
where "domU vmlinux pvh" "$tmp/pv-vmlinux" >"$tmp/where"
tap_run "KASLR: with nokaslr a PVH domU is where it was linked to" \
	test "$(cat "$tmp/where")" = "0x$link 0x0"
where "dom0 vmlinux pv" "$tmp/pv-vmlinux" | sed 's/^/PV dom0: /' | tap_diag
tap_done
