#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make build/xen/dom0.cpio.gz from the packages in build/xen/root: the smallest root
# in which xl can create a guest. It has xl, the two daemons, xen-init-dom0, xenstore,
# their libraries, and dom0-init as /init. Linux unpacks it over the tests' initramfs,
# which has the busybox.
#
# usage: dom0-root.sh

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/xen.sh"

root=$xen_dir/root
out=$xen_dir/dom0.cpio.gz
init=$top/selftests/xen/dom0-init

[ -e "$xen_dir/stamp" ] || die "no Xen in $xen_dir: run selftests/xen/fetch.sh first"
stamp=$(cat "$0" "$init" "$xen_dir/stamp" | sha256sum)
[ ! -e "$out" ] || [ "$stamp" != "$(cat "$out.stamp" 2>/dev/null)" ] || exit 0
for p in readelf cpio gzip; do
	command -v "$p" >/dev/null 2>&1 || die "no $p: run scripts/deps.sh build xen"
done

bin=
for d in "$root"/usr/lib/xen-[0-9]*/bin; do
	[ ! -x "$d/xl" ] || bin=$d
done
[ -n "$bin" ] || die "the packages have no usr/lib/xen-VERSION/bin/xl"
xen=${bin%/bin}
xen=${xen##*/}

TMPDIR=$xen_dir make_tmp
dir=$tmp/root
mkdir -p "$dir/etc/xen" "$dir/lib64" "$dir/run/lock" "$dir/run/xen" \
	"$dir/run/xenstored" "$dir/usr/bin" "$dir/usr/lib/$xen/bin" \
	"$dir/usr/lib/x86_64-linux-gnu" "$dir/usr/sbin" "$dir/var/lib/xen/dump" \
	"$dir/var/lib/xenstored" "$dir/var/log/xen/console"
ln -s usr/lib "$dir/lib"
ln -s ../run "$dir/var/run"
ln -s ../run/lock "$dir/var/lock"
: >"$dir/etc/xen/xl.conf"

# find_lib NAME: the library, from the directories in which Debian's loader looks, but
# of the packages, not of this machine
find_lib() {
	for lib_dir in "usr/lib/$xen/lib/x86_64-linux-gnu" "usr/lib/$xen/lib" \
		usr/lib/x86_64-linux-gnu lib/x86_64-linux-gnu; do
		if [ -e "$root/$lib_dir/$1" ]; then
			echo "$root/$lib_dir/$1"
			return
		fi
	done
	return 1
}

# put FILE DIR: copy it, and add the libraries that it names to $wanted
wanted=
put() {
	[ -e "$1" ] || die "the packages have no ${1#"$root"/}"
	cp -L "$1" "$dir/$2/" && chmod 755 "$dir/$2/${1##*/}" || die "cannot copy $1 to $dir$(room "$build")"
	wanted="$wanted $(LC_ALL=C readelf -d "$1" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | tr '\n' ' ')"
}

for p in xl xenstored xenconsoled xen-init-dom0; do
	put "$bin/$p" "usr/lib/$xen/bin"
	ln -s "../lib/$xen/bin/$p" "$dir/usr/sbin/$p"
done
put "$root/usr/bin/xenstore" usr/bin
for p in exists ls read; do
	ln -s xenstore "$dir/usr/bin/xenstore-$p"
done

# No file names this library. glibc opens it when a thread is cancelled, which xl create
# does.
wanted="$wanted libgcc_s.so.1"
loader=ld-linux-x86-64.so.2
have=" $loader "
while [ -n "$wanted" ]; do
	now=$wanted
	wanted=
	for lib in $now; do
		case $have in
		*" $lib "*) continue ;;
		esac
		have="$have$lib "
		file=$(find_lib "$lib") || die "none of the packages has the library $lib"
		put "$file" usr/lib/x86_64-linux-gnu
	done
	wanted=${wanted## }
done
# The loader is named by its path.
file=$(find_lib "$loader") || die "none of the packages has the loader $loader"
put "$file" lib64

cp "$init" "$dir/init"
chmod 755 "$dir/init"

# No pipe, because nobody sees all but the last command of one fail.
(cd "$dir" && find . ! -name . -print) >"$tmp/list"
(cd "$dir" && cpio -o -H newc -R 0:0 --quiet) <"$tmp/list" >"$tmp/cpio" &&
	gzip -1n "$tmp/cpio" && rm -f "$out.stamp" && mv -f "$tmp/cpio.gz" "$out" ||
	die "cannot write $out$(room "$build")"
printf '%s\n' "$stamp" >"$out.stamp"
