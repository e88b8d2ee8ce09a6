#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The loaders of four Debian releases boot the series to user space, where its tests pass,
# and the unmodified kernel beside it: QEMU with its SeaBIOS, qboot and OVMF on q35, pc and
# microvm, and Xen with the kernel as PVH dom0 and as PVH domUs.
#
# The packages are those of each release, with their libraries and firmware. They are
# unpacked in build/, and not installed.
#
# variables: SUITES="bullseye bookworm trixie sid"

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/matrix.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/xen/results.sh"
. "$top/selftests/boot/machines.sh"

suites=${SUITES:-bullseye bookworm trixie sid}
make_tmp
matrix_begin
needs "$build/base.vmlinux" "$build/base.gzip.bzImage" "$build/bzImage"
guest_defaults --accel tcg --timeout 400 --cmdline "console=ttyS0 no_timer_check"
matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
for kernel_of in base series; do
	mkdir "$tmp/$kernel_of"
done
ln -s "$build/base.vmlinux" "$tmp/base/vmlinux"
ln -s "$build/base.gzip.bzImage" "$tmp/base/bzImage"
ln -s "$kernel" "$tmp/series/vmlinux"
ln -s "$build/bzImage" "$tmp/series/bzImage"

# have_qemu SUITE: its QEMU and OVMF are unpacked; otherwise $why has the reason
have_qemu() {
	why=$("$top/selftests/releases/qemu.sh" "$1") || return
	list=$cache/ovmf-$1.list
	if ! apt_collected "$list"; then
		apt_try_suite "$1" || { why="no OVMF of $1"; return 1; }
		# In sid ovmf is a package without files.
		package=ovmf
		! apt_has ovmf-generic >/dev/null || package=ovmf-generic
		apt_collect "$list" $package
	fi
	mkdir "$tmp/ovmf-$1"
	apt_unpack "$list" "$tmp/ovmf-$1"
	matrix_version "QEMU of $1" "$(apt_version "$build/qemu-$1/stamp" qemu-system-x86)"
	matrix_version "SeaBIOS of $1" "$(apt_version "$build/qemu-$1/stamp" seabios)"
	matrix_version "OVMF of $1" "$(apt_version "$list" ovmf)"
}

for suite in $suites; do
	if have_qemu "$suite"; then
		sed "s/^/$suite	/" <<-'END' >>"$tmp/rows"
		QEMU	q35	vmlinux	-
		QEMU	pc	vmlinux	-
		QEMU	microvm	vmlinux	-
		QEMU, qboot	microvm	vmlinux	-machine acpi=off -bios qboot.rom
		QEMU, SeaBIOS	q35	bzImage	-
		QEMU, OVMF	q35	bzImage	ovmf
		END
	else
		tap_skip "QEMU of $suite: its machines boot the kernel" "$why"
	fi
	if have_xen "$suite"; then
		printf '%s\tXen\tPVH dom0 and domUs\tvmlinux\t-\n' "$suite" >>"$tmp/rows"
	else
		tap_skip "Xen of $suite: it boots the kernel as PVH dom0" "$why"
	fi
done

boot() { # SUITE LOADER MACHINE IMAGE ARGUMENTS
	if [ "$2" = Xen ]; then
		for which in base series; do
			mkdir "$dir/$which"
			status=0
			XEN_SUITE=$1 KERNEL_DIR=$tmp/$which LOG=xen.$1.$which "$top/selftests/xen/boot-xen.sh" --kernel "$4" \
				>"$dir/$which/out" 2>"$dir/$which/err" || status=$?
			echo $status >"$dir/$which/status"
		done
		return
	fi
	PATH=$build/qemu-$1/bin:$PATH
	machines_args=$5
	[ "$5" != ovmf ] ||
		machines_args="-drive if=pflash,format=raw,unit=0,readonly=on,file=$(find "$tmp/ovmf-$1" -name OVMF_CODE_4M.fd)"
	# shellcheck disable=SC2086 # a list of arguments
	guest --name base --machine "$3" --kernel "$tmp/base/$4" -- $machines_args
	kernel=$tmp/series/$4
	machines_boot "$2 of $1" "$3" 512M 1 initrd "console=ttyS0 retain_initrd no_timer_check"
}

judge() { # SUITE LOADER MACHINE IMAGE
	name="$2 of $1, $3, $4"
	bad=$tap_bad
	base="base too"
	if [ "$2" = Xen ]; then
		judge_xen
	else
		on base finished base || base="not so the base: $got"
		case $4,$2 in
		vmlinux,QEMU)
			seen="user space, tests pass"
			machines_judge "$name" ;;
		vmlinux,*)
			# Without ACPI the guest does not find what it has to compare with.
			seen="user space"
			expect "the guest powers off" finished
			expect "the kernel is entered by its PVH note" reported "entered by" "PVH, not Xen.*" ;;
		*)
			seen="user space"
			expect "the guest powers off" finished
			expect "the kernel is not entered by its PVH note" not reported "entered by" "PVH.*" ;;
		esac
	fi
	seen="$seen; $base"
	[ "$tap_bad" -eq "$bad" ] || seen="FAILED: $seen"
	matrix_row "$2 of $1" "$3" "$4" "$seen"
}

judge_xen() {
	ran=$dir
	[ "$(cat "$dir/base/status")" -eq 0 ] || base="not so the base: $(grep -c ' \(up\|done\)$' "$dir/base/out") of 3 domains"
	seen="dom0, domU by vmlinux and bzImage, tests pass"
	dir=$ran/series
	for domain in "dom0 vmlinux pvh" "domU vmlinux pvh" "domU bzImage pvh"; do
		case $domain in
		dom0*) expect "$domain: the domain boots" has_result "$domain up" ;;
		*) expect "$domain: the domain boots until it powers off" has_result "$domain done" ;;
		esac
		expect_tests "$domain"
	done
	dir=$ran
}

run_cases boot judge <"$tmp/rows"
tap_done
