# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: machines_test, which boots a kernel through its PVH note on
# machines of many shapes. On each of them the guest's own tests compare what the
# kernel holds with QEMU's settings.

# machines_test: a guest of $kernel for each row of the table, with $initrd or $root;
# $machines_prefix comes before the names of the tests, $machines_args are more arguments
# of QEMU
machines_test() {
	tap_diag "QEMU $(accel_args), $(qemu-system-x86_64 --version | head -n 1)"
	# LONG is as long as the kernel's buffer for the command line allows.
	run_cases machines_boot machines_judge <<-'END'
	# name                     machine  memory  CPUs  from    command line
	q35                        q35      512M    1     initrd  console=ttyS0 retain_initrd
	pc                         pc       512M    1     initrd  console=ttyS0 retain_initrd
	microvm                    microvm  512M    1     initrd  console=ttyS0 retain_initrd
	q35 4 CPUs                 q35      512M    4     initrd  console=ttyS0 retain_initrd
	microvm 4 CPUs             microvm  512M    4     initrd  console=ttyS0 retain_initrd
	q35 128 MiB                q35      128M    1     initrd  console=ttyS0 retain_initrd
	microvm 128 MiB            microvm  128M    1     initrd  console=ttyS0 retain_initrd
	q35 3 GiB                  q35      3G      1     initrd  console=ttyS0 retain_initrd
	pc 3 GiB                   pc       3G      1     initrd  console=ttyS0 retain_initrd
	q35 8 GiB                  q35      8G      1     initrd  console=ttyS0 retain_initrd
	microvm 8 GiB              microvm  8G      4     initrd  console=ttyS0 retain_initrd
	q35 no initrd              q35      512M    1     disk    console=ttyS0 root=/dev/vda ro
	microvm no initrd          microvm  512M    1     disk    console=ttyS0 root=/dev/vda ro
	q35 empty command line     q35      512M    1     initrd  -
	q35 long command line      q35      512M    1     initrd  LONG
	microvm long command line  microvm  512M    1     initrd  LONG
	END
}

machines_boot() { # NAME MACHINE MEMORY CPUS FROM CMDLINE
	cmdline=$6
	[ "$6" != LONG ] ||
		cmdline="console=ttyS0 retain_initrd pvh.fill=$(printf '%02010d' 0 | tr 0 x)"
	printf '%s' "$cmdline" >"$dir/cmdline"
	echo "$4" >"$dir/cpus"
	echo b0 >"$dir/loader"
	set -- "$5" --kernel "$kernel" --cmdline "$cmdline" --machine "$2" --mem "$3" --cpus "$4"
	case $1 in
	initrd)
		cksum <"$initrd" >"$dir/initrd"
		set -- "$@" --initrd "$initrd" ;;
	disk)
		echo none >"$dir/initrd"
		set -- "$@" --no-initrd --root "$root" ;;
	esac
	shift
	for file in cmdline cpus loader initrd; do
		set -- "$@" --file "$file=$dir/$file"
	done
	# shellcheck disable=SC2086 # a list of arguments
	guest "$@" -- ${machines_args:-}
}

machines_judge() { # NAME ...
	name=${machines_prefix:-}$1
	tap_diag "$name: $(($(cat "$dir/ms") / 1000)) s"
	expect "the guest powers off" finished
	expect "the kernel is entered by its PVH note" reported "entered by" "PVH, not Xen.*"
	expect "the guest runs its tests" has '^pvh-test: .* exit'
	console | ran_tests >"$dir/tests"
	while read -r test status; do
		case $status in
		4) tap_skip "$name: the guest's test $test passes" \
			"$(console | sed -n "/^pvh-test: $test\$/,/exit/s/.*# SKIP *//p" | head -n 1)" ;;
		*) expect "the guest's test $test passes" is "exit 0" "exit $status" ;;
		esac
	done <"$dir/tests"
}
