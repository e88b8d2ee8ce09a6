#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that came through its PVH note goes to sleep and comes back as it was:
# from RAM (S3), and from a disk by way of another kernel, which came through the
# note and was somewhere else. With KASLR and without, with four levels of page
# tables and with five, on two CPUs.
#
# knobs: KERNEL=, what to boot instead of build/vmlinux, of the same build

# shellcheck disable=SC2154,SC2317 # kernel_range sets link; called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

kernel=${KERNEL:-$build/vmlinux}
initrd=$build/initramfs.cpio.gz
# TCG has LA57, whatever CPU there is here. On a busy one it is too uneven for the
# kernel's check of the timer: no_timer_check. And a CPU of a thread of its own may
# meet the int3 of a static branch when it is no longer there, and panic.
ACCEL=tcg,thread=single MEM=256M SMP=2 BOOT_TIMEOUT=120

# guest LOG CMDLINE ARGUMENT ...: with kernel and initrd among the arguments
guest() {
	log=$1 cmdline=$2
	shift 2
	status=0
	run_qemu "$log" -fw_cfg "name=opt/pvh/run,file=$top/selftests/sleep/guest.sh" \
		-fw_cfg "name=opt/pvh/cpus,file=$tmp/cpus" -append "console=ttyS0 no_timer_check $cmdline" "$@" || status=$?
	echo "$status" >"$log.status"
}

# said KEY LOG
said() {
	tr -d '\r' <"$2" | sed -n "s/^sleep: $1 //p"
}

# sleep_in_ram LOG CMDLINE: it is woken once a second, which QEMU declines as long
# as it does not sleep. What QEMU says goes to LOG.qmp. Not on q35, where SeaBIOS
# does not set the address of the ACPI ports again: no kernel can power off then.
sleep_in_ram() {
	mkfifo "$1.in" "$1.out"
	# Of a pipe that is open for both nobody waits for the other end.
	exec 3<>"$1.in" 4<>"$1.out"
	cat <"$1.out" >"$1.qmp" 3>&- 4>&- &
	{
		echo '{"execute": "qmp_capabilities"}'
		while sleep 1; do
			echo '{"execute": "system_wakeup"}'
		done
	} >"$1.in" 2>/dev/null 3>&- 4>&- &
	guest "$1" "$2 pvh.sleep=mem" -machine pc -global PIIX4_PM.disable_s3=0 \
		-chardev "pipe,id=qmp,path=$1" -mon chardev=qmp,mode=control \
		-kernel "$tmp/loader" -initrd "$kernel,$initrd"
	exec 3>&- 4>&-
	wait
}

# sleep_on_disk LOG CMDLINE SECOND_CMDLINE: the second kernel's console goes to
# LOG.second. The first one is not to be where it was linked to, which it can be by
# chance, so that the second one can.
sleep_on_disk() {
	set -- "$@" -machine q35 -kernel "$kernel" -initrd "$initrd" \
		-device virtio-blk-pci,drive=disk \
		-drive "id=disk,if=none,format=raw,cache=unsafe,file=$1.disk"
	first=$1 first_cmdline=$2 second_cmdline=$3
	shift 3
	for _ in 1 2 3; do
		rm -f "$first.disk"
		truncate -s 512M "$first.disk"
		guest "$first" "$first_cmdline pvh.sleep=disk" "$@"
		[ "$(said before-text "$first")" = "$link" ] || break
	done
	guest "$first.second" "$second_cmdline" "$@"
	rm -f "$first.disk"
}

# One case, in a process of its own: leaves the console in $tmp/N
if [ "${1:-}" = --case ]; then
	n=$2 tmp=$3
	link=$(cat "$tmp/link")
	# shellcheck disable=SC2046 # words
	set -- $(sed -n "${n}p" "$tmp/cases")
	CPU=$3
	start=$(date +%s)
	case $1 in
	ram) sleep_in_ram "$tmp/$n" "$4" ;;
	# By the command line the image is read before user space could say where
	# this kernel is, so it is to be known.
	cmdline) sleep_on_disk "$tmp/$n" "$4" "nokaslr resume=/dev/vda" ;;
	write) sleep_on_disk "$tmp/$n" "$4" "kaslr pvh.sleep=resume" ;;
	esac
	echo $(($(date +%s) - start)) >"$tmp/$n.seconds"
	exit 0
fi

