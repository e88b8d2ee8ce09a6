#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What pvhinfo refuses: damaged kernels, and files that are no kernels. It prints one
# line that names the field, its value and what is wrong, and does nothing that a
# compiler's sanitizers find. A short run of its fuzzer.
#
# variables: PVHINFO=, another program; FUZZ_TIME=20, seconds

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/pvhinfo/files.sh"

pvhinfo_setup

# refuses WHAT EXPECT NUMBERS: $file with these numbers in it, OFFSET SIZE VALUE ...,
# is refused with that message
refuses() {
	cp "$file" "$tmp/bad"
	# shellcheck disable=SC2086 # a list of numbers
	poke "$tmp/bad" $3
	name="${file##*/} with $1"
	expect "it is refused with $2" refused "$tmp/bad" "$2"
}

# refuses_file WHAT FILE EXPECT
refuses_file() {
	name=$1
	expect "it is refused with $3" refused "$2" "$3"
}

# flipped OFFSET BIT: OFFSET 1 VALUE, with that bit of the byte in $file flipped
flipped() {
	echo "$1 1 $(($(get "$file" "$1" 1) ^ 1 << $2))"
}

# ---- an ELF file

file=$stripped
range=$(readelf_range "$file")
end=$((${range#* }))
rows refuses <<END
# with                      message                                          offset, size, value
another magic               magic 0x7f454c00:                                3 1 0
a class of 3                e_ident\[EI_CLASS\] 3:                           4 1 3
big-endian numbers          e_ident\[EI_DATA\] 2:                            5 1 2
the type of an object file  e_type 1:                                        16 2 1
the type of a core dump     e_type 4:                                        16 2 4
ARM as its machine          e_machine 183:                                   18 2 183
64 bits for the i386        e_ident\[EI_CLASS\] 2:                           18 2 3
e_phoff after the end       e_phoff 0x7fffffffffffffff:                      32 8 0x7fffffffffffffff
e_phentsize of 32 bits      e_phentsize 32:                                  54 2 32
no program headers          e_phnum 0:                                       56 2 0
program headers without end  e_phnum 0xffff:                                 56 2 65535
section headers after the end  e_shoff 0x7fffff00:                           40 8 0x7fffff00
section headers of another size  e_shentsize 1:                              58 2 1
an interpreter              segment 0 p_type 3:                              64 4 3
p_offset after the end      segment 0 p_filesz                               $((64 + 8)) 8 0x7fffffffffffff00
p_filesz that wraps         segment 0 p_filesz 0xffffffffffffff00:           $((64 + 32)) 8 -256
less memory than file       segment 0 p_memsz 0x10:                          $((64 + 40)) 8 16
p_paddr that wraps          segment 0 p_paddr 0xffffffffffff0000:            $((64 + 24)) 8 -65536
segments in each other      p_paddr 0x.*: in the segment before              $((64 + 56 + 24)) 8 0x1001000
p_align of 3                segment 0 p_align 0x3:                           $((64 + 48)) 8 3
a segment beyond 4 GiB      p_memsz:                                         $((64 + 56 + 40)) 8 0x100000000
a note longer than its segment  segment $note_segment note at 0x             $((entry_note + 4)) 4 0x7fffffff
a note with a name without end  segment $note_segment note at 0x             $entry_note 4 0xffffffff
PHYS32_ENTRY of 7 bytes     PHYS32_ENTRY descsz 7:                           $((entry_note + 4)) 4 7
an entry above 4 GiB        PHYS32_ENTRY 0x1[0-9a-f]*: above                 $((entry_note + 20)) 4 1
an entry below the kernel   PHYS32_ENTRY 0xfff000: outside                   $((entry_note + 16)) 4 0xfff000
an entry after the kernel   PHYS32_ENTRY ${range#* }: outside                $((entry_note + 16)) 4 $end
an entry in .bss            PHYS32_ENTRY 0x[0-9a-f]*: nothing                $((entry_note + 16)) 4 $((end - 16))
two entries                 PHYS32_ENTRY 0x.*: there was another             $((supported_note + 8)) 4 18 $((supported_note + 16)) 4 0x1000000
an alignment of 3           PHYS32_RELOC align 0x3:                          $((reloc_note + 16)) 4 3
an alignment of 0           PHYS32_RELOC align 0x0:                          $((reloc_note + 16)) 4 0
an alignment that it does not have  PHYS32_RELOC align 0x80000000:           $((reloc_note + 16)) 4 0x80000000
min above max               PHYS32_RELOC max 0xffffff: no room               $((reloc_note + 24)) 4 0xffffff
room for all except a byte  PHYS32_RELOC max $(printf '0x%x' $((end - 2))): no room  $((reloc_note + 24)) 4 $((end - 2))
min above its address       PHYS32_RELOC min 0x2000000                       $((reloc_note + 20)) 4 0x2000000
PHYS32_RELOC of 10 bytes    PHYS32_RELOC descsz 10:                          $((reloc_note + 4)) 4 10
END

# ---- the table of relocations, by its symbol

# field NAME: where in $file that field of the table is
field() {
	echo $((at + $("$pvhinfo" --table "$stripped" | sed -n "s/^$1 \([0-9]*\) .*/\1/p")))
}

# resummed OFFSET BIT: as flipped, with the sum that is right for that. One bit of the
# table is one of the sum, which is rotated by 7 for each 64 bits, to the left in Linux
# 6.12, and is about all that follows it, up to a multiple of 32 bytes. kaslr/table.sh
# does that, too.
resummed() {
	set -- "$1" "$2" $(($(field magic) - at))
	blocks=$(((runs - at - $3 + size + 31) / 32))
	by=$((7 * (4 * blocks - 1 - ($1 - at - $3) / 8) % 64))
	[ "$table_name" = __pi_pvh_relocs ] || by=$((64 - by))
	bit=$(((by + ($1 - at) % 8 * 8 + $2) % 64))
	echo "$(flipped "$1" "$2") $(flipped $(($(field sum) + bit / 8)) $((bit % 8)))"
}

if [ -n "$table" ]; then
	at=$(file_offset "$file" "$table")
	runs=$(field runs)
	size=$(get "$file" "$(field size)" 4)
	moved=$table
	[ "$table_name" = kernel_relocs ] || moved=$(symbol_low "$symbols" __pi_pvh_linked_text)
	[ $(($(get "$file" "$(field span)" 4) & 1)) -eq 0 ] && another=span || another=place
	rows refuses <<-END
	another sum in the table       relocs sum 0x                      $(flipped "$(field sum)" 0)
	a table of 4 GiB               relocs size 4294967295:            $(field size) 4 0xffffffff
	another size in the table      relocs sum 0x                      $(flipped "$(field size)" 0)
	another span in the table      relocs sum 0x                      $(field span) 4 0xffffffff
	a count of 0 in the table      relocs sum 0x                      $(field count) 4 0
	a place without room to move   relocs place $(printf '0x%x' $((0x$moved - 0x80000000))): what is there, 0xffffffff  $(file_offset "$file" "$moved") 4 0xffffffff
	another bit in the runs        relocs sum 0x                      $(flipped $((runs + 1000)) 7)
	# With the sum made right again
	a span beyond the kernel       relocs span 0x[0-9a-f]*: the kernel  $(resummed $(($(field span) + 3)) 7)
	another count and a right sum  relocs count [0-9]*: there are      $(resummed "$(field count)" 0)
	another step and a right sum   relocs                             $(resummed "$runs" 0)
	another span and a right sum   relocs $another 0x                 $(resummed "$(field span)" 0)
	a place after all others       relocs place 0x                    $(resummed $((runs + 3)) 7)
	END
fi

# ---- a bzImage

file=$image
rows refuses <<END
no HdrS                        magic 0x                             514 1 0
another boot_flag              bzImage boot_flag 0x1234:            510 2 0x1234
an old protocol                bzImage version 0x0207:              518 2 0x207
the loadflags of a zImage      bzImage loadflags 0x00:              529 1 0
syssize beyond the end         bzImage syssize 0xffffffff:          500 4 0xffffffff
payload_offset beyond the end  bzImage payload_offset 0xffffffff:   584 4 0xffffffff
another payload_offset         payload magic 0x                     584 4 $(($(get "$image" 584 4) + 1))
no payload                     bzImage payload_length 0:            588 4 0
payload_length beyond the end  bzImage payload_length 0xfffffff0:   588 4 0xfffffff0
payload_length that is too low  unpacked size 0x                    588 4 $(($(get "$image" 588 4) - 64))
payload_length of 8            bzImage payload_length 0x8:          588 4 8
init_size of 0                 bzImage init_size 0:                 608 4 0
less init_size than kernel     unpacked size 0x[0-9a-f]*: says the end of the payload, and init_size  608 4 0x100000
kernel_version beyond the setup code  bzImage kernel_version 0xfff0:  526 2 0xfff0
END

# The size that the payload has at its end, and the data of all compressors
for how in gzip bzip2 lzma xz lzo lz4 zstd; do
	packed $how
	file=$tmp/bz.$how
	length=$(get "$file" 588 4)
	size_at=$((payload + length - 4))
	middle=$((payload + length / 2))
	rows refuses <<-END
	a size of 4 GiB            unpacked size 0xffffffff:                              $size_at 4 0xffffffff
	a size of a byte less      unpacked size: goes beyond\|unpacked size 0x\|gzip data  $size_at 4 $((all - 1))
	a size of a byte more      unpacked size 0x\|gzip data                            $size_at 4 $((all + 1))
	an end in the middle       $how data at 0x\|unpacked size\|payload magic          588 4 $((length / 2)) $((middle - 4)) 4 $all
	END
	# LZ4 alone has no checksum of anything.
	[ $how = lz4 ] || rows refuses <<-END
	damage in the middle       $how data at 0x\|unpacked size                         $middle 8 0x0123456789abcdef $((middle + 8)) 8 -1
	END
	case $how in
	lz4) rows refuses <<-END ;;
	a chunk that is too long   lz4 data at 0x4:                                       $((payload + 4)) 4 0x7fffffff
	a chunk of 0 bytes         lz4 data at 0x4:                                       $((payload + 4)) 4 0
	END
	# After its header of 38 bytes: two sizes, then the sum
	lzo) rows refuses <<-END ;;
	another sum of a block     lzo data at 0x.*: not the checksum of the block        $((payload + 46)) 4 0
	another header of lzop     lzo data at 0x                                         $((payload + 17)) 1 0
	END
	esac
	rm -f "$file"
done
packed none
file=$tmp/bz.none
list=$(stat -c %s "$bz/vmlinux.bin")
rows refuses <<END
relocations outside of the kernel  bzImage relocations 0x1000:  $((payload + list + 4)) 4 0x1000
relocations without a 0 at first   bzImage relocations 0x1:     $((payload + list)) 4 1
END

# ---- files that are cut off

# refuses_cuts FILE SIZE ...: each of these sizes is refused. For expect.
refuses_cuts() {
	cut_of=$1
	shift
	for cut; do
		head -c "$cut" "$cut_of" >"$tmp/bad"
		refused "$tmp/bad" '[a-zA-Z].* [0-9].*: ' || {
			got="for $cut bytes: $got"
			return 1
		}
	done
}
name=
size=$(stat -c %s "$stripped")
expect "vmlinux is refused if it is cut off at any of 28 places" refuses_cuts "$stripped" \
	0 1 2 3 4 15 16 17 40 51 52 63 64 65 119 120 176 231 232 4096 "$notes" $((entry_note + 10)) \
	$((entry_note + 18)) $((size / 3)) $((size / 2)) $((size - 65)) $((size - 64)) $((size - 1))
size=$(stat -c %s "$image")
expect "bzImage is refused if it is cut off at any of 27 places" refuses_cuts "$image" \
	1 3 512 513 517 518 530 583 588 591 592 607 608 611 612 1023 1024 "$code" $((code + 1)) \
	$((payload - 1)) "$payload" $((payload + 1)) $((payload + 10)) $((size / 4)) $((size / 2)) \
	$((size - 16)) $((size - 1))

# ---- files that are no kernels

head -c 65536 /dev/urandom >"$tmp/bad"
refuses_file "a file of random bytes" "$tmp/bad" 'magic 0x'
refuses_file "a program" /bin/sh 'segment [0-9]* p_type 3: '
refuses_file "an object file of the kernel" "$obj/vmlinux.o" 'e_type 1: '
if stock "GRUB for PV" grub; then
	read -r _ file <"$tmp/stock"
	! readelf -nW "$file" 2>&1 >/dev/null | grep -q 'invalid namesz and/or descsz' ||
		refuses_file "a note that readelf warns of" "$file" 'segment 3 note at 0x'
fi
refuses_file "a directory" "$tmp" 'a directory'
refuses_file "a character device" /dev/null 'a character device'
refuses_file "a file that does not exist" "$tmp/none" 'No such file'
: >"$tmp/bad"
refuses_file "an empty file" "$tmp/bad" 'size 0: '
truncate -s 5G "$tmp/bad" && refuses_file "a file of 5 GiB" "$tmp/bad" 'size 0x140000000: '
rm -f "$tmp/bad"
if [ "$(id -u)" -ne 0 ]; then
	: >"$tmp/unreadable"
	chmod 0 "$tmp/unreadable"
	refuses_file "a file that may not be read" "$tmp/unreadable" 'Permission denied'
fi

# ---- any bytes

# fuzzes SECONDS
fuzzes() {
	fuzz_status=0
	"$top/tools/pvhinfo/fuzz.sh" "$1" 2>"$tmp/log" || fuzz_status=$?
	want="a report or one line for any bytes" got=$(grep '^pvh: \(error\|found\)\|^  |' "$tmp/log")
	[ "$fuzz_status" -eq 0 ]
}
name=
seconds=${FUZZ_TIME:-20}
expect "pvhinfo's fuzzer builds" "$top/scripts/pvhinfo.sh" fuzz
expect "$seconds seconds of fuzzing find nothing" fuzzes "$seconds"
sed -n 's/^pvh: \([0-9]* files, .*\)/\1/p' "$tmp/log" | tap_diag
tap_done
