#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# pvhinfo on kernels of many kinds, beside what other programs say of them; and
# on damaged files, with a compiler's sanitizers: a message, and which.
#
# knobs: PVHINFO=, the program for the damaged files; FUZZ_TIME=20, seconds

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
export LC_ALL=C
unset LINES COLUMNS
pvhinfo=$build/pvhinfo
"$top/scripts/pvhinfo.sh" asan || exit 1
asan=${PVHINFO:-$build/pvhinfo.d/pvhinfo.asan}
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
bz=$obj/arch/x86/boot/compressed
set +e

# info NAME: of what "look" has last seen
info() {
	sed -n "s/^$1: //p" "$tmp/info"
}

# look NAME STATUS FILE: pvhinfo comes to that
look() {
	"$pvhinfo" "$3" >"$tmp/info" 2>"$tmp/err"
	status=$?
	[ $status -eq "$2" ] && [ ! -s "$tmp/err" ]
	tap_ok $? "$1: exit status $2"
	[ $status -eq "$2" ] || tap_diag "exit status $status: $(cat "$tmp/err")"
}

# says NAME LINE VALUE
says() {
	[ "$(info "$2")" = "$3" ]
	tap_ok $? "$1: $2: $3"
	[ "$(info "$2")" = "$3" ] || tap_diag "$2: $(info "$2"), not $3"
}

# how NAME LOADER HOW: the verdict without its reason
how() {
	[ "$(info "loader-$2" | sed 's/:.*//')" = "$3" ]
	tap_ok $? "$1: loader-$2: $3"
}

# le SIZE VALUE: that number as little-endian bytes
le() {
	le_n=$1
	le_value=$2
	while [ "$le_n" -gt 0 ]; do
		# shellcheck disable=SC2059 # an escape is what it is
		printf "\\$(printf '%03o' $((le_value & 255)))"
		le_value=$((le_value >> 8))
		le_n=$((le_n - 1))
	done
}

# get FILE OFFSET SIZE: a little-endian number
get() {
	od -An -tu"$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# poke FILE OFFSET SIZE VALUE
poke() {
	le "$3" "$4" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# The lowest address of PT_LOAD, and the first byte behind the highest
readelf_range() {
	readelf -lW "$1" | awk '$1 == "LOAD" { print $4, $6 }' | {
		low='' high=0
		while read -r paddr memsz; do
			[ -n "$low" ] && [ $((paddr)) -ge "$low" ] || low=$((paddr))
			[ $((paddr + memsz)) -le $high ] || high=$((paddr + memsz))
		done
		printf '0x%x 0x%x\n' "$low" $high
	}
}

# Xen's note of a type, as readelf prints its bytes, as one number
readelf_note() {
	readelf -nW "$1" 2>/dev/null | awk -v type="($2)" '
		/^  [A-Za-z]/ { hit = $1 == "Xen" && index($0, type) }
		hit && sub(/.*description data: */, "") {
			for (i = NF; i > 0; i--)
				s = s $i
			sub(/^0*/, "", s)
			print "0x" s
			exit
		}'
}

# same_elf NAME FILE: what readelf says of the ELF file, which is what the
# report in $tmp/info is of
same_elf() {
	case $(readelf -hW "$2" | sed -n 's/^ *Class: *ELF//p') in
	64) says "$1" class 64 ;;
	*) says "$1" class 32 ;;
	esac
	says "$1" elf-entry "$(readelf -hW "$2" | sed -n 's/^ *Entry point address: *//p')"
	range=$(readelf_range "$2")
	says "$1" load-start "${range% *}"
	says "$1" load-end "${range#* }"
	says "$1" pvh-entry "$(readelf_note "$2" 0x00000012)"
}

# ---- our own

sym() {
	nm "$1" | sed -n "s/^ffffffff\([0-9a-f]\{8\}\) . $2\$/\1/p"
}

symbols=$obj/vmlinux
stripped=$tmp/stripped
strip -o "$stripped" "$build/vmlinux"
entry=$(printf '0x%x' $((0x$(sym "$symbols" pvh_start_xen) - 0x80000000)))
table=$(sym "$symbols" __pi_pvh_relocs)
relocations=$(od -An -v -tu4 -w4 "$bz/vmlinux.relocs" | grep -vc '^ *0$')

