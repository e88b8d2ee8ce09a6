#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot Xen in QEMU with the kernel as its dom0, and in that dom0 create guests
# of the kernel with xl. Print the progress, then a boot report of each domain, and
# a summary for programs:
#
#	xen-result: dom0 KERNEL MODE up|failed
#	xen-result: dom0 KERNEL MODE console ok|failed
#	xen-result: dom0 KERNEL MODE xenstore up|failed
#	xen-result: domU KERNEL TYPE done|crashed|gone|timeout|create-failed|not-tried
#	xen-result: ... guest_type TYPE		as the domain itself reports it
#	xen-result: ... kaslr BASE OFFSET	the address of its kernel, and the distance
#					from its link address
#	xen-result: ... test NAME STATUS	4 is a test that skipped all
#	xen-result: domU KERNEL TYPE says LINE	a line of the PVH entry of one that crashed
#
# The lines of a dom0 come before those of its guests.
#
# usage: boot-xen.sh [--dom0 pvh|pv] [--kernel vmlinux|bzImage|both] [--forged DIR]
#
# --dom0 pvh	the default: vmlinux as dom0, then bzImage, and in each of them
#		PVH guests of both
# --dom0 pv	vmlinux as dom0, in it a PVH guest with nokaslr and a PV guest of vmlinux
# --kernel	the kernel of dom0
# --forged DIR	vmlinux as dom0, and in it PVH guests of the images that DIR/forge
#		makes of vmlinux and the descriptions DIR/NAME.desc; they may crash.
#		A name has no "-".
#
# variables: XEN_TIMEOUT=900, seconds for each run of QEMU; KERNEL_DIR=DIR with vmlinux
# and bzImage, instead of build/; INITRD=; GUEST=FILE, the vmlinux of the only PVH
# guest, and GUEST_INITRAMFS=FILE for it, instead of dom0's; GRUB=FILE, a PVH image of
# GRUB with a kernel in it, for the guest pvh-grub; GUESTS=, names of guests instead of
# the above; EXPECT_RUN=FILE, a script that each domain runs instead of the tests;
# NOKASLR=y; DOM0_CPUS=1; QEMU_ARGS=, more of them; LOG=, a name for the console's file;
# CUTMEM=FILE, boot Xen by GRUB, after these commands, which take memory out of the map that
# GRUB gives to Xen; HOST_MIB=640, DOM0_MIB=256, memory of the machine and of dom0;
# RAMDISK=FILE, write dom0's ramdisk there, and boot nothing; DOM0_RUN=DIR, a directory,
# /guests in dom0, with a script "run" that dom0 runs instead of its tests and the guests;
# those of fetch.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/ran.sh"

here=$top/selftests/xen
template=$top/docs/examples/pvh-guest.cfg
kernel_dir=${KERNEL_DIR:-$build}
initramfs=${INITRD:-$build/initramfs.cpio.gz}
limit=${XEN_TIMEOUT:-900}
dom0_cpus=${DOM0_CPUS:-1}
printf '%s\n' "$dom0_cpus" | grep -Eqx '[1-9][0-9]*' || die "DOM0_CPUS=$dom0_cpus: not a number of CPUs"
dom0_cmdline="console=hvc0 earlyprintk=xen"
usage="usage: boot-xen.sh [--dom0 pvh|pv] [--kernel vmlinux|bzImage|both] [--forged DIR]"

mode=pvh
kernels=
forged=
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || die "$usage"
	case $1=$2 in
	--dom0=pvh | --dom0=pv) mode=$2 ;;
	--kernel=vmlinux | --kernel=bzImage) kernels=$2 ;;
	--kernel=both) kernels="vmlinux bzImage" ;;
	--forged=?*)
		[ -d "$2" ] || die "--forged $2: no such directory"
		forged=$2 ;;
	*) die "$usage" ;;
	esac
	shift 2
done
case $mode in
pvh)
	kernels=${kernels:-vmlinux bzImage}
	guests="pvh-vmlinux pvh-bzImage"
	machine=$xen_pvh_machine
	cpu=$xen_pvh_cpu
	xen_mode="dom0=pvh" ;;
