#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that was entered through its PVH note suspends and resumes: to RAM (S3), and
# to a disk, from where a second kernel, which was entered through the note at another
# address, restores it. With KASLR and without, with four levels of page tables and
# with five, on two CPUs.
#
# variables: KERNEL=, another kernel, of the same build as build/vmlinux

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
kernel_range "$build/vmlinux"
expect "the multiboot loader of vmlinux compiles" \
	cc -m32 -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie \
	-fno-stack-protector -fcf-protection=none -mgeneral-regs-only \
	-Wl,--build-id=none,-Ttext=0x4000000 -o "$tmp/loader" "$here/loader.c"
echo 2 >"$tmp/cpus"
# TCG has LA57 whatever the host has. On a busy host the kernel's check of the timer
# can fail under TCG: no_timer_check.
guest_defaults --accel tcg --mem 256M --cpus 2 --timeout 120 --run "$here/guest.sh" --file cpus="$tmp/cpus"
options="console=ttyS0 no_timer_check"

# suspend_to_ram CMDLINE: the guest is woken each second. QEMU refuses that while the
# guest does not sleep. QEMU's messages go to $dir/qmp. Not on q35, because SeaBIOS
# does not set the address of the ACPI ports there after a wakeup: no kernel can power
# off then.
suspend_to_ram() {
	mkfifo "$dir/pipe.in" "$dir/pipe.out"
	# To open a FIFO for reading and writing does not block.
	exec 3<>"$dir/pipe.in" 4<>"$dir/pipe.out"
	cat <"$dir/pipe.out" >"$dir/qmp" 3>&- 4>&- &
	{
		echo '{"execute": "qmp_capabilities"}'
		while sleep 1; do
			echo '{"execute": "system_wakeup"}'
		done
	} >"$dir/pipe.in" 2>/dev/null 3>&- 4>&- &
	guest --machine pc --kernel "$tmp/loader" --initrd "$kernel,$initrd" \
		--cmdline "$options $1 pvh.sleep=mem" -- -global PIIX4_PM.disable_s3=0 \
		-chardev "pipe,id=qmp,path=$dir/pipe" -mon chardev=qmp,mode=control
	exec 3>&- 4>&-
	wait
}

# disk_guest OPTION ...: a guest whose disk keeps what is written to it
disk_guest() {
	guest "$@" -- -device virtio-blk-pci,drive=disk \
		-drive "id=disk,if=none,format=raw,cache=unsafe,file=$dir/disk"
}

# suspend_to_disk CMDLINE SECOND_CMDLINE: the first kernel is booted again if it is at
# its link address by chance, because the second one may be there
suspend_to_disk() {
	for _ in 1 2 3; do
		rm -f "$dir/disk"
		truncate -s 512M "$dir/disk"
		disk_guest --cmdline "$options $1 pvh.sleep=disk"
		[ "$(said before-text)" = "$link" ] || break
	done
	disk_guest --name console-second --cmdline "$options $2"
	rm -f "$dir/disk"
}

boot() { # HOW LEVELS CPU CMDLINE
	guest_options --cpu "$3"
	case $1 in
	ram) suspend_to_ram "$4" ;;
	# The kernel reads the image before user space can print where this kernel is. So
	# its address has to be known.
	cmdline) suspend_to_disk "$4" "nokaslr resume=/dev/vda" ;;
	write) suspend_to_disk "$4" "kaslr pvh.sleep=resume" ;;
	esac
}

# address CMDLINE: the kernel is where this command line puts it
address() {
	case $1 in
	nokaslr) expect "the kernel is at its link address" at_link "$text" ;;
	*) expect "the kernel is in its KASLR range" in_kaslr_range "$text" ;;
	esac
}

# resumed CONSOLE LEVELS: what is true after resume. CONSOLE has what the kernel
# printed after it, $marker and $text what it printed before.
resumed() {
	expect "the kernel resumes" on "$1" said awake 0
	expect "the RAM is the same" is "$marker" "$(on "$1" said after-marker)"
	expect "the kernel is the same" is "$text" "$(on "$1" said after-text)"
	expect "all CPUs are online after resume" on "$1" said cpus 0
	expect "the kernel uses $2-level page tables after resume" on "$1" said levels "$2"
	expect "user space gets the addresses of $2 levels after resume" on "$1" said user 0
	expect "the kernel's init ends after resume" on "$1" has '^pvh-init: done'
	expect "QEMU ends" ended "$1"
}

# in_qmp PATTERN: QEMU's messages have that
in_qmp() {
	want="$1 among QEMU's messages" got=$(tail -n 5 "$dir/qmp" | cut -c1-160)
	grep -q -- "$1" "$dir/qmp"
}

judge_ram() { # HOW LEVELS CPU CMDLINE
	name="suspend to RAM, $3, $4"
	address "$4"
	expect "the kernel can suspend to RAM" has '^sleep: mem_sleep .*deep'
	expect "QEMU sees the guest sleep" in_qmp '"event": "SUSPEND"'
	expect "QEMU sees the guest wake up" in_qmp '"event": "WAKEUP"'
	resumed console "$2"
}

judge_disk() { # HOW LEVELS CPU CMDLINE
	name="suspend to disk, $3, $4, resumed by $1"
	address "$4"
	expect "the guest has a swap area" said swapon 0
	expect "the guest suspends and does not go on" is now "$(said sleeping)$(said awake)"
	expect "QEMU ends after suspend" ended
	second=$link
	[ "$1" = cmdline ] || second=$(on console-second said second-text)
	tap_diag "$name: from $text, by way of $second"
	if [ "$second" = "$text" ] && [ "$1" = write ]; then
		tap_skip "$name: the second kernel is at another address" "by chance it is not"
	else
		expect "the second kernel is at another address" in_kaslr_range "$second" "$text"
	fi
	resumed console-second "$2"
}

judge() { # HOW LEVELS CPU CMDLINE
	text=$(said before-text) marker=$(said before-marker)
	case $1 in
	ram) judge_ram "$@" ;;
	*) judge_disk "$@" ;;
	esac
}

run_cases boot judge <<'END'
# how    levels  CPU        command line
cmdline  4       max,-la57  kaslr
cmdline  5       max        kaslr
write    4       max,-la57  kaslr
write    5       max        kaslr
ram      4       qemu64     nokaslr
ram      4       qemu64     kaslr
ram      5       max        nokaslr
ram      5       max        kaslr
END
tap_done
