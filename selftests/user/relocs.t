#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# startup/kaslr.c, unchanged, in user space: it relocates the kernel image as the list
# of relocations says that a bzImage has, to the first and the last address that there
# is for kernels of all sizes. With a damaged table it leaves the kernel as it is.
# arch/x86/tools/relocs, which writes the table, on that image and on one with
# distances that no kernel has.
#
# variables: PVH_SRC=, other sources than those of the tree; OUT=, where to build

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/kaslr/linked.sh"

make_tmp
out=${OUT:-$build/user}
tool=$obj/arch/x86/tools/relocs
log=$tmp/log
export LC_ALL=C

builds() {
	make -s -C "$here" OUT="$out" KERNEL="$tree" ${PVH_SRC:+PVH_SRC="$PVH_SRC"} relocs
}

# address FILE SYMBOL: in hexadecimal, also of a per-CPU variable
address() {
	nm "$1" | awk -v n="$2" '$3 == n { print $1; exit }'
}

# moves IMAGE LINKED: IMAGE with its table; LINKED is the file that still has all
# relocations
moves() {
	want="relocations as in the list" got=
	"$tool" "$2" >"$tmp/list" 2>"$log" &&
		"$out/relocs" "$1" "$tmp/list" "$(address "$2" _text)" "$(address "$2" _end)" \
			"$(address "$2" __pi_pvh_linked_text)" "$(address "$2" __pi_pvh_relocs)" \
			"$(address "$2" __pi_pvh_relocs_end)" >"$log" 2>&1 && return
	got=$(tail -n 5 "$log")
	return 1
}

# link_gaps OBJECT OUT
link_gaps() {
	ld -static --emit-relocs -z max-page-size=0x200000 -T "$tmp/lds" -e _text -o "$2" "$1"
}

gaps_with_table() {
	gcc -c -o "$tmp/gaps.o" "$here/relocs-gaps.S" && link_gaps "$tmp/gaps.o" "$tmp/gaps" &&
		"$tool" --pvh-table "$tmp/gaps"
}

# Fails, as the tool does, if the program itself can be made.
no_room() {
	want="an error, and status 1" got="no image to try it with"
	sed 's/^\t\.space\t0x4000/\t.space\t64/' "$here/relocs-gaps.S" >"$tmp/small.S" &&
		gcc -c -o "$tmp/small.o" "$tmp/small.S" && link_gaps "$tmp/small.o" "$tmp/small" &&
		cp "$tmp/small" "$tmp/small.before" || return 1
	got="status 0"
	! "$tool" --pvh-table "$tmp/small" >"$log" 2>&1
}

names_option() {
	want="set CONFIG_PVH_KASLR_TABLE_SIZE=0x..." got=$(cat "$log")
	grep -q 'set CONFIG_PVH_KASLR_TABLE_SIZE=0x[0-9a-f]' "$log"
}

expect "kaslr.c builds in user space" builds
[ "$tap_bad" -eq 0 ] || tap_done

linked_vmlinux "$tmp/linked" >"$tmp/linked.name" || :
linked=$(cat "$tmp/linked.name")
expect "there is vmlinux with all of its relocations" test -n "$linked"
if [ -n "$linked" ]; then
	expect "kaslr.c relocates vmlinux as a bzImage's list of relocations says" moves "$build/vmlinux" "$linked"
	[ -n "$got" ] || tap_diag <"$log"
fi

# As in kernels that have per-CPU variables at address 0; to others it is nothing.
cat >"$tmp/lds" <<'END'
SECTIONS {
	.data..percpu 0 : { *(.data..percpu) }
	.text 0xffffffff81000000 : { *(.text) }
}
END
expect "arch/x86/tools/relocs writes the table of an image with large gaps" gaps_with_table
expect "kaslr.c relocates an image with large gaps as its list of relocations says" moves "$tmp/gaps" "$tmp/gaps"
[ -n "$got" ] || tap_diag <"$log"

expect "arch/x86/tools/relocs fails if the table has room for 64 bytes only" no_room
expect "the message about too little room names the option to set" names_option
expect "an image with too little room for its table stays as it is" cmp "$tmp/small" "$tmp/small.before"
tap_done
