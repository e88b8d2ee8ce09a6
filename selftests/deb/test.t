#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The packages of make deb: installed to a scratch root by dpkg, with the hooks that
# distributions hang their initramfs and boot loader on; the kernel in them booted in
# QEMU by both of its doors, and in Xen as xl create has it from vmlinuz; a module
# built with the headers; and removed.
#
# knobs: XEN_TIMEOUT=600

# shellcheck disable=SC2016 # for inner shells
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/qemu.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/info.sh"

make_tmp
root=$tmp/root
initramfs=$build/initramfs.cpio.gz
MACHINE=q35

# package NAME: its file
package() {
	find "$build/deb" -maxdepth 1 -name "$1" ! -name '*-dbg_*' | sort | tail -n 1
}
image=$(package 'linux-image-*.deb')
headers=$(package 'linux-headers-*.deb')
if [ -z "$image" ]; then
	tap_skip "the packages" "make deb has made none"
	tap_done
fi
name=$(dpkg-deb -f "$image" Package)
release=${name#linux-image-}
tap_diag "$name $(dpkg-deb -f "$image" Version), $(($(stat -c %s "$image") / 1024)) KiB"
tap_run "linux-image is for amd64" test "$(dpkg-deb -f "$image" Architecture)" = amd64
tap_run "its release is not that of a kernel of Debian's" sh -c 'case $1 in
	*-amd64) exit 1 ;; *-pvh) ;; *) exit 1 ;; esac' - "$release"
for p in "$headers" "$(package 'linux-libc-dev_*.deb')"; do
	tap_run "a sound package: ${p##*/}" sh -c 'dpkg-deb -c "$1" >/dev/null && dpkg-deb -I "$1" >/dev/null' - "$p"
done

# -- Installed -------------------------------------------------------------------
# dpkg runs what a package has to run within the root.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p "$root/bin" "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" \
		"$root/etc/kernel/postinst.d" "$root/etc/kernel/postrm.d"
	: >"$root/var/lib/dpkg/status"
	cp /bin/busybox "$root/bin/"
	for c in sh run-parts echo test; do
		ln -s busybox "$root/bin/$c"
	done
	for d in postinst postrm; do
		printf '#!/bin/sh\necho "%s $1 $2 INITRD=$INITRD for $DEB_MAINT_PARAMS" >>/hooks\n' $d \
			>"$root/etc/kernel/$d.d/hook"
		chmod 755 "$root/etc/kernel/$d.d/hook"
	done
	status=0
	PATH=$PATH:/usr/sbin:/sbin dpkg --root="$root" --install "$image" "$headers" >"$tmp/dpkg" 2>&1 || status=1
	tap_ok $status "dpkg --install"
	[ $status -eq 0 ] || tap_diag <"$tmp/dpkg"
	tap_run "it is installed" sh -c 'dpkg-query --admindir="$1/var/lib/dpkg" -W -f "\${Status}" "$2" |
		grep -qx "install ok installed"' - "$root" "$name"
	tap_run "hooks of the initramfs and the boot loader are called" \
		grep -q "^postinst $release /boot/vmlinuz-$release INITRD=Yes for configure" "$root/hooks"
else
	dpkg-deb -x "$image" "$root"
	dpkg-deb -x "$headers" "$root"
	tap_skip "dpkg --install" "not root, which it takes to run what packages run"
fi
kernel=$root/boot/vmlinuz-$release
for f in "boot/vmlinuz-$release" "boot/System.map-$release" "boot/config-$release" \
	"lib/modules/$release/modules.dep" "usr/src/linux-headers-$release/Makefile"; do
	tap_run "there is $f" test -s "$root/$f"
done
tap_run "its configuration is the fragment's" sh -c '
	! grep -E "^CONFIG_[A-Z0-9_]*=[^n]" "$1" | grep -vxFf "$2" >&2' - "$top/Kconfig.fragment" "$root/boot/config-$release"

