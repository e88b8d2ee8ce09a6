#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What make bench-kvm makes of KVM's trace, without any guest: made-up traces, the limits,
# and the topics of tables in a document. make bench-kvm itself takes ten minutes and more.

# shellcheck disable=SC2154,SC2034 # by and for what it sources
. "$(dirname -- "$0")/../lib/test.sh"
. "$here/measured.sh"

make_tmp

# events: lines "REASON RIP [INFO1]", "cpuid= FUNCTION" and "msr= REGISTER [write]", as in KVM's
# trace
events() {
	echo "# entries-in-buffer/entries-written: 9/9   #P:1"
	while read -r what first second; do
		printf ' qemu-system-x86-97      [000] .....     9.001115: '
		case $what in
		cpuid=) echo "kvm_cpuid: func $first idx 0 rax 0 rbx 0 rcx 0 rdx 0, cpuid entry found" ;;
		msr=) echo "kvm_msr: msr_${second:-read} $first = 0x0" ;;
		*) echo "kvm_exit: vcpu 0 reason $what rip 0x$first info1 0x${second:-0000000000000000} info2 0x0 intr_info 0x0 error_code 0x0" ;;
		esac
	done
}
# count FILE: the items, sorted. The image is at 0x1000000, native_cpuid at
# ffffffff92000040.
count() {
	awk -v path=guest -v low=16777216 -v high=33554432 -v cpuid=$((0x92000040)) -f "$here/exits.awk" "$1" 2>&1 |
		sort >"$1.csv"
}
# counted ITEM NUMBER: of $tmp/trace. For expect.
counted() {
	is "$2" "$(value "$tmp/trace" guest "$1")"
}

events >"$tmp/trace" <<'END'
npf fff0
io f0602 0000000005110011
io f0610 0000000005110011
npf 1622550
cpuid 1e459e4
cpuid= 80000001
msr 1e45a61
msr= c0000080
write_cr4 ffffffff92000210
cpuid ffffffff92000100
cpuid= 0
cpuid ffffffff92000053
cpuid= 40000000
interrupt ffffffff92000500
write_cr4 ffffffff92000210
cpuid ffffffff92000053
cpuid= 0
io ffffffff92000700 000000000cf80040
io ffffffff92000700 000000000cf80040
msr ffffffff92000800 0000000000000001
msr= 6e0 write
vintr ffffffff92000900
hlt ffffffff92000a00
cpuid 401000
cpuid= 70766821
io ffffffff92000700 000000000cf80040
END
count "$tmp/trace"
name="from power-on to user space"
expect "CPUID are counted without that of mark.S" counted "boot cpuid" 4
expect "port I/O is counted without that after mark.S" counted "boot io" 4
expect "MSR are counted without the timer's" counted "boot msr" 1
expect "the timer's MSR is counted apart" counted "boot timer" 1
expect "interrupts and their windows are counted together" counted "boot interrupt" 2
expect "nested page faults are counted" counted "boot npf" 2
expect "HLT are counted" counted "boot hlt" 1
expect "all are counted" counted "boot all" 17
expect "the CPUID exits of a function are counted" counted "CPUID 0x00000000" 2
expect "the exits of a port are counted" counted "port 0x0cf8" 2
expect "the exits of a register are counted" counted "MSR 0x000006e0" 1
expect "other exits are counted by reason" counted "reason write_cr4" 2
name="from the entry on"
expect "the first exit in the image is the first of the kernel" counted "kernel all" 14
name="from the entry to start_kernel"
expect "a CPUID(0) of another function than native_cpuid() is counted" counted "early cpuid" 3
expect "port I/O after it is not counted" counted "early io" 0
expect "what lies between the last CPUID before and the first after is told" counted "early unsure" 1
name=

# no TRACE REASON: exits.awk says why there are no figures. For expect.
no() {
	count "$1"
	is "$2" "$(cat "$1.csv")"
}
sed 's|9/9|8/9|' "$tmp/trace" >"$tmp/lost"
expect "a trace that lost events: the error has their numbers" no "$tmp/lost" "KVM's trace has only 8 of 9 events"
grep -v 70766821 "$tmp/trace" >"$tmp/no-mark"
expect "a trace without the CPUID of mark.S: the error says so" no "$tmp/no-mark" "no CPUID of mark.S in the trace"
grep -v 'rip 0x1[0-9a-f]* ' "$tmp/trace" >"$tmp/no-entry"
expect "a trace without the entry: the error says so" no "$tmp/no-entry" "no exit with the kernel's addresses in the trace"
sed 's/ffffffff92000053/ffffffff93000053/' "$tmp/trace" >"$tmp/no-start"
expect "a trace without early_cpu_init(): the error says so" no "$tmp/no-start" \
	"no CPUID(0) of early_cpu_init() in the trace"

# figures BASE OURS [EARLY]: CPUID of the base and of the series on microvm
figures() {
	{
		for path in kvm-microvm-base kvm-microvm-pvh; do
			n=$1
			[ $path = kvm-microvm-base ] || n=$2
			printf "$path,%s\n" "title,a guest" "boot all,1000" "boot cpuid,$n" "kernel cpuid,$n" \
				"early cpuid,${3:-10}" "early msr,5" "boot msr,80" "boot io,900"
		done
	} | awk -F, -v as=csv -f "$here/report.awk" >"$tmp/limits.csv"
	grep -c '^limit,.*,not kept$' "$tmp/limits.csv" || :
}
expect "limits: all are kept with 300 CPUID exits" is 0 "$(figures 800 300)"
expect "limits: 301 CPUID exits are too many" is 1 "$(figures 800 301)"
expect "limits: more CPUID exits than the base's are too many" is 1 "$(figures 200 201)"
expect "limits: 17 CPUID exits to start_kernel are too many" is 1 "$(figures 800 300 17)"

figures 800 300 >/dev/null
printf '%s\n' '<!-- figures: kvm/short -->' '<!-- end -->' '<!-- figures: reset -->' 'stays' '<!-- end -->' >"$tmp/doc.md"
expect "doc.sh --topic kvm: it writes the tables of that topic" "$here/doc.sh" --topic kvm "$tmp/doc.md" "$tmp/limits.csv"
expect "doc.sh --topic kvm: the table has the figures" grep -q '^| a guest | 300 | 300 | 10 | 80 | 900 |$' "$tmp/doc.md"
expect "doc.sh --topic kvm: other tables stay" grep -qx stays "$tmp/doc.md"

# wrong VARIABLE=VALUE PATTERN: run.sh refuses it, before it measures anything
wrong() {
	timeout 60 env "$1" KERNEL="$here/paths" INITRD="$here/paths" "$here/run.sh" kvm "$tmp/wrong" >"$tmp/wrong.log" 2>&1 && return 1
	want=$2 got=$(cat "$tmp/wrong.log")
	grep -Eq "^pvh: error: $2" "$tmp/wrong.log"
}
expect "BOOTS=none: the error names the variable" wrong BOOTS=none 'BOOTS=none: not a number of boots'
expect "ACCEL=hvf: the error names the variable" wrong ACCEL=hvf 'ACCEL=hvf: not one of auto, tcg, kvm'
expect "ACCEL=kvm: a KVM that boots no guest is refused" wrong ACCEL=kvm 'ACCEL=kvm: '
tap_done
