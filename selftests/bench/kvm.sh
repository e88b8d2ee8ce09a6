# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # set by run.sh and lib/
#
# Sourced by run.sh: the exits of guests under KVM. QEMU emulates a machine with SVM. On
# it runs Debian's own kernel with its KVM, and in that QEMU boots the guests of one
# machine, one after the other. KVM's own trace events say why each exit happened, and
# exits.awk counts them.

# No -icount: with it, guests did not come to user space in minutes. So the timer's
# interrupts depend on how fast this machine is. They are counted apart.
kvm_clock="-rtc base=2000-01-01 -seed 1"
# A guest finds its FPU inconsistent if it has XSAVE on an emulated SVM.
kvm_cpu=EPYC,+svm,+npt,-xsave

# mark_program: put into the initramfs what the guests run first, as /pvh-mark
mark_program() {
	mkdir -p "$tmp/over"
	logged "$build/log/mark" "${CC:-cc}" -nostdlib -static -Wl,--build-id=none -o "$tmp/over/pvh-mark" "$here/mark.S" ||
		die "cannot build mark.S"
	add_to_initrd "$tmp/over"
}

# kvm_kernel: have the package of Debian's kernel in the cache; its name and checksum are
# in $kvm_list. No network is needed if it is there.
kvm_kernel() {
	os=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null) || os=
	[ "$os" = debian ] || die "a kernel with KVM comes in Debian's packages, and this is ${os:-no system with /etc/os-release}"
	command -v dpkg-deb >/dev/null 2>&1 || die "no dpkg-deb here to unpack Debian's kernel with"
	kvm_list=$cache/linux-image-$(apt_codename).list
	! apt_collected "$kvm_list" || return 0
	apt_need "$cache" 200 "Debian's kernel"
	apt_else="Debian's kernel cannot be fetched"
	apt_suite "$(apt_codename)" security
	found=$(apt_within apt-cache depends linux-image-amd64) ||
		die "no package linux-image-amd64 in suite $(apt_codename)"
	package=$(printf '%s\n' "$found" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
	[ -n "$package" ] || die "the package linux-image-amd64 of suite $(apt_codename) names no kernel"
	apt_collect "$kvm_list" "$package"
}

# module NAME: a module of the package, unpacked, in $root/modules/
module() {
	from=$(find "$tmp/deb" -name "$1.ko*" -o -name "$(echo "$1" | tr - _).ko*" | head -n 1)
	case $from in
	*.ko) cp "$from" "$root/modules/$1.ko" ;;
	*.ko.xz) xz -dc "$from" >"$root/modules/$1.ko" ;;
	*.ko.zst) zstd -qdc "$from" >"$root/modules/$1.ko" ;;
	*) die "${deb##*/} has no module $1" ;;
	esac || die "cannot unpack ${from##*/}$(room "$build")"
}