# A module that is built with the headers is one of this kernel.
mkdir "$tmp/module"
echo 'obj-m += hello.o' >"$tmp/module/Makefile"
cat >"$tmp/module/hello.c" <<'EOF'
// SPDX-License-Identifier: GPL-2.0
#include <linux/init.h>
#include <linux/module.h>
static int __init hello_init(void) { return 0; }
module_init(hello_init);
MODULE_DESCRIPTION("hello");
MODULE_LICENSE("GPL");
EOF
status=0
make -C "$root/usr/src/linux-headers-$release" M="$tmp/module" modules >"$tmp/log" 2>&1 || status=1
tap_ok $status "a module is built with linux-headers"
[ $status -eq 0 ] || tail -n 15 "$tmp/log" | tap_diag
tap_run "and is one of this kernel" sh -c 'PATH=$PATH:/usr/sbin:/sbin modinfo -F vermagic "$1" | grep -q "^$2 "' - \
	"$tmp/module/hello.ko" "$release"

# -- Booted ----------------------------------------------------------------------
# boots DESC KERNEL ENTRY: to the end, this release, by that door. On a busy machine TCG
# is too uneven for the kernel's check of the timer: no_timer_check.
boots() {
	# shellcheck disable=SC2046 # lists of arguments
	run_qemu "$tmp/console" $(machine_args) -kernel "$2" -initrd "$initramfs" -append "console=ttyS0 no_timer_check" || :
	tr -d '\r' <"$tmp/console" >"$tmp/lines"
	tap_run "QEMU, $1: to its end" grep -q '^pvh-init: done' "$tmp/lines"
	tap_run "QEMU, $1: this release" grep -Fq "Linux version $release " "$tmp/lines"
	tap_run "QEMU, $1: entered by $3" grep -q "^pvh-report: entered by: $3" "$tmp/lines"
	grep -q '^pvh-init: done' "$tmp/lines" || tail -n 12 "$tmp/lines" | tap_diag
}
boots vmlinuz "$kernel" "Qemu, version"
mkdir "$tmp/xen"
"$build/pvhinfo" -q -x "$tmp/xen/vmlinux" "$kernel" || :
tap_run "there is a vmlinux in it with the PVH note" test "$(info "$kernel" pvh)" = yes
tap_run "with KASLR, if it is x86-64" test "$(info "$kernel" pvh-kaslr)" = yes
boots "the vmlinux in it" "$tmp/xen/vmlinux" "PVH, not Xen"

# xl create of the file as it was installed, by a dom0 of the same kernel
cp "$kernel" "$tmp/xen/bzImage"
# With logs of its own: make boot-xen may be running.
mkdir "$tmp/build"
touch "$tmp/build/.pvh"
ln -s "$build/xen" "$initramfs" "$tmp/build/"
status=0
BUILD=$tmp/build CACHE=$cache KERNEL_DIR=$tmp/xen XEN_TIMEOUT=${XEN_TIMEOUT:-600} "$top/selftests/xen/boot-xen.sh" --kernel vmlinux \
	>"$tmp/summary" 2>"$tmp/said" || status=1
fact() {
	tap_run "Xen: $2" grep -Eqx "xen-result: $1" "$tmp/summary"
}
fact 'dom0 vmlinux pvh up' "a PVH dom0"
fact 'domU bzImage pvh done' "xl create kernel=vmlinuz, to its end"
fact 'domU bzImage pvh guest_type PVH' "which is a PVH domain"
fact 'domU bzImage pvh kaslr 0x[0-9a-f]+ 0x[0-9a-f]+' "which says where its kernel is"
fact 'domU vmlinux pvh done' "xl create kernel=the vmlinux in it"
tap_run "Xen: this release" grep -Fq "dom0 up: Linux $release" "$tmp/said"
{ [ $status -eq 0 ] && grep -Fq "dom0 up: Linux $release" "$tmp/said"; } || tail -n 15 "$tmp/said" | tap_diag

# -- Removed ---------------------------------------------------------------------
if [ "$(id -u)" -eq 0 ]; then
	status=0
	PATH=$PATH:/usr/sbin:/sbin dpkg --root="$root" --purge "$name" >"$tmp/dpkg" 2>&1 || status=1
	tap_ok $status "dpkg --purge"
	[ $status -eq 0 ] || tap_diag <"$tmp/dpkg"
	tap_run "nothing of it is left" test ! -e "$kernel" -a ! -e "$root/lib/modules/$release/kernel"
	tap_run "hooks are called" grep -q "^postrm $release /boot/vmlinuz-$release " "$root/hooks"
fi
tap_done
