# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # of test.sh
#
# Sourced after test.sh: loader_test, which boots a kernel under crafted loaders that
# give every field every kind of value, valid and malformed. forge.c makes the loaders;
# "cases" says what each of them passes, and what the kernel has to do.
#
# variables: CASES=FILE, other cases; BITS=32, the kernel is a 32-bit one; IMAGE=elf, it is a
# vmlinuz.elf

# build_forge [OPTION ...]: $tmp/forge from forge.c
build_forge() {
	expect "forge.c compiles" cc -O2 -Wall -Wextra -Werror "$@" -o "$tmp/forge" \
		"$top/selftests/loader/forge.c"
	[ "$tap_bad" -eq 0 ] || tap_done
}

# loader_test: a guest of $kernel with $initrd and $root for each case; $loader_prefix
# comes before the names of the tests
loader_test() {
	loader_cases=${CASES:-$top/selftests/loader/cases}
	loader_names=$(sed -n 's/^== *//p' "$loader_cases")
	loader_twice=$(printf '%s\n' "$loader_names" | sort | uniq -d)
	[ -z "$loader_twice" ] || die "$loader_cases: two cases have the name $loader_twice"
	build_forge
	said_by=loader
	guest_defaults --no-initrd --root "$root" --run "$top/selftests/loader/guest.sh"
	run_cases loader_boot loader_judge <<-END
	$loader_names
	END
}

# read_case NAME: set $case_text to the lines of the case, and $skip to the reason if
# it cannot run here
read_case() {
	skip=
	case_text=$(awk -v name="$1" '/^==/ { sub(/^== */, ""); found = $0 == name; next } found' \
		"$loader_cases")
	[ "${BITS:-64}" = 64 ] || narrow_case
	[ "${IMAGE:-}" != elf ] || elf_case
	[ -z "$(key bios)" ] || [ -n "$(seabios)" ] || skip="no bios-256k.bin of SeaBIOS here"
}

# key KEY: the text after each @KEY of the case
key() {
	printf '%s\n' "$case_text" | sed -n "s/^@$1\( \{1,\}\|$\)//p"
}

# narrow_case: change $case_text to what a 32-bit kernel has to do: @32 says what differs
narrow_case() {
	what=$(key 32)
	if [ "$what" = no ] || printf '%s\n' "$case_text" | grep -q '^kernel at\|^@cpu\|^@levels'; then
		skip="for 64-bit kernels only"
		return
	fi
	case $what in
	"refuses "* | "logs "*) drop=$differs add=$what ;;
	full)
		drop='logs memmap|refuses|without'
		add="maybe memmap RAM${nl}maybe memmap size${nl}logs memmap_entries${nl}without memmap iomem" ;;
	*) return 0 ;;
	esac
	differ "$add" "$drop"
}

# elf_case: change $case_text to what a vmlinuz.elf has to do: @elf says what differs
elf_case() {
	what=$(key elf)
	[ -z "$what" ] || differ "$what" "$differs"
}

# differ LINES KEYS: replace the keys in $case_text by these lines
differ() {
	case_text=$(printf '%s\n' "$1" | sed 's/^/@/'
		printf '%s\n' "$case_text" | sed -E "/^@($2)/d")
}
differs='initrd|logs|rsdp|serial|refuses'

# with_lines WORD ...: the lines that each WORD of @with stands for
with_lines() {
	for word; do
		case $word in
		map)
			# The end of the 512 MiB is left out because firmware keeps tables there.
			echo "entry 0x1000 0x9f000 ram"
			echo "entry 1M 510M ram" ;;
		map2G)
			echo "entry 0x1000 0x9f000 ram"
			echo "entry 1M 2046M ram" ;;
		map4G)
			# The machine pc has 3 of its 4 GiB below 4 GiB.
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

# printed KEY: the values of the lines "KEY VALUE" that forge printed
printed() {
	sed -n "s/^$1 //p" "$dir/forge.out"
}

# seabios: the firmware that @bios changes; nothing if it is not installed
seabios() {
	for seabios in /usr/share/seabios/bios-256k.bin /usr/share/qemu/bios-256k.bin; do
		[ ! -e "$seabios" ] || { echo "$seabios"; break; }
	done
}

