# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: run a kernel in QEMU until it ends.
#
# variables: MACHINE= MEM= SMP= CPU= ACCEL= APPEND= TIMEOUT=

MACHINE=${MACHINE:-q35}
MEM=${MEM:-512M}
SMP=${SMP:-1}
ACCEL=${ACCEL:-auto}
CPU=${CPU:-}
APPEND=${APPEND:-}
BOOT_TIMEOUT=${TIMEOUT:-180}

# check_variables: end unless QEMU can be given these
check_variables() {
	command -v qemu-system-x86_64 >/dev/null 2>&1 ||
		die "no qemu-system-x86_64: install qemu-system-x86"
	case $MACHINE in
	q35 | pc | microvm) ;;
	*) die "MACHINE=$MACHINE: not one of q35, pc, microvm" ;;
	esac
	printf '%s\n' "$MEM" | grep -Eqx '[1-9][0-9]*[MG]?' ||
		die "MEM=$MEM: not a size such as 512M or 3G"
	printf '%s\n' "$SMP" | grep -Eqx '[1-9][0-9]*' ||
		die "SMP=$SMP: not a number of CPUs"
	printf '%s\n' "$BOOT_TIMEOUT" | grep -Eqx '[1-9][0-9]*' ||
		die "TIMEOUT=$BOOT_TIMEOUT: not a number of seconds"
	case $ACCEL in
	auto | tcg | kvm) ;;
	*) die "ACCEL=$ACCEL: not one of auto, tcg, kvm" ;;
	esac
	if [ "$ACCEL" = kvm ] && [ ! -w /dev/kvm ]; then
		die "ACCEL=kvm: /dev/kvm is not there, or not yours to write"
	fi
}

machine_args() {
	case $MACHINE in
	microvm)
		echo "-machine microvm,acpi=on,pit=on,pic=on,rtc=on,isa-serial=on" ;;
	*) echo "-machine $MACHINE" ;;
	esac
}

# accel_args: QEMU's options for the accelerator. The first call tries whether a guest
# boots under KVM, because /dev/kvm can exist and not work.
accel_args() {
	case $ACCEL in
	auto)
		[ -s "$build/accel" ] || probe_kvm
		accel=$(cat "$build/accel") ;;
	*) accel=$ACCEL ;;
	esac
	# With a thread for each CPU, TCG now and then runs into the breakpoint that
	# another CPU patches in for a moment, when nothing handles it any more.
	if [ "$accel" = tcg ] && [ "$SMP" -gt 1 ]; then
		echo "-accel tcg,thread=single"
	else
		echo "-accel $accel"
	fi
	# With ACPI a microvm has no timer but the local APIC's. That is measured
	# by the TSC, which needs the PIT to tick evenly; under TCG on a busy
	# machine it does not, and the kernel waits for its first tick for ever.
	if [ "$MACHINE,$accel" = microvm,tcg ]; then
		echo "-icount shift=4,sleep=off"
	fi
}

probe_kvm() {
	found=tcg
	# Without VT-x or SVM, /dev/kvm is that of a KVM that runs guests in user mode. Such
	# a KVM booted one guest, and failed with the next ones.
	if [ -w /dev/kvm ] && ! grep -Eqw 'vmx|svm' /proc/cpuinfo; then
		say "KVM has neither VT-x nor SVM here; using TCG"
	elif [ -w /dev/kvm ] && [ -e "$build/vmlinux" ] && [ -e "$build/initramfs.cpio.gz" ]; then
		say "trying whether KVM boots a guest to its end"
		if timeout 20 qemu-system-x86_64 -accel kvm -machine q35 -m 256M \
			-nographic -no-reboot -nodefaults -serial stdio \
			-kernel "$build/vmlinux" -initrd "$build/initramfs.cpio.gz" \
			-append "console=ttyS0" </dev/null 2>/dev/null |
			grep -q '^pvh-init: done'; then
			found=kvm
		else
			say "it does not; using TCG"
		fi
	fi
	mkdir -p "$build"
	echo "$found" >"$build/accel"
}

# cpu_args: MACHINE's default for TCG, "host" for KVM, or CPU
cpu_args() {
	[ -z "$CPU" ] || echo "-cpu $CPU"
}

# one_cpu: a command that keeps QEMU on one CPU, for a machine with SVM under TCG
#
# At each VM exit QEMU changes the interrupts that wait (interrupt_request, in do_vmexit())
# by an instruction that is not atomic, while its other thread may add one. That one is
# lost, and if it was the timer's the machine halts for ever: once in some 40 boots of a
# guest. One CPU executes an instruction as a whole. run_cases' guests get different ones.
one_cpu() {
	taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- -v slot="${case_slot:-1}" '
		{ for (cpu = $1; cpu <= $NF; cpu++) cpus[n++] = cpu }
		END { print "taskset -c " cpus[(slot - 1) % n] }'
}

# run_qemu LOG ARGUMENT ...: run QEMU within BOOT_TIMEOUT seconds, the guest's
# console going to LOG and what it writes to port 0xe9 to LOG.e9. ECHO=1 shows
# the console as it comes. run_exec=y replaces the shell, a subshell in the background
# that the script can end, by QEMU. run_by=COMMAND runs QEMU by that.
#
# Returns QEMU's status, 124 if it had to be ended.
run_qemu() {
	run_log=$1
	shift
	mkdir -p "$(dirname -- "$run_log")"
	: >"$run_log"
	rm -f "$run_log.e9"
	# shellcheck disable=SC2046,SC2086 # lists of arguments
	set -- timeout --foreground -k 5 "$BOOT_TIMEOUT" ${run_by:-} qemu-system-x86_64 $(accel_args) $(cpu_args) \
		-smp "$SMP" -m "$MEM" -nodefaults -no-user-config -nographic -no-reboot \
		-chardev "file,id=e9,path=$run_log.e9" -device isa-debugcon,iobase=0xe9,chardev=e9 "$@"
	[ -z "${run_exec:-}" ] || exec "$@" -serial "file:$run_log" </dev/null 2>"$run_log.err"
	status=0
	if [ -n "${ECHO:-}" ]; then
		{ "$@" -serial stdio </dev/null 2>"$run_log.err" || echo $? >"$run_log.status"; } |
			tee "$run_log"
		if [ -e "$run_log.status" ]; then
			status=$(cat "$run_log.status")
			rm -f "$run_log.status"
		fi
	else
		"$@" -serial "file:$run_log" </dev/null 2>"$run_log.err" || status=$?
	fi
	return "$status"
}
