# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by test.sh: the one way in which tests start a guest in QEMU.

# guest_defaults OPTION ...: options of guest() for all guests of this test
guest_defaults() {
	guest_machine=q35 guest_mem=512M guest_cpus=1 guest_cpu='' guest_accel=$ACCEL
	guest_timeout=180 guest_kernel=$kernel guest_initrd=$initrd guest_root='' guest_run=''
	guest_cmdline='' guest_files='' guest_bare=''
	guest_options "$@"
}

# guest_options OPTION ...: set $guest_*, and $guest_shift to how many arguments
# were options, with the --
guest_options() {
	guest_shift=0
	while [ $# -gt 0 ]; do
		case $1 in
		--)
			guest_shift=$((guest_shift + 1))
			return ;;
		--no-initrd | --bare)
			case $1 in
			--no-initrd) guest_initrd= ;;
			--bare) guest_bare=y ;;
			esac
			guest_shift=$((guest_shift + 1))
			shift
			continue ;;
		--file | --machine | --mem | --cpus | --cpu | --accel | --timeout | --kernel | --initrd | \
			--root | --run | --cmdline | --name)
			[ $# -ge 2 ] || die "guest: $1 takes an argument" ;;
		*) die "guest: option '$1' is not known" ;;
		esac
		case $1 in
		--file) guest_files="$guest_files${guest_files:+$nl}$2" ;;
		*) eval "guest_${1#--}=\$2" ;;
		esac
		guest_shift=$((guest_shift + 2))
		shift 2
	done
}
nl='
'

# guest OPTION ... [-- ARGUMENT ...]: boot a guest to its end; the ARGUMENTs go to
# QEMU
#
#	--kernel FILE		$kernel unless given; '' for none, if ARGUMENTs have a disk
#	--initrd FILE		$initrd unless given
#	--no-initrd		none, and no file either
#	--root FILE		a disk that the guest has as /dev/vda; what it writes
#				there is lost
#	--machine, --mem, --cpus, --cpu, --accel
#				q35, 512M, 1 CPU, the accelerator's default CPU, ACCEL=
#	--bare			ARGUMENTs name the machine, not --machine
#	--cmdline TEXT		the kernel's command line
#	--run FILE		a script for the guest's init to run instead of the tests
#	--file NAME=FILE	a file that init puts to $PVH_EXPECT/NAME; can be repeated
#	--timeout SECONDS	180 unless given
#	--name NAME		of the console in $dir: "console" unless given
#
# It leaves in $dir: the console as NAME, its text alone as NAME.lines, port
# 0xe9 as NAME.e9, QEMU's own messages as NAME.err, its status as NAME.status (124: it
# did not end in time) and the time as NAME.ms. It always succeeds.
guest() (
	guest_name=console
	guest_options "$@"
	shift "$guest_shift"
	MACHINE=$guest_machine MEM=$guest_mem SMP=$guest_cpus CPU=$guest_cpu
	ACCEL=$guest_accel BOOT_TIMEOUT=$guest_timeout
	log=$dir/$guest_name
	[ -z "$guest_root" ] ||
		set -- -drive "id=root,if=none,format=raw,snapshot=on,file=$guest_root" \
			-device "$(disk_device),drive=root" "$@"
	[ -z "$guest_kernel" ] || set -- -kernel "$guest_kernel" "$@"
	[ -z "$guest_initrd" ] || set -- -initrd "$guest_initrd" "$@"
	[ -z "$guest_cmdline" ] || set -- -append "$guest_cmdline" "$@"
	[ -z "$guest_run" ] || set -- -fw_cfg "name=opt/pvh/run,file=$guest_run" "$@"
	IFS=$nl
	for file in $guest_files; do
		set -- -fw_cfg "name=opt/pvh/${file%%=*},file=${file#*=}" "$@"
	done
	unset IFS
	# shellcheck disable=SC2046 # a list of arguments
	[ -n "$guest_bare" ] || set -- $(machine_args) "$@"
	start=$(date +%s%N)
	status=0
	run_qemu "$log" "$@" || status=$?
	echo $((($(date +%s%N) - start) / 1000000)) >"$log.ms"
	console_lines "$log"
	echo "$status" >"$log.status"
)

esc=$(printf '\033')

# console_lines LOG: its text alone, as LOG.lines. Firmware leaves a line without an end
# before the kernel's first one, and sequences that clear the screen.
console_lines() {
	tr -d '\r' <"$1" | sed "s/${esc}[[?=0-9;]*[A-Za-z]//g; s/^Booting from ROM\\.*//" >"$1.lines"
}

# existing FILE ...: the first of them that is there
existing() {
	for existing_file; do
		[ ! -e "$existing_file" ] || { echo "$existing_file"; return; }
	done
	return 1
}

# ovmf_code: the file of OVMF's code, if the package is installed
ovmf_code() {
	existing /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd
}

# disk_device: the virtio disk that the machine has a bus for
disk_device() {
	case $MACHINE in
	microvm) echo virtio-blk-device ;;
	*) echo virtio-blk-pci ;;
	esac
}