# ours NAME FILE ELF
ours() {
	look "$1" 0 "$2"
	says "$1" pvh yes
	says "$1" pvh-entry "$entry"
	same_elf "$1" "$3"
	says "$1" pvh-reloc-align "$(sed -n 's/^CONFIG_PHYSICAL_ALIGN=//p' "$obj/.config")"
	says "$1" pvh-reloc-min "$(sed -n 's/^CONFIG_PHYSICAL_START=//p' "$obj/.config")"
	if [ -n "$table" ]; then
		says "$1" pvh-kaslr yes
		says "$1" pvh-kaslr-table "$(printf '0x%x' $((0x$table - 0x80000000)))"
		# The decompressor's list has the same places.
		says "$1" pvh-kaslr-relocations "$relocations"
	else
		says "$1" pvh-kaslr no
	fi
	how "$1" xen-dom0 pvh
}
ours vmlinux "$build/vmlinux" "$symbols"
how vmlinux qemu pvh
how vmlinux firecracker pvh
how vmlinux cloud-hypervisor pvh
ours "stripped vmlinux" "$stripped" "$symbols"
ours bzImage "$build/bzImage" "$symbols"
says bzImage bzimage-relocations "$relocations"
how bzImage qemu linux
how bzImage xen-domu pvh
how bzImage cloud-hypervisor linux
how bzImage firecracker linux
file -L "$build/bzImage" | grep -qF "version $(info kernel-version | cut -d' ' -f1) "
tap_ok $? "bzImage: kernel-version is what file(1) says"

# What is in it, as other programs take it out
"$pvhinfo" -q -x "$tmp/elf" "$build/bzImage" >"$tmp/out" 2>&1
tap_run "bzImage: -x writes what was packed" cmp "$tmp/elf" "$bz/vmlinux.bin"
tap_run "bzImage: -q says nothing" test ! -s "$tmp/out"
"$tree/scripts/extract-vmlinux" "$build/bzImage" 2>/dev/null |
	head -c "$(info elf-size)" | cmp -s - "$tmp/elf"
tap_ok $? "bzImage: -x writes what extract-vmlinux finds"
"$pvhinfo" -x - "$build/bzImage" 2>"$tmp/err" | cmp -s - "$tmp/elf"
tap_ok $? "bzImage: -x - writes that and nothing else"
ours "what -x wrote" "$tmp/elf" "$tmp/elf"

# 32-bit kernels, if they were built
for f in "$build"/i386-*.vmlinux; do
	[ -e "$f" ] || continue
	look "${f##*/}" 0 "$f"
	says "${f##*/}" class 32
	same_elf "${f##*/}" "$f"
	says "${f##*/}" pvh-relocatable no
	how "${f##*/}" xen-domu pvh
	how "${f##*/}" qemu pvh
	how "${f##*/}" cloud-hypervisor no
done

# ---- all compressors, around the same kernel

code=$((($(get "$build/bzImage" 497 1) + 1) * 512))
payload=$((code + $(get "$build/bzImage" 584 4)))

# wrap OUT PAYLOAD: build/bzImage with another payload
wrap() {
	size=$(stat -c %s "$2")
	head -c $payload "$build/bzImage" >"$1"
	cat "$2" >>"$1"
	head -c $(((16 - (payload - code + size) % 16) % 16)) /dev/zero >>"$1"
	poke "$1" 500 4 $((($(stat -c %s "$1") - code) / 16))
	poke "$1" 588 4 "$size"
}

cat "$bz/vmlinux.bin" "$bz/vmlinux.relocs" >"$tmp/all"
all=$(stat -c %s "$tmp/all")

# pack NAME: as cmd_NAME of the kernel's build, but faster
pack() {
	case $1 in
	none) cat ;;
	gzip) gzip -n -1 ;;
	bzip2) bzip2 -1 ;;
	lzma) xz --format=lzma -0 ;;
	xz) xz --check=crc32 --x86 --lzma2=preset=0 ;;
	lzo) lzop -1 ;;
	lz4) lz4 -q -l -1 - - ;;
	zstd) zstd -q -1 ;;
	esac <"$tmp/all"
	case $1 in
	gzip | none) ;;
	*) le 4 "$all" ;;
	esac
}
for how in none gzip bzip2 lzma xz lzo lz4 zstd; do
	pack $how >"$tmp/payload"
	wrap "$tmp/bz.$how" "$tmp/payload"
	look "bzImage by $how" 0 "$tmp/bz.$how"
	says "bzImage by $how" compression $how
	says "bzImage by $how" pvh-entry "$entry"
	says "bzImage by $how" bzimage-relocations "$relocations"
	how "bzImage by $how" xen-dom0 pvh
	case $how in
	bzip2 | lzo) how "bzImage by $how" xen-domu no ;;
	*) how "bzImage by $how" xen-domu pvh ;;
	esac
	"$pvhinfo" -q -x "$tmp/elf2" "$tmp/bz.$how"
	tap_run "bzImage by $how: -x writes what was packed" cmp "$tmp/elf" "$tmp/elf2"