pv)
	kernels=${kernels:-vmlinux}
	guests="pvh-vmlinux pv-vmlinux"
	machine="-machine q35"
	# On a Zen CPU Linux reads a register of the chipset that a PV guest does not
	# have (print_s5_reset_status_mmio()), and crashes.
	cpu=Opteron_G3,+svm,+npt,-rdtscp,-monitor,-xsave
	xen_mode= ;;
esac
guest_kernel=$kernel_dir/vmlinux
guest_initramfs=${GUEST_INITRAMFS:-$initramfs}
if [ -n "${GUEST:-}" ]; then
	[ -e "$GUEST" ] || die "GUEST=$GUEST: no such file"
	[ -e "$guest_initramfs" ] || die "GUEST_INITRAMFS=$guest_initramfs: no such file"
	guest_kernel=$GUEST
	guests=pvh-vmlinux
fi
guests=${GUESTS:-$guests}
nokaslr=${NOKASLR:+ nokaslr}
dom0_cmdline="$dom0_cmdline$nokaslr"
if [ -n "${GRUB:-}" ]; then
	[ -e "$GRUB" ] || die "GRUB=$GRUB: no such file"
fi
if [ -n "${DOM0_RUN:-}" ]; then
	[ -e "$DOM0_RUN/run" ] || die "DOM0_RUN=$DOM0_RUN: no file run in it"
	guests=
fi
if [ -n "$forged" ]; then
	kernels=vmlinux
	guests=
	for f in "$forged"/*.desc; do
		f=${f##*/}
		guests="$guests pvh-${f%.desc}"
	done
fi
xen_cmdline="$xen_options dom0_mem=${DOM0_MIB:-256}M dom0_max_vcpus=$dom0_cpus $xen_mode"
if [ -n "${CUTMEM:-}" ]; then
	[ -e "$CUTMEM" ] || die "CUTMEM=$CUTMEM: no such file"
	# Otherwise Xen asks the firmware for the map, and takes 128 entries of it.
	xen_cmdline="$xen_cmdline no-real-mode"
fi

printf '%s\n' "$limit" | grep -Eqx '[1-9][0-9]*' || die "XEN_TIMEOUT=$limit: not a number of seconds"
command -v qemu-system-x86_64 >/dev/null 2>&1 || die "no qemu-system-x86_64: install qemu-system-x86"
for kernel in $kernels vmlinux bzImage; do
	[ -e "$kernel_dir/$kernel" ] || die "no $kernel_dir/$kernel: run make image first"
done
# If a guest hangs there is time for the other one.
guest_limit=$((limit * 2 / 5 + 1))
[ -e "$initramfs" ] || die "no $initramfs: run make initramfs first"
"$here/fetch.sh"
"$here/dom0-root.sh"

TMPDIR=$xen_dir make_tmp
qemu=
trap '[ -z "$qemu" ] || kill "$qemu" 2>/dev/null || :; rm -rf -- "$tmp"' EXIT

# pack DIR OUT: the same files give the same archive, because the number of
# instructions that a dom0 executes depends on it.
pack() {
	(cd "$1" && find . -exec touch -h -d @0 {} + && find . ! -name . -print | LC_ALL=C sort |
		cpio -o -H newc -R 0:0 --reproducible --quiet) >"$2" ||
		die "cannot write $2$(room "$build")"
}

# expectations DIR TYPE CMDLINE CPUS: the values that the tests in a domain compare
# with. Most of them test the PVH entry, which a PV domain does not execute.
expectations() {
	mkdir -p "$1/pvh-expect"
	printf '%s' "$3" >"$1/pvh-expect/cmdline"
	printf '%s' "$4" >"$1/pvh-expect/cpus"
	printf '90' >"$1/pvh-expect/loader"
	if [ -n "${EXPECT_RUN:-}" ]; then
		cp "$EXPECT_RUN" "$1/pvh-expect/run"
		return
	fi
	[ "$2" = pvh ] || echo 'run-tests cmdline cpus' >"$1/pvh-expect/run"
}

# cfg KEY: its value in the template, without quotes
cfg() {
	sed -n "s/^$1 = \"*\([^\"]*\)\"*\$/\1/p" "$template"
}

