#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinuz.elf as a loader sees it: its size, its segments and its notes.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"

make_tmp
export LC_ALL=C

size_of() {
	stat -c %s "$1"
}

at_most() { # LIMIT NUMBER
	want="at most $1 bytes" got="$2 bytes"
	[ "$2" -le "$1" ]
}

tap_diag "vmlinuz.elf: $(size_of "$elf") bytes, bzImage: $(size_of "$bzimage") bytes"
expect "it has at most 1 % more bytes than the bzImage" \
	at_most $(($(size_of "$bzimage") * 101 / 100)) "$(size_of "$elf")"

# The decompressor is that of the bzImage.
setup=$((($(od -An -tu1 -j 497 -N 1 "$bzimage") + 1) * 512))
# segment N: p_offset, p_paddr, p_filesz and p_memsz of the program header N
segment() {
	readelf -lW "$elf" | awk -v n="$1" '$1 == "LOAD" && ++i == n { print $2, $4, $5, $6 }'
}
payload=$(($(segment 1 | cut -d ' ' -f 1)))
tail -c +$((setup + 1)) "$bzimage" >"$tmp/bzimage"
same_payload() {
	tail -c +$((payload + 1)) "$elf" | head -c "$(size_of "$tmp/bzimage")" | cmp - "$tmp/bzimage"
}
expect "its decompressor and payload are those of the bzImage" same_payload

# pvhinfo
expect "pvhinfo says that it boots by PVH" is yes "$(info "$elf" pvh)"
in_segment() { # NUMBER ADDRESS
	want="an address with contents in segment $1: $(segment "$1")" got=$2
	[ $(($2)) -ge $(($(segment "$1" | cut -d ' ' -f 2))) ] &&
		[ $(($2)) -lt $(($(segment "$1" | cut -d ' ' -f 2) + $(segment "$1" | cut -d ' ' -f 3))) ]
}
expect "the entry is in front of the room for decompression" in_segment 2 "$(info "$elf" pvh-entry)"
expect "PHYS32_RELOC has the configured alignment and start, and allows all of 4 GiB" is \
	"$(info "$kernel" pvh-reloc-align) $(info "$kernel" pvh-reloc-min) 0xffffffff" \
	"$(info "$elf" pvh-reloc-align) $(info "$elf" pvh-reloc-min) $(info "$elf" pvh-reloc-max)"
takes() { # LOADER
	want="pvh" got=$(info "$elf" "loader-$1")
	case $got in pvh*) ;; *) return 1 ;; esac
}
for loader in xen-dom0 xen-domu qemu firecracker cloud-hypervisor; do
	expect "pvhinfo says that $loader enters it by PVH" takes "$loader"
done

# What is in it
same_vmlinux() {
	"$build/pvhinfo" -q -x "$tmp/vmlinux" "$elf" && "$build/pvhinfo" -q -x "$tmp/expected" "$bzimage" &&
		cmp "$tmp/vmlinux" "$tmp/expected"
}
expect "pvhinfo recognizes it" is vmlinuz.elf "$(info "$elf" format)"
expect "pvhinfo reports the compression of the bzImage" \
	is "$(info "$bzimage" compression)" "$(info "$elf" compression)"
expect "pvhinfo -x writes the same vmlinux as from the bzImage" same_vmlinux
extracts() {
	"$tree/scripts/extract-vmlinux" "$elf" 2>"$tmp/err" | cmp - "$tmp/expected"
}
expect "the kernel's extract-vmlinux writes it, too" extracts
cp "$elf" "$tmp/damaged"
put_bytes 0123456789abcdef "$tmp/damaged" $((payload + 0x100000))
refuses_damaged() {
	status=0
	"$build/pvhinfo" "$tmp/damaged" >"$tmp/out" 2>"$tmp/err" || status=$?
	want="status 2, and pvhinfo: FILE: payload: REASON" got="status $status, $(cat "$tmp/err")"
	[ $status -eq 2 ] && grep -q '^pvhinfo: .*: payload: ' "$tmp/err"
}
expect "pvhinfo refuses it if the payload is damaged" refuses_damaged

# Memory: what the bzImage asks for, and after it what has to outlive the decompression.
init_size=$(($(od -An -tu4 -j 608 -N 4 "$bzimage")))
load_end=$(($(info "$elf" load-end))) load_start=$(($(info "$elf" load-start)))
kept=$(($(segment 3 | cut -d ' ' -f 2) - load_start))
at_least() { # LIMIT NUMBER
	want="at least $1" got=$2
	[ "$2" -ge "$1" ]
}
expect "what outlives the decompression is beyond the bzImage's init_size" at_least "$init_size" "$kept"
expect "the segments end after that" at_least "$((kept + 4096))" $((load_end - load_start))
expect "the segments have at most 256 KiB more than init_size" at_most $((init_size + 0x40000)) \
	$((load_end - load_start))
tap_done
