#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The forger itself: that a file has in it what was described, and that what
# cannot be forged is said in one line, with no file left behind.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/info.sh"

make_tmp
forge=$tmp/forge
vmlinux=$build/vmlinux
out=$tmp/out

status=0
cc -O2 -Wall -Wextra -Werror -o "$forge" "$top/selftests/loader/forge.c" 2>"$tmp/err" || status=1
tap_ok $status "forge.c builds"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi

# describe LINE ...: forge it; the status is left in $status
describe() {
	rm -f "$out"
	status=0
	printf '%s\n' "$@" | "$forge" "$vmlinux" "$out" >"$tmp/forged" 2>"$tmp/err" || status=$?
}

# segment ADDR: in hex, what the file has for that physical address
segment() {
	readelf -lW "$out" | awk -v addr="$1" '
		$1 == "LOAD" && $4 == addr { print $2, $5 }' | while read -r offset size; do
		dd if="$out" bs=1 skip=$((offset)) count=$((size)) 2>/dev/null |
			od -An -v -tx1 | tr -d ' \n'
	done
}

# holds ADDR HEX DESC
holds() {
	got=$(segment "$1")
	right=0
	[ "$got" = "$2" ] || right=1
	tap_ok $right "$3"
	[ $right -eq 0 ] || tap_diag "at $1 there is $got and not $2"
}

# --- what is forged
describe 'magic 0x01020304 # not the right one' 'version 5' 'flags 6' 'nr_modules 7' \
	'modlist_paddr 0x1112131415161718' 'cmdline_paddr 0x2122232425262728' \
	'rsdp_paddr 0x3132333435363738' 'memmap_paddr 0x4142434445464748' \
	'memmap_entries 8' 'reserved 9' 'start_info at 48M' 'stub at 50M' 'ebx 0xa1b2c3d4'