# make_ramdisk: the tests' initramfs, Xen's tools, and the guests or DOM0_RUN. Linux
# unpacks the archives one after the other.
make_ramdisk() {
	mkdir -p "$tmp/over/guests"
	if [ -n "${DOM0_RUN:-}" ]; then
		make_dom0_run
	else
		make_guests
	fi
	pack "$tmp/over" "$tmp/over.cpio"
	gzip -1n "$tmp/over.cpio" &&
		cat "$initramfs" "$xen_dir/dom0.cpio.gz" "$tmp/over.cpio.gz" >"$tmp/ramdisk" ||
		die "cannot write $tmp/ramdisk$(room "$build")"
	rm -rf "$tmp/over"
}

# make_dom0_run: the files of DOM0_RUN, and an /init: dom0-init up to the line before
# which xenstore is up, and then the script. dom0-init itself does not know of it, because
# its size changes the number of instructions that any dom0 executes.
make_dom0_run() {
	cp -RL "$DOM0_RUN/." "$tmp/over/guests" ||
		die "cannot copy $DOM0_RUN to $tmp$(room "$build")"
	{
		sed '/ || run-tests$/d; /^echo "pvh-dom0: xenstore up"$/q' "$here/dom0-init"
		cat "$DOM0_RUN/run"
		echo 'end "all of the script was run"'
	} >"$tmp/over/init"
	grep -q '^echo "pvh-dom0: xenstore up"$' "$tmp/over/init" || die "dom0-init has no end to put a script to"
	chmod 755 "$tmp/over/init"
}

make_guests() {
	guest_cmdline=$(cfg extra)
	guest_cpus=$(cfg vcpus)
	[ -n "$guest_cmdline" ] && [ -n "$guest_cpus" ] || die "no extra or vcpus in $template"

	expectations "$tmp/over" "$mode" "$dom0_cmdline" "$dom0_cpus"
	if [ -n "$forged" ]; then
		set -- "$forged/forge"
	else
		set -- "$kernel_dir/bzImage"
	fi
	cp "$@" "$tmp/over/guests/" && cp "$guest_kernel" "$tmp/over/guests/vmlinux" &&
		gzip -dc "$guest_initramfs" >"$tmp/over/guests/initramfs" ||
		die "cannot copy the kernel to $tmp$(room "$build")"
	[ -z "${GRUB:-}" ] || cp "$GRUB" "$tmp/over/guests/grub" ||
		die "cannot copy $GRUB to $tmp$(room "$build")"
	echo "$guest_limit" >"$tmp/over/guests/limit"
	for guest in $guests; do
		echo "$guest" >>"$tmp/over/guests/list"
		extra=$guest_cmdline$nokaslr
		[ "$mode,${guest%-*}" != pv,pvh ] || extra="$extra nokaslr"
		image=${guest#*-}
		if [ -n "$forged" ]; then
			cp "$forged/$image.desc" "$tmp/over/guests/$guest.desc" ||
				die "cannot copy $forged/$image.desc$(room "$build")"
			image=forged
		fi
		sed -e "s|^name = .*|name = \"$guest\"|" \
			-e "s|^type = .*|type = \"${guest%-*}\"|" \
			-e "s|^kernel = .*|kernel = \"/guests/$image\"|" \
			-e "s|^ramdisk = .*|ramdisk = \"/guests/ramdisk\"|" \
			-e "s|^extra = .*|extra = \"$extra\"|" \
			"$template" >"$tmp/over/guests/$guest.cfg"
		type=${guest%-*}
		# GRUB has a command line of its own.
		[ "$guest" != pvh-grub ] || type=grub
		expectations "$tmp/$guest" "$type" "$extra" "$guest_cpus"
		pack "$tmp/$guest" "$tmp/over/guests/$guest.expect"
	done
}

# dom0_lines: the lines that dom0's init printed for programs, if they are complete.
# Xen can print within a line, so the prefix is not always at its beginning.
dom0_lines() {
	head -n "$(wc -l <"$log")" "$log" | tr -d '\r' | sed -n 's/.*pvh-dom0: //p'
}

# tell: print the progress since the last call
told=0
tell() {
	dom0_lines >"$tmp/lines"
	tail -n +$((told + 1)) "$tmp/lines" >"$tmp/news"
	told=$(wc -l <"$tmp/lines")
	while read -r what; do
		case $what in
		up\ *) what="dom0 up: Linux ${what#up }" ;;
		console\ *) what="dom0's consoles:${what#console}" ;;
		guest\ *\ done) what="${what%done}up and through its tests" ;;
		end\ *) what="dom0 ends: ${what#end }" ;;
		esac
		say "$(printf '%4d s  %s' $(($(date +%s) - begin)) "$what")"
	done <"$tmp/news"
}

