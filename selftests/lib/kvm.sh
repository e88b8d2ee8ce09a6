# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of test.sh
#
# Sourced after test.sh, apt.sh and qemu-packages.sh: guests under KVM, on any machine.
# QEMU emulates a machine with SVM, or Bochs one with VT-x, if bochs/bin is first in PATH. On
# it runs Debian's own kernel with its KVM, and in that QEMU boots guests, one after the
# other.

# No -icount: with it, guests did not come to user space in minutes. So the timer's
# interrupts depend on how fast this machine is.
kvm_clock="-rtc base=2000-01-01 -seed 1"
# A guest finds its FPU inconsistent if it has XSAVE on an emulated SVM.
kvm_cpu=EPYC,+svm,+npt,-xsave

# kvm_packages [SUITE]: have the packages of a kernel with KVM and of QEMU in the cache.
# Without SUITE they are the kernel of the machine's own Debian release, and QEMU as it
# is installed here. No network is needed if they are in the cache.
kvm_packages() {
	kvm_suite=${1:-}
	os=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null) || os=
	[ "$os" = debian ] || [ -n "$kvm_suite" ] ||
		die "a kernel with KVM comes in Debian's packages, and this is ${os:-no system with /etc/os-release}"
	command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Debian's kernel with"
	suite=${kvm_suite:-$(apt_codename)}
	kvm_dir=$build/kvm${kvm_suite:+-$kvm_suite}
	kvm_list=$cache/linux-image-$suite.list
	apt_else="Debian's kernel cannot be fetched"
	if ! apt_collected "$kvm_list"; then
		apt_need "$cache" 200 "Debian's kernel"
		apt_suite "$suite" security
		found=$(apt_within apt-cache depends linux-image-amd64) ||
			die "no package linux-image-amd64 in suite $suite"
		package=$(printf '%s\n' "$found" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
		[ -n "$package" ] || die "the package linux-image-amd64 of suite $suite names no kernel"
		apt_collect "$kvm_list" "$package"
	fi
	kvm_qemu_list=
	[ -n "$kvm_suite" ] || return 0
	qemu_packages "$suite" || die "cannot get the index of suite $suite from $mirror: no network, or not on this mirror$(room "$build")"
	kvm_qemu_list=$qemu_list
}

# kvm_module NAME: a module of the package, unpacked, in $root/modules/
kvm_module() {
	from=$(find "$tmp/deb" -name "$1.ko*" -o -name "$(echo "$1" | tr - _).ko*" | head -n 1)
	case $from in
	*.ko) cp "$from" "$root/modules/$1.ko" ;;
	*.ko.xz) xz -dc "$from" >"$root/modules/$1.ko" ;;
	*.ko.zst) zstd -qdc "$from" >"$root/modules/$1.ko" ;;
	*) die "${deb##*/} has no module $1" ;;
	esac || die "cannot unpack ${from##*/}$(room "$build")"
}

