#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# forge writes the described data to its file. It refuses a wrong description or kernel
# in one line, and then leaves no file.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/loader/loader.sh"

make_tmp
build_forge
forge=$tmp/forge
out=$tmp/out

# run_forge VMLINUX OUT: set $status
run_forge() {
	rm -f "$out"
	status=0
	"$forge" "$1" "$2" >"$tmp/forge.out" 2>"$tmp/err" || status=$?
}

# describe LINE ...: run forge with that description
describe() {
	printf '%s\n' "$@" >"$tmp/description"
	run_forge "$kernel" "$out" <"$tmp/description"
}

# segment ADDR: the bytes that the file has for that physical address, in hex
segment() {
	readelf -lW "$out" | awk -v addr="$1" '
		$1 == "LOAD" && $4 == addr { print $2, $5 }' | while read -r offset size; do
		get_bytes "$out" $((offset)) $((size))
	done
}

# holds ADDR HEX FACT
holds() {
	expect "$3" is "$2" "$(segment "$1")"
}

# Valid descriptions
describe 'magic 0x01020304 # not the right one' 'version 5' 'flags 6' 'nr_modules 7' \
	'modlist_paddr 0x1112131415161718' 'cmdline_paddr 0x2122232425262728' \
	'rsdp_paddr 0x3132333435363738' 'memmap_paddr 0x4142434445464748' \
	'memmap_entries 8' 'reserved 9' 'start_info at 48M' 'stub at 50M' 'ebx 0xa1b2c3d4'
expect "forge accepts any value of a field" is 0 $status
holds 0x0000000003000000 "0403020105000000060000000700000018171615141312112827262524232221383736353433323148474645444342410800000009000000" "each field of start_info has its value"
entry=$(little_endian $(($(info "$kernel" pvh-entry))) 4)
holds 0x0000000003200000 "bbd4c3b2a1b8${entry}ffe0" "the stub loads %ebx and jumps to the kernel's entry"
expect "the note PHYS32_ENTRY has the stub's address" is 0x3200000 "$(info "$out" pvh-entry)"
expect "the file has no note PHYS32_RELOC" is no "$(info "$out" pvh-relocatable)"

describe 'module 0x0102030405060708 0x1112131415161718 0x2122232425262728 0x3132333435363738' \
	'module 1 2' 'modlist at 48M'
holds 0x0000000003000000 "08070605040302011817161514131211282726252423222138373635343332310100000000000000020000000000000000000000000000000000000000000000" \
	"each field of a module has its value"
describe 'entry 0x0102030405060708 0x1112131415161718 0x21222324 0x31323334' 'entry 4G-1 1*2+3 pmem' 'memmap at 5G+1'
holds 0x0000000140000001 "080706050403020118171615141312112423222134333231ffffffff0000000005000000000000000700000000000000" \
	"each field of a memory map entry has its value, also above 4 GiB"
describe 'cmdline at 48M' 'cmdline text  two  blanks # and a comment' 'cmdline fill 3 x'
holds 0x0000000003000000 "74776f2020626c616e6b7378787800" "a command line is the text and the filling, with a NUL"
describe 'cmdline at 48M' 'cmdline text ab' 'cmdline open'
holds 0x0000000003000000 "6162" "an open command line has no NUL"
describe 'bytes some at 48M 00 0102 ff' 'text words at 49M a b' 'fill more at 50M 3 0x41' 'skip some 1'
holds 0x0000000003000001 "0102ff" "skip leaves out the first byte"
holds 0x0000000003100000 "61206200" "a text has a NUL"
holds 0x0000000003200000 "414141" "fill repeats a byte"
describe 'start_info at 48M 4' 'magic start_info.size+text-text'
holds 0x0000000003000000 "04000000" "start_info is cut to the size that is described"

# load FILE: offset, address and sizes of the kernel's two segments
load() {
	LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" { print $2, $4, $5, $6 }' | head -n 2
}

# moved: the kernel's segments in the file are those of $kernel, at 64 MiB
moved() {
	load "$kernel" >"$tmp/old"
	load "$out" >"$tmp/new"
	first=$(awk '{ print $2; exit }' "$tmp/old")
	paste -d' ' "$tmp/old" "$tmp/new" | while read -r offset paddr filesz memsz offset2 paddr2 filesz2 memsz2; do
		[ $((paddr - first + 64 * 1024 * 1024)) -eq $((paddr2)) ] || exit 1
		[ "$filesz $memsz" = "$filesz2 $memsz2" ] || exit 1
		tail -c +$((offset + 1)) "$kernel" | head -c $((filesz)) >"$tmp/a"
		tail -c +$((offset2 + 1)) "$out" | head -c $((filesz2)) | cmp - "$tmp/a" || exit 1
	done
}

describe 'kernel at 64M'
expect "a kernel at another address is otherwise unchanged" moved

