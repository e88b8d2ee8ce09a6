#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series and the unmodified kernel boot on Intel VT-x, as they do on the AMD SVM that
# QEMU emulates: Xen with the kernel as PV dom0, and as PVH and PV domUs; malformed loaders
# for Xen, of which the kernel tells Xen by another instruction than on AMD; and guests of
# KVM. Bochs emulates VT-x with EPT. It has no IOMMU, which a PVH dom0 would need.
#
# Bochs runs on one CPU, and executes some 80 million instructions a second.
#
# variables: BOCHS_SUITE=trixie, the release of Debian that Bochs is of; XEN_SUITES="bookworm
# trixie", those that Xen is of; KVM_SUITE=, the one that KVM and QEMU in it come from,
# instead of the machine's own

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
for part in initrd qemu-packages kvm matrix; do
	. "$top/selftests/lib/$part.sh"
done
. "$top/selftests/lib/xen.sh"
. "$top/selftests/xen/results.sh"
. "$top/selftests/loader/loader.sh"
. "$top/selftests/loader/xen.sh"
. "$top/selftests/hypervisors/found.sh"

export BOCHS_SUITE="${BOCHS_SUITE:-trixie}"
xen_suites=${XEN_SUITES:-bookworm trixie}
make_tmp
needs cpio taskset grub-mkimage /usr/lib/grub/i386-pc/boot.img "$base_obj/include/config/kernel.release" \
	"$build/base.vmlinux" "$build/bzImage"
status=0
why=$("$here/fetch.sh" "$BOCHS_SUITE" 2>"$tmp/log") || status=$?
case $status in
0) ;;
4) skip_all "$why" ;;
*) die "$(sed -n 's/^pvh: error: //p' "$tmp/log")" ;;
esac
matrix_begin
matrix_version Bochs "$(apt_version "$build/bochs-$BOCHS_SUITE/stamp" bochs | head -n 1)"
found_on=VT-x found_cpu='' found_exits=y
# Two minutes, if Bochs has a CPU for itself
seconds=900
# Without the packages of KVM the rows of Xen are left.
kvm_here=y
if (kvm_packages ${KVM_SUITE:+"$KVM_SUITE"}) >"$tmp/log" 2>&1; then
	# It packs the QEMU that is found here.
	found_begin ${KVM_SUITE:+"$KVM_SUITE"}
else
	kvm_here=
	tap_skip "KVM on VT-x boots the kernel" "$(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)"
	matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
fi
# Nobody is to find out by Bochs whether this machine has KVM.
ACCEL=tcg
# The guests of this test are in Bochs: bin/ has a qemu-system-x86_64 that runs it.
PATH=$here/bin:$PATH
# The memory with which this was tried. The time is for a Bochs that shares its CPU.
export HOST_MIB=1024 DOM0_MIB=512 XEN_TIMEOUT=1500

for which in base series; do
	mkdir "$tmp/$which"
	# boot-xen.sh wants one, and does not boot it here.
	ln -s "$build/bzImage" "$tmp/$which/bzImage"
done
ln -s "$build/base.vmlinux" "$tmp/base/vmlinux"
ln -s "$kernel" "$tmp/series/vmlinux"

boot_xen() { # SUITE KERNEL
	XEN_SUITE=$1 KERNEL_DIR=$tmp/$2 LOG=xen.bochs.$1.$2 "$top/selftests/xen/boot-xen.sh" --dom0 pv || :
}

judge_xen() { # SUITE KERNEL
	name="Xen of $1 on VT-x, PV dom0, $2"
	bad=$tap_bad
	expect "Xen finds VT-x with EPT" grep -a 'HVM: Hardware Assisted Paging (HAP) detected' "$build/log/xen.bochs.$1.$2"
	expect "the domain boots" has_result "dom0 vmlinux pv up"
	for type in pvh pv; do
		expect "xl create boots a ${type} domU until it powers off" has_result "domU vmlinux $type done"
		[ "$2" = base ] || expect_tests "domU vmlinux $type"
	done
	seen="dom0, domUs up to their end"
	[ "$2" = base ] || seen="$seen, tests pass"
	[ "$tap_bad" -eq "$bad" ] || seen="FAILED: $(grep -c ' \(up\|done\)$' "$dir/out") of 3 domains"
	image=vmlinux
	[ "$2" = series ] || image=base.vmlinux
	matrix_row "Xen of $1 in Bochs" "VT-x, PV dom0, PVH and PV domUs" $image "$seen"
}

for suite in $xen_suites; do
	if have_xen "$suite"; then
		printf '%s\tseries\n%s\tbase\n' "$suite" "$suite" >>"$tmp/rows"
	else
		tap_skip "Xen of $suite on VT-x boots the kernel" "$why"
	fi
done
[ ! -e "$tmp/rows" ] || run_cases boot_xen judge_xen <"$tmp/rows"

# On Intel the kernel reports its crash by VMCALL, on AMD by VMMCALL.
loader_prefix="VT-x, " xen_dom0=pv
bad=$tap_bad
xen_loader_test
seen="each refused in one line, and crashed"
[ "$tap_bad" -eq "$bad" ] || seen=FAILED
[ "$case_count" -eq 0 ] || matrix_row "Xen in Bochs" "VT-x, malformed loaders" vmlinux "$seen"

# The exits by their number in Intel's manual
exits_of() { # BASE|SERIES NUMBER|total
	case $2 in
	total) sed -n 's/^ *Hits: *//p' "$dir/$1.exits" ;;
	*) sed -n "s/^{ exit_reason: *$2 } hitcount: *\([0-9]*\).*/\1/p" "$dir/$1.exits" ;;
	esac
}

# Of all reasons: the series runs a KUnit test that reads CPUID hundreds of times. make
# bench-kvm has the exits by their reason.
fewer_exits() {
	want="fewer than $(exits_of base total)" got=$(exits_of series total)
	[ "${got:-0}" -gt 0 ] && [ "$got" -lt "$(exits_of base total)" ]
}

judge_kvm() { # LEAVES MACHINE CPUS IMAGE CPU ACCELERATOR
	found_judge "$@"
	[ -e "$dir/series.exits" ] || return 0
	expect "the series has fewer exits than the unmodified kernel" fewer_exits
	for which in base series; do
		tap_diag "$which: $(exits_of $which total) exits, $(exits_of $which 10) CPUID, $(exits_of $which 30) I/O"
	done
}

[ -z "$kvm_here" ] || run_cases found_boot judge_kvm <<'END'
# CPUID leaves  machine  CPUs  image    CPU   accelerator
KVM             microvm  1     vmlinux  host  kvm
END
tap_done