# kvm_qemu: QEMU in $root, with the libraries that it is linked to, and its firmware
kvm_qemu() {
	if [ -z "$kvm_suite" ]; then
		of=
		qemu=$(command -v qemu-system-x86_64)
		libs=$(ldd "$qemu" | grep -o '/[^ ]*')
	else
		of=$tmp/qemu
		mkdir -p "$of"
		apt_unpack "$kvm_qemu_list" "$of"
		qemu=$of/usr/bin/qemu-system-x86_64
		# The libraries are those of the loader, which is that of its release, too.
		loader=$(existing "$of"/usr/lib64/ld-linux-x86-64.so.2 "$of"/lib64/ld-linux-x86-64.so.2) ||
			die "the packages of suite $kvm_suite have no ld-linux-x86-64.so.2"
		dirs=$of/usr/lib/x86_64-linux-gnu:$of/lib/x86_64-linux-gnu
		libs=$("$loader" --library-path "$dirs" --list "$qemu" | sed -n "s|^.* \($of/[^ ]*\) .*|\1|p")
		mkdir -p "$root/lib64"
		cp -L "$loader" "$root/lib64/"
	fi
	[ -n "$libs" ] || die "$qemu: cannot tell its libraries"
	# They keep their places.
	for lib in $libs; do
		in=$root${lib#"$of"}
		mkdir -p "${in%/*}"
		cp -L "$lib" "$in" || die "cannot copy $lib$(room "$tmp")"
	done
	cp -L "$qemu" "$root/bin/"
	for share in /usr/share/qemu /usr/share/seabios; do
		[ -d "$of$share" ] || die "no $of$share: install qemu-system-x86 and seabios"
		mkdir -p "$root/$share"
		cp -L "$of$share"/*.bin "$root/$share/"
		cp -L "$of$share"/*.rom "$root/$share/" 2>/dev/null || :
	done
	rm -rf "$tmp/qemu"
}

# kvm_machine: of what kvm_packages has got, $kvm_dir/vmlinuz, and the root of the
# machine that has KVM, $kvm_dir/root.cpio.gz: busybox, KVM's modules, and QEMU
kvm_machine() {
	[ -x /bin/busybox ] || die "no /bin/busybox: install busybox-static"
	stamp=$(
		{
			cat "$kvm_list" "$top/selftests/lib/kvm.sh" "$top/selftests/lib/kvm-init" "$top/selftests/lib/kvm-common" /bin/busybox
			if [ -n "$kvm_suite" ]; then
				cat "$kvm_qemu_list"
			else
				qemu=$(command -v qemu-system-x86_64)
				# Without the addresses, which are random.
				ldd "$qemu" | grep -o '/[^ ]*'
				sha256sum "$qemu"
			fi
		} | sha256sum
	)
	if [ -e "$kvm_dir/vmlinuz" ] && [ "$stamp" = "$(cat "$kvm_dir/stamp" 2>/dev/null)" ]; then
		return
	fi
	say "packing Debian's kernel, its KVM and QEMU${kvm_suite:+ of $kvm_suite}"
	rm -rf "$kvm_dir"
	mkdir -p "$kvm_dir" "$build/log"
	apt_need "$kvm_dir" 300 "KVM"
	read -r _ deb <"$kvm_list"
	mkdir -p "$tmp/deb"
	# Of the modules KVM and what it needs is in these directories only.
	dpkg-deb --fsys-tarfile "$cache/deb/$deb" >"$tmp/deb.tar" 2>"$build/log/kvm.unpack" ||
		die "unpacking $deb failed$(room "$tmp")"
	tar -xf "$tmp/deb.tar" -C "$tmp/deb" --wildcards './boot/vmlinuz-*' '*/arch/x86/*' '*/virt/*' '*/drivers/crypto/*' \
		2>"$build/log/kvm.unpack" || die "$deb has no kernel or no modules where they are expected"
	rm "$tmp/deb.tar"
	cp "$tmp"/deb/boot/vmlinuz-* "$kvm_dir/vmlinuz" || die "$deb has no boot/vmlinuz-VERSION, or several"

	root=$tmp/root
	mkdir -p "$root/bin" "$root/dev" "$root/guests" "$root/modules" "$root/proc" "$root/run" "$root/sys" "$root/usr/share"
	cp -L /bin/busybox "$root/bin/busybox"
	for applet in cat dmesg echo grep gzip insmod mkdir mount poweroff sh stty tail tar timeout tr; do
		ln -s busybox "$root/bin/$applet"
	done
	cp "$top/selftests/lib/kvm-init" "$root/init"
	cp "$top/selftests/lib/kvm-common" "$root/common"
	order="kvm-amd kvm-intel" next=$order
	while [ -n "$next" ]; do
		needed=$next next=
		for name in $needed; do
			kvm_module "$name"
			next="$next $(tr '\0' '\n' <"$root/modules/$name.ko" | sed -n 's/^depends=//p' | tr ',\n' '  ')"
		done
		next=$(echo "$next" | tr -s ' ' | sed 's/^ //; s/ $//')
		order="$next $order"
	done
	echo "$order" | tr -s ' ' '\n' | sed '/^$/d' >"$root/modules/list"
	kvm_qemu
	(pack "$root") >"$kvm_dir/root.cpio.gz" || die "cannot write $kvm_dir/root.cpio.gz$(room "$build")"
	rm -rf "$root" "$tmp/deb"
	echo "$stamp" >"$kvm_dir/stamp"
}

# kvm_guest NAME KERNEL OPTIONS COMMAND_LINE: one more guest for kvm_guests. KERNEL is the
# name of a file in $dir/l1/guests/, and QEMU gets the OPTIONS.
kvm_guest() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$dir/l1/guests/list"
}

# kvm_guests SECONDS [VARIABLE=VALUE ...]: boot the emulated machine, and on it these
# guests, each with the initramfs $dir/l1/guests/initrd. kvm-init gets the variables.
# SECONDS are what the machine has for each guest.
#
# Each guest leaves in $dir what guest() does: NAME, NAME.lines, NAME.err, NAME.status.
# $kvm_failed says why some of it is not there, or is empty.
kvm_guests() {
	kvm_limit=$(($1 * $(wc -l <"$dir/l1/guests/list")))
	shift
	(pack "$dir/l1") >"$dir/l1.gz" && cat "$kvm_dir/root.cpio.gz" "$dir/l1.gz" >"$dir/l1.img" ||
		die "cannot write $dir/l1.img$(room "$tmp")"
	rm -f "$dir/l1.gz" "$dir/l1.cpio" "$dir/l1.found" "$dir/l1.list"
	# On a busy host the kernel finds that the timer does not tick evenly, and panics.
	# shellcheck disable=SC2086 # a list of arguments
	run_by=$(one_cpu) guest --name kvm --machine q35 --accel tcg --mem 2048M --cpu "$kvm_cpu" \
		--kernel "$kvm_dir/vmlinuz" --initrd "$dir/l1.img" --cmdline "console=ttyS0 quiet nokaslr no_timer_check $*" \
		--timeout $kvm_limit -- \
		$kvm_clock -chardev "file,id=out,path=$dir/l1.tar" -device isa-serial,chardev=out,index=1
	rm -f "$dir/l1.img"
	tar -xf "$dir/l1.tar" -C "$dir" 2>/dev/null || :
	rm -f "$dir/l1.tar"
	cut -f 1 "$dir/l1/guests/list" | while read -r kvm_name; do
		[ ! -e "$dir/$kvm_name" ] || console_lines "$dir/$kvm_name"
	done
	kvm_failed=
	# The kernel's "Power down" can end up in the same line.
	! grep -q '^all guests ended' "$dir/kvm.lines" || return 0
	case $(cat "$dir/kvm.status") in
	0) kvm_failed="it ended" ;;
	124 | 137) kvm_failed="not within $kvm_limit s" ;;
	*) kvm_failed="QEMU ended: $(tail -n 1 "$dir/kvm.err")" ;;
	esac
	kvm_line=$(sed -n 's/^pvh: error: //p' "$dir/kvm.lines" | tail -n 1)
	kvm_failed="$kvm_failed: ${kvm_line:-$(grep . "$dir/kvm.lines" | tail -n 1 | cut -c1-100)}"
}