done
rm -f "$tmp/elf2"
for f in "$build"/main.*.bzImage; do
	[ -e "$f" ] || continue
	how=${f#"$build"/main.}
	how=${how%.bzImage}
	look "${f##*/}" 0 "$f"
	says "${f##*/}" compression "$how"
done
gzip -1 <"$stripped" >"$tmp/vmlinux.gz"
look vmlinux.gz 0 "$tmp/vmlinux.gz"
says vmlinux.gz format compressed
how vmlinux.gz xen-domu pvh
how vmlinux.gz qemu no

# ---- Debian's kernels, GRUB, Xen

for version in 6.12 7.3; do
	name="Debian's $version"
	if ! kernel=$("$top/scripts/stock.sh" $version 2>"$tmp/err"); then
		tap_skip "$name" "$(sed -n 's/^pvh: error: //p' "$tmp/err" | tail -n 1)"
		continue
	fi
	look "$name" 0 "$kernel"
	"$pvhinfo" -q -x "$tmp/elf2" "$kernel"
	same_elf "$name" "$tmp/elf2"
	[ "$("$tree/scripts/extract-vmlinux" "$kernel" 2>/dev/null | head -c "$(info elf-size)" |
		sha256sum)" = "$(sha256sum <"$tmp/elf2")" ]
	tap_ok $? "$name: -x writes what extract-vmlinux finds"
	file -L "$kernel" | grep -qF "version $(info kernel-version | cut -d' ' -f1) "
	tap_ok $? "$name: kernel-version is what file(1) says"
	says "$name" pvh-kaslr no
	how "$name" xen-domu pvh
	how "$name" qemu linux
	# The cloud kernels are built without CONFIG_XEN_DOM0: bit 11
	supported=$(readelf_note "$tmp/elf2" 0x00000011)
	[ $((supported >> 11 & 1)) -eq 1 ] && verdict=pvh || verdict=no
	how "$name" xen-dom0 $verdict
done

if grub=$("$top/scripts/stock.sh" grub 2>"$tmp/err"); then
	set -- $grub
	look "GRUB for PVH" 0 "$1"
	same_elf "GRUB for PVH" "$1"
	says "GRUB for PVH" pvh-relocatable no
	how "GRUB for PVH" xen-domu pvh
	how "GRUB for PVH" firecracker no
	grub_pv=$2
else
	grub_pv=
	tap_skip "GRUB" "$(sed -n 's/^pvh: error: //p' "$tmp/err" | tail -n 1)"
fi

if "$top/selftests/xen/fetch.sh" 2>"$tmp/err"; then
	look "Xen" 1 "$build/xen/xen"
	says Xen pvh no
	says Xen class 32
	how Xen qemu multiboot
	for f in "$build"/xen/root/usr/lib/xen-*/boot/xen-shim; do
		look "Xen as a PVH guest" 0 "$f"
		same_elf "Xen as a PVH guest" "$f"
		how "Xen as a PVH guest" xen-domu pvh
	done
	# What the toolstack says of what it was built without
	lib=$(find "$build/xen/root" -name 'libxenguest.so.*' -type f | head -n 1)
	grep -aq 'BZIP2 decompress support unavailable' "$lib" &&
		grep -aq 'LZO1x decompress support unavailable' "$lib" &&
		! grep -aq '\(LZMA\|XZ\|ZSTD\|LZ4\) decompress support unavailable' "$lib"
	tap_ok $? "Xen's toolstack lacks the compressors that pvhinfo says"
else
	tap_skip "Xen" "$(sed -n 's/^pvh: error: //p' "$tmp/err" | tail -n 1)"
fi

# ---- kernels that are sound, but

note_segment=$(readelf -lW "$stripped" | awk '/^  [A-Z]/ && $1 != "Type" { n++ } $1 == "NOTE" { print n - 1; exit }')
note_header=$((64 + 56 * note_segment))
notes=$(get "$stripped" $((note_header + 8)) 8)
notes_size=$(get "$stripped" $((note_header + 32)) 8)

# note TYPE: where in the file the header of Xen's note is
note() {
	tail -c +$((notes + 1)) "$stripped" | head -c "$notes_size" | od -An -v -tu4 -w4 |
		awk -v type="$1" -v at="$notes" '
			{ word[NR - 1] = $1 }
			END {
				for (i = 0; i < NR; i += 3 + owner + desc) {
					owner = int((word[i] + 3) / 4)
					desc = int((word[i + 1] + 3) / 4)
					# "Xen"
					if (word[i + 2] == type && word[i] == 4 && word[i + 3] == 7234904) {
						print at + 4 * i
						exit
					}
				}
			}'
}
entry_note=$(note 18)
reloc_note=$(note 19)
features_note=$(note 10)
supported_note=$(note 17)

# but NAME OFFSET SIZE VALUE: $tmp/but, with that in it
but() {
	cp "$stripped" "$tmp/but"
	while [ $# -gt 2 ]; do
		poke "$tmp/but" "$1" "$2" "$3"
		shift 3
	done
}

# qemu_finds: whether QEMU finds the note of $tmp/but. Nothing runs in it.
qemu_finds() {
	echo quit | timeout 20 qemu-system-x86_64 -accel tcg -machine q35 -m 128M -nodefaults \
		-display none -S -monitor stdio -kernel "$tmp/but" >"$tmp/log" 2>&1 && return
	grep -q 'without PVH ELF Note' "$tmp/log" || tap_diag <"$tmp/log"
	return 1
}

but $((entry_note + 8)) 4 0x112
look "without the note" 1 "$tmp/but"
says "without the note" pvh no
how "without the note" xen-domu no
how "without the note" qemu no
how "without the note" firecracker linux
how "without the note" cloud-hypervisor no
! qemu_finds
tap_ok $? "without the note: as it is"

but $((entry_note + 8)) 4 18
qemu_finds
tap_ok $? "with the note: QEMU finds it"

but $((note_header + 48)) 8 8
look "notes that are said to be aligned to 8" 0 "$tmp/but"
how "notes that are said to be aligned to 8" xen-domu pvh
verdict=no
! qemu_finds || verdict=pvh
how "notes that are said to be aligned to 8: as it is" qemu $verdict

but $((supported_note + 16)) 4 0x8001
look "not for dom0" 0 "$tmp/but"
[ "$(info loader-xen-domu)" = pvh ]
tap_ok $? "not for dom0: a guest"
but 24 8 0x1000
look "e_entry below 1 MiB" 0 "$tmp/but"
how "e_entry below 1 MiB" firecracker no
how "e_entry below 1 MiB" qemu pvh
but $((64 + 48)) 8 0x1000
look "p_align of a page" 0 "$tmp/but"
how "p_align of a page" cloud-hypervisor no
but $((64 + 4)) 4 0
look "a segment without flags" 0 "$tmp/but"
how "a segment without flags" xen-dom0 no
but $((features_note + 16 + 1)) 4 0x7a7a7a7a
look "a required feature that nobody knows" 0 "$tmp/but"
how "a required feature that nobody knows" xen-domu no

# ---- damaged files

# one_line FILE EXPECT: status 2, nothing on standard output, and that message
one_line() {
	"$asan" "$1" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 2 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^pvhinfo: $1: $2" "$tmp/err" && return
	tap_diag "exit status $status: $(head -n 20 "$tmp/err")"
	return 1
}

# damage FILE NAME EXPECT OFFSET SIZE VALUE ...
damage() {
	cp "$1" "$tmp/bad"
	name=$2 expect=$3
	shift 3
	while [ $# -gt 0 ]; do
		poke "$tmp/bad" "$1" "$2" "$3"
		shift 3
	done
	tap_run "$name: $expect" one_line "$tmp/bad" "$expect"
}

elf=$stripped
damage "$elf" "another magic" 'magic 0x7f454c00: ' 3 1 0
damage "$elf" "a class of 3" 'e_ident\[EI_CLASS\] 3: ' 4 1 3
damage "$elf" "big-endian" 'e_ident\[EI_DATA\] 2: ' 5 1 2
damage "$elf" "an object file" 'e_type 1: ' 16 2 1
damage "$elf" "a core dump" 'e_type 4: ' 16 2 4
damage "$elf" "for ARM" 'e_machine 183: ' 18 2 183
damage "$elf" "64 bits for the i386" 'e_ident\[EI_CLASS\] 2: ' 18 2 3
damage "$elf" "e_phoff behind the end" 'e_phoff 0x7fffffffffffffff: ' 32 8 0x7fffffffffffffff
damage "$elf" "e_phentsize of 32 bits" 'e_phentsize 32: ' 54 2 32
damage "$elf" "no program headers" 'e_phnum 0: ' 56 2 0
damage "$elf" "program headers without end" 'e_phnum 0xffff: ' 56 2 65535
damage "$elf" "section headers behind the end" 'e_shoff 0x7fffff00: ' 40 8 0x7fffff00
damage "$elf" "section headers of another size" 'e_shentsize 1: ' 58 2 1
damage "$elf" "a program" 'segment 0 p_type 3: ' 64 4 3
damage "$elf" "p_offset behind the end" 'segment 0 p_filesz ' $((64 + 8)) 8 0x7fffffffffffff00
damage "$elf" "p_filesz that wraps" 'segment 0 p_filesz 0xffffffffffffff00: ' $((64 + 32)) 8 -256
damage "$elf" "less memory than file" 'segment 0 p_memsz 0x10: ' $((64 + 40)) 8 16
damage "$elf" "p_paddr that wraps" 'segment 0 p_paddr 0xffffffffffff0000: ' $((64 + 24)) 8 -65536
damage "$elf" "segments in each other" 'p_paddr 0x.*: in the segment before' $((64 + 56 + 24)) 8 0x1001000
damage "$elf" "p_align of 3" 'segment 0 p_align 0x3: ' $((64 + 48)) 8 3
damage "$elf" "beyond 4 GiB" 'p_memsz: ' $((64 + 56 + 40)) 8 0x100000000
damage "$elf" "a note longer than its segment" "segment $note_segment note at 0x" $((entry_note + 4)) 4 0x7fffffff
damage "$elf" "a note with a name without end" "segment $note_segment note at 0x" "$entry_note" 4 0xffffffff
damage "$elf" "PHYS32_ENTRY of 7 bytes" 'PHYS32_ENTRY descsz 7: ' $((entry_note + 4)) 4 7
damage "$elf" "entry above 4 GiB" 'PHYS32_ENTRY 0x1[0-9a-f]*: above' $((entry_note + 20)) 4 1
damage "$elf" "entry below the kernel" 'PHYS32_ENTRY 0xfff000: outside' $((entry_note + 16)) 4 0xfff000
damage "$elf" "entry right behind the kernel" "PHYS32_ENTRY $(readelf_range "$elf" | cut -d' ' -f2): outside" \
	$((entry_note + 16)) 4 $(($(readelf_range "$elf" | cut -d' ' -f2)))
damage "$elf" "entry in .bss" 'PHYS32_ENTRY 0x[0-9a-f]*: nothing' \
	$((entry_note + 16)) 4 $(($(readelf_range "$elf" | cut -d' ' -f2) - 16))
damage "$elf" "two entries" 'PHYS32_ENTRY 0x.*: there was another' $((supported_note + 8)) 4 18 \
	$((supported_note + 16)) 4 0x1000000
damage "$elf" "alignment of 3" 'PHYS32_RELOC align 0x3: ' $((reloc_note + 16)) 4 3
damage "$elf" "alignment of 0" 'PHYS32_RELOC align 0x0: ' $((reloc_note + 16)) 4 0
damage "$elf" "alignment that the kernel has not" 'PHYS32_RELOC align 0x80000000: ' $((reloc_note + 16)) 4 0x80000000
damage "$elf" "min above max" 'PHYS32_RELOC max 0xffffff: no room' $((reloc_note + 24)) 4 0xffffff
range=$(readelf_range "$elf")
max=$((${range#* } - 2))
damage "$elf" "room for all but a byte" "PHYS32_RELOC max $(printf '0x%x' $max): no room" \
	$((reloc_note + 24)) 4 $max
damage "$elf" "min above where it is" 'PHYS32_RELOC min 0x2000000' $((reloc_note + 20)) 4 0x2000000
damage "$elf" "PHYS32_RELOC of 10 bytes" 'PHYS32_RELOC descsz 10: ' $((reloc_note + 4)) 4 10

# The relocation table, by its symbol
if [ -n "$table" ]; then
	# in_file LOW: where the address ffffffffLOW is
	in_file() {
		readelf -lW "$elf" | while read -r type offset addr _ size _; do
			# 6.12 has per-CPU data at 0.
			case $type,$addr in
			LOAD,0xffffffff*) ;;
			*) continue ;;
			esac
			in=$((0x$1 - 0x${addr#0xffffffff}))
			[ $in -ge 0 ] && [ $in -lt $((size)) ] && echo $((offset + in))
		done
	}
	at=$(in_file "$table")
	span=$(get "$elf" $((at + 16)) 4)
	runs=$((at + 24))
	damage "$elf" "table: sum" 'relocs sum 0x' "$at" 1 $(($(get "$elf" "$at" 1) ^ 1))
	damage "$elf" "table: size by much" 'relocs size 4294967295: ' $((at + 12)) 4 0xffffffff
	damage "$elf" "table: size by little" 'relocs sum 0x' $((at + 12)) 1 $(($(get "$elf" $((at + 12)) 1) ^ 1))
	damage "$elf" "table: span" 'relocs sum 0x' $((at + 16)) 4 0xffffffff
	damage "$elf" "table: count" 'relocs sum 0x' $((at + 20)) 4 0
	place=$(sym "$symbols" __pi_pvh_linked_text)
	damage "$elf" "table: a place without room to move" \
		"relocs place $(printf '0x%x' $((0x$place - 0x80000000))): what is there, 0xffffffff" \
		"$(in_file "$place")" 4 0xffffffff
	damage "$elf" "table: runs" 'relocs sum 0x' $((runs + 1000)) 1 $(($(get "$elf" $((runs + 1000)) 1) ^ 128))

	# With the sum made right again: one bit of the table is one of the sum, as
	# that is rotated by 7 for each 64 bits. In kaslr/damaged.t, too.
	size=$(get "$elf" $((at + 12)) 4)
	blocks=$(((24 - 8 + size + 31) / 32))
	# summed NAME EXPECT OFFSET BIT
	summed() {
		bit=$(((7 * (4 * blocks - 1 - ($3 - 8) / 8) + $3 % 8 * 8 + $4) % 64))
		set -- "$1" "$2" $((at + $3)) "$4" $((at + bit / 8)) $((bit % 8))
		damage "$elf" "$1" "$2" "$3" 1 $(($(get "$elf" "$3" 1) ^ 1 << $4)) \
			"$5" 1 $(($(get "$elf" "$5" 1) ^ 1 << $6))
	}
	summed "table: span beyond the kernel" 'relocs span 0x[0-9a-f]*: the kernel' 19 7
	summed "table: another count" 'relocs count [0-9]*: there are ' 20 0
	summed "table: a step more" 'relocs ' 24 0
	[ $((span & 1)) -eq 0 ] && expect='relocs span' || expect='relocs place'
	summed "table: another span" "$expect 0x" 16 0
	summed "table: a place behind all" 'relocs place 0x' 27 7
fi

image=$build/bzImage
cp "$image" "$tmp/but"
poke "$tmp/but" 566 2 0
look "a bzImage without the 64-bit entry" 0 "$tmp/but"
how "a bzImage without the 64-bit entry" firecracker no

damage "$image" "no HdrS" 'magic 0x' 514 1 0
damage "$image" "boot_flag" 'bzImage boot_flag 0x1234: ' 510 2 0x1234
damage "$image" "an old protocol" 'bzImage version 0x0207: ' 518 2 0x207
damage "$image" "a zImage" 'bzImage loadflags 0x00: ' 529 1 0
damage "$image" "syssize beyond the end" 'bzImage syssize 0xffffffff: ' 500 4 0xffffffff
damage "$image" "payload_offset beyond the end" 'bzImage payload_offset 0xffffffff: ' 584 4 0xffffffff
damage "$image" "payload_offset elsewhere" 'payload magic 0x' 584 4 $(($(get "$image" 584 4) + 1))
damage "$image" "no payload" 'bzImage payload_length 0: ' 588 4 0
damage "$image" "payload_length beyond the end" 'bzImage payload_length 0xfffffff0: ' 588 4 0xfffffff0
damage "$image" "payload_length less than the payload" 'unpacked size 0x' 588 4 $(($(get "$image" 588 4) - 64))
damage "$image" "payload_length of 8" 'bzImage payload_length 0x8: ' 588 4 8
damage "$image" "init_size" 'bzImage init_size 0: ' 608 4 0
damage "$image" "less init_size than kernel" 'unpacked size 0x[0-9a-f]*: says the end of the payload, and init_size' 608 4 0x100000
damage "$image" "kernel_version beyond the setup code" 'bzImage kernel_version 0xfff0: ' 526 2 0xfff0

# What the payload says of its size, and what it is made of
for how in gzip bzip2 lzma xz lzo lz4 zstd; do
	f=$tmp/bz.$how
	length=$(get "$f" 588 4)
	end=$((payload + length - 4))
	middle=$((payload + length / 2))
	damage "$f" "$how: 4 GiB" 'unpacked size 0xffffffff: ' $end 4 0xffffffff
	damage "$f" "$how: a byte less" 'unpacked size: goes beyond\|unpacked size 0x\|gzip data' $end 4 $((all - 1))
	damage "$f" "$how: a byte more" 'unpacked size 0x\|gzip data' $end 4 $((all + 1))
	# LZ4 alone has no checksum of anything.
	[ $how = lz4 ] || damage "$f" "$how: damaged in the middle" "$how data at 0x\|unpacked size" \
		$middle 8 0x0123456789abcdef $((middle + 8)) 8 -1
	damage "$f" "$how: ends in the middle" "$how data at 0x\|unpacked size\|payload magic" \
		588 4 $((length / 2)) $((payload + length / 2 - 4)) 4 "$all"
done
damage "$tmp/bz.lz4" "lz4: a chunk that is too long" 'lz4 data at 0x4: ' $((payload + 4)) 4 0x7fffffff
damage "$tmp/bz.lz4" "lz4: a chunk of nothing" 'lz4 data at 0x4: ' $((payload + 4)) 4 0
# Behind its header of 38 bytes: two sizes, then the sum
damage "$tmp/bz.lzo" "lzo: the sum of a block" 'lzo data at 0x.*: not the checksum of the block' \
	$((payload + 46)) 4 0
damage "$tmp/bz.lzo" "lzo: its header" 'lzo data at 0x' $((payload + 17)) 1 0
relocs=$(stat -c %s "$bz/vmlinux.bin")
damage "$tmp/bz.none" "relocations outside of the kernel" 'bzImage relocations 0x1000: ' \
	$((payload + relocs + 4)) 4 0x1000
damage "$tmp/bz.none" "relocations without a beginning" 'bzImage relocations 0x1: ' $((payload + relocs)) 4 1

# What was cut off anywhere
bad=0
size=$(stat -c %s "$elf")
cuts="0 1 2 3 4 15 16 17 40 51 52 63 64 65 119 120 176 231 232 4096 $((notes)) $((entry_note + 10))
	$((entry_note + 18)) $((size / 3)) $((size / 2)) $((size - 65)) $((size - 64)) $((size - 1))"
for n in $cuts; do
	head -c "$n" "$elf" >"$tmp/bad"
	one_line "$tmp/bad" '[a-z].* [0-9].*: ' || bad=$((bad + 1))
done
tap_run "vmlinux cut off at $(echo $cuts | wc -w) places" test $bad -eq 0
bad=0
size=$(stat -c %s "$image")
cuts="1 3 512 513 517 518 530 583 588 591 592 607 608 611 612 1023 1024 $code $((code + 1))
	$((payload - 1)) $payload $((payload + 1)) $((payload + 10)) $((size / 4)) $((size / 2)) $((size - 16)) $((size - 1))"
for n in $cuts; do
	head -c "$n" "$image" >"$tmp/bad"
	one_line "$tmp/bad" '[a-zA-Z].* [0-9].*: ' || bad=$((bad + 1))
done
tap_run "bzImage cut off at $(echo $cuts | wc -w) places" test $bad -eq 0
head -c 65536 /dev/urandom >"$tmp/bad"
tap_run "random bytes" one_line "$tmp/bad" 'magic 0x'
tap_run "a program" one_line /bin/sh 'segment [0-9]* p_type 3: '
tap_run "an object file of the kernel" one_line "$obj/vmlinux.o" 'e_type 1: '
if [ -n "$grub_pv" ] && readelf -nW "$grub_pv" 2>&1 >/dev/null | grep -q 'invalid namesz and/or descsz'; then
	tap_run "a note that readelf warns of" one_line "$grub_pv" 'segment 3 note at 0x'
fi

# ---- what is not a file of a kernel, and wrong use

tap_run "a directory" one_line "$tmp" 'a directory'
tap_run "a character device" one_line /dev/null 'a character device'
tap_run "no such file" one_line "$tmp/none" 'No such file'
: >"$tmp/bad"
tap_run "an empty file" one_line "$tmp/bad" 'size 0: '
truncate -s 5G "$tmp/bad" && tap_run "5 GiB" one_line "$tmp/bad" 'size 0x140000000: '
rm -f "$tmp/bad"
if [ "$(id -u)" -ne 0 ]; then
	: >"$tmp/unreadable"
	chmod 0 "$tmp/unreadable"
	tap_run "a file that may not be read" one_line "$tmp/unreadable" 'Permission denied'
fi
"$asan" - <"$image" >"$tmp/out" && "$asan" "$image" | cmp -s - "$tmp/out"
tap_ok $? "standard input"
# shellcheck disable=SC2002 # a pipe
cat "$image" | "$asan" - | cmp -s - "$tmp/out"
tap_ok $? "a pipe"
mkfifo "$tmp/fifo" && { cat "$image" >"$tmp/fifo" & } && "$asan" "$tmp/fifo" | cmp -s - "$tmp/out"
tap_ok $? "a named pipe"
name="$tmp/$(printf 'a\nb\033c')"
"$asan" "$name" 2>"$tmp/err"
[ $? -eq 2 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -qF "$tmp/a?b?c: No such file" "$tmp/err"
tap_ok $? "a name with a newline in it: one line"

# wrong NAME EXPECT ARGUMENT ...
wrong() {
	name=$1 expect=$2
	shift 2
	"$asan" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 2 ] && [ ! -s "$tmp/out" ] && grep -q "^pvhinfo: $expect" "$tmp/err"
	tap_ok $? "$name"
}
wrong "no file" 'no FILE'
wrong "two files" 'more than one FILE' "$image" "$image"
wrong "an unknown option" 'see pvhinfo --help' -z "$image"
wrong "-x without a name" "-x ''" -x '' "$image"
wrong "-x to nowhere" "$tmp/none/elf: No such file" -x "$tmp/none/elf" "$image"
wrong "-x to a directory" "$tmp: " -x "$tmp" "$image"
wrong "-x to a full disk" '/dev/full: No space left' -x /dev/full "$image"
echo old >"$tmp/old"
head -c 100000 "$image" >"$tmp/cut"
wrong "-x of a damaged file" "$tmp/cut: bzImage syssize" -x "$tmp/old" "$tmp/cut"
tap_run "-x of a damaged file: leaves what was there" grep -qx old "$tmp/old"
ln -s old "$tmp/link"
"$asan" -q -x "$tmp/link" "$image" && [ -L "$tmp/link" ] && cmp -s "$tmp/old" "$tmp/elf"
tap_ok $? "-x to a symbolic link: writes what that is to"
[ "$(find "$tmp" -name 'old*' -o -name 'elf.*' | wc -l)" -eq 1 ]
tap_ok $? "-x leaves no other files"
"$asan" "$image" >/dev/full 2>"$tmp/err"
[ $? -eq 2 ] && grep -q '^pvhinfo: standard output: No space left' "$tmp/err"
tap_ok $? "a report to a full disk"
"$asan" --help | grep -q '^usage: pvhinfo' && "$asan" --version | grep -qx 'pvhinfo [0-9.]*'
tap_ok $? "--help, --version"

# Each line that it can print is in its documentation, and no other
sed -n '/^## The lines/,/^## The loaders/p' "$top/docs/pvhinfo.md" | awk -F'|' 'NF > 3 { print $2 }' |
	sed 's/`-\(min\|max\)`/`pvh-reloc-\1`/g; s/`-relocations`/`pvh-kaslr-relocations`/; s/`loader-NAME`//' |
	grep -o '`[a-z-]*`' | tr -d '`' | sort >"$tmp/documented"
"$asan" "$image" | sed 's/:.*//' | grep -v '^loader-' | sort >"$tmp/printed"
diff "$tmp/documented" "$tmp/printed" >"$tmp/log"
tap_ok $? "docs/pvhinfo.md has all lines, and no other"
[ ! -s "$tmp/log" ] || tap_diag <"$tmp/log"

# ---- any bytes

seconds=${FUZZ_TIME:-20}
if "$top/scripts/pvhinfo.sh" fuzz 2>"$tmp/log"; then
	"$top/tools/pvhinfo/fuzz.sh" "$seconds" 2>"$tmp/log"
	tap_ok $? "fuzzing for $seconds s: $(sed -n 's/^pvh: \([0-9]* files, .*\)/\1/p' "$tmp/log")"
	grep '^pvh: \(error\|found\)\|^  |' "$tmp/log" | tap_diag
else
	tap_ok 1 "the fuzzer builds"
	tap_diag <"$tmp/log"
fi
tap_done
