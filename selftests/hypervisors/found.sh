# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of test.sh
#
# Sourced after test.sh, apt.sh, and the parts initrd, qemu-packages, kvm and matrix of
# lib/: the series finds of a hypervisor all that the unmodified kernel finds. Both kernels
# boot in the same run, as vmlinux through the PVH note, or as bzImage. What the unmodified
# one logs of hypervisors is what is expected of the series. Each row has a machine of its
# own, which lib/kvm.sh boots.

# Half a minute, if the emulated machine has a CPU for itself, and with 8 CPUs a minute
seconds=600
# XSAVE does not work on an emulated SVM.
found_cpu=,-xsave
# What is emulated, for the names of the tests, if it is not SVM
found_on=
said_by=hypervisors

# found_begin [SUITE]: have KVM and QEMU of that suite, as kvm_packages, and the program
# that the guests run in their initramfs
found_begin() {
	kvm_packages "$@"
	kvm_machine
	guest_defaults --accel tcg
	mkdir -p "$tmp/over/pvh-expect"
	cp "$top/selftests/hypervisors/guest.sh" "$tmp/over/pvh-expect/run"
	logged "$build/log/leaves" "${CC:-cc}" -O2 -Wall -Wextra -static -o "$tmp/over/leaves" \
		"$top/selftests/hypervisors/leaves.c" || die "cannot build leaves.c"
	add_to_initrd "$tmp/over"
	[ -z "$kvm_qemu_list" ] || matrix_version "QEMU with KVM" "$(apt_version "$kvm_qemu_list" qemu-system-x86)"
	matrix_version "KVM${found_on:+ on $found_on}" "$(apt_version "$kvm_list" linux-image-)"
	# kvm_machine has used it.
	name=
	matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
}

found_boot() { # LEAVES MACHINE CPUS IMAGE CPU ACCELERATOR
	of_base=$build/base.vmlinux of_series=$kernel
	[ "$4" != bzImage ] || of_base=$build/base.gzip.bzImage of_series=$build/bzImage
	# Without a hypervisor's clock the kernel checks that the timer ticks evenly. On a
	# busy host it does not.
	cmdline="console=ttyS0 reboot=t panic=-1 no_timer_check kunit.enable=1 kunit.filter_glob=hypervisor_leaves"
	case $6 in
	tcg)
		for which in base series; do
			eval "file=\$of_$which"
			guest --name $which --machine "$2" --cpus "$3" --cpu "$5" --kernel "$file" --initrd "$initrd" \
				--timeout $seconds --cmdline "$cmdline"
		done
		return ;;
	esac
	mkdir -p "$dir/l1/guests"
	cp "$initrd" "$dir/l1/guests/initrd"
	machine=$2
	[ "$2" != microvm ] || machine=microvm,acpi=off
	# The model is first.
	model=${5%%,*}
	# A guest has LA57 only if the machine has it.
	case $5 in
	*,+la57*) kvm_cpu=$kvm_cpu,+la57 ;;
	esac
	for which in base series; do
		eval "file=\$of_$which"
		cp "$file" "$dir/l1/guests/$which" || die "cannot copy $file$(room "$tmp")"
		kvm_guest $which $which "-accel $6 -machine $machine -smp $3 -cpu $model$found_cpu${5#"$model"}" "$cmdline"
	done
	for found_try in 1 2 3; do
		kvm_guests $((seconds + 100)) guest_seconds=$seconds ${found_exits:+guest_exits=y}
		# KVM's emulation of Xen now and then delivers its vector to a guest whose EFLAGS.IF is 0, in the
		# first instructions of the handler of the vector before. No kernel survives that.
		grep -qs 'RIP: 0010:asm_sysvec_xen_hvm_callback+0x[0-7]/' "$dir/base.lines" "$dir/series.lines" || break
		echo "boot $found_try" >>"$dir/interrupted"
	done
	rm -rf "$dir/l1"
	echo "$kvm_failed" >"$dir/kvm.failed"
}

# of_hypervisors: what the kernel logs of them, sorted. Times, and addresses in the kernel,
# are those of one boot. The kernel switches to the TSC when it has measured it for a
# second, and a fast boot ends before.
of_hypervisors() {
	sed -n 's/^\[[ 0-9.]*\] *//p' "$1" |
		grep -iE 'hypervisor detected|hyper-?v|kvm|xen|vmware|paravirtualized|switched to clocksource|x2apic' |
		grep -v '+0x\|ommand line:\|clocksource tsc$' | sed 's/[0-9]\{4,\}/N/g' |
		sort -u
}

