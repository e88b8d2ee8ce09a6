#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# As many levels of page tables as native kernels have: five if the CPU has LA57
# and the command line no "no5lvl". On all CPUs, on one that was gone for a while,
# for user space, and in the kernel that kexec starts from there.

# shellcheck disable=SC2154,SC2317 # kernel_range sets link; called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

guest=$top/selftests/la57/guest.sh
tab=$(printf '\t')
# TCG has LA57, whatever CPU there is here. On a busy one it is too uneven for the
# kernel's check of the timer: no_timer_check. And a CPU of a thread of its own may
# meet the int3 of a static branch when it is no longer there, and panic.
ACCEL=tcg,thread=single MEM=512M BOOT_TIMEOUT=120

# One case, in a process of its own: leaves the console in $tmp/N
if [ "${1:-}" = --case ]; then
	n=$2 tmp=$3
	IFS=$tab
	# shellcheck disable=SC2046 # split at tabs
	set -- $(sed -n "${n}p" "$tmp/cases")
	unset IFS
	SMP=$2 CPU=$3 MACHINE=$4 kernel=$5 options=$6
	[ "$CPU" != default ] || CPU=
	# With -icount there are no threads.
	[ "$MACHINE" != microvm ] || ACCEL=tcg
	initrd=$build/initramfs.cpio.gz
	case $options in *pvh.next=*) initrd=$tmp/initrd ;; esac
	echo "$SMP" >"$tmp/$n.cpus"
	start=$(date +%s)
	# shellcheck disable=SC2046 # a list of arguments
	run_qemu "$tmp/$n" $(machine_args) -kernel "$build/$kernel" -initrd "$initrd" \
		-fw_cfg "name=opt/pvh/run,file=$guest" -fw_cfg "name=opt/pvh/cpus,file=$tmp/$n.cpus" \
		-append "console=ttyS0 quiet no_timer_check $options" || :
	echo $(($(date +%s) - start)) >"$tmp/$n.seconds"
	exit 0
fi

make_tmp
kernel_range "$build/vmlinux"

# From so many levels to so many. These take longest, so they are first.
: >"$tmp/list"
PATH=$PATH:/usr/sbin:/sbin
if ! command -v kexec >/dev/null 2>&1 || ! command -v makedumpfile >/dev/null 2>&1; then
	tap_skip "kexec" "no kexec or no makedumpfile here"
else
	status=0
	sh "$top/selftests/kexec/mkinitramfs.sh" "$tmp/initrd" "$build/bzImage" 2>"$tmp/err" || status=$?
	tap_ok $status "an initramfs with kexec and bzImage"
	[ $status -eq 0 ] || tap_diag <"$tmp/err"
	[ $status -ne 0 ] || cat >>"$tmp/list" <<-END
	5 1 max q35 vmlinux kaslr retain_initrd pvh.next=5
	5 1 max q35 vmlinux kaslr retain_initrd pvh.next=4
	4 1 max q35 vmlinux kaslr no5lvl retain_initrd pvh.next=5
	END
fi
# Levels, CPUs, model, machine, kernel, command line
{
	for options in kaslr nokaslr; do
		for smp in 1 4; do
			echo "5 $smp max q35 vmlinux $options"
			echo "4 $smp max q35 vmlinux $options no5lvl"
			echo "4 $smp max,-la57 q35 vmlinux $options"
			echo "4 $smp default q35 vmlinux $options"
		done
	done
	echo "5 1 max microvm vmlinux kaslr"
	echo "5 4 max microvm vmlinux nokaslr"
	echo "4 1 max microvm vmlinux kaslr no5lvl"
	echo "5 1 max q35 bzImage kaslr"
	echo "4 1 max q35 bzImage kaslr no5lvl"
	echo "4 1 max,-la57 q35 bzImage kaslr"
} >>"$tmp/list"
sed "s/ /$tab/; s/ /$tab/; s/ /$tab/; s/ /$tab/; s/ /$tab/" "$tmp/list" >"$tmp/cases"
begin=$(date +%s)
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"
tap_diag "$(wc -l <"$tmp/cases") guests in $(($(date +%s) - begin)) s"

# check DESC COMMAND ...: as tap_run, and note that something was wrong
check() {
	what=$1
	shift
	right=0
	"$@" >/dev/null 2>&1 || right=1
	tap_ok $right "$name: $what"
	[ $right -eq 0 ] || bad=1
}

# said KEY VALUE, by the guest script
said() {
	grep -qx "paging: $1 $2" "$tmp/log"
}

# Behind what firmware has left of a line, if any
reported() {
	grep -q "pvh-report: $1\$" "$tmp/log"
}

text() {
	sed -n 's/^paging: text //p' "$tmp/log"
}

in_range() {
	[ -n "$(kaslr_slot "$(text)")" ]
}

# as_it_is LEVELS DOOR: what is true of each kernel
as_it_is() {
	check "entered by $2" reported "entered by: $2.*"
	check "$1 levels of page tables" reported "paging levels: $1"
	check "all CPUs are online" said cpus 0
	check "user space gets what $1 levels reach" said user 0
	case " $options " in
	*" nokaslr "*) check "the kernel is where it was linked to" test "$(text)" = "$link" ;;
	*) check "the kernel is somewhere in its range" in_range ;;
	esac
}

# judge LEVELS CPUS MODEL MACHINE KERNEL OPTIONS
judge() {
	options=$6
	name="$4, $3, $2 CPU$([ "$2" = 1 ] || echo s), $5, $6"
	bad=0
	tap_diag "$name: $(cat "$tmp/$n.seconds") s"
	tr -d '\r' <"$tmp/$n" >"$tmp/all"
	sed '/^paging: leaving/,$d' "$tmp/all" >"$tmp/log"
	door="PVH, not Xen"
	[ "$5" = vmlinux ] || door=Qemu
	as_it_is "$1" "$door"
	[ "$1" != 5 ] || [ "$(text)" = "$link" ] || echo "$name" >>"$tmp/elsewhere"
	if [ "$2" -gt 1 ]; then
		check "a CPU goes" said without "0,2-$(($2 - 1))"
		check "it comes back" said with "0-$(($2 - 1))"
		check "it runs user space with $1 levels" said cpu1 0
	fi
	case $options in
	*pvh.next=*)
		check "bzImage is loaded" said load 0
		sed '1,/^paging: leaving/d' "$tmp/all" >"$tmp/log"
		name="$name, and from there"
		as_it_is "${options##*=}" kexec-tools ;;
	esac
	check "gets to its end" grep -q '^pvh-init: done' "$tmp/log"
	[ $bad -ne 0 ] || return 0
	mkdir -p "$build/log/failed"
	failed=$build/log/failed/$(echo "la57 $name" | tr ' ,' '--')
	cp "$tmp/$n" "$failed"
	{
		echo "the end of $failed:"
		sed 's/^/port 0xe9: /' "$tmp/$n.e9"
		cat "$tmp/$n.err"
		grep '^not ok' "$tmp/all" || tail -n 12 "$tmp/all"
	} | cut -c1-160 | tap_diag
}

n=0
: >"$tmp/elsewhere"
while IFS=$tab read -r levels smp model machine kernel options; do
	n=$((n + 1))
	judge "$levels" "$smp" "$model" "$machine" "$kernel" "$options"
done <"$tmp/cases"
# All of them where they were linked to, by chance: one of 1e18 cases
tap_run "with five levels KASLR puts the kernel elsewhere" test -s "$tmp/elsewhere"
tap_done
