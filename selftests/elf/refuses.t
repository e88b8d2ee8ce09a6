#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmlinuz.elf reports in one line that memory is too small, and that the compressed kernel
# is damaged, and ends the machine. In little more memory than it takes it boots.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/elf.sh"

make_tmp
start=$(info "$elf" load-start)
end=$(info "$elf" load-end)
payload=$((0x$(readelf -SW "$elf" | awk '$3 == ".rodata..compressed" { print $6 }')))
guest_defaults --kernel "$elf" --machine microvm --timeout 120

# damage OUT: with other bytes at the beginning of the compressed kernel. Not each byte would
# do: the decompressor of gzip does not check the sum.
damage() {
	cp "$elf" "$1"
	put_bytes 0123456789abcdef0123456789abcdef "$1" "$payload"
}

boot() { # WHAT MEMORY FIELD SERIAL
	set -- "$1" --mem "$2" --no-initrd --cmdline "console=ttyS0 panic=-1"
	case $1 in
	damaged*)
		damage "$dir/elf"
		set -- "$@" --kernel "$dir/elf" ;;
	boots*) set -- "$@" --root "$root" --cmdline "console=ttyS0 root=/dev/vda ro" ;;
	esac
	shift
	guest "$@"
	rm -f "$dir/elf"
}

judge() { # WHAT MEMORY FIELD SERIAL
	name="$1, $2"
	if [ "$3" = boots ]; then
		expect "the guest powers off" finished
		expect "the kernel is entered by its PVH note" reported "entered by" "PVH, not Xen.*"
		return
	fi
	case $3 in
	"kernel end") value=$end ;;
	decompressor) value=$start ;;
	esac
	expect "the guest resets by itself" ended
	expect "it refuses $3, in one line" refused "$3" "$value"
	case $4 in
	serial) expect "the serial port has the same line" on_serial ;;
	none) expect "the serial port has no line" not has 'pvh: ' ;;
	esac
}

run_cases boot judge <<END
# what                                memory  field         serial port
nothing of the last segment           32M     kernel end    none
the last page is not in memory        $(($(($(info "$elf" load-end))) / 1048576))M     kernel end    none
boots with a few MiB more             64M     boots         -
damaged payload                       128M    decompressor  serial
END
tap_done