# map FACT LINES LINE ...: forge prints these lines of the map for the description
map() {
	fact=$1 lines=$2
	shift 2
	describe "$@"
	expect "map: $fact" is "$lines" "$(sed -n '/^map_entries/d; /a0000 0xfffff/d; s/^map //p; s/^ram_bytes/=/p' \
		"$tmp/forge.out" | paste -sd, - | sed 's/0x//g; s/,= /=/')"
}

map "the higher type wins" \
	"10000000 17ffffff 1,18000000 180fffff 2,18100000 20ffffff 1,30000000 300fffff 1=285212672" \
	'entry 256M 272M ram' 'entry 384M 1M reserved' 'entry 768M 1M ram' 'entry 384M 1K ram'
map "unsorted entries that adjoin are merged" "10000000 2fffffff 1=536870912" 'entry 512M 256M ram' 'entry 256M 256M ram'
map "the hole below 1 MiB is left out" "0 9ffff 1,100000 1fffff 1=1703936" 'entry 0 2M ram'
map "entries of size 0 and of type 0 are left out" "200000 3fffff 1=2097152" 'entry 2M 2M ram' 'entry 3M 0 acpi' 'entry 3M 4K 0'
map "a higher type wins over several entries" "200000 2fffff 1,300000 300fff 5,301000 3fffff 1=2093056" \
	'entry 2M 2M ram' 'entry 3M 4K unusable' 'entry 3M 2K acpi' 'entry 3M+2K 2K reserved'
map "the last entry ends before 2^64" "fffffffffffffff0 fffffffffffffffe 7=0" 'entry 0-16 15 pmem'
map "legacy persistent memory is not merged" "200000 200fff 12,201000 201fff 12=0" \
	'entry 2M 4K 12' 'entry 2M+4K 4K 12'
map "split alternates two types" "200000 200fff 1,201000 201fff 2,202000 202fff 1,203000 203fff 2=8192" 'split 4 2M 2M+16K'
map "split alternates more types" \
	"200000 200fff 1,201000 201fff 2,202000 202fff 3,203000 203fff 2,204000 205000 1=8193" \
	'split 5 2M 2M+20K+1 4'
map "holes are left out" "200000 201fff 2,202000 203fff 1,204000 205fff 2,206000 207fff 1=16384" \
	'entry 2M 32K ram' 'holes 2 2M 2M+32K'
map "the entries between holes have the type" "200000 201fff 4,204000 205fff 4=0" 'holes 2 2M 2M+32K nvs'

# Wrong descriptions and kernels

# failed PATTERN: forge has failed with one line that begins with that, a basic
# regular expression, and has left no file. For expect.
failed() {
	want="status 1, no file, and one line, forge: $1"
	got="status $status, $(ls "$out" 2>/dev/null || echo no file), $(cat "$tmp/err")"
	[ $status -eq 1 ] && [ ! -e "$out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^forge: $1" "$tmp/err"
}

# fails PATTERN LINE ...: for that description
fails() {
	pattern=$1
	shift
	describe "$@"
	expect "forge refuses the lines $(printf '%s\n' "$@" | paste -sd ';' -)" failed "$pattern"
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
fails 'line 1: /dev/null/none: ' 'file a at 1M /dev/null/none'
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

# elf FILE PATTERN: forge refuses $tmp/elf, which is such a FILE
elf() {
	run_forge "$tmp/elf" "$out" </dev/null
	expect "forge refuses $1" failed "$tmp/elf: $2"
}

# patched FILE OFFSET HEX PATTERN: the same of a copy of the kernel with these bytes
patched() {
	cp "$kernel" "$tmp/elf"
	put_bytes "$3" "$tmp/elf" "$2"
	elf "$1" "$4"
}

elf "a file that is missing" ''
: >"$tmp/elf"
elf "an empty file" 'too short'
cp "$0" "$tmp/elf"
elf "a script" 'no ELF'
head -c 100000 "$kernel" >"$tmp/elf"
elf "a kernel that is cut off" 'segment 0 '
patched "a 32-bit ELF file for x86-64" 4 01 'no ELF file for x86'
patched "program headers beyond the end of the file" 38 ff '.*program headers'
patched "program headers of another size" 54 39 '.*program headers'
patched "a segment beyond the end of the file" 79 ff 'segment 0 '
patched "a segment that is larger in the file than in memory" 103 ff '.*segment 0'
patched "a kernel without notes" 56 01 'no note PHYS32_ENTRY'

# full STDOUT OUT: forge has failed with one line, and /dev/full is still a device. For
# expect.
full() {
	status=0
	"$forge" "$kernel" "$2" </dev/null >"$1" 2>"$tmp/err" || status=$?
	want="status 1, and one line" got="status $status, $(cat "$tmp/err")"
	[ $status -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ -c /dev/full ]
}

expect "forge fails if standard output is full" full /dev/full "$out"
expect "forge fails if the disk of its file is full" full /dev/null /dev/full
tap_done