# boot KERNEL: until QEMU ends; it does if dom0 crashes, too
boot() {
	log=$build/log/${LOG:-xen.$mode-$1}
	mkdir -p "$build/log"
	: >"$log"
	told=0
	begin=$(date +%s)
	say "Xen with $1 as its $mode dom0, console in ${log#"$top"/}"
	if [ -n "${CUTMEM:-}" ]; then
		{
			cat "$CUTMEM"
			echo "multiboot2 (hd1)/xen $xen_cmdline"
			echo "module2 (hd1)/kernel $dom0_cmdline"
			echo "module2 --nounzip (hd1)/ramdisk"
		} | "$here/grub-disk.sh" "$tmp" "xen=$xen_dir/xen" "kernel=$kernel_dir/$1" "ramdisk=$tmp/ramdisk"
		set -- -drive "file=$tmp/grub.disk,format=raw" -drive "file=$tmp/files.tar,format=raw"
	else
		set -- -kernel "$xen_dir/xen" -append "$xen_cmdline" \
			-initrd "$kernel_dir/$1 $dom0_cmdline,$tmp/ramdisk"
	fi
	(
		MACHINE=q35 MEM=${HOST_MIB:-640} SMP=1 CPU=$cpu ACCEL=tcg BOOT_TIMEOUT=$limit run_exec=y
		run_by=$(one_cpu)
		# shellcheck disable=SC2086 # lists of arguments
		run_qemu "$log" $machine "$@" ${QEMU_ARGS:-}
	) &
	qemu=$!
	while kill -0 "$qemu" 2>/dev/null; do
		tell
		sleep 1
	done
	status=0
	wait "$qemu" || status=$?
	qemu=
	tell
	took=$(($(date +%s) - begin))
}

failures=
# failed TEXT PATTERN: an error, with the last lines of the console that match
failed() {
	failures="$failures
$1"
	say "$1; the last lines of its console:"
	tr -d '\r' <"$log" | grep -a "$2" | tail -n 12 | cut -c1-150 | sed 's/^/  | /' >&2
}

# result WHO WORDS: a line of the summary
result() {
	echo "xen-result: $*" >>"$tmp/summary"
}

# domain WHO NAME PREFIX: report and tests of a domain whose lines have that prefix
domain() {
	tr -d '\r' <"$log" | sed -n "s/^$3//p" >"$tmp/console"
	{
		echo
		echo "Boot report of $2"
		sed -n 's/^pvh-report: /  /p' "$tmp/console"
	} >>"$tmp/report"
	type=$(sed -n 's/^pvh-report: hypervisor: .*guest_type \([A-Z]*\).*/\1/p' "$tmp/console")
	result "$1 guest_type ${type:-unknown}"
	base=$(sed -n 's/^pvh-report: kernel virtual base: //p' "$tmp/console")
	offset=$(sed -n 's/^pvh-report: KASLR offset: //p' "$tmp/console")
	result "$1 kaslr ${base:-unknown} ${offset:-unknown}"
	want=$(echo "${1##* }" | tr '[:lower:]' '[:upper:]')
	[ "$type" = "$want" ] || failed "$2 reports guest_type ${type:-unknown} instead of $want" "^$3"
	# Such a guest does not use the ramdisk, which has the values for the tests.
	[ -z "$forged" ] || [ "${1%% *}" = dom0 ] || return 0

	ran_tests <"$tmp/console" >"$tmp/tests"
	[ -s "$tmp/tests" ] || [ -n "${EXPECT_RUN:-}${DOM0_RUN:-}" ] || failed "$2 ran no tests" "^$3"
	while read -r test code; do
		result "$1 test $test $code"
		case $code in
		0 | 4) ;;
		none) failed "$2: test $test did not end" "^$3" ;;
		*) failed "$2: test $test failed" "^${3}not ok" ;;
		esac
	done <"$tmp/tests"
}

