#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# virtme-ng, with which developers try the kernel that they have built: "vng -r vmlinux" boots
# it in QEMU through the PVH note, with the files of this machine as its root. The series and
# the unmodified kernel, in the test's configuration and what virtme-ng needs. virtme-ng is
# Debian 13's. It is unpacked in build/, and not installed.
#
# variables: VNG_SUITE=trixie, the release of Debian that virtme-ng is of

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/matrix.sh"

suite=${VNG_SUITE:-trixie}
# Those without which vng does not start
packages="virtme-ng python3-argcomplete python3-pkg-resources python3-requests python3-urllib3 python3-idna
	python3-certifi python3-charset-normalizer"
vng_list=$cache/vng-$suite.list
vng=$build/vng-$suite
make_tmp
matrix_begin
needs python3 file kmod script qemu-system-x86_64 udevadm "$base_tree/.git"
if ! apt_unpacked "$vng_list" "$vng"; then
	if ! apt_collected "$vng_list"; then
		apt_try_suite "$suite" || skip_all "no virtme-ng of $suite: no index of that suite, or no network"
		# shellcheck disable=SC2086 # a list
		apt_collect "$vng_list" $packages
	fi
	rm -rf "$vng"
	mkdir -p "$vng"
	apt_unpack "$vng_list" "$vng"
	cp "$vng_list" "$vng/stamp"
fi
matrix_version virtme-ng "$(apt_version "$vng_list" virtme-ng)"
matrix_version QEMU "$(qemu-system-x86_64 --version | sed -n 's/QEMU emulator version //p')"
export PYTHONPATH="$vng/usr/lib/python3/dist-packages" PATH="$vng/usr/bin:$PATH"

build_kernels() {
	"$top/scripts/build.sh" --fragment "$here/vng.config" vng && "$top/scripts/base.sh" --fragment "$here/vng.config" base-vng
}
expect "the kernels build" build_kernels
[ "$tap_bad" -eq 0 ] || tap_done
kernel_range "$build/vng.vmlinux"

boot() { # KERNEL
	file=$build/vng.vmlinux
	[ "$1" = series ] || file=$build/base-vng.vmlinux
	status=0
	# vng wants a terminal. What the guest prints to its standard output comes last.
	timeout 600 script -q -e -c "vng --verbose --disable-kvm --force-9p --memory 512M --cpus 1 \
		--run '$file' -- sh '$here/vng-guest.sh'" "$dir/vng.out" </dev/null >"$dir/vng.err" 2>&1 || status=$?
	echo $status >"$dir/status"
}

said() {
	tr -d '\r' <"$dir/vng.out" | sed -n "s/^.*vng: $1 //p" | tail -n 1
}

judge() { # KERNEL
	name="vng --run vmlinux, $1"
	bad=$tap_bad
	expect "the command's exit status comes back" is 7 "$(cat "$dir/status")"
	expect "the kernel is entered through its PVH note" is "176 020c" "$(said "type and version")"
	expect "the command sees the files of this machine" is "$(cksum <"$here/vng.t")" "$(said "cksum")"
	case $1 in
	series) expect "KASLR gives the kernel an address" in_kaslr_range "$(said "text")" ;;
	base) expect "the kernel is at its link address" at_link "$(said "text")" ;;
	esac
	seen="user space, and a command there"
	[ "$tap_bad" -eq "$bad" ] || {
		seen=FAILED
		cat "$dir/vng.err" "$dir/vng.out" | tail -n 15 | tap_diag
	}
	matrix_row "virtme-ng" "vng --run" "vmlinux, $1" "$seen"
}

JOBS=1
run_cases boot judge <<'END'
# kernel
series
base
END
tap_done
