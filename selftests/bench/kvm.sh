# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # set by run.sh and lib/
#
# Sourced by run.sh: the exits of guests under KVM, which lib/kvm.sh boots, those of one
# machine one after the other. KVM's own trace events say why each exit happened, and
# exits.awk counts them. The timer's interrupts are counted apart, because they depend on
# how fast this machine is.

# mark_program: put into the initramfs what the guests run first, as /pvh-mark
mark_program() {
	mkdir -p "$tmp/over"
	logged "$build/log/mark" "${CC:-cc}" -nostdlib -static -Wl,--build-id=none -o "$tmp/over/pvh-mark" "$here/mark.S" ||
		die "cannot build mark.S"
	add_to_initrd "$tmp/over"
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
	mkdir -p "$dir/l1/guests"
	cp "$initrd" "$dir/l1/guests/initrd"
	kvm_rows "$1" | while IFS=$tab read -r _ path _ how name options _; do
		file=$(image "$name")
		[ -e "$file" ] || { item state "cannot: no $file"; continue; }
		[ -e "$dir/l1/guests/$name" ] || cp "$file" "$dir/l1/guests/$name" ||
			die "cannot copy $file$(room "$tmp")"
		kvm_options "$how"
		options=${options#-}
		kvm_guest "$path" "$name" "-accel kvm -machine $machine -cpu host,-xsave$cpu_flags -smp 1" \
			"$kvm_cmdline${options:+ $options}"
	done
	[ -s "$dir/l1/guests/list" ] || return 0
	kvm_guests "$limit" guest_seconds=120 guest_trace=y
	kvm_rows "$1" | while IFS=$tab read -r _ path _ how name options _; do
		cut -f 1 "$dir/l1/guests/list" | grep -qx "$path" || continue
		[ -z "$kvm_failed" ] || { item state "cannot: no figures from the emulated machine, $kvm_failed"; continue; }
		(kvm_path)
	done
	rm -rf "$dir/l1"
}

# kvm_path: what the trace of the guest $path says
kvm_path() {
	out=$dir/$path
	lines=$out.lines
	gzip -dc "$out.trace.gz" >"$out.trace" || give_up "its trace came in half"
	has '^pvh-init: done' || {
		case $(cat "$out.status") in
		0) reason="the guest ended" ;;
		124 | 143) reason="not within 120 s" ;;
		*) reason="QEMU ended: $(grep . "$out.err" | tail -n 1)" ;;
		esac
		last=$(grep . "$lines" | tail -n 1 | cut -c1-100)
		give_up "no user space: $reason${last:+, last line: $last}"
	}
	seen "$lines"
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
	awk -v path="$path" -v low="$low" -v high="$high" -v cpuid="$cpuid" -f "$here/exits.awk" "$out.trace" >"$dir/$path.exits" ||
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
	item KVM "$(apt_version "$kvm_list" linux-image-)"
	item "KVM's CPU" "$kvm_cpu (TCG)"
}