# judge KERNEL: the results of that dom0 and its guests, from the console in $log
judge() {
	who="dom0 $1 $mode"
	name="$mode dom0 $1"
	late=
	[ "$status" -ne 124 ] || late=" within XEN_TIMEOUT=$limit s"
	dom0_lines >"$tmp/lines"
	if ! grep -q '^up ' "$tmp/lines"; then
		result "$who failed"
		if ! grep -q '^(XEN) ' "$log"; then
			head -n 3 "$log.err" | sed 's/^/  | /' >&2
			failed "Xen did not start under QEMU, for $name" .
		else
			failed "$name did not start its init${late:-, QEMU ended after $took s}" .
		fi
		return
	fi
	result "$who up"
	domain "$who" "$name" ''

	# The lines came through Xen's console, because there is no other. But they may
	# have come through the early one only.
	if grep '^console ' "$tmp/lines" | grep -w xenboot | grep -qw hvc0; then
		result "$who console ok"
	else
		result "$who console failed"
		failed "$name does not have both of its consoles, xenboot and hvc0" 'console'
	fi

	reason=$(sed -n 's/^end //p' "$tmp/lines")
	reason=${reason:-QEMU ended after $took s}
	if ! grep -q '^xenstore up' "$tmp/lines"; then
		result "$who xenstore failed"
		failed "Xen's tools did not start in $name${late:-: $reason}" .
	else
		result "$who xenstore up"
		[ -n "$late" ] || grep -q '^end all' "$tmp/lines" ||
			failed "$name did not power off: $reason" '^[^|]*$'
	fi
	domid=0
	for guest in $guests; do
		domid=$((domid + 1))
		judge_guest "$guest"
	done
}

judge_guest() {
	who="domU ${1#*-} ${1%-*}"
	name="${1%-*} guest ${1#*-} in $mode dom0 $kernel"
	verdict=$(sed -n "s/^guest $1 //p" "$tmp/lines" | tail -n 1)
	why="within $guest_limit s"
	case $verdict in
	'') verdict=not-tried ;;
	created)
		# QEMU ended before the guest did.
		why=${late# }
		[ -n "$late" ] && verdict=timeout || verdict=gone ;;
	esac
	result "$who $verdict"
	# A guest writes to Xen's console until it has its own.
	lines="^$1| \|^(d$domid)"
	case $verdict in
	done) domain "$who" "$name" "$1| " ;;
	crashed)
		tr -d '\r' <"$log" | sed -n "s/.*(d$domid) \(pvh: .*\)/\1/p" >"$tmp/says"
		while read -r line; do
			result "$who says $line"
		done <"$tmp/says"
		[ -n "$forged" ] || failed "$name crashed" "$lines" ;;
	gone) failed "$name ended before its tests did" "$lines" ;;
	timeout) failed "$name did not end $why" "$lines" ;;
	create-failed) failed "xl create failed for $name" "$lines" ;;
	# The reason is reported already, unless there was no time.
	not-tried) [ -z "$late" ] || failed "no time left for $name$late" '^pvh-dom0: ' ;;
	esac
}

make_ramdisk
if [ -n "${RAMDISK:-}" ]; then
	cp "$tmp/ramdisk" "$RAMDISK" || die "cannot write $RAMDISK$(room "$build")"
	exit
fi
: >"$tmp/report"
: >"$tmp/summary"
for kernel in $kernels; do
	boot "$kernel"
	judge "$kernel"
done
cat "$tmp/report"
echo
cat "$tmp/summary"
[ -z "$failures" ] || die "$(printf '%s' "$failures" | sed -n '2p')$(
	n=$(printf '%s\n' "$failures" | wc -l)
	[ "$n" -le 2 ] || echo ", and $((n - 2)) more, see above")"
