# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # used where it is sourced, set by test.sh
#
# Sourced after test.sh: the pvhinfo programs, numbers in files, what readelf prints of
# a kernel, and kernels to change. $asan is built with a compiler's sanitizers.
#
# variables: PVHINFO=, another program than $asan

# pvhinfo_setup: build pvhinfo, and set the variables that these functions use
pvhinfo_setup() {
	make_tmp
	export LC_ALL=C
	unset LINES COLUMNS
	export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
	"$top/scripts/pvhinfo.sh" asan || exit 1
	pvhinfo=$build/pvhinfo
	asan=${PVHINFO:-$build/pvhinfo.d/pvhinfo.asan}
	bz=$obj/arch/x86/boot/compressed
	image=$build/bzImage
	symbols=$obj/vmlinux
	stripped=$tmp/stripped
	strip -o "$stripped" "$build/vmlinux"
	table_name=$(table_symbol "$symbols")
	table=${table_name:+$(symbol_low "$symbols" "$table_name")}
	# The segment of notes in $stripped: its number, where its header is, and its bytes
	note_segment=$(readelf -lW "$stripped" | awk '/^  [A-Z]/ && $1 != "Type" { n++ } $1 == "NOTE" { print n - 1; exit }')
	note_header=$((64 + 56 * note_segment))
	notes=$(get "$stripped" $((note_header + 8)) 8)
	notes_size=$(get "$stripped" $((note_header + 32)) 8)
	entry_note=$(note 18)
	reloc_note=$(note 19)
	features_note=$(note 10)
	supported_note=$(note 17)
	# Where in $image the code and the payload begin, and what the payload is made of
	code=$((($(get "$image" 497 1) + 1) * 512))
	payload=$((code + $(get "$image" 584 4)))
	# A list of relocations after the ELF file: Linux 6.12 has it, and bzImages have
	# had it before this series.
	relocs=$bz/vmlinux.relocs
	if [ "$table_name" = kernel_relocs ]; then
		relocs=$tmp/relocs
		"$obj/arch/x86/tools/relocs" "$obj/vmlinux.unstripped" >"$relocs" ||
			die "arch/x86/tools/relocs prints no list of vmlinux.unstripped"
	fi
	cat "$bz/vmlinux.bin" "$relocs" >"$tmp/all"
	all=$(stat -c %s "$tmp/all")
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

# poke FILE OFFSET SIZE VALUE ...: write these numbers to the file
poke() {
	poke_file=$1
	shift
	while [ $# -gt 0 ]; do
		le "$2" "$3" | dd of="$poke_file" bs=1 seek="$1" conv=notrunc 2>/dev/null
		shift 3
	done
}

# changed FILE OFFSET SIZE VALUE ...: $tmp/changed, the file with these numbers
changed() {
	cp "$1" "$tmp/changed"
	shift
	poke "$tmp/changed" "$@"
}

# rows COMMAND <TABLE: call it with the columns of each row
rows() {
	columns >"$tmp/rows"
	while IFS= read -r row; do
		with_row "$1" "$row"
	done <"$tmp/rows"
}

# The lowest address of PT_LOAD, and the first byte after the highest
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

# note TYPE: where in $stripped the header of Xen's note is
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
# wrap OUT PAYLOAD: $image with another payload
wrap() {
	size=$(stat -c %s "$2")
	head -c $payload "$image" >"$1"
	cat "$2" >>"$1"
	head -c $(((16 - (payload - code + size) % 16) % 16)) /dev/zero >>"$1"
	poke "$1" 500 4 $((($(stat -c %s "$1") - code) / 16)) 588 4 "$size"
}

# packed METHOD: $tmp/bz.METHOD, a bzImage that is packed like that: as cmd_METHOD of
# the kernel's build, but faster
packed() {
	case $1 in
	none) cat ;;
	gzip) gzip -n -1 ;;
	bzip2) bzip2 -1 ;;
	lzma) xz --format=lzma -0 ;;
	xz) xz --check=crc32 --x86 --lzma2=preset=0 ;;
	lzo) lzop -1 ;;
	lz4) lz4 -q -l -1 - - ;;
	zstd) zstd -q -1 ;;
	esac <"$tmp/all" >"$tmp/payload"
	case $1 in
	gzip | none) ;;
	*) le 4 "$all" >>"$tmp/payload" ;;
	esac
	wrap "$tmp/bz.$1" "$tmp/payload"
}

# refused FILE EXPECT: status 2, nothing on standard output, and one line that begins
# with that basic regular expression, and if this ends in a colon has a reason after it.
# For expect.
refused() {
	case $2 in
	*:) set -- "$1" "$2 ." ;;
	esac
	status=0
	"$asan" "$1" >"$tmp/out" 2>"$tmp/err" || status=$?
	want="status 2 and one line, pvhinfo: FILE: $2"
	got="status $status, $(head -n 20 "$tmp/err")$(head -n 1 "$tmp/out")"
	[ $status -eq 2 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q "^pvhinfo: $1: $2" "$tmp/err"
}

# stock NAME ARGUMENT: the files that scripts/stock.sh prints, or nothing, and the
# test NAME is skipped
stock() {
	"$top/scripts/stock.sh" "$2" >"$tmp/stock" 2>"$tmp/err" && return
	tap_skip "$1" "$(sed -n 's/^pvh: error: //p' "$tmp/err" | tail -n 1)"
	return 1
}