# patch_bios HEX: $dir/bios has these bytes as the last ones below 4 GiB. The 11 bytes
# after the jump at the reset vector are a date, which nothing reads.
patch_bios() {
	[ ${#1} -le 22 ] || die "@bios $1: more than 11 bytes"
	cp "$(seabios)" "$dir/bios"
	put_bytes "$1" "$dir/bios" $(($(wc -c <"$dir/bios") - ${#1} / 2))
}

loader_boot() { # NAME
	read_case "$1"
	[ -z "$skip" ] || return 0
	{
		# shellcheck disable=SC2046 # a list of words
		with_lines $(key with)
		printf '%s\n' "$case_text" | sed '/^@/d'
	} >"$dir/description"
	initrd=$initrd "$tmp/forge" "$kernel" "$dir/elf" <"$dir/description" >"$dir/forge.out" || return 1

	# The guest compares with these. The kernel cuts the command line to
	# COMMAND_LINE_SIZE - 1 bytes.
	printed cmdline | tr -d '\n' | head -c 2047 >"$dir/cmdline"
	printed map >"$dir/map"
	echo b0 >"$dir/loader"
	echo none >"$dir/initrd"
	[ -z "$(key initrd)" ] || cksum <"$initrd" | cut -d' ' -f1,2 >"$dir/initrd"
	for file in cmdline map loader initrd; do
		guest_options --file "$file=$dir/$file"
	done
	# shellcheck disable=SC2046 # a list of words
	set -- $(key machine)
	guest_options --machine "${1:-q35}" --mem "${2:-512M}" --cpu "$(key cpu)"
	[ -z "$(key refuses)" ] || guest_options --timeout 60
	set --
	bios=$(key bios)
	[ -z "$bios" ] || {
		patch_bios "$bios"
		set -- -bios "$dir/bios"
	}
	# The console is the serial port that @serial names: others come before it.
	case $(key serial) in
	1) set -- "$@" -serial null ;;
	2) set -- "$@" -serial null -serial null ;;
	3) set -- "$@" -serial null -serial null -serial null ;;
	esac
	guest --kernel "$dir/elf" -- "$@"
	rm -f "$dir/elf" "$dir/bios"
}

loader_judge() { # NAME
	read_case "$1"
	name=${loader_prefix:-}$1
	if [ -n "$skip" ]; then
		tap_skip "$name" "$skip"
	elif [ -n "$(key refuses)" ]; then
		judge_refusal
	else
		judge_boot
	fi
}

judge_refusal() {
	field=$(key refuses) value=
	case $field in
	*' 0x'*) value=${field##* } field=${field% *} ;;
	"module 0 paddr") value=$(printed module | sed -n '1s/ .*//p') ;;
	"module 0 size") value=$(printed module | sed -n '1s/.* //p') ;;
	"kernel end") value=$(printed kernel | cut -d' ' -f2) ;;
	*) value=$(printed "$field") ;;
	esac
	port=$(key serial)
	expect "the guest resets by itself" ended
	expect "the kernel refuses $field $value, in one line" refused "$field" "$value"
	case $port in
	[0-3]) expect "serial port $port has the same line" on_serial ;;
	none) expect "no serial port has the line" not has 'pvh: ' ;;
	esac
}

judge_boot() {
	expect "the guest powers off" finished
	expect "the kernel is entered by its PVH note" reported "entered by" "PVH, not Xen.*"
	case ${IMAGE:-},$(printed cmdline) in
	,* | *nokaslr*) expect "the kernel is at the loader's address" \
		reported "kernel physical base" "$(printed kernel | cut -d' ' -f1)" ;;
	*) expect "the kernel is at a multiple of 2 MiB" \
		reported "kernel physical base" "0x[0-9a-f]*[02468ace]00000" ;;
	esac
	if [ -n "$(key initrd)" ]; then
		# shellcheck disable=SC2046 # two words
		set -- $(printed module | head -n 1)
		[ "$(key initrd)" != low ] || set -- "0x${1#0x????????}" "$2"
		expect "the kernel has the initrd at $1" reported initrd "at $1, $(($2)) bytes"
	else
		expect "the kernel has no initrd" reported initrd none
	fi
	for what in memmap iomem boot_params cmdline initrd; do
		case " $(key without | tr '\n' ' ') " in *" $what "*) continue ;; esac
		expect "the guest's check of $what passes" said "$what" 0
	done
	levels=$(key levels)
	[ -z "$levels" ] || expect "the kernel uses $levels-level page tables" \
		reported "paging levels" "$levels"
	fields=$(key logs | paste -sd, -)
	expect "the kernel warns about ${fields:-nothing}" warned "${fields:-nothing}"
	case $(key rsdp) in
	forged) expect "ACPI uses the loader's RSDP" \
		has "ACPI: RSDP 0x$(printf '%016X' "$(printed rsdp_paddr)") " ;;
	found) expect "ACPI searches for the RSDP" has 'ACPI: RSDP 0x00000000000F' ;;
	esac
}

# warned FIELDS: the kernel's log has a line of each field of @logs, and all its other
# lines are of fields of @maybe. For expect.
warned() {
	want="in the log lines, pvh: FIELD, of $1" got=$(console | sed -n 's/^\(\[[^]]*\] \)*pvh: //p' | sort -u)
	key logs | while read -r field; do
		printf '%s\n' "$got" | grep -q "^$field " || exit 1
	done || return 1
	! printf '%s\n' "$got" | grep -qv "$({ key logs; key maybe; } | sed 's/.*/^& /'; echo '^$')"
}
