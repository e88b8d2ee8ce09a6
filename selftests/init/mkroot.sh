#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Arguments: DIR PROGDIR INIT
#
# Fill the empty directory DIR with the root file system of the PVH boot
# tests: a static busybox, the programs built in PROGDIR, and INIT.
#
# BUSYBOX	busybox to take, /bin/busybox if not set
# EXPECT	directory to put in as /pvh-expect, none if not set

set -eu

applets="cat cttyhack dmesg grep ls mkdir mount poweroff reboot setsid sh
	 sleep umount"
programs="acpi boot_params cmdline cpus init_freed initrd memmap notes paging
	  pvh_report"

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

[ $# -eq 3 ] || die "usage: DIR PROGDIR INIT"
dir=$1
progdir=$2
init=$3
busybox=${BUSYBOX:-/bin/busybox}

# is_static FILE: nothing in the guest could load a dynamic one.
is_static()
{
	headers=$(LC_ALL=C readelf -lW "$1") || die "$1 is no ELF file"
	case $headers in
	*INTERP*) return 1 ;;
	esac
}

command -v readelf >/dev/null || die "no readelf"
[ -d "$dir" ] || die "no directory $dir"
[ -f "$init" ] || die "no $init"
[ -x "$busybox" ] || die "no $busybox, is busybox-static installed?"
is_static "$busybox" || die "$busybox is not static, take busybox-static"

umask 022
mkdir "$dir/bin" "$dir/sbin" "$dir/dev" "$dir/proc" "$dir/pvh" "$dir/run" \
	"$dir/sys" "$dir/tmp"

cp -L "$busybox" "$dir/bin/busybox"
have=$("$busybox" --list)
for applet in $applets; do
	echo "$have" | grep -qx "$applet" || die "$busybox has no $applet"
	ln -s busybox "$dir/bin/$applet"
done

for program in $programs; do
	[ -x "$progdir/$program" ] || die "no $progdir/$program, build it first"
	is_static "$progdir/$program" || die "$progdir/$program is not static"
	cp -L "$progdir/$program" "$dir/pvh/$program"
done

cp -L "$init" "$dir/init"
ln -s /init "$dir/sbin/init"

if [ -n "${EXPECT:-}" ]; then
	[ -d "$EXPECT" ] || die "no directory $EXPECT"
	cp -RL "$EXPECT" "$dir/pvh-expect"
fi

# Whatever umask and times the sources came with, the result is the same.
find "$dir" ! -type l -exec chmod u=rwX,go=rX {} +
chmod 755 "$dir/init"
find "$dir" -exec env TZ=UTC touch -h -t 197001010000 {} +
