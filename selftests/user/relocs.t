#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# boot/startup/kaslr.c, unchanged, in user space: it relocates the kernel image as the
# list of relocations says that a bzImage had before there was a table, to the first and
# the last address that there is for kernels of all sizes. With a damaged table, or with
# "nokaslr", it leaves the kernel as it is. relocate_for_kaslr() of the decompressor does
# the same with a distance that it is given. arch/x86/tools/relocs, which writes the
# table, on that image, on one with distances that no kernel has, and on objects that are
# linked in many orders.
#
# variables: X86_SRC=, another copy of arch/x86/ than that of the tree; OUT=, where to build

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/kaslr/linked.sh"

x86=${X86_SRC:-$tree/arch/x86}
# The table of 6.12 is the PVH entry's own, and is not in vmlinux.o as here.
[ -e "$x86/boot/startup/kaslr.c" ] || {
	tap_skip "boot/startup/kaslr.c relocates a kernel in user space" \
		"no boot/startup/kaslr.c: kaslr/*.t test the table of $BASE in guests"
	tap_done
}

make_tmp
out=${OUT:-$build/user}
tool=$out/relocs-tool
log=$tmp/log
export LC_ALL=C

# Other sources may be a mutant that has no use for a function.
builds() {
	want="no error and no warning" got="status 1"
	make -s -C "$here" OUT="$out" KERNEL="$tree" X86_SRC="$x86" relocs >"$log" 2>&1 || {
		got=$(tail -n 20 "$log")
		return 1
	}
	got=$(head -n 20 "$log")
	[ -z "$got" ] || [ -n "${X86_SRC:-}" ]
}

# address FILE SYMBOL: in hexadecimal
address() {
	nm "$1" | awk -v n="$2" '$3 == n { print $1; exit }'
}

# low FILE SYMBOL: the lower half of its address
low() {
	echo $((0x$(address "$1" "$2" | cut -c9-)))
}

# kaslr TEST IMAGE LINKED: IMAGE with its table; LINKED is the file that still has all
# relocations
kaslr() {
	want="a test that passes" got=
	"$tool" "$3" >"$tmp/list" 2>"$log" &&
		"$out/relocs" "$1" "$2" "$tmp/list" "$(address "$3" _text)" "$(address "$3" _end)" \
			"$(address "$3" kernel_relocs)" "$(address "$3" kernel_relocs_end)" >"$log" 2>&1 && return
	got=$(grep -a 'FAIL: \|rror: ' "$log" || tail -n 5 "$log")
	return 1
}

# tried FACT TEST IMAGE LINKED: one test, with what it has counted
tried() {
	expect "$1" kaslr "$2" "$3" "$4"
	[ -n "$got" ] || tap_diag <"$log"
}

# make_room SIZE OUT: the object that has room for the table, as arch/x86/tools/Makefile
# makes it
make_room() {
	gcc -c -x assembler -o "$2" - <<-END_ROOM
	.section .init.rodata.kernel_relocs,"a",@progbits
	.balign 8
	.globl kernel_relocs, kernel_relocs_end
	kernel_relocs: .quad _text; .space $1 - 8
	.balign 8
	kernel_relocs_end:
	END_ROOM
}

# link_image OUT OBJECT ...: by the linker script $tmp/lds
link_image() {
	link_out=$1
	shift
	ld -static --no-warn-rwx-segments --emit-relocs -z max-page-size=0x200000 -T "$tmp/lds" -e _text -o "$link_out" "$@"
}

# script SECTION ...: the linker script $tmp/lds, with the sections in that order
script() {
	{
		echo 'SECTIONS {'
		echo '.text 0xffffffff81000000 : { *(.text._text) *(.text)'
		printf '%s\n' "$@"
		echo '*(.text.*) }'
		echo '.rodata : { *(.init.rodata.kernel_relocs) }'
		echo "_end = ${image_end:-.}; }"
	} >"$tmp/lds"
}

# takes IMAGE: bytes that the table in it takes: from its first field on, up to where
# its sum ends
takes() {
	takes_size=$(field "$1" 20)
	echo $((16 + (16 + takes_size + 31) / 32 * 32))
}

# field IMAGE OFFSET: 32 bits of struct kernel_relocs
field() {
	objcopy -O binary -j .rodata "$1" "$tmp/rodata" && od -An -tu4 -j "$2" -N 4 "$tmp/rodata"
}