make_tmp
kernel_range "$build/vmlinux"
echo "$link" >"$tmp/link"
echo $SMP >"$tmp/cpus"
status=0
cc -m32 -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie \
	-fno-stack-protector -fcf-protection=none -mgeneral-regs-only \
	-Wl,--build-id=none,-Ttext=0x4000000 -o "$tmp/loader" \
	"$top/selftests/sleep/loader.c" 2>"$tmp/err" || status=$?
tap_ok $status "a loader"
[ $status -eq 0 ] || tap_diag <"$tmp/err"

# How, levels, model, command line
cat >"$tmp/cases" <<END
cmdline 4 max,-la57 kaslr
cmdline 5 max kaslr
write 4 max,-la57 kaslr
write 5 max kaslr
ram 4 qemu64 nokaslr
ram 4 qemu64 kaslr
ram 5 max nokaslr
ram 5 max kaslr
END
begin=$(date +%s)
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"
tap_diag "$(wc -l <"$tmp/cases") cases in $(($(date +%s) - begin)) s"

# check DESC COMMAND ...: as tap_run, and note that something was wrong
check() {
	what=$1
	shift
	right=0
	"$@" >/dev/null 2>&1 || right=1
	tap_ok $right "$name: $what"
	[ $right -eq 0 ] || bad=1
}

# same A B: and not empty
same() {
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# where LOG: the kernel is where this command line has it
where() {
	text=$(said before-text "$1")
	case $cmdline in
	nokaslr) check "the kernel is where it was linked to" test "$text" = "$link" ;;
	*) check "the kernel is somewhere in its range" test -n "$(kaslr_slot "$text")" ;;
	esac
}

# awake BEFORE AFTER: what is true when it is, by the consoles of both
awake() {
	check "it comes back" test "$(said awake "$2")" = 0
	check "to the same RAM" same "$(said before-marker "$1")" "$(said after-marker "$2")"
	check "to the same kernel" same "$(said before-text "$1")" "$(said after-text "$2")"
	check "with all CPUs" test "$(said cpus "$2")" = 0
	check "with $levels levels of page tables" test "$(said levels "$2")" = "$levels"
	check "user space gets what $levels levels reach" test "$(said user "$2")" = 0
	check "gets to its end" grep -q '^pvh-init: done' "$2"
	check "which QEMU sees" test "$(cat "$2.status")" = 0
}

judge_ram() {
	where "$log"
	check "it can" test "$(said mem_sleep "$log" | grep -c deep)" = 1
	check "QEMU sees it sleep" grep -q '"event": "SUSPEND"' "$log.qmp"
	check "and woken" grep -q '"event": "WAKEUP"' "$log.qmp"
	awake "$log" "$log"
}

judge_disk() {
	where "$log"
	check "there is a place to sleep" test "$(said swapon "$log")" = 0
	check "it goes to sleep" test "$(said sleeping "$log") $(said awake "$log")" = "now "
	check "QEMU ends" test "$(cat "$log.status")" = 0
	second=$link
	[ "$how" = cmdline ] || second=$(said second-text "$log.second")
	tap_diag "$name: from $text, by way of $second"
	if [ "$second" = "$text" ] && [ "$how" = write ]; then
		tap_skip "$name: the next kernel is elsewhere" "by chance it is not"
	else
		check "the next kernel is elsewhere" test "$(kaslr_slot "$second")" -ne "$(kaslr_slot "$text")"
	fi
	awake "$log" "$log.second"
}

n=0
while read -r how levels model cmdline; do
	n=$((n + 1))
	bad=0
	log=$tmp/$n
	case $how in
	ram)
		name="RAM, $model, $cmdline"
		judge_ram ;;
	write | cmdline)
		name="disk, $model, $cmdline, resumed by $how"
		judge_disk ;;
	esac
	tap_diag "$name: $(cat "$log.seconds") s"
	[ $bad -ne 0 ] || continue
	mkdir -p "$build/log/failed"
	for log in "$log" "$log.second"; do
		[ -e "$log" ] || continue
		failed=$build/log/failed/$(echo "sleep $name" | tr ' ,=' '---')
		[ "$log" = "${log%.second}" ] || failed=$failed-second
		cp "$log" "$failed"
		{
			echo "the end of $failed:"
			cat "$log.e9" "$log.err"
			tr -d '\r' <"$log" | tail -n 12
		} | cut -c1-160 | tap_diag
	done
done <"$tmp/cases"
tap_done
