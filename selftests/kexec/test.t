#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# From a kernel that came through its PVH note, with KASLR and without: kexec
# starts its bzImage, and so does kdump after a panic. What kdump tells of where
# the kernel was is where it was, and makedumpfile finds its way in its memory.
#
# knobs: KERNEL=, what to boot first, of the same build as build/vmlinux

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

kernel=${KERNEL:-$build/vmlinux}
MACHINE=q35 MEM=512M SMP=1 CPU=

# The process that takes one case has the directory from that which started it.
if [ "${1:-}" = --case ]; then
	tmp=$4
	# The line about the offset comes from a notifier. An end that kdump
	# does not catch is to be the end.
	options="console=ttyS0 panic=-1 retain_initrd crashkernel=160M"
	options="$options crash_kexec_post_notifiers pvh.kexec=$2"
	[ "$3" = KASLR ] || options="$options nokaslr"
	# shellcheck disable=SC2046 # a list of arguments
	run_qemu "$tmp/$2-$3" $(machine_args) -kernel "$kernel" -initrd "$tmp/initrd" \
		-fw_cfg "name=opt/pvh/run,file=$top/selftests/kexec/guest.sh" \
		-fw_cfg "name=opt/pvh/banner,file=$tmp/banner" -append "$options" || :
	exit 0
fi

make_tmp
PATH=$PATH:/usr/sbin:/sbin
for p in kexec makedumpfile; do
	command -v $p >/dev/null 2>&1 && continue
	tap_skip "kexec and kdump" "no $p here"
	tap_done
done
status=0
sh "$top/selftests/kexec/mkinitramfs.sh" "$tmp/initrd" "$build/bzImage" 2>"$tmp/err" || status=$?
tap_ok $status "an initramfs with kexec, makedumpfile and bzImage"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi

# low SYMBOL: the lower half of its address in vmlinux; the upper one is all ones
low() {
	nm "$build/vmlinux" | sed -n "s/^ffffffff\([0-9a-f]\{8\}\) . $1\$/\1/p"
}
link=0xffffffff$(low _text)
echo "0xffffffff$(low linux_banner)" >"$tmp/banner"

# offset ADDRESS SYMBOL: how far from its address in vmlinux, in hex
offset() {
	case $1 in
	ffffffff????????) printf '%x\n' $((0x${1#ffffffff} - 0x$(low "$2"))) ;;
	*) echo "unknown (address '$1')" ;;
	esac
}

# said KEY FILE
said() {
	sed -n "s/^kexec: $1 //p" "$2"
}

# is WANT GOT DESC
is() {
	status=0
	[ -n "$1" ] && [ "$1" = "$2" ] || status=1
	tap_ok $status "$3"
	[ $status -eq 0 ] && return
	bad=1
	tap_diag "expected '$1', there is '$2'"
}

# has FILE PATTERN DESC
has() {
	status=0
	grep -q "$2" "$1" || status=1
	tap_ok $status "$3"
	[ $status -eq 0 ] || bad=1
}

# judge exec|crash MODE: what is true of both. The console is in two parts, that
# of the first kernel and that of the next.
judge() {
	name="$2, $([ "$1" = exec ] && echo kexec || echo kdump)"
	log=$tmp/$1-$2
	bad=0
	tr -d '\r' <"$log" >"$tmp/log"
	sed '/^kexec: leaving/,$d' "$tmp/log" >"$tmp/first"
	sed '1,/^kexec: leaving/d' "$tmp/log" >"$tmp/next"
	by=$(offset "$(said text "$tmp/first")" _text)
	has "$tmp/first" "^pvh-report: entered by: $door" "$name: the first kernel is entered by $how"
	is 0 "$(said load "$tmp/first")" "$name: bzImage is loaded"
	has "$tmp/next" '^pvh-report: entered by: kexec-tools' "$name: it is entered as a bzImage"
	has "$tmp/next" '^pvh-init: done' "$name: it gets to user space and its end"
	is "$(said version "$tmp/first")" "$(said version "$tmp/next")" "$name: it is the same kernel"
	tap_diag "$name: offset $by, then $(offset "$(said text "$tmp/next")" _text)"
}

judge_exec() {
	judge exec "$1"
	is "$(said ram "$tmp/first")" "$(said ram "$tmp/next")" "$name: it has the same RAM"
	show
}

judge_crash() {
	judge crash "$1"
	panic=disabled
	[ "$1" != KASLR ] || panic="0x$by from $link"
	[ "$1" = KASLR ] || is 0 "$by" "$name: the kernel is where it was linked to"
	is "$by" "$(said kcore-offset "$tmp/first")" "$name: /proc/kcore's KERNELOFFSET"
	is "$(said version "$tmp/first")" "$(said kcore-banner "$tmp/first")" \
		"$name: /proc/kcore has the banner there"
	is "$panic" "$(sed -n 's/ (relocation .*//; s/.*Kernel Offset: //p' "$tmp/next")" \
		"$name: the panic says the offset"
	is "$by" "$(said vmcore-offset "$tmp/next")" "$name: /proc/vmcore's KERNELOFFSET"
	is "$(said version "$tmp/first")" "$(said vmcore-banner "$tmp/next")" \
		"$name: /proc/vmcore has the banner there"
	is "$by" "$(offset "$(said init_uts_ns "$tmp/next")" init_uts_ns)" \
		"$name: /proc/vmcore's addresses are off by as much"
	is 0 "$(said makedumpfile "$tmp/next")" "$name: makedumpfile reads /proc/vmcore"
	is "$(said marker "$tmp/first")" "$(said marker "$tmp/next")" \
		"$name: and finds what was logged last"
	show
}

# Of a case that failed
show() {
	[ $bad -ne 0 ] || return 0
	mkdir -p "$build/log/failed"
	cp "$log" "$build/log/failed/kexec-${log##*/}"
	tap_diag "the end of $build/log/failed/kexec-${log##*/}:"
	tail -n 12 "$tmp/log" | tap_diag
}

door=Qemu how="the boot protocol"
if readelf -h "$kernel" >/dev/null 2>&1; then
	door="PVH, not Xen" how="its note"
fi

accel_args >/dev/null
# shellcheck disable=SC2016 # for the inner shell
printf '%s\n' exec KASLR crash KASLR exec nokaslr crash nokaslr |
	xargs -P "$(nproc)" -n 2 sh -c 'sh "$0" --case "$2" "$3" "$1"' "$0" "$tmp"
for mode in KASLR nokaslr; do
	judge_exec $mode
	judge_crash $mode
done
tap_done