# kvm_machine: $build/kvm/vmlinuz, and the root of the machine that has KVM,
# $build/kvm/root.cpio.gz: busybox, KVM's modules, and QEMU as it is installed here
kvm_machine() {
	[ -x /bin/busybox ] || die "no /bin/busybox: install busybox-static"
	qemu=$(command -v qemu-system-x86_64)
	stamp=$(
		{
			cat "$kvm_list" "$here/kvm.sh" "$here/kvm-init" /bin/busybox
			# Without the addresses, which are random.
			ldd "$qemu" | grep -o '/[^ ]*'
			sha256sum "$qemu"
		} | sha256sum
	)
	if [ -e "$build/kvm/vmlinuz" ] && [ "$stamp" = "$(cat "$build/kvm/stamp" 2>/dev/null)" ]; then
		return
	fi
	say "packing Debian's kernel, its KVM and QEMU"
	rm -rf "$build/kvm"
	mkdir -p "$build/kvm"
	apt_need "$build/kvm" 300 "KVM"
	read -r _ deb <"$kvm_list"
	mkdir -p "$tmp/deb"
	# Of the modules KVM and what it needs is in these directories only.
	dpkg-deb --fsys-tarfile "$cache/deb/$deb" >"$tmp/deb.tar" 2>"$build/log/kvm.unpack" ||
		die "unpacking $deb failed$(room "$tmp")"
	tar -xf "$tmp/deb.tar" -C "$tmp/deb" --wildcards './boot/vmlinuz-*' '*/arch/x86/*' '*/virt/*' '*/drivers/crypto/*' \
		2>"$build/log/kvm.unpack" || die "$deb has no kernel or no modules where they are expected"
	rm "$tmp/deb.tar"
	cp "$tmp"/deb/boot/vmlinuz-* "$build/kvm/vmlinuz" || die "$deb has no boot/vmlinuz-VERSION, or several"

	root=$tmp/root
	mkdir -p "$root/bin" "$root/dev" "$root/guests" "$root/modules" "$root/proc" "$root/run" "$root/sys" "$root/usr/share"
	cp -L /bin/busybox "$root/bin/busybox"
	for applet in cat dmesg echo grep gzip insmod mkdir mount poweroff sh stty tail tar timeout tr; do
		ln -s busybox "$root/bin/$applet"
	done
	cp "$here/kvm-init" "$root/init"
	order=kvm-amd next=kvm-amd
	while [ -n "$next" ]; do
		needed=$next next=
		for name in $needed; do
			module "$name"
			next="$next $(tr '\0' '\n' <"$root/modules/$name.ko" | sed -n 's/^depends=//p' | tr ',\n' '  ')"
		done
		next=$(echo "$next" | tr -s ' ' | sed 's/^ //; s/ $//')
		order="$next $order"
	done
	echo "$order" | tr -s ' ' '\n' | sed '/^$/d' >"$root/modules/list"

	# Libraries keep their places.
	for lib in $(ldd "$qemu" | grep -o '/[^ ]*'); do
		mkdir -p "$root/${lib%/*}"
		cp -L "$lib" "$root/$lib" || die "cannot copy $lib$(room "$tmp")"
	done
	cp -L "$qemu" "$root/bin/"
	for dir in /usr/share/qemu /usr/share/seabios; do
		[ -d "$dir" ] || die "no $dir: install qemu-system-x86 and seabios"
		mkdir -p "$root/$dir"
		cp -L "$dir"/*.bin "$root/$dir/"
		cp -L "$dir"/*.rom "$root/$dir/" 2>/dev/null || :
	done
	(pack "$root") >"$build/kvm/root.cpio.gz" || die "cannot write $build/kvm/root.cpio.gz$(room "$build")"
	rm -rf "$root" "$tmp/deb"
	echo "$stamp" >"$build/kvm/stamp"
}

# kvm_rows MACHINE: the paths of that machine
kvm_rows() {
	awk -F '\t' -v machine="$1" '$4 ~ "^kvm-" machine "(,|$)"' "$tmp/paths"
}

# kvm_options HOW: QEMU's -machine, and what follows the CPU model in -cpu
kvm_options() {
	cpu_flags=${1#kvm-} machine=${1#kvm-}
	machine=${machine%%,*}
	cpu_flags=${cpu_flags#"$machine"}
	# There is nobody to tell of ACPI, which a microVM has for hot-plug.
	[ "$machine" != microvm ] || machine=microvm,acpi=off
}

kvm_cmdline="console=ttyS0 reboot=t panic=-1 quiet rdinit=/pvh-mark"

# run_kvm MACHINE: the guests of that machine, under KVM in an emulated machine
run_kvm() {
	mkdir -p "$dir/guests/guests"
	cp "$initrd" "$dir/guests/guests/initrd"
	kvm_rows "$1" | while IFS=$tab read -r _ path _ how name options _; do
		file=$(image "$name")
		[ -e "$file" ] || { item state "cannot: no $file"; continue; }
		[ -e "$dir/guests/guests/$name" ] || cp "$file" "$dir/guests/guests/$name" ||
			die "cannot copy $file$(room "$tmp")"
		kvm_options "$how"
		printf '%s\t' "$path" "$machine" "host,-xsave$cpu_flags" "$name" >>"$dir/guests/guests/list"
		printf '%s\n' "$kvm_cmdline${options:+ $options}" | sed 's/ -$//' >>"$dir/guests/guests/list"
	done
	[ -s "$dir/guests/guests/list" ] || return 0
	(pack "$dir/guests") >"$dir/guests.gz" && cat "$build/kvm/root.cpio.gz" "$dir/guests.gz" >"$dir/img" ||
		die "cannot write $dir/img$(room "$tmp")"
	rm -rf "$dir/guests.gz"
	# A list of arguments.
	# shellcheck disable=SC2086
	run_by=$(one_cpu) guest --name kvm --machine q35 --mem 2048M --cpu "$kvm_cpu" --kernel "$build/kvm/vmlinuz" --initrd "$dir/img" \
		--cmdline "console=ttyS0 quiet nokaslr" --timeout $((limit * $(wc -l <"$dir/guests/guests/list"))) -- \
		$kvm_clock -chardev "file,id=out,path=$dir/results.tar" -device isa-serial,chardev=out,index=1
	rm -f "$dir/img"
	mkdir "$dir/results"
	tar -xf "$dir/results.tar" -C "$dir/results" 2>/dev/null || :
	failed=
	if ! grep -qx 'all guests ended' "$dir/kvm.lines"; then
		failed=$(sed -n 's/^pvh: error: //p' "$dir/kvm.lines" | tail -n 1)
		failed="no figures from the emulated machine, $(why kvm): ${failed:-$(grep . "$dir/kvm.lines" | tail -n 1 | cut -c1-100)}"
	fi
	kvm_rows "$1" | while IFS=$tab read -r _ path _ how name options _; do
		cut -f 1 "$dir/guests/guests/list" | grep -qx "$path" || continue
		[ -z "$failed" ] || { item state "cannot: $failed"; continue; }
		(kvm_path)
	done
	rm -rf "$dir/guests"
}

# kvm_path: what the trace of the guest $path says
kvm_path() {
	out=$dir/results/$path
	tr -d '\r' <"$out.console" >"$dir/$path.lines"
	lines=$dir/$path.lines
	gzip -dc "$out.trace.gz" >"$dir/$path.trace" || give_up "its trace came in half"
	has '^pvh-init: done' || {
		case $(cat "$out.status") in
		0) reason="the guest ended" ;;
		124 | 143) reason="not within 120 s" ;;
		*) reason="QEMU ended: $(grep . "$out.err" | tail -n 1)" ;;
		esac
		last=$(grep . "$dir/$path.lines" | tail -n 1 | cut -c1-100)
		give_up "no user space: $reason${last:+, last line: $last}"
	}
	seen "$dir/$path.lines"
	symbols=$(image vmlinux)
	case $name in
	base.*) symbols=$(image base.vmlinux) ;;
	esac
	text=$(symbol_low "$symbols" _text) end=$(symbol_low "$symbols" _end)
	cpuid=$(symbol_low "$symbols" native_cpuid)
	base=$(reported "kernel virtual base" | sed -n 's/^0xffffffff\(........\)$/\1/p')
	[ -n "$text" ] && [ -n "$end" ] && [ -n "$cpuid" ] || give_up "no symbols in $symbols"
	[ -n "$base" ] || give_up "the guest does not report its virtual base"
	case $name in
	*bzImage) low=$((0x100000)) high=$((0x100000 + $(wc -c <"$(image "$name")"))) ;;
	*) low=$((0x$text - 0x80000000)) high=$((0x$end - 0x80000000)) ;;
	esac
	moved=$((0x$base - 0x$text))
	case $options,$name,$moved in
	nokaslr,*,0 | -,base.vmlinux,0) ;;
	nokaslr,* | -,base.vmlinux,*) give_up "the kernel is moved by $moved bytes, despite nokaslr" ;;
	*,0) give_up "KASLR does not move the kernel" ;;
	esac
	cpuid=$((0x$cpuid + moved))
	awk -v path="$path" -v low="$low" -v high="$high" -v cpuid="$cpuid" -f "$here/exits.awk" "$dir/$path.trace" >"$dir/$path.exits" ||
		give_up "$(tail -n 1 "$dir/$path.exits")"
	cat "$dir/$path.exits"
	item state ok
}

# -- Wall time, on a machine that has KVM itself -------------------------------------

# wall_boot HOW FILE COMMAND_LINE: boot it once under /dev/kvm, to user space and the
# guest's end at once; print how many microseconds that took
wall_boot() {
	kvm_options "$1"
	wall_start=$(date +%s%N)
	timeout -k 5 60 qemu-system-x86_64 -accel kvm -cpu "host$cpu_flags" -machine "$machine" -m 256 -smp 1 \
		-nodefaults -no-user-config -nographic -no-reboot -serial "file:$tmp/wall.console" \
		-kernel "$2" -initrd "$initrd" -append "$3 -- end" </dev/null >"$tmp/wall.err" 2>&1 || return 1
	wall_end=$(date +%s%N)
	grep -q 'pvh-init: done' "$tmp/wall.console" || return 1
	echo $(((wall_end - wall_start) / 1000))
}

# wall_probe: end with a reason unless KVM boots a guest here
wall_probe() {
	grep -Eqw 'vmx|svm' /proc/cpuinfo ||
		die "ACCEL=kvm: this CPU has neither VT-x nor SVM, and times under another /dev/kvm say nothing about them"
	wall_boot kvm-q35 "$kernel" "$kvm_cmdline" >/dev/null ||
		die "ACCEL=kvm: /dev/kvm boots no guest in 60 s: $(tail -qn 1 "$tmp/wall.err" "$tmp/wall.console" 2>/dev/null | grep . | tail -n 1)"
}

# wall_times: boot each path $boots times, in turns so that what else the machine does
# is shared by all, and none beside another. Print items: the median, the quartiles, and
# the ends.
wall_times() {
	round=0
	while [ $round -lt "$boots" ]; do
		round=$((round + 1))
		say "wall time: boot $round of $boots of each path"
		while IFS=$tab read -r _ path _ how name options _; do
			file=$(image "$name")
			[ -e "$file" ] || continue
			us=$(wall_boot "$how" "$file" "$kvm_cmdline${options:+ ${options#-}}") || {
				say "$path: a boot under /dev/kvm failed: $(tail -n 1 "$tmp/wall.err")"
				us=failed
			}
			echo "$us" >>"$tmp/wall.$path"
		done <"$tmp/paths"
	done
	while IFS=$tab read -r _ path _; do
		[ -s "$tmp/wall.$path" ] || continue
		if grep -q failed "$tmp/wall.$path"; then
			item state "cannot: $(grep -c failed "$tmp/wall.$path") of $boots boots under /dev/kvm failed"
			continue
		fi
		sort -n "$tmp/wall.$path" | awk -v path="$path" '
			{ us[NR] = $1 }
			# The value below which that share of them is
			function at(share,	i, f) {
				f = 1 + (NR - 1) * share
				i = int(f)
				return us[i] + (f - i) * (us[i < NR ? i + 1 : i] - us[i])
			}
			END {
				printf "%s,wall boots,%d\n", path, NR
				printf "%s,wall us,%.0f\n%s,wall quartile 1,%.0f\n%s,wall quartile 3,%.0f\n", \
					path, at(0.5), path, at(0.25), path, at(0.75)
				printf "%s,wall least,%.0f\n%s,wall most,%.0f\n", path, us[1], path, us[NR]
			}'
	done <"$tmp/paths"
}

# kvm_versions: what the figures depend on
kvm_versions() {
	versions | grep -v '^version,\(guest\|ovmf\|u-boot-qemu\|grub-xen-bin\|Xen\),'
	path=version
	item guest "256 MiB, 1 CPU"
	item KVM "$(sed -n 's/.*  \(linux-image-[^_]*\)_\([^_]*\)_.*/\1 \2/p' "$kvm_list" | sed 's/%3a/:/')"
	item "KVM's CPU" "$kvm_cpu (TCG)"
}