gaps_with_table() {
	want="a table" got="no object"
	script &&
		gcc -c -o "$tmp/gaps.o" "$here/relocs-gaps.S" &&
		make_room "$("$tool" --table-size "$tmp/gaps.o")" "$tmp/room.o" &&
		link_image "$tmp/gaps" "$tmp/gaps.o" "$tmp/room.o" || return 1
	got=$("$tool" --table "$tmp/gaps" 2>&1)
}

# fits OBJECT ROOM: link it by $tmp/lds, and write its table. What is to spare for other
# objects than vmlinux.o stays unused, except for the one place that room.o has: 32 bytes,
# as sizes go by 32.
fits() {
	want="at most $(($2 - spare + 32)) bytes" got="an image that is not linked"
	link_image "$tmp/image" "$1" "$tmp/room.o" >"$log" 2>&1 || { got="$got: $(tail -n 3 "$log")"; return 1; }
	got=$("$tool" --table "$tmp/image" 2>&1) || return 1
	got="$(takes "$tmp/image") bytes"
	[ "${got% bytes}" -le $(($2 - spare + 32)) ] && [ "${got% bytes}" -gt 64 ]
}

# has_room ORDER OBJECT ROOM
has_room() {
	expect "relocs --table-size: there is room for the table of $(basename "$2" .o) with its sections $1" \
		fits "$2" "$3"
	tap_diag "room for $3 bytes, $spare of them to spare; the table takes $got"
}

sections() {
	objdump -h "$1" | awk '$2 ~ /^\.text\.[0-9f]/ { print $2 }'
}

# orders SEED: link an object of many sections in many orders
orders() {
	object=$tmp/object-$1.o
	awk -v seed="$1" -f "$here/relocs-orders.awk" | gcc -c -x assembler -o "$object" - &&
		room=$("$tool" --table-size "$object") &&
		make_room "$room" "$tmp/room.o" || die "no object of many sections"
	sections "$object" >"$tmp/sections"
	# shellcheck disable=SC2046 # names without spaces
	{
		script $(sed 's/.*/*(&)/' "$tmp/sections")
		has_room "as in the object" "$object" "$room"
		script $(sort -r "$tmp/sections" | sed 's/.*/*(&)/')
		has_room "from the last to the first" "$object" "$room"
		for n in 1 2 3; do
			script $(awk -v seed="$1$n" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' "$tmp/sections" |
				sort -n | cut -f2 | sed 's/.*/*(&)/')
			has_room "in random order $n" "$object" "$room"
		done
		script $(awk '{ print "*(" $0 ")"; print ". = . + 0x1000;" }' "$tmp/sections")
		has_room "4 KiB from each other" "$object" "$room"
		script $(awk '{ print "*(" $0 ")"; if (NR % 40 == 0) print ". = . + 0x1000000;" }' "$tmp/sections")
		has_room "by the 40, 16 MiB from each other" "$object" "$room"
		script $(awk '{ print "*(" $0 ")"; if (NR % 100 == 0) print ". = ALIGN(0x200000);" }' "$tmp/sections")
		has_room "by the 100, aligned to 2 MiB" "$object" "$room"
	}
}

# refuses IMAGE MESSAGE: relocs --table fails with that message, and leaves IMAGE alone
refuses() {
	cp "$1" "$tmp/before"
	want="status 1 and the message \"$2\"" got="status 0"
	! "$tool" --table "$1" >"$log" 2>&1 || return 1
	got=$(cat "$log")
	grep -q "$2" "$log" || return 1
	want="the same image" got="another one"
	cmp -s "$1" "$tmp/before"
}

# bad_image NAME ROOM: an image of the assembly on standard input
bad_image() {
	gcc -c -x assembler -o "$tmp/$1.o" - && make_room "$2" "$tmp/room.o" &&
		script && link_image "$tmp/$1" "$tmp/$1.o" "$tmp/room.o" || die "no image $1"
}

writes_again() {
	want="the bytes that the build has written" got="others"
	cp "$linked" "$tmp/again" && "$tool" --table "$tmp/again" >"$log" 2>&1 && cmp -s "$linked" "$tmp/again"
}

room_of_vmlinux() {
	want="$(($(low "$linked" kernel_relocs_end) - $(low "$linked" kernel_relocs)))"
	got=$("$tool" --table-size "$obj/vmlinux.o")
	[ "$got" = "$want" ]
}