# in_time NAME: that guest ended by itself. For expect.
in_time() {
	want="an end within $seconds s" got=$(cat "$dir/$1.err")
	! grep -q 'terminating on signal' "$dir/$1.err" && [ "$(cat "$dir/$1.status")" -ne 124 ]
}

# ending NAME: how that guest ended
ending() {
	if on "$1" has '^pvh-init: done' >/dev/null; then
		echo "user space, QEMU's status $(cat "$dir/$1.status")"
	elif on "$1" has 'Kernel panic' >/dev/null; then
		sed -n 's/.*\(kernel BUG at [^:!]*\).*/\1/p; s/.*\(Kernel panic - not syncing: .*\)/\1/p' "$dir/$1.lines" |
			paste -sd, | sed 's/,/, /g'
	else
		echo "neither user space nor a panic, QEMU's status $(cat "$dir/$1.status")"
	fi
}

# ends_like BASE SERIES
ends_like() {
	is "$1" "$2" && return
	case $2 in
	"user space"*) return ;;
	esac
	return 1
}

# leaves_of NAMES: these, each at the next base
leaves_of() {
	[ "$1" != none ] || { echo none; return; }
	echo "$1" | sed 's/, /\n/g' | awk '
		{ list = list (NR > 1 ? ", " : "") sprintf("%s at 0x4000%02x00", $0, NR - 1) }
		END { print list }'
}

found_judge() { # LEAVES MACHINE CPUS IMAGE CPU ACCELERATOR
	cpus="$3 CPUs"
	[ "$3" -gt 1 ] || cpus="1 CPU"
	name="${found_on:+$found_on, }$2, $cpus, $5, $6, $4"
	bad=$tap_bad
	[ ! -e "$dir/interrupted" ] ||
		tap_diag "$name: KVM has delivered Xen's vector with interrupts off in $(paste -sd, "$dir/interrupted")"
	seen=
	if [ "$6" != tcg ]; then
		expect "the emulated machine boots both guests under KVM" none "$(cat "$dir/kvm.failed")"
	fi
	if [ -e "$dir/base.lines" ] && [ -e "$dir/series.lines" ]; then
		found_compare "$@"
	fi
	loader="QEMU, ${6%%,*}${found_on:+ on $found_on}"
	[ "$tap_bad" -eq "$bad" ] && seen="$seen; as the unmodified kernel" || seen="FAILED: $seen"
	matrix_row "$loader" "$2, $cpus, $5${6#"${6%%,*}"}" "$4" "$seen"
}

# found_compare LEAVES MACHINE CPUS ...: the series with the unmodified kernel
found_compare() {
	expect "the unmodified kernel ends by itself" in_time base
	expect "the series ends by itself" in_time series
	how=$(ending base)
	# The unmodified kernel now and then panics on QEMU's Xen.
	expect "the series ends like the unmodified kernel, or gets to user space" \
		ends_like "$how" "$(ending series)"
	of_hypervisors "$dir/base.lines" >"$dir/base.found"
	of_hypervisors "$dir/series.lines" >"$dir/series.found"
	expect "the series finds all of the hypervisor that the unmodified kernel finds" \
		none "$(comm -23 "$dir/base.found" "$dir/series.found")"
	seen=$(sed -n 's/.*Hypervisor detected: //p' "$dir/series.found")
	seen=${seen:-no hypervisor}
	case $how in
	user*) ;;
	*)
		seen="$seen, $how"
		return ;;
	esac
	case $5 in
	*-hypervisor*) bit=clear ;;
	*) bit="set" ;;
	esac
	expect "CPUID(1) has the hypervisor bit $bit" on base said bit $bit
	expect "CPUID has the leaves of: $1" on base said leaves "$(leaves_of "$1")"
	for key in bit leaves cpus flag clocks clock sysfs; do
		expect "user space sees with the series the same $key" is "$(on base said $key)" "$(on series said $key)"
	done
	expect "all CPUs are online" on series said cpus "$3"
	case $5 in
	*,+la57*) expect "the series has five levels of page tables" on series reported "paging levels" 5 ;;
	esac
	expect "the kernel has the leaves that the CPU has, by its KUnit test" on series has '^[[ 0-9.]*] *ok [0-9]* cached_base_is_the_cpus'
	expect "the kernel finds made-up leaves, by its KUnit test" on series has '^[[ 0-9.]*] *ok [0-9]* scan_finds_what_is_there'
	seen="$seen, clock $(on series said clock)"
}
