#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel under loaders that give every field every kind of value, right and
# wrong: selftests/loader/forge.c makes them, selftests/loader/cases says what
# they are like and what has to come of it.
#
# knobs: ONLY=PATTERN, of the cases those whose name matches that regular
# expression; KEEP=DIR, where to leave what each of them wrote; CASES=FILE,
# others; VMLINUX=FILE, another kernel than build/vmlinux; INITRD=FILE and
# ROOT=FILE, with these; BITS=32, that kernel is a 32-bit one

# shellcheck disable=SC2317 # called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

here=$top/selftests/loader
cases=${CASES:-$here/cases}
disk=${ROOT:-$build/root.img}
export initrd="${INITRD:-$build/initramfs.cpio.gz}"

# What "with" of a case stands for
prelude() {
	for word; do
		case $word in
		map)
			# Of 512 MiB, and what firmware keeps at its end is left out
			echo "entry 0x1000 0x9f000 ram"
			echo "entry 1M 510M ram" ;;
		map2G)
			echo "entry 0x1000 0x9f000 ram"
			echo "entry 1M 2046M ram" ;;
		map4G)
			# Of the machine pc, which has 3 GiB of 4 below 4 GiB
			echo "entry 0x1000 0x9f000 ram"
			echo "entry 1M 3070M ram"
			echo "entry 4G 1G ram" ;;
		cmdline) echo "cmdline text console=ttyS0 root=/dev/vda ro" ;;
		initrd)
			# shellcheck disable=SC2016 # for forge
			echo 'file initrd at 256M $initrd'
			echo "module initrd initrd.size"
			echo "cmdline text console=ttyS0 retain_initrd" ;;
		*) die "with $word: not known" ;;
		esac
	done
}

# head KEY: what follows @KEY in the case
head_of() {
	sed -n "s/^@$1\( \{1,\}\|$\)//p" "$dir/case"
}

# forged KEY: from what forge printed
forged() {
	sed -n "s/^$1 //p" "$dir/forged"
}

# What a 32-bit kernel has to make of the case: @32 says it if it is something else.
narrow_case() {
	if grep -q '^kernel at\|^@cpu\|^@levels' "$dir/case" || [ "$(head_of 32)" = no ]; then
		echo narrow >"$dir/status"
		return 1
	fi
	what=$(head_of 32)
	case $what in
	"refuses "*) sed -i "/^@\(initrd\|logs\|rsdp\|serial\|refuses\)/d; 1a @$what" "$dir/case" ;;
	"logs "*) sed -i "/^@\(initrd\|logs\|rsdp\|serial\|refuses\)/d; 1a @$what" "$dir/case" ;;
	full)
		sed -i "/^@\(logs memmap\|refuses\|without\)/d; 1a @without memmap iomem" "$dir/case"
		sed -i "1a @logs memmap_entries" "$dir/case"
		sed -i "1a @maybe memmap size" "$dir/case"
		sed -i "1a @maybe memmap RAM" "$dir/case" ;;
	esac
}

# One of them, with its files in $dir
run_case() {
	[ "${BITS:-64}" = 64 ] || narrow_case || return 0
	# shellcheck disable=SC2046 # lists of words
	{
		prelude $(head_of with)
		sed '1d; /^@/d' "$dir/case"
	} >"$dir/description"
	if ! "$tmp/forge" "${VMLINUX:-$build/vmlinux}" "$dir/elf" <"$dir/description" >"$dir/forged" 2>"$dir/error"; then
		echo forge >"$dir/status"
		return
	fi
	# shellcheck disable=SC2046 # lists of words
	set -- $(head_of machine)
	MACHINE=${1:-q35} MEM=${2:-512M}
	CPU=$(head_of cpu)
	BOOT_TIMEOUT=180
	[ -z "$(head_of refuses)" ] || BOOT_TIMEOUT=60

	# What the guest compares with
	mkdir "$dir/expect"
	cp "$here/guest.sh" "$dir/expect/run"
	# The kernel cuts it to COMMAND_LINE_SIZE - 1 bytes.
	forged cmdline | tr -d '\n' | head -c 2047 >"$dir/expect/cmdline"
	forged map >"$dir/expect/map"
	echo b0 >"$dir/expect/loader"
	echo none >"$dir/expect/initrd"
	[ -z "$(head_of initrd)" ] || cksum <"$initrd" | cut -d' ' -f1,2 >"$dir/expect/initrd"

	# shellcheck disable=SC2046 # lists of arguments
	set -- $(machine_args)
	bios=$(head_of bios)
	if [ -n "$bios" ]; then
		patch_bios "$bios" || return 0
		set -- "$@" -bios "$dir/bios"
	fi
	# Serial ports before that which is looked at
	port=$(head_of serial)
	case $port in
	[1-3])
		for _ in $(seq "$port"); do
			set -- "$@" -serial null
		done ;;
	esac
	drive=virtio-blk-pci
	[ "$MACHINE" != microvm ] || drive=virtio-blk-device
	set -- "$@" -drive "id=root,if=none,format=raw,snapshot=on,file=$disk" -device "$drive,drive=root"
	for f in "$dir/expect"/*; do
		set -- "$@" -fw_cfg "name=opt/pvh/${f##*/},file=$f"
	done
	status=0
	start=$(date +%s%N)
	run_qemu "$dir/console" "$@" -kernel "$dir/elf" || status=$?
	echo "$((($(date +%s%N) - start) / 1000000))" >"$dir/ms"
	echo "$status" >"$dir/status"
	rm -f "$dir/elf" "$dir/bios"
	# Firmware leaves a line without an end
	tr -d '\r' <"$dir/console" | sed 's/^Booting from ROM\.*//' >"$dir/lines"
}

