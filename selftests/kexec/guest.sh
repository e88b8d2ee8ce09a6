# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Run by the guests of kexec/test.t, and by the kernels that these start: all of them
# read the same opt/pvh/run. The first one has on its command line:
#
#	pvh.kexec=exec	start bzImage by kexec
#	pvh.kexec=crash	load bzImage for a crash, and crash
#
# The test reads the lines "kexec: KEY VALUE". Addresses and offsets are in hex.

# shellcheck disable=SC2013,SC2016,SC2046 # words; for awk; words
bb=/bin/busybox
PATH=$PATH:/kexec

say() {
	echo "kexec: $*"
}

# next_cmdline: for the next kernel, which is to start no other
next_cmdline() {
	for word in $(cat /proc/cmdline); do
		case $word in
		crashkernel=* | crash_kexec_post_notifiers | retain_initrd | pvh.kexec=*) ;;
		*) printf '%s ' "$word" ;;
		esac
	done
}

# vmcoreinfo CORE KEY: its value in the note VMCOREINFO, which is near the start of an
# ELF core
vmcoreinfo() {
	$bb dd if="$1" bs=64k count=1 2>/dev/null | $bb tr '\0' '\n' |
		$bb awk -F = -v key="$2" '$1 == key { print $2 }'
}

# banner CORE: the text that an ELF core has at the address of linux_banner plus its
# KERNELOFFSET
banner() {
	at=$(($(cat "$PVH_EXPECT/banner") + 0x$(vmcoreinfo "$1" KERNELOFFSET)))
	headers=$($bb od -An -tu2 -j 56 -N 2 "$1")
	$bb od -An -v -w56 -tx8 -j 64 -N $((headers * 56)) "$1" |
		while read -r type offset start _ size _; do
			in=$((at - 0x$start))
			[ $((0x$type & 0xffffffff)) -eq 1 ] || continue
			[ $in -ge 0 ] && [ $in -lt $((0x$size)) ] || continue
			$bb dd if="$1" iflag=skip_bytes,count_bytes bs=4k \
				skip=$((0x$offset + in)) count=${#version} 2>/dev/null
			break
		done | $bb tr -cd ' -~'
}

# load OPTION: load bzImage, with the initramfs that this kernel was booted with
load() {
	cat /sys/firmware/initrd >/run/initrd
	kexec -s "$1" /kexec/bzImage --initrd=/run/initrd --command-line="$(next_cmdline)"
	say "load $?"
	rm -f /run/initrd
}

version=$(cat /proc/version)
say "version $version"
say "text $($bb awk '$3 == "_text" { print $1 }' /proc/kallsyms)"
say "ram" $($bb sed -n 's/^\([0-9a-f-]*\) : System RAM$/\1/p' /proc/iomem)

case " $(cat /proc/cmdline) " in
*" pvh.kexec=exec "*)
	load -l
	say leaving
	kexec -e
	exit 1 ;;
*" pvh.kexec=crash "*)
	say "kcore-offset $(vmcoreinfo /proc/kcore KERNELOFFSET)"
	say "kcore-banner $(banner /proc/kcore)"
	load -p
	# Not to the console, because the next kernel has to find it in memory.
	marker=$(cat /proc/sys/kernel/random/uuid)
	echo "<6>kexec: marker $marker" >/dev/kmsg
	say "marker $marker"
	say leaving
	echo c >/proc/sysrq-trigger
	exit 1 ;;
esac

if [ -e /proc/vmcore ]; then
	say "vmcore-offset $(vmcoreinfo /proc/vmcore KERNELOFFSET)"
	say "vmcore-banner $(banner /proc/vmcore)"
	say "init_uts_ns $(vmcoreinfo /proc/vmcore 'SYMBOL(init_uts_ns)')"
	makedumpfile --dump-dmesg /proc/vmcore /run/dmesg
	say "makedumpfile $?"
	say "marker $($bb sed -n 's/.*kexec: marker //p' /run/dmesg)"
fi
