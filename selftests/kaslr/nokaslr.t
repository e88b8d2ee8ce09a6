#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# With nokaslr, wherever it is on the command line and wherever that is in
# memory, the kernel and its direct map are where they are in a kernel without
# KASLR. What merely looks like nokaslr changes nothing.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/kaslr/kaslr.sh"

kernel=$build/vmlinux
tab=$(printf '\t')

# Of 2047 bytes, which is what there is room for
longest() {
	printf '%s pvh.fill=' "$kaslr_cmdline"
	printf "%0$((2047 - 18 - ${#kaslr_cmdline}))d" 0 | tr 0 x
	printf ' nokaslr'
}

# forge PLACE CMDLINE: that as $dir/elf, with RAM as microvm has it
forge() {
	{
		echo "entry 0x1000 0x9f000 ram"
		case $MEM in
		2G) echo "entry 1M 2047M ram" ;;
		4G) printf 'entry %s ram\n' '1M 3071M' '4G 1G' ;;
		esac
		# shellcheck disable=SC2016 # for forge
		echo 'file initrd at 256M $initrd'
		echo "module initrd initrd.size"
		echo "cmdline text $2"
		echo "$1"
	} >"$dir/description"
	initrd=$tmp/initramfs "$tmp/forge" "$kernel" "$dir/elf" <"$dir/description" >"$dir/forged"
}

# One case, in a process of its own. Where the address is to be random it may be
# that without KASLR by chance: three times in a row, in one of 1e8 cases.
if [ "${1:-}" = --case ]; then
	tmp=$3 dir=$3/$2
	line=$(sed -n "$2p" "$tmp/cases")
	IFS=$tab
	# shellcheck disable=SC2086 # split at tabs
	set -- $line
	unset IFS
	name=$1 want=$2 MEM=$3 place=$4 cmdline=$5
	link=$(cat "$tmp/link")
	mkdir "$dir"
	[ "$cmdline" != LONGEST ] || cmdline=$(longest)
	set -- "$kernel" "$cmdline"
	if [ "$place" != - ]; then
		forge "$place" "$cmdline" 2>"$dir/error" || exit 0
		set -- "$dir/elf" ""
	fi
	for i in 1 2 3; do
		kaslr_boot "$dir/$i" "$@"
		kaslr_said "$dir/$i" >"$dir/said"
		[ "$want" = random ] && grep -q "^$link " "$dir/said" || break
	done
	exit 0
fi

make_tmp
kernel_range "$kernel"
echo "$link" >"$tmp/link"
status=0
{
	kaslr_initramfs "$tmp/initramfs" &&
		cc -O2 -Wall -Wextra -Werror -o "$tmp/forge" "$top/selftests/loader/forge.c"
} 2>"$tmp/err" || status=$?
tap_ok $status "an initramfs of one program, and the forged loader"
if [ $status -ne 0 ]; then
	tap_diag <"$tmp/err"
	tap_done
fi
accel_args >/dev/null

# Name, what the address is, memory, what of the loader is forged, command line
sed "s/;/$tab/g" >"$tmp/cases" <<END
nokaslr in the middle;fixed;128M;-;${kaslr_cmdline%% *} nokaslr ${kaslr_cmdline#* }
nokaslr at the start;fixed;128M;-;nokaslr $kaslr_cmdline
nokaslr at the end;fixed;128M;-;$kaslr_cmdline nokaslr
nokaslr at the end of the longest command line;fixed;128M;-;LONGEST
nokaslr twice;fixed;128M;-;nokaslr $kaslr_cmdline nokaslr
nokaslr after what looks like it;fixed;128M;-;xnokaslr nokaslrx $kaslr_cmdline nokaslr
no nokaslr;random;128M;-;$kaslr_cmdline
nokaslrx;random;128M;-;nokaslrx $kaslr_cmdline nokaslrx
xnokaslr;random;128M;-;xnokaslr $kaslr_cmdline xnokaslr
foo=nokaslr;random;128M;-;foo=nokaslr $kaslr_cmdline foo=nokaslr
nokaslr=1;random;128M;-;nokaslr=1 $kaslr_cmdline nokaslr=1
nokasl;random;128M;-;$kaslr_cmdline nokasl
nokaslr at 1.5 GiB;fixed;2G;cmdline at 1536M;$kaslr_cmdline nokaslr
no nokaslr at 1.5 GiB;random;2G;cmdline at 1536M;$kaslr_cmdline
nokaslr above 4 GiB;fixed;4G;cmdline at 4608M;$kaslr_cmdline nokaslr
no nokaslr above 4 GiB;random;4G;cmdline at 4608M;$kaslr_cmdline
nokaslr above 4 GiB, across 2 MiB;fixed;4G;cmdline at 4610M-30;$kaslr_cmdline nokaslr
nokaslr, kernel at 1.5 GiB;fixed;2G;kernel at 1536M;$kaslr_cmdline nokaslr
no nokaslr, kernel at 1.5 GiB;random;2G;kernel at 1536M;$kaslr_cmdline
END
seq "$(wc -l <"$tmp/cases")" | xargs -P "$(nproc)" -I '{}' sh "$0" --case '{}' "$tmp"

n=0
while IFS="$tab" read -r name want _; do
	n=$((n + 1))
	read -r text map _ <"$tmp/$n/said" || :
	bad=0
	case $want in
	fixed)
		[ "$text" = "$link" ] || bad=1
		tap_ok $bad "$name: the kernel is where it was linked to"
		status=0
		[ "$map" = "$direct_map" ] || status=1
		tap_ok $status "$name: so is the direct map"
		[ $status -eq 0 ] || bad=1 ;;
	random)
		[ -n "$(kaslr_slot "$text")" ] && [ "$text" != "$link" ] || bad=1
		tap_ok $bad "$name: the kernel is somewhere in its range" ;;
	esac
	[ $bad -ne 0 ] || continue
	mkdir -p "$build/log/failed"
	for log in "$tmp/$n"/[123]; do
		[ -e "$log" ] || continue
		cp "$log" "$build/log/failed/$(echo "nokaslr $name" | tr ' /' '--')"
		{ cat "$log.e9"; tr -d '\r' <"$log" | tail -n 6; } | cut -c1-160 | tap_diag
	done
	[ ! -s "$tmp/$n/error" ] || tap_diag <"$tmp/$n/error"
done <"$tmp/cases"
tap_done
