#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A PVH dom0 on a machine with more memory map entries than boot_params has room
# for. GRUB cuts pages out of the RAM that dom0 gets. After the last hole there is
# RAM of dom0, and then RAM that dom0 does not get, where it makes room for mappings
# of other domains' memory.
#
# variables: KERNEL=FILE, another vmlinux than build/vmlinux, for dom0 and the guest;
# HOLES=240, how many pages to cut out: Xen 4.17 itself ends with a BUG if there are
# more than 256 ranges of RAM; XEN_TIMEOUT=, see boot-xen.sh

. "$(dirname -- "$0")/../lib/test.sh"

needs grub-mkimage /usr/lib/grub/i386-pc/boot.img

make_tmp
kernel=$(realpath -- "$kernel")
[ -e "$kernel" ] || die "KERNEL=$kernel: no such file"
holes=${HOLES:-240}
host_mib=1024
dom0_mib=384
mkdir "$tmp/kernel"
ln -s "$kernel" "$tmp/kernel/vmlinux"
# boot-xen.sh wants one, and does not boot it here.
ln -s "$kernel" "$tmp/kernel/bzImage"

# Above the one large range that Xen needs, for the kernel and its ramdisk. No range
# between two holes crosses 2 MiB, because Xen would count it as two.
step=$((128 << 10))
i=0
while [ $i -lt "$holes" ]; do
	hole=$(((192 << 20) + i * step))
	printf 'cutmem 0x%x 0x%x\n' $hole $((hole + 4096)) >>"$tmp/cutmem"
	printf '0x%x\n' $((hole + 4096)) >>"$tmp/starts"
	i=$((i + 1))
done

# For dom0 only. The loop shows whether dom0 gives up memory of its own while it maps
# that of other domains.
{
	echo '[ -d /guests ] || exit 0'
	echo 'cat >/tmp/starts <<END'
	cat "$tmp/starts"
	echo END
	cat <<'END'
info=/sys/devices/system/xen_memory/xen_memory0/info
echo "many-entries: ranges $(cat /sys/firmware/memmap/*/start | grep -cxFf /tmp/starts)"
echo "many-entries: total $(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
echo "many-entries: room $(cat $info/low_kb)"
read -r least <$info/current_kb
echo "many-entries: first $least"
while sleep 1; do
	read -r now <$info/current_kb
	[ "$now" -lt "$least" ] || continue
	least=$now
	echo "many-entries: least $least"
done &
END
} >"$tmp/run"

status=0
begin=$(date +%s)
CUTMEM=$tmp/cutmem HOST_MIB=$host_mib DOM0_MIB=$dom0_mib KERNEL_DIR=$tmp/kernel \
	EXPECT_RUN=$tmp/run GUESTS=pvh-vmlinux LOG=xen.many-entries \
	"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$tmp/out" 2>"$tmp/err" || status=$?
tap_diag "Xen, dom0 and the guest took $(($(date +%s) - begin)) s"
dir=$tmp lines=$tmp/log
tr -d '\r' <"$build/log/xen.many-entries" >"$lines" || : >"$lines"

# last KEY: the last value of it that dom0 has printed
last() {
	sed -n "s/.*many-entries: $1 \([0-9]*\)\$/\1/p" "$lines" | tail -n 1
}

at_least() { # MINIMUM NUMBER
	want="at least $1" got=$2
	[ "${2:-0}" -ge "$1" ]
}

expect "Xen has all $holes holes in its memory map" at_least $((holes + 1)) \
	"$(sed -n '/^(XEN) .*e820 RAM map:/,/^(XEN) System RAM:/p' "$lines" | grep -c '(usable)')"
expect "dom0 boots on a machine with $holes holes in its RAM" grep -x "xen-result: dom0 vmlinux pvh up" "$tmp/out"
expect "dom0's memory map has the RAM after each of $holes holes" is "$holes" "$(last ranges)"
# The kernel takes its own part of it.
expect "dom0 can use most of its $dom0_mib MiB (in KiB)" at_least $((dom0_mib * 1024 * 3 / 4)) "$(last total)"
expect "dom0 has most of the other RAM as room for mappings (in KiB)" \
	at_least $(((host_mib - dom0_mib) * 1024 * 3 / 4)) "$(last room)"
expect "a PVH guest that dom0 creates runs to its end" grep -x "xen-result: domU vmlinux pvh done" "$tmp/out"
least=$(last least)
expect "dom0 keeps all of its memory while it maps the guest's (in KiB)" \
	is "$(last first)" "${least:-$(last first)}"
[ $status -eq 0 ] || tap_diag <"$tmp/err"
tap_done
