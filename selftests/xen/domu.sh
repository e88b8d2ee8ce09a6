# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154 # of test.sh
#
# Sourced after test.sh: a dom0 that runs a script, in which it creates domains, and what its tests
# share. soak.t, life.t and devices.t have the scripts.

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

# fact FACT COMMAND ...: a test of the series; of the base a comment, and $not_so has it. $of is
# series or base.
fact() {
	facts=$((facts + 1))
	if [ "$of" = series ]; then
		expect "$@"
		return
	fi
	fact_text=$1
	shift
	unset want got
	"$@" >/dev/null 2>&1 && return
	not_so="$not_so${not_so:+; }$fact_text"
	tap_diag "$name: not so: $fact_text${want:+: expected $want, found ${got:-nothing}}"
}

# judge_begin KERNEL CPUS: of a row of the table
judge_begin() {
	of=$1 cpus=$2 facts=1 not_so=
	name="$1, $2 CPU"
	[ "$2" -eq 1 ] || name=${name}s
	bad=$tap_bad
	tap_diag "$name: $(($(cat "$dir/ms") / 1000)) s"
	expect "dom0 boots, and runs the script to its end" has 'pvh-dom0: end all of the script'
}

# judge_end SUBJECT LOG: the row of the matrix, and the console of one that failed
judge_end() {
	seen="all $facts facts hold"
	[ -z "$not_so" ] || seen="not so: $not_so"
	[ "$tap_bad" -eq "$bad" ] || seen="FAILED: $((tap_bad - bad)) of $facts facts"
	matrix_row Xen "$DOM0 dom0, PVH domU, $cpus CPU" "vmlinux, $of" "$1: $seen"
	[ "$tap_bad" -ne "$bad" ] || return 0
	mkdir -p "$build/log/failed"
	cp "$dir/console.lines" "$build/log/failed/$2"
	tap_diag "$name: the console is in ${build#"$top"/}/log/failed/$2, its last lines:"
	tail -n 20 "$dir/console.lines" "$dir/err" | cut -c1-160 | tap_diag
}

acted() { # WHAT
	is "exit 0" "exit $(said "act $1")"
}

says_log() { # REASON
	want="reason code $1" got=$(said log)
	printf '%s\n' "$got" | grep -q "reason code $1\( \|\$\)"
}

# at_address TEXT: where the kernel has to be
at_address() {
	want="an address" got=
	[ -n "$1" ] || return
	case $of in
	series) in_kaslr_range "$1" ;;
	base) at_link "$1" ;;
	esac
}

# offset_of TEXT: of the kernel, as VMCOREINFO prints it
offset_of() {
	printf '%x' $((0x${1#????????} - 0x${link#ffffffff}))
}
