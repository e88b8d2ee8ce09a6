#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel uses as many levels of page tables as native kernels do: five if the CPU
# has LA57 and the command line no "no5lvl". On all CPUs, on one that was offline for a
# while, for user space, and in the kernel that kexec starts from there.
#
# variables: CASES=FILE, other cases than those below

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
kernel_range "$kernel"
# TCG has LA57 whatever the host has. On a busy host the kernel's check of the timer
# can fail under TCG: no_timer_check.
guest_defaults --accel tcg --timeout 120 --run "$here/guest.sh"

boot() { # LEVELS CPUS CPU MACHINE KERNEL CMDLINE
	[ "$5" = vmlinux ] || kernel=$build/$5
	case $6 in *pvh.next=*) initrd=$tmp/initrd ;; esac
	echo "$2" >"$dir/cpus"
	guest --cpus "$2" --cpu "$3" --machine "$4" --kernel "$kernel" --initrd "$initrd" \
		--file cpus="$dir/cpus" --cmdline "console=ttyS0 quiet no_timer_check $6"
}

# uses LEVELS ENTERED CMDLINE: what is true of each kernel
uses() {
	expect "the kernel is entered by ${2%%,*}" reported "entered by" "$2.*"
	expect "the kernel uses $1-level page tables" reported "paging levels" "$1"
	expect "all CPUs are online" said cpus 0
	expect "user space gets the addresses of $1 levels" said user 0
	case " $3 " in
	*" nokaslr "*) expect "the kernel is at its link address" at_link "$(said text)" ;;
	*) expect "the kernel is in its KASLR range" in_kaslr_range "$(said text)" ;;
	esac
}

judge() { # LEVELS CPUS CPU MACHINE KERNEL CMDLINE
	cpus="$2 CPUs"
	[ "$2" -gt 1 ] || cpus="1 CPU"
	subject="$4, ${3:-default model}, $cpus, $5, $6"
	name=$subject
	cut_console leaving
	entered="PVH, not Xen"
	[ "$5" != bzImage ] || entered=Qemu
	lines=$dir/first.lines
	uses "$1" "$entered" "$6"
	case $1,$6 in
	5,kaslr*)
		five=$((five + 1))
		[ "$(said text)" = "$link" ] || moved=$((moved + 1)) ;;
	esac
	if [ "$2" -gt 1 ]; then
		expect "CPU 1 goes offline" said without "0,2-$(($2 - 1))"
		expect "CPU 1 comes online again" said with "0-$(($2 - 1))"
		expect "CPU 1 runs user space with $1 levels" said cpu1 0
	fi
	case $6 in
	*pvh.next=*)
		expect "bzImage is loaded" said load 0
		name="$subject, after kexec" lines=$dir/next.lines
		uses "${6##*=}" kexec-tools "$6" ;;
	esac
	expect "the guest powers off" finished
	unset lines
}

# The guests that start another kernel take longest. So they are first.
PATH=$PATH:/usr/sbin:/sbin
if command -v kexec >/dev/null 2>&1 && command -v makedumpfile >/dev/null 2>&1; then
	expect "the initramfs with kexec and bzImage can be made" \
		sh "$here/../kexec/mkinitramfs.sh" "$tmp/initrd" "$build/bzImage"
	cat >"$tmp/cases" <<-'END'
	5  1  max  q35  vmlinux  kaslr retain_initrd pvh.next=5
	5  1  max  q35  vmlinux  kaslr retain_initrd pvh.next=4
	4  1  max  q35  vmlinux  kaslr no5lvl retain_initrd pvh.next=5
	END
else
	tap_skip "kexec with another number of levels" "no kexec or no makedumpfile here"
fi
cat >>"$tmp/cases" <<'END'
# levels  CPUs  CPU        machine  kernel   command line
5         1     max        q35      vmlinux  kaslr
4         1     max        q35      vmlinux  kaslr no5lvl
4         1     max,-la57  q35      vmlinux  kaslr
4         1     -          q35      vmlinux  kaslr
5         4     max        q35      vmlinux  kaslr
4         4     max        q35      vmlinux  kaslr no5lvl
4         4     max,-la57  q35      vmlinux  kaslr
4         4     -          q35      vmlinux  kaslr
5         1     max        q35      vmlinux  nokaslr
4         1     max        q35      vmlinux  nokaslr no5lvl
4         1     max,-la57  q35      vmlinux  nokaslr
4         1     -          q35      vmlinux  nokaslr
5         4     max        q35      vmlinux  nokaslr
4         4     max        q35      vmlinux  nokaslr no5lvl
4         4     max,-la57  q35      vmlinux  nokaslr
4         4     -          q35      vmlinux  nokaslr
5         1     max        microvm  vmlinux  kaslr
5         4     max        microvm  vmlinux  nokaslr
4         1     max        microvm  vmlinux  kaslr no5lvl
5         1     max        q35      bzImage  kaslr
4         1     max        q35      bzImage  kaslr no5lvl
4         1     max,-la57  q35      bzImage  kaslr
END
[ -z "${CASES:-}" ] || cp "$CASES" "$tmp/cases"
five=0 moved=0
run_cases boot judge <"$tmp/cases"
# Chance puts all of them at their link address in one of 1e16 cases.
[ $five -eq 0 ] || expect "KASLR moves kernels that use five levels" not is 0 $moved
tap_done
