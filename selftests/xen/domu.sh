# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: a dom0 that runs a script, in which it creates domains of
# domu.c. soak.t and life.t have the scripts.

# domu_initramfs FILE: what these domains boot into
domu_initramfs() {
	domu_progs=$tree/tools/testing/selftests/pvh
	domu_root=$tmp/domu-root
	mkdir -p "$domu_root/proc" "$domu_root/sys" "$domu_root/sbin" &&
		cc -O2 -Wall -Wextra -Werror -static -s -I "$domu_progs" -o "$domu_root/init" \
			"$top/selftests/xen/domu.c" "$domu_progs/kcore.c" || return
	for domu_link in poweroff reboot; do
		ln -sf /init "$domu_root/sbin/$domu_link"
	done
	(cd "$domu_root" && find . ! -name . -print | cpio -o -H newc -R 0:0 --quiet) >"$1"
}

# domu_dom0 TYPE: DOM0=pv or pvh is the type of dom0, otherwise TYPE
domu_dom0() {
	DOM0=${DOM0:-$1}
	case $DOM0 in
	pv | pvh) ;;
	*) die "DOM0=$DOM0: neither pv nor pvh" ;;
	esac
}

# domu_run DIR NAME SCRIPT VARIABLE=VALUE ...: boot Xen and dom0, which has the files of DIR
# as /guests, and runs SCRIPT after domu-dom0, with these variables. In $dir it leaves
# console.lines, and boot-xen.sh's output as out and err.
#
# The clocks of the machine count instructions. With those of the host, a domain with two CPUs
# did not come up within five minutes on a busy host, in one of two tries. With these it did in
# three of three. The reason is not known.
domu_run() (
	files=$1 log=xen.$2 script=$3
	shift 3
	{
		printf '%s\n' "$@"
		cat "$top/selftests/xen/domu-dom0" "$top/selftests/xen/$script"
	} >"$files/run"
	export QEMU_ARGS="-icount shift=2,sleep=off ${QEMU_ARGS:-}"
	rm -f "$build/log/$log" "$build/log/$log.lines"
	DOM0_RUN=$files LOG=$log "$top/selftests/xen/boot-xen.sh" --dom0 "$DOM0" --kernel vmlinux >"$dir/out" 2>"$dir/err" ||
		: # the judges see what is missing
	: >>"$build/log/$log"
	console_lines "$build/log/$log"
	mv "$build/log/$log.lines" "$dir/console.lines"
)