expect "kaslr.c builds in user space" builds
[ "$tap_bad" -eq 0 ] || tap_done

linked_vmlinux "$tmp/linked" >"$tmp/linked.name" || :
linked=$(cat "$tmp/linked.name")
expect "there is vmlinux with all of its relocations" test -n "$linked"
if [ -n "$linked" ]; then
	expect "relocs --table writes the table of vmlinux as the build did" writes_again
	expect "relocs --table-size prints the room that vmlinux has for its table" room_of_vmlinux
	while read -r test fact; do
		tried "$fact" "$test" "$build/vmlinux" "$linked"
	done <<-'END_TESTS'
	moves kaslr.c relocates vmlinux as its list of relocations says
	sizes kaslr.c moves a kernel to each place that there is for its size, and to no other
	entropy kaslr.c chooses by RDRAND, the TSC and boot_params, and asks each once
	damage kaslr.c leaves a kernel alone whose table is damaged
	chosen kaslr.c leaves a kernel alone for which a decompressor or a loader has chosen an address
	nokaslr kaslr.c leaves a kernel alone with nokaslr on its command line, and with no other word
	decompressor relocate_for_kaslr() relocates vmlinux as its list of relocations says, and marks the table
	END_TESTS
fi

expect "relocs --table writes the table of an image with large gaps" gaps_with_table
for test in moves decompressor; do
	tried "$test: an image with large gaps is relocated as its list of relocations says" \
		$test "$tmp/gaps" "$tmp/gaps"
done

spare=$(sed -n 's/^#define TABLE_SPARE[[:space:]]*//p' "$x86/tools/kernel_relocs.c")
[ -n "$spare" ] || die "no TABLE_SPARE in kernel_relocs.c"
orders 1
orders 2

# An image of 101 relocations that are far from each other
image_with_room() {
	bad_image "$1" "$2" <<-'END_IMAGE'
	.section .text._text, "ax"; .globl _text; _text:
	.rept 100; .quad _text; .space 0x1000; .endr
	END_IMAGE
}
image_with_room small 456
expect "relocs --table refuses a room that is too small by eight bytes" refuses "$tmp/small" \
	'relocation table: 464 bytes in a room of 456: TABLE_SPARE is too small$'
image_with_room exact 464
expect "relocs --table fills a room that is just large enough" "$tool" --table "$tmp/exact"

bad_image overlap 512 <<'END'
.section .text._text, "ax"; .globl _text; _text:
.reloc ., R_X86_64_64, _text; .space 3; .reloc ., R_X86_64_32S, _text; .space 8
END
expect "relocs --table refuses relocations that overlap" refuses "$tmp/overlap" \
	'relocations overlap at 0x81000003$'
bad_image stripped 512 <<'END'
.section .text._text, "ax"; .globl _text; _text: .quad _text
END
objcopy --remove-section '.rela*' "$tmp/stripped"
expect "relocs --table refuses an image without relocations" refuses "$tmp/stripped" 'no relocation of kernel_relocs'

bad_image far 512 <<'END'
.section .text._text, "ax"; .globl _text; _text: .quad _text; .quad _text + 0x3f000000
END
expect "relocs --table refuses a relocation that has no room to move" refuses "$tmp/far" \
	'relocation at 0xffffffff81000008: _text has no room to move'

image_end=0xffffffffc0000001
bad_image large 512 <<'END'
.section .text._text, "ax"; .globl _text; _text: .quad _text; .quad _text + 0x3f000000
END
image_end=
cp "$tmp/large" "$tmp/large.before"
without_table() {
	want="a warning, status 0, and the same image" got="no warning"
	"$tool" --table "$tmp/large" >"$log" 2>&1 && grep -q 'warning: the kernel is too large for KASLR' "$log" || return 1
	got="another image"
	cmp -s "$tmp/large" "$tmp/large.before"
}
expect "relocs --table leaves an image without a table that is too large to move" without_table
bad_image near 512 <<'END'
.section .text._text, "ax"; .globl _text; _text: .quad _text; .quad _text + 0x3effffff
END
with_table() {
	want="no warning, and a table of 3 relocations" got=$("$tool" --table "$tmp/near" 2>&1) || return 1
	got="$got$(field "$tmp/near" 28)"
	[ "$(echo "$got" | tr -d ' ')" = 3 ]
}
expect "relocs --table writes the table of an image that just has room to move" with_table
tap_done