# patch_bios HEX: these bytes as the very last ones below 4 GiB. The eleven
# behind the reset vector's jump are a date, and used by nobody.
patch_bios() {
	n=$((${#1} / 2))
	[ $n -le 11 ] || die "@bios $1: more than 11 bytes"
	for from in /usr/share/seabios/bios-256k.bin /usr/share/qemu/bios-256k.bin; do
		[ ! -e "$from" ] || break
	done
	if [ ! -e "$from" ]; then
		echo no-bios >"$dir/status"
		return 1
	fi
	{
		head -c -$n "$from"
		for byte in $(echo "$1" | sed 's/../& /g'); do
			# shellcheck disable=SC2059 # an escape is what it is
			printf "\\$(printf '%03o' "0x$byte")"
		done
	} >"$dir/bios"
}

if [ "${1:-}" = --case ]; then
	tmp=$3
	dir=$tmp/$2
	run_case
	exit 0
fi

make_tmp
cc -O2 -Wall -Wextra -Werror -o "$tmp/forge" "$here/forge.c" 2>"$tmp/cc" || {
	tap_ok 1 "forge builds"
	tap_diag <"$tmp/cc"
	tap_done
}
tap_ok 0 "forge builds"

# Each case in a directory of its own
awk -v tmp="$tmp" -v only="${ONLY:-}" '
	/^==/ {
		sub(/^== */, "")
		use = only == "" || $0 ~ only
		if (seen[$0]++) {
			print FILENAME ": " $0 ": twice" >"/dev/stderr"
			exit 1
		}
		if (!use) next
		if (file) close(file)
		n++
		system("mkdir " tmp "/" n)
		file = tmp "/" n "/case"
	}
	use && file { print >file }
	END { print n + 0 >(tmp "/count") }' "$cases" || die "$cases is not right"
count=$(cat "$tmp/count")
[ "$count" -gt 0 ] || die "no case that matches $ONLY"

accel_args >/dev/null
begin=$(date +%s)
seq "$count" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"
tap_diag "$count cases in $(($(date +%s) - begin)) s"

# check DESC COMMAND ...: as tap_run, and note that something was wrong
check() {
	what=$1
	shift
	right=0
	"$@" >/dev/null 2>&1 || right=1
	tap_ok $right "$name: $what"
	[ $right -eq 0 ] || bad=1
}

ended() {
	[ "$(cat "$dir/status")" = 0 ]
}

# The value that has to be named: what was forged, if the case does not say
refused_value() {
	if [ -n "$value" ]; then
		echo "$value"
		return
	fi
	case $field in
	"module 0 paddr") forged module | sed -n '1s/ .*//p' ;;
	"module 0 size") forged module | sed -n '1s/.* //p' ;;
	"kernel end") forged kernel | cut -d' ' -f2 ;;
	*) forged "$field" ;;
	esac
}

one_line() {
	[ "$(wc -l <"$dir/console.e9")" -eq 1 ] && grep -q "^pvh: $field $want: ." "$dir/console.e9"
}

# Behind what firmware has left of a line, if any
on_serial() {
	tr -d '\r' <"$dir/console" | sed -n 's/.*pvh: /pvh: /p' | cmp -s - "$dir/console.e9"
}

not_on_serial() {
	! grep -q 'pvh: ' "$dir/console"
}

