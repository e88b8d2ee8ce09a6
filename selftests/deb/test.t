#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The packages of make deb: dpkg installs them to a scratch root, with the hooks by which
# distributions update their initramfs and boot loader. The kernel in them boots in QEMU
# from vmlinuz and through its PVH note, and in Xen, where xl create takes vmlinuz. A
# module builds with the headers. dpkg removes the packages.
#
# variables: XEN_TIMEOUT=600

# shellcheck disable=SC2016 # for the guest's shell
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/xen/results.sh"

make_tmp
root=$tmp/root
PATH=$PATH:/usr/sbin:/sbin

# package NAME: its file
package() {
	find "$build/deb" -maxdepth 1 -name "$1" ! -name '*-dbg_*' 2>/dev/null | sort | tail -n 1
}
image=$(package 'linux-image-*.deb')
headers=$(package 'linux-headers-*.deb')
[ -n "$image" ] || skip_all "no packages here: make deb builds them"
package=$(dpkg-deb -f "$image" Package)
release=${package#linux-image-}
tap_diag "$package $(dpkg-deb -f "$image" Version), $(($(stat -c %s "$image") / 1024)) KiB"
expect "linux-image is for amd64" is amd64 "$(dpkg-deb -f "$image" Architecture)"
expect "the release is not that of a kernel of Debian's" is "${release%-pvh}-pvh" "$release"
for file in "$headers" "$(package 'linux-libc-dev_*.deb')"; do
	expect "${file##*/} is a sound package: content" dpkg-deb -c "$file"
	expect "${file##*/} is a sound package: control" dpkg-deb -I "$file"
done

# -- Installed -------------------------------------------------------------------
# dpkg runs the scripts of a package within the root.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p "$root/bin" "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" \
		"$root/etc/kernel/postinst.d" "$root/etc/kernel/postrm.d"
	: >"$root/var/lib/dpkg/status"
	cp /bin/busybox "$root/bin/"
	for applet in sh run-parts echo test; do
		ln -s busybox "$root/bin/$applet"
	done
	for when in postinst postrm; do
		printf '#!/bin/sh\necho "%s $1 $2 INITRD=$INITRD for $DEB_MAINT_PARAMS" >>/hooks\n' $when \
			>"$root/etc/kernel/$when.d/hook"
		chmod 755 "$root/etc/kernel/$when.d/hook"
	done
	expect "dpkg --install succeeds" dpkg --root="$root" --install "$image" "$headers"
	expect "dpkg reports that the package is installed" is "install ok installed" \
		"$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Status}' "$package")"
	expect "the package calls the hooks of the initramfs and the boot loader" \
		grep -q "^postinst $release /boot/vmlinuz-$release INITRD=Yes for configure" "$root/hooks"
else
	dpkg-deb -x "$image" "$root"
	dpkg-deb -x "$headers" "$root"
	tap_skip "dpkg --install succeeds" "not root, which dpkg has to be to run the scripts of packages"
fi
vmlinuz=$root/boot/vmlinuz-$release
elf=
[ ! -e "$build/vmlinuz.elf" ] || elf=boot/vmlinuz.elf-$release
for file in "boot/vmlinuz-$release" "boot/System.map-$release" "boot/config-$release" \
	"lib/modules/$release/modules.dep" "usr/src/linux-headers-$release/Makefile" ${elf:+"$elf"}; do
	expect "the packages have $file" test -s "$root/$file"
done
expect "the configuration has all options of the fragment" \
	none "$(grep -E '^CONFIG_[A-Z0-9_]*=[^n]' "$top/Kconfig.fragment" | grep -vxFf "$root/boot/config-$release")"

mkdir "$tmp/module"
echo 'obj-m += hello.o' >"$tmp/module/Makefile"
cat >"$tmp/module/hello.c" <<'END'
// SPDX-License-Identifier: GPL-2.0
#include <linux/init.h>
#include <linux/module.h>
static int __init hello_init(void) { return 0; }
module_init(hello_init);
MODULE_DESCRIPTION("hello");
MODULE_LICENSE("GPL");
END
expect "a module builds with linux-headers" \
	make -C "$root/usr/src/linux-headers-$release" M="$tmp/module" modules
magic=$(modinfo -F vermagic "$tmp/module/hello.ko") || magic=
expect "the module is one of this kernel" is "$release" "${magic%% *}"

# -- Booted ----------------------------------------------------------------------
mkdir "$tmp/kernels"
cp "$vmlinuz" "$tmp/kernels/bzImage"
"$build/pvhinfo" -q -x "$tmp/kernels/vmlinux" "$vmlinuz" || :
expect "vmlinuz has a vmlinux with the PVH note" is yes "$(info "$vmlinuz" pvh)"
expect "the vmlinux in vmlinuz has KASLR" is yes "$(info "$vmlinuz" pvh-kaslr)"

# On a busy host the kernel's check of the timer can fail under TCG: no_timer_check.
guest_defaults --cmdline "console=ttyS0 no_timer_check"

boot() { # KERNEL ENTERED_BY
	guest --kernel "$tmp/kernels/$1"
}

judge() { # KERNEL ENTERED_BY
	name="QEMU, $1"
	expect "the guest powers off" finished
	expect "the kernel has this release" has "Linux version $release "
	expect "the kernel is entered by: $2" reported "entered by" "$2.*"
}

run_cases boot judge <<'END'
# kernel  entered by
bzImage   Qemu, version
vmlinux   PVH, not Xen
END

# xl create takes the file as it is installed, in a dom0 of the same kernel. Its logs are
# in another directory, because make boot-xen may be running.
mkdir "$tmp/build"
touch "$tmp/build/.pvh"
ln -s "$build/xen" "$initrd" "$tmp/build/"
dir=$tmp
BUILD=$tmp/build CACHE=$cache KERNEL_DIR=$tmp/kernels XEN_TIMEOUT=${XEN_TIMEOUT:-600} \
	"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$dir/out" 2>"$dir/err" || :
name=Xen
bad=$tap_bad
expect "vmlinux boots as PVH dom0" has_result "dom0 vmlinux pvh up"
expect "xl create boots vmlinuz until it powers off" has_result "domU bzImage pvh done"
expect "vmlinuz is a PVH domain" has_result "domU bzImage pvh guest_type PVH"
expect "vmlinuz reports its address" test -n "$(address_of "domU bzImage pvh")"
expect "xl create boots the vmlinux in vmlinuz" has_result "domU vmlinux pvh done"
expect "dom0 has this release" grep -F "dom0 up: Linux $release" "$dir/err"
[ "$tap_bad" -eq "$bad" ] || tail -n 15 "$dir/err" | tap_diag
name=

# -- Removed ---------------------------------------------------------------------
if [ "$(id -u)" -eq 0 ]; then
	expect "dpkg --purge succeeds" dpkg --root="$root" --purge "$package"
	expect "dpkg --purge removes vmlinuz" test ! -e "$vmlinuz"
	expect "dpkg --purge removes the modules" test ! -e "$root/lib/modules/$release/kernel"
	expect "the package calls the hooks when it is removed" \
		grep -q "^postrm $release /boot/vmlinuz-$release " "$root/hooks"
fi
tap_done
