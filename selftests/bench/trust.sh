#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Bytes and lines of the parts that stand between reset and startup_64, as lines
# "part NAME,ITEM,VALUE": of firmware the bytes of its image, with what fills it up; of
# ELF files and objects those of code. Lines are without comments and blanks, by cloc.
# And how large is what a loader has to read.
#
# usage: trust.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/bench/marks.sh"

out=$EVALUATE_OUT
make_tmp

# image FILE ...: bytes of the first that is there
image() {
	for f; do
		[ ! -e "$f" ] || { stat -Lc %s "$f"; return; }
	done
}

# code_bytes OBJECT ...: of their sections of code
code_bytes() {
	# Of a library there may be two names.
	readlink -e "$@" | sort -u | while read -r o; do
		size -A "$o"
	done | awk '$1 ~ /^\.([a-z]*\.)?text/ { n += $2 } END { if (n) print n }'
}

# built DIRECTORY: the sources of the objects in a directory of o.main
built() {
	for o in "$obj/$1"/*.o; do
		o=${o#"$obj"/}
		o=${o%.o}
		o=${o%.stub}
		o=${o#*/lib-}
		for s in "$tree/$o.c" "$tree/$o.S"; do
			[ ! -e "$s" ] || echo "$s"
		done
	done | sort -u
}

# lines_of FILE ...
lines_of() {
	cloc --quiet --csv --skip-uniqueness "$@" 2>/dev/null | awk -F, '$2 == "SUM" { n = $5 } END { print n }'
}

a=arch/x86
pvh=$tree/$a/xen/pvh
base_pvh=$base_tree/$a

# The one function of enlighten_pvh.c that runs there
awk '/^[a-z].*[ *]xen_pvh_init\(/ && !/;[ \t]*$/ { on = 1 } on { print } on && /^}/ { exit }' \
	"$base_pvh/xen/enlighten_pvh.c" >"$tmp/xen_pvh_init.c"
init_bytes=$(nm -S "$base_obj/$a/xen/enlighten_pvh.o" |
	awk '$4 == "xen_pvh_init" { print "0x" $2 }')
sections() {
	size -A "$obj/$a/boot/compressed/vmlinux" | awk '/^\.(head\.text|text)/ { n += $2 } END { print n }'
}
stub_bytes=$(code_bytes "$obj"/drivers/firmware/efi/libstub/*.stub.o)

# With the EFI stub in it
all_bytes=$(sections)

while read -r name who title; do
	case $name in
	'' | '#'*) continue ;;
	esac
	bytes=
	lines=
	# shellcheck disable=SC2046 # lists of files, of which no name has a blank
	case $name in
	pvh)
		bytes=$(code_bytes "$obj/$a/xen/pvh/head_64.o" "$obj/$a/xen/pvh/startup"/*.pi.o)
		lines=$(lines_of "$pvh/head_64.S" "$pvh/startup") ;;
	base-pvh)
		bytes=$(($(code_bytes "$base_obj/$a/platform/pvh/head.o" "$base_obj/$a/platform/pvh/enlighten.o") + init_bytes))
		lines=$(lines_of "$base_pvh/platform/pvh/head.S" "$base_pvh/platform/pvh/enlighten.c" "$tmp/xen_pvh_init.c") ;;
	setup)
		bytes=$(size -A "$obj/$a/boot/setup.elf" | awk '$1 ~ /text|header|entry/ { n += $2 } END { print n }')
		lines=$(lines_of $(built $a/boot)) ;;
	decompressor)
		bytes=$((all_bytes - stub_bytes))
		# What decompresses is included by misc.c.
		lines=$(lines_of $(built $a/boot/compressed) "$tree/lib/decompress_unlz4.c" "$tree/lib/lz4/lz4_decompress.c") ;;
	stub)
		bytes=$stub_bytes
		lines=$(lines_of $(built drivers/firmware/efi/libstub)) ;;
	pv)
		bytes=$(code_bytes "$obj/$a/xen/xen-head.o" "$obj/$a/xen/enlighten_pv.o" "$obj/$a/xen/mmu_pv.o" "$obj/$a/xen/p2m.o" "$obj/$a/xen/setup.o")
		lines=$(lines_of "$tree/$a/xen/xen-head.S" "$tree/$a/xen/enlighten_pv.c" "$tree/$a/xen/mmu_pv.c" "$tree/$a/xen/p2m.c" "$tree/$a/xen/setup.c") ;;
	seabios) bytes=$(image /usr/share/seabios/bios-256k.bin /usr/share/qemu/bios-256k.bin) ;;
	qboot) bytes=$(image /usr/share/qemu/qboot.rom) ;;
	optionrom) bytes=$(image /usr/share/qemu/pvh.bin) ;;
	ovmf) bytes=$(image /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd) ;;
	uboot) bytes=$(image /usr/lib/u-boot/qemu-x86_64/u-boot.bin) ;;
	xen) bytes=$(image "$build/xen/xen") ;;
	toolstack)
		bytes=$(code_bytes "$build"/xen/root/usr/lib/x86_64-linux-gnu/libxenguest.so.* \
			"$build"/xen/root/usr/lib/x86_64-linux-gnu/libxenlight.so.* \
			"$build"/xen/root/usr/lib/xen-*/lib/x86_64-linux-gnu/libxenguest.so.*) ;;
	grub)
		"$top/selftests/bench/grub-image.sh" "$tmp/grub" && bytes=$(image "$tmp/grub") ;;
	esac
	[ -n "$lines" ] || lines=$(awk -v n="$name" '$1 == n { print $2 }' "$out/lines")
	door="part $name"
	item bytes "${bytes:-not counted}"
	item lines "${lines:-not counted}"
	item who "$who"
	item title "$title"
done <"$top/selftests/bench/parts"

# What a loader reads. Of vmlinux only the segments.
door=loaded
segments() {
	LC_ALL=C readelf -lW "$1" | awk '$1 == "LOAD" { print $5 }' | {
		n=0
		while read -r s; do
			n=$((n + s))
		done
		echo "$n"
	}
}
item pvh "$(segments "$build/vmlinux")"
item base "$(segments "$build/base.vmlinux")"
for f in "$build"/main.*.bzImage; do
	how=${f##*/main.}
	[ ! -e "$f" ] || item "${how%.bzImage}" "$(stat -c %s "$f")"
done