judge_refusal() {
	field=$(head_of refuses)
	value=
	case $field in
	*' 0x'*)
		value=${field##* }
		field=${field% *} ;;
	esac
	want=$(refused_value)
	check "ends by itself" ended
	check "says pvh: $field $want, in one line" one_line
	case $(head_of serial) in
	[0-3]) check "says so on serial port $(head_of serial)" on_serial ;;
	none) check "says nothing on the serial port" not_on_serial ;;
	esac
}

# Nothing else than what the case expects may be said.
logged_lines() {
	sed -n 's/^\(\[[^]]*\] \)*pvh: //p' "$dir/lines" | sort -u >"$dir/said"
	head_of logs >"$dir/logs"
	while read -r field; do
		grep -q "^$field " "$dir/said" || return 1
	done <"$dir/logs"
	head_of maybe >>"$dir/logs"
	while read -r said; do
		while read -r field; do
			case $said in "$field "*) continue 2 ;; esac
		done <"$dir/logs"
		return 1
	done <"$dir/said"
}

# in_guest NAME: compared there, and found right
in_guest() {
	grep -qx "forged: $1 0" "$dir/lines"
}

reported() {
	grep -q "^pvh-report: $1" "$dir/lines"
}

judge_boot() {
	check "user space, and to its end" grep -q '^pvh-init: done' "$dir/lines"
	check "ends by itself" ended
	check "entered by the PVH note" reported 'entered by: PVH, not Xen'
	check "the kernel is where it was forged" reported \
		"kernel physical base: $(forged kernel | cut -d' ' -f1)$"
	initrd_line=none
	if [ -n "$(head_of initrd)" ]; then
		# shellcheck disable=SC2046 # two words
		set -- $(forged module | head -n 1)
		[ "$(head_of initrd)" != low ] || set -- "0x${1#0x????????}" "$2"
		initrd_line="at $1, $(($2)) bytes"
	fi
	check "initrd: $initrd_line" reported "initrd: $initrd_line$"
	for what in memmap iomem boot_params cmdline initrd; do
		case " $(head_of without | tr '\n' ' ') " in *" $what "*) continue ;; esac
		check "$what" in_guest "$what"
	done
	levels=$(head_of levels)
	[ -z "$levels" ] || check "$levels levels of page tables" reported "paging levels: $levels$"
	fields=$(head_of logs | paste -sd, -)
	check "the kernel's log has a word about ${fields:-nothing}" logged_lines
	rsdp=$(head_of rsdp)
	case $rsdp in
	forged) check "ACPI: RSDP as forged" rsdp_used "$(forged rsdp_paddr)" ;;
	found) check "ACPI: RSDP is searched for" rsdp_used 0x00000000000f ;;
	esac
}

# rsdp_used 0xADDR: it or what begins so
rsdp_used() {
	case $1 in
	0x00000*) addr=$1 ;;
	*) addr=$(printf '0x%016X' "$1") ;;
	esac
	grep -iq "ACPI: RSDP $addr" "$dir/lines"
}

n=0
while [ $n -lt "$count" ]; do
	n=$((n + 1))
	dir=$tmp/$n
	name=$(sed 1q "$dir/case")
	bad=0
	status=$(cat "$dir/status" 2>/dev/null) || status=none
	case $status in
	no-bios)
		tap_skip "$name" "no bios-256k.bin of SeaBIOS to patch"
		continue ;;
	narrow)
		tap_skip "$name" "for 64-bit kernels only"
		continue ;;
	forge | none)
		tap_ok 1 "$name: can be forged"
		tap_diag <"$dir/error"
		continue ;;
	esac
	if [ -n "$(head_of refuses)" ]; then
		judge_refusal
	else
		judge_boot
	fi
	[ -z "${KEEP:-}" ] || {
		mkdir -p "$KEEP"
		rm -rf "${KEEP:?}/$n"
		cp -r "$dir" "$KEEP/$n"
	}
	[ $bad -ne 0 ] || continue
	failed=$build/log/failed/$(echo "forged $name" | tr ' /' '--')
	mkdir -p "${failed%/*}"
	cp "$dir/console" "$failed"
	{
		case $status in
		0) ;;
		124 | 137) echo "timed out after $(cat "$dir/ms") ms" ;;
		*) echo "QEMU's status is $status after $(cat "$dir/ms") ms" ;;
		esac
		sed 's/^/port 0xe9: /' "$dir/console.e9"
		cat "$dir/console.err"
		grep -A 14 '^forged: [a-z_]* [1-9]\|^not ok' "$dir/lines" || tail -n 8 "$dir/lines"
	} | cut -c1-160 | tap_diag
done
tap_done
