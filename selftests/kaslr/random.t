#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinux through its PVH note, hundreds of times: the kernel and its direct map
# are somewhere else each time, anywhere in their ranges. And what makes it so:
# RDRAND, and the TSC where there is none.
#
# knobs: BOOTS=200, 40 or more

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

kernel=$build/vmlinux
MEM=128M

# One boot, in a process of its own: NAME, and arguments of QEMU
if [ "${1:-}" = --boot ]; then
	tmp=$2 name=$3
	shift 3
	# Only TCG counts instructions.
	case "$*" in *-icount*) ACCEL=tcg ;; esac
	kaslr_boot "$tmp/$name" "$kernel" "$kaslr_cmdline" "$@"
	exit 0
fi

boots=${BOOTS:-200}
printf '%s\n' "$boots" | grep -Eqx '[1-9][0-9]*' && [ "$boots" -ge 40 ] ||
	die "BOOTS=$boots: not a number from 40 on"
make_tmp
kernel_range "$kernel"
status=0
kaslr_initramfs "$tmp/initramfs" 2>"$tmp/err" || status=$?
tap_ok $status "an initramfs of one program"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi
accel_args >/dev/null

# Groups of boots: how many, and arguments. With -icount the TSC has the same
# value each time.
cat >"$tmp/groups" <<END
1 $boots
2 4 -cpu max
3 4 -cpu max,-rdrand
4 4 -cpu max -icount shift=4,sleep=off
5 2 -cpu max,-rdrand -icount shift=4,sleep=off
END
while read -r group count arguments; do
	seq "$count" | sed "s/.*/$group-& $arguments/"
done <"$tmp/groups" >"$tmp/boots"
begin=$(date +%s)
sed 's/ *$//' "$tmp/boots" | xargs -P "$(nproc)" -L 1 sh "$0" --boot "$tmp"
tap_diag "$(wc -l <"$tmp/boots") boots in $(($(date +%s) - begin)) s"

# keep LOG: what a boot that failed has left; and show the end of the first few
kept=0
keep() {
	mkdir -p "$build/log/failed"
	cp "$1" "$build/log/failed/kaslr-${1##*/}"
	kept=$((kept + 1))
	[ $kept -le 3 ] || return 0
	{
		echo "boot ${1##*/}: QEMU's status is $(cat "$1.status")"
		sed 's/^/port 0xe9: /' "$1.e9"
		tr -d '\r' <"$1" | tail -n 6
	} | cut -c1-160 | tap_diag
}

# group N NAME: into $tmp/said what its boots say, which all have to
group() {
	: >"$tmp/said"
	count=$(sed -n "s/^$1 \([0-9]*\).*/\1/p" "$tmp/groups")
	for i in $(seq "$count"); do
		kaslr_said "$tmp/$1-$i" >"$tmp/line"
		[ "$(wc -l <"$tmp/line")" -eq 1 ] || keep "$tmp/$1-$i"
		cat "$tmp/line" >>"$tmp/said"
	done
	status=0
	[ "$(wc -l <"$tmp/said")" -eq "$count" ] || status=1
	tap_ok $status "$2: $count boots to user space and the guest's end"
}

# numbers NAME FUNCTION: of the addresses on standard input, into $tmp/numbers
numbers() {
	status=0
	: >"$tmp/numbers"
	while read -r address; do
		number=$($2 "$address")
		if [ -n "$number" ]; then
			echo "$number" >>"$tmp/numbers"
		else
			tap_diag "$1: $address"
			status=1
		fi
	done
	[ -s "$tmp/numbers" ] || status=1
	tap_ok $status "$1: each aligned, and in its range"
}

# spread NAME SLOTS: of what is in $tmp/numbers
spread() {
	awk -v slots="$2" -f "$top/selftests/kaslr/spread.awk" "$tmp/numbers" >"$tmp/spread"
	while read -r what status text; do
		case $what in
		distinct) tap_ok "$status" "$1: as many different ones as chance has" ;;
		bins) tap_ok "$status" "$1: in all parts of the range as often" ;;
		range) text="${text% *} to ${text#* } of 0 to $(($2 - 1))" ;;
		esac
		tap_diag "$1: $text"
	done <"$tmp/spread"
}

# differ NAME: the kernel's address in $tmp/said. By chance four are the same in
# one of 1e8 cases, if there are some hundred slots.
differ() {
	status=0
	[ "$(cut -d' ' -f1 "$tmp/said" | sort -u | wc -l)" -gt 1 ] || status=1
	tap_ok $status "$1: the kernel's address differs"
	[ $status -eq 0 ] || tap_diag <"$tmp/said"
}

# cpu NAME rdrand|none: what the CPU was to be
cpu() {
	status=0
	[ "$(cut -d' ' -f3 "$tmp/said" | sort -u)" = "$2" ] || status=1
	tap_ok $status "$1: by CPUID"
}

group 1 "default CPU"
cut -d' ' -f1 "$tmp/said" | sort >"$tmp/texts"
cut -d' ' -f2 "$tmp/said" | sort >"$tmp/maps"
numbers "the kernel's address" kaslr_slot <"$tmp/texts"
spread "the kernel's address" "$slots"
tap_diag "the kernel's address: $(sed -n 1p "$tmp/texts") to $(tail -n 1 "$tmp/texts")"
numbers "the direct map" map_slot <"$tmp/maps"
spread "the direct map" "$map_slots"
tap_diag "the direct map: $(sed -n 1p "$tmp/maps") to $(tail -n 1 "$tmp/maps")"

group 2 RDRAND
cpu RDRAND rdrand
differ RDRAND
group 3 "no RDRAND"
cpu "no RDRAND" none
differ "no RDRAND"

# Whether RDRAND is used at all: with nothing else that is random
group 5 "the same TSC, no RDRAND"
known=$(cut -d' ' -f1 "$tmp/said" | sort -u | wc -l)
group 4 "the same TSC, RDRAND"
if [ "$known" -eq 1 ]; then
	differ "the same TSC, RDRAND"
else
	tap_skip "the same TSC, RDRAND: the kernel's address differs" "the TSC is not the same here"
fi
tap_done
