#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# startup/kaslr.c, unchanged, in user space: what it makes of the kernel image
# is what the list of relocations says that a bzImage has, at the first and the
# last place that there is for kernels of all sizes; with a damaged table it stays
# where it is. arch/x86/tools/relocs, which writes the table, on that image and
# on one of distances that no kernel has.
#
# knobs: PVH_SRC=, other sources than arch-x86-xen/; OUT=, where to build

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/linked.sh"

make_tmp
here=$top/selftests/user
out=${OUT:-$build/user}
tool=$obj/arch/x86/tools/relocs
export LC_ALL=C
set +e

make -s -C "$here" OUT="$out" KERNEL="$tree" ${PVH_SRC:+PVH_SRC="$PVH_SRC"} relocs >"$tmp/log" 2>&1
status=$?
tap_ok $status "kaslr.c builds in user space"
if [ $status -ne 0 ]; then
	tail -n 20 "$tmp/log" | tap_diag
	tap_done
fi

sym() {
	nm "$1" | awk -v n="$2" '$3 == n { print $1; exit }'
}

# moves NAME IMAGE LINKED: IMAGE with its table; LINKED is the file that still
# has all relocations.
moves() {
	"$tool" "$3" >"$tmp/list" 2>"$tmp/log" && set -- "$1" "$2" "$3" \
		"$(sym "$3" _text)" "$(sym "$3" _end)" "$(sym "$3" __pi_pvh_linked_text)" \
		"$(sym "$3" __pi_pvh_relocs)" "$(sym "$3" __pi_pvh_relocs_end)" &&
		"$out/relocs" "$2" "$tmp/list" "$4" "$5" "$6" "$7" "$8" >"$tmp/log" 2>&1
	tap_ok $? "$1: moves as the list of relocations says"
	tap_diag <"$tmp/log"
}

linked=$(linked_vmlinux "$tmp/linked")
status=$?
tap_ok $status "there is vmlinux as it was linked"
[ $status -ne 0 ] || moves "vmlinux" "$build/vmlinux" "$linked"

# As in kernels that have per-CPU variables at address 0; to others it is nothing.
cat >"$tmp/lds" <<'END'
SECTIONS {
	.data..percpu 0 : { *(.data..percpu) }
	.text 0xffffffff81000000 : { *(.text) }
}
END
# link_gaps OBJECT OUT
link_gaps() {
	ld -static --emit-relocs -z max-page-size=0x200000 -T "$tmp/lds" -e _text -o "$2" "$1" \
		>"$tmp/log" 2>&1
}
gcc -c -o "$tmp/gaps.o" "$here/relocs-gaps.S" && link_gaps "$tmp/gaps.o" "$tmp/gaps" &&
	"$tool" --pvh-table "$tmp/gaps" >"$tmp/log" 2>&1
status=$?
tap_ok $status "an image with gaps: gets its table"
[ $status -eq 0 ] || tap_diag <"$tmp/log"
moves "an image with gaps" "$tmp/gaps" "$tmp/gaps"

# Room for 64 bytes
sed 's/^\t\.space\t0x4000/\t.space\t64/' "$here/relocs-gaps.S" >"$tmp/small.S" &&
	gcc -c -o "$tmp/small.o" "$tmp/small.S" && link_gaps "$tmp/small.o" "$tmp/small"
cp "$tmp/small" "$tmp/small.before"
! "$tool" --pvh-table "$tmp/small" >"$tmp/log" 2>&1
tap_ok $? "too little room for the table: the tool fails"
tap_run "it says what to set" grep -q 'set CONFIG_PVH_KASLR_TABLE_SIZE=0x[0-9a-f]' "$tmp/log"
tap_diag <"$tmp/log"
tap_run "and leaves the file as it was" cmp "$tmp/small" "$tmp/small.before"
tap_done
