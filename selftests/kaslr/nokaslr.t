#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# With nokaslr the kernel and its direct map are at the addresses of a kernel
# without KASLR, wherever nokaslr is on the command line, and wherever the command
# line is in memory. A word that only resembles nokaslr changes nothing.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"

make_tmp
kernel_range "$kernel"
expect "the loader with crafted boot information compiles" \
	cc -O2 -Wall -Wextra -Werror -o "$tmp/forge" "$top/selftests/loader/forge.c"
kaslr_guests

# longest: a command line of 2047 bytes, which is the limit
longest() {
	printf '%s pvh.fill=' "$kaslr_cmdline"
	printf "%0$((2047 - 18 - ${#kaslr_cmdline}))d" 0 | tr 0 x
	printf ' nokaslr'
}

# craft MEMORY LINE CMDLINE: $dir/kernel, a loader with vmlinux in it. The memory map
# is that of microvm.
craft() {
	{
		echo "entry 0x1000 0x9f000 ram"
		case $1 in
		2G) echo "entry 1M 2047M ram" ;;
		4G) printf 'entry %s ram\n' '1M 3071M' '4G 1G' ;;
		esac
		# shellcheck disable=SC2016 # for forge
		echo 'file initrd at 256M $initrd'
		echo "module initrd initrd.size"
		echo "cmdline text $3"
		echo "$2"
	} >"$dir/description"
	initrd=$tmp/kaslr.cpio "$tmp/forge" "$kernel" "$dir/kernel" <"$dir/description"
}

boot() { # NAME WANT MEMORY CRAFTED CMDLINE
	cmdline=$5
	[ "$5" != LONGEST ] || cmdline=$(longest)
	boot_guest=kaslr_guest
	[ "$2" != random ] || boot_guest=moved_guest
	if [ -n "$4" ]; then
		craft "$3" "$4" "$cmdline" || return
		set -- --kernel "$dir/kernel" --no-initrd --cmdline "" --mem "$3"
	else
		set -- --cmdline "$cmdline" --mem "$3"
	fi
	"$boot_guest" "$@"
}

judge() { # NAME WANT MEMORY CRAFTED CMDLINE
	name=$1
	case $2 in
	fixed)
		expect "the kernel is at its link address" at_link "$(kaslr_said text)"
		expect "the direct map is at its address without KASLR" is "$direct_map" "$(kaslr_said direct-map)" ;;
	random)
		expect "KASLR moves the kernel within its range" in_kaslr_range "$(kaslr_said text)" "$link" ;;
	esac
}

run_cases boot judge <<END
# name                                   kernel  memory  crafted            command line
nokaslr in the middle                    fixed   128M  -                    ${kaslr_cmdline%% *} nokaslr ${kaslr_cmdline#* }
nokaslr at the start                     fixed   128M  -                    nokaslr $kaslr_cmdline
nokaslr at the end                       fixed   128M  -                    $kaslr_cmdline nokaslr
nokaslr at the end of the longest line   fixed   128M  -                    LONGEST
nokaslr twice                            fixed   128M  -                    nokaslr $kaslr_cmdline nokaslr
nokaslr after words that resemble it     fixed   128M  -                    xnokaslr nokaslrx $kaslr_cmdline nokaslr
no nokaslr                               random  128M  -                    $kaslr_cmdline
nokaslrx                                 random  128M  -                    nokaslrx $kaslr_cmdline nokaslrx
xnokaslr                                 random  128M  -                    xnokaslr $kaslr_cmdline xnokaslr
foo=nokaslr                              random  128M  -                    foo=nokaslr $kaslr_cmdline foo=nokaslr
nokaslr=1                                random  128M  -                    nokaslr=1 $kaslr_cmdline nokaslr=1
nokasl                                   random  128M  -                    $kaslr_cmdline nokasl
nokaslr at 1.5 GiB                       fixed   2G    cmdline at 1536M     $kaslr_cmdline nokaslr
no nokaslr, command line at 1.5 GiB      random  2G    cmdline at 1536M     $kaslr_cmdline
nokaslr above 4 GiB                      fixed   4G    cmdline at 4608M     $kaslr_cmdline nokaslr
no nokaslr, command line above 4 GiB     random  4G    cmdline at 4608M     $kaslr_cmdline
nokaslr above 4 GiB, across 2 MiB        fixed   4G    cmdline at 4610M-30  $kaslr_cmdline nokaslr
nokaslr, kernel at 1.5 GiB               fixed   2G    kernel at 1536M      $kaslr_cmdline nokaslr
no nokaslr, kernel at 1.5 GiB            random  2G    kernel at 1536M      $kaslr_cmdline
END
tap_done