tap_ok $status "a start_info of odd values is forged"
holds 0x0000000003000000 "0403020105000000060000000700000018171615141312112827262524232221383736353433323148474645444342410800000009000000" "each field of start_info has its value"
# As the bytes of an instruction
entry=$(printf '%08x' $(($(info "$vmlinux" pvh-entry))) | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')
holds 0x0000000003200000 "bbd4c3b2a1b8${entry}ffe0" "the stub loads %ebx and jumps to the kernel's entry"
tap_run "the note names the stub" test "$(info "$out" pvh-entry)" = 0x3200000
tap_run "there is no note by which the file could be moved" \
	test "$(info "$out" pvh-relocatable)" = no

describe 'module 0x0102030405060708 0x1112131415161718 0x2122232425262728 0x3132333435363738' \
	'module 1 2' 'modlist at 48M'
holds 0x0000000003000000 "08070605040302011817161514131211282726252423222138373635343332310100000000000000020000000000000000000000000000000000000000000000" \
	"each field of a module has its value"
describe 'entry 0x0102030405060708 0x1112131415161718 0x21222324 0x31323334' 'entry 4G-1 1*2+3 pmem' 'memmap at 5G+1'
holds 0x0000000140000001 "080706050403020118171615141312112423222134333231ffffffff0000000005000000000000000700000000000000" \
	"each field of a memory map entry has its value, above 4 GiB too"
describe 'cmdline at 48M' 'cmdline text  two  blanks # and a comment' 'cmdline fill 3 x'
holds 0x0000000003000000 "74776f2020626c616e6b7378787800" "a command line"
describe 'cmdline at 48M' 'cmdline text ab' 'cmdline open'
holds 0x0000000003000000 "6162" "a command line without an end"
describe 'bytes some at 48M 00 0102 ff' 'text words at 49M a b' 'fill more at 50M 3 0x41' 'skip some 1'
holds 0x0000000003000001 "0102ff" "bytes, the first of them left out"
holds 0x0000000003100000 "61206200" "a text"
holds 0x0000000003200000 "414141" "a byte many times"
describe 'start_info at 48M 4' 'magic start_info.size+text-text'
holds 0x0000000003000000 "04000000" "a start_info that is cut off"

# moved BASE: each byte of the kernel is there, that much further
describe 'kernel at 64M'
load() {
	LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" { print $2, $4, $5, $6 }' | head -n 2
}
load "$vmlinux" >"$tmp/old"
load "$out" >"$tmp/new"
first=$(awk '{ print $2; exit }' "$tmp/old")
right=0
paste -d' ' "$tmp/old" "$tmp/new" | while read -r offset paddr filesz memsz offset2 paddr2 filesz2 memsz2; do
	[ $((paddr - first + 64 * 1024 * 1024)) -eq $((paddr2)) ] || exit 1
	[ "$filesz $memsz" = "$filesz2 $memsz2" ] || exit 1
	tail -c +$((offset + 1)) "$vmlinux" | head -c $((filesz)) >"$tmp/a"
	tail -c +$((offset2 + 1)) "$out" | head -c $((filesz2)) | cmp -s "$tmp/a" - || exit 1
done || right=1
tap_ok $right "the kernel is moved, and otherwise as it was"

# map DESC FORGED LINE ...: how forge says that a map is to be read
map() {
	desc=$1
	want=$2
	shift 2
	describe "$@"
	got=$(sed -n '/^map_entries/d; /a0000 0xfffff/d; s/^map //p; s/^ram_bytes/=/p' "$tmp/forged" |
		paste -sd, - | sed 's/0x//g; s/,= /=/')
	right=0
	[ "$got" = "$want" ] || right=1
	tap_ok $right "a map: $desc"
	[ $right -eq 0 ] || tap_diag "forge says $got and not $want"
}

map "the higher type has it" \
	"10000000 17ffffff 1,18000000 180fffff 2,18100000 20ffffff 1,30000000 300fffff 1=285212672" \
	'entry 256M 272M ram' 'entry 384M 1M reserved' 'entry 768M 1M ram' 'entry 384M 1K ram'
map "no order, in touch" "10000000 2fffffff 1=536870912" 'entry 512M 256M ram' 'entry 256M 256M ram'
map "the hole below 1 MiB" "0 9ffff 1,100000 1fffff 1=1703936" 'entry 0 2M ram'
map "size 0 and type 0 are nothing" "200000 3fffff 1=2097152" 'entry 2M 2M ram' 'entry 3M 0 acpi' 'entry 3M 4K 0'
map "a higher type in many" "200000 2fffff 1,300000 300fff 5,301000 3fffff 1=2093056" \
	'entry 2M 2M ram' 'entry 3M 4K unusable' 'entry 3M 2K acpi' 'entry 3M+2K 2K reserved'
map "up to the end" "fffffffffffffff0 fffffffffffffffe 7=0" 'entry 0-16 15 pmem'
map "legacy persistent memory does not become one" "200000 200fff 12,201000 201fff 12=0" \
	'entry 2M 4K 12' 'entry 2M+4K 4K 12'
map "in turn" "200000 200fff 1,201000 201fff 2,202000 202fff 1,203000 203fff 2=8192" 'split 4 2M 2M+16K'
map "in turn, of more types" \
	"200000 200fff 1,201000 201fff 2,202000 202fff 3,203000 203fff 2,204000 205000 1=8193" \
	'split 5 2M 2M+20K+1 4'
map "with holes" "200000 201fff 2,202000 203fff 1,204000 205fff 2,206000 207fff 1=16384" \
	'entry 2M 32K ram' 'holes 2 2M 2M+32K'
map "with holes of a type" "200000 201fff 4,204000 205fff 4=0" 'holes 2 2M 2M+32K nvs'

# --- what cannot be
# fails PATTERN LINE ...: with a message that matches, and no file
fails() {
	pattern=$1
	shift
	describe "$@"
	right=0
	[ $status -eq 1 ] && [ ! -e "$out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^forge: $pattern" "$tmp/err" || right=1
	tap_ok $right "no: $(printf '%s; ' "$@")"
	[ $right -eq 0 ] || tap_diag "status $status: $(cat "$tmp/err")"
}

fails 'line 1: magc: ' 'magc 1'
fails 'line 2: magic: ' '' 'magic'
fails 'line 1: magic: ' 'magic 1 2'
fails 'line 1: magic has 32 bits' 'magic 0x1ffffffff'
fails 'line 1: 12q: ' 'magic 12q'
fails 'line 1: 0x: ' 'magic 0x'
fails 'line 1: .*missing' 'magic 1+'
fails 'line 1: foo: ' 'magic foo'
fails 'line 1: .*64 bits' 'memmap_paddr 0x10000000000000000'
fails 'line 1: .*64 bits' 'memmap_paddr 16777216T'
fails 'line 2: magic: .*line 1' 'magic 1' 'magic 2'
fails 'line 1: memmap: ' 'memmap at'
fails 'line 1: .*depends on itself' 'memmap at memmap+1'
fails 'line 1: start_info .* overlaps kernel ' 'start_info at text'
fails 'line 2: cmdline .* overlaps start_info ' 'start_info at end' 'cmdline at end+8' 'cmdline text abc'
fails 'line 1: cmdline foo: ' 'cmdline foo'
fails 'line 1: .*room' 'cmdline fill 99T x'
fails 'line 1: 0: ' 'bytes a at 1M 0'
fails 'line 1: zz: ' 'bytes a at 1M zz'
fails 'line 2: a: ' 'bytes a at 1M 00' 'bytes a at 2M 00'
fails "line 1: $tmp/none: " "file a at 1M $tmp/none"
# shellcheck disable=SC2016 # for forge
fails 'line 1: .*environment' 'file a at 1M $pvh_none'
fails 'line 1: rom: ' 'entry 1 2 rom'
fails 'line 1: .*32 bits' 'entry 1 2 0x100000000'
fails 'line 1: .*room' 'split 3 0 8K'
fails 'line 1: .*entries' 'split 0 0 8K'
fails 'the kernel .* above 4 GiB' 'kernel at 4G-1M'
fails 'line 1: the stub .* above 4 GiB' 'stub at 4G'
fails 'line 1: .*%ebx has 32 bits' 'ebx 4G'
fails 'line 1: .*wrap' 'fill a at 0-4 10 1'
fails 'no start_info' 'start_info none'

# elf DESC PATTERN: $tmp/elf is none to forge of
elf() {
	rm -f "$out"
	status=0
	"$forge" "$tmp/elf" "$out" </dev/null >/dev/null 2>"$tmp/err" || status=$?
	right=0
	[ $status -eq 1 ] && [ ! -e "$out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^forge: $tmp/elf: $2" "$tmp/err" || right=1
	tap_ok $right "no: $1"
	[ $right -eq 0 ] || tap_diag "status $status: $(cat "$tmp/err")"
}

# patch OFFSET OCTAL: of a copy of the kernel
patch() {
	cp "$vmlinux" "$tmp/elf"
	# shellcheck disable=SC2059 # an escape is what it is
	printf "$2" | dd of="$tmp/elf" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

rm -f "$tmp/elf"
elf "no such file" ''
: >"$tmp/elf"
elf "an empty file" 'too short'
cp "$0" "$tmp/elf"
elf "a script" 'no ELF'
head -c 100000 "$vmlinux" >"$tmp/elf"
elf "a kernel cut off" 'segment 0 '
patch 4 '\001'
elf "32-bit ELF" 'no ELF file for x86'
patch 38 '\377'
elf "program headers beyond the file" '.*program headers'
patch 54 '\071'
elf "program headers of another size" '.*program headers'
patch 79 '\377'
elf "a segment beyond the file" 'segment 0 '
patch 103 '\377'
elf "a segment with more in the file than in memory" '.*segment 0'
patch 56 '\001'
elf "no notes" 'no note PHYS32_ENTRY'

# shellcheck disable=SC2016 # for the inner shell
for to in '"$2" >/dev/full' '/dev/full'; do
	status=0
	sh -c '"$0" "$1" '"$to" "$forge" "$vmlinux" "$out" </dev/null >/dev/null 2>"$tmp/err" || status=$?
	right=0
	[ $status -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ -c /dev/full ] || right=1
	tap_ok $right "no: a disk that is full, as ${to#\"\$2\" >}"
done
tap_done
