#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Xen boots from UEFI firmware, with the kernel as its PVH dom0: as xen.efi, by GRUB with
# multiboot2, and as one signed file with the kernel, the ramdisk and the configuration in
# it, with secure boot on. Beside these, GRUB on a BIOS. dom0 has what Xen passes on of the
# firmware: tables, variables, a memory map without the firmware's memory, the screen. The
# same of the unmodified base.
#
# Secure boot is that of OVMF, with keys that this test makes and a guest enrolls.
#
# variables: XEN_SUITES="bookworm trixie", the releases of Debian that Xen is of

# shellcheck disable=SC2154,SC2034 # of and for what is sourced
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/apt.sh"
. "$top/selftests/lib/xen.sh"
. "$top/selftests/lib/matrix.sh"

suites=${XEN_SUITES:-bookworm trixie}
make_tmp
matrix_begin
module=fs/efivarfs/efivarfs.ko
needs cpio gzip objcopy objdump openssl taskset grub-mkimage /usr/lib/grub/i386-pc/boot.img \
	"$base_obj/include/config/kernel.release" "$build/base.vmlinux" "$build/bzImage"
# This file has secure boot, too. That of Debian's secboot file needs SMM.
ovmf=$(ovmf_code) || skip_all "no OVMF here"
ovmf_vars=${ovmf%/*}/$(basename -- "$ovmf" | sed 's/CODE/VARS/')
needs "$ovmf_vars"
status=0
why=$("$here/efi-fetch.sh" 2>"$tmp/log") || status=$?
case $status in
0) ;;
4) skip_all "$why" ;;
*) die "$(sed -n 's/^pvh: error: //p' "$tmp/log" | tail -n 1)" ;;
esac
PATH=$build/efi/bin:$PATH
matrix_version Linux "$(cat "$base_obj/include/config/kernel.release")"
matrix_version "GRUB for EFI" "$(apt_version "$build/efi/stamp" grub-efi-amd64-bin)"
kernel_range "$kernel"
guest_defaults --accel tcg --mem 1G --timeout 1800
dom0_cmdline="console=hvc0 earlyprintk=xen"
xen_cmdline="$xen_options dom0=pvh dom0_mem=256M"
said_by=efi

# make_key NAME: a key and its certificate
make_key() {
	openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "/CN=pvh test, $1/" \
		-keyout "$tmp/$1.key" -out "$tmp/$1.crt" &&
		openssl x509 -in "$tmp/$1.crt" -outform DER -out "$tmp/$1.der"
}

# Unless told, sbvarsign adds APPEND_WRITE.
attributes=NON_VOLATILE,BOOTSERVICE_ACCESS,RUNTIME_ACCESS,TIME_BASED_AUTHENTICATED_WRITE_ACCESS

# make_change VARIABLE NAME SIGNER: what efivarfs takes as the variable with the certificate
# of NAME in it, signed by SIGNER: $tmp/VARIABLE.SIGNER
make_change() {
	sbsiglist --owner 3b0ae9a8-5b1d-4b39-9d4f-6f2c1f0d7e11 --type x509 --output "$tmp/siglist" "$tmp/$2.der" &&
		sbvarsign --key "$tmp/$3.key" --cert "$tmp/$3.crt" --include-attrs --attrs "$attributes" --output "$tmp/$1.$3" "$1" "$tmp/siglist"
}

make_keys() {
	make_key own && make_key other && make_change dbx other other || return
	for variable in PK KEK db; do
		make_change $variable own own || return
	done
	make_change dbx other own
}

# make_grub DIR <COMMANDS: GRUB as the program that the firmware starts from that directory
make_grub() {
	mkdir -p "$1/EFI/BOOT" && cat >"$dir/grub.cfg" || exit
	grub-mkimage -O x86_64-efi -d "$build/efi/root/usr/lib/grub/x86_64-efi" -p /EFI/BOOT -c "$dir/grub.cfg" \
		-o "$1/EFI/BOOT/BOOTX64.EFI" part_msdos fat multiboot2 boot halt echo || exit
}

# firmware VARIABLES: QEMU's arguments for OVMF, with a copy of these variables
firmware() {
	cat "$1" >"$dir/vars" || die "cannot write $dir/vars$(room "$tmp")"
	firmware="-drive if=pflash,format=raw,unit=0,readonly=on,file=$ovmf -drive if=pflash,format=raw,unit=1,file=$dir/vars"
}

# enroll: as the firmware comes it is in its setup mode, and takes keys from anybody
enroll() {
	dir=$tmp/enroll
	mkdir "$dir"
	firmware "$ovmf_vars"
	set --
	for variable in PK KEK db; do
		set -- "$@" --file "$variable=$tmp/$variable.own"
	done
	# shellcheck disable=SC2086 # a list of arguments
	guest "$@" --mem 512M --timeout 300 --kernel "$build/bzImage" --cmdline "console=ttyS0 no_timer_check" \
		--run "$here/efi-enroll" --file efivarfs.ko="$obj/$module" -- $firmware
	name="OVMF"
	expect "a bzImage boots by its EFI stub" reported "entered by" ".*, EFI"
	for variable in db KEK PK; do
		expect "the firmware takes the test's own $variable" said "enroll $variable" 0
	done
	expect "the firmware has left its setup mode" said SetupMode 00
	expect "the guest powers off" finished
	[ "$tap_bad" -eq 0 ] || { keep_consoles "enroll"; tap_done; }
	name=
}

for module_of in "$obj" "$base_obj"; do
	expect "efivarfs is built as a module" test -e "$module_of/$module"
done
expect "openssl and sbsigntool make the keys" make_keys
[ "$tap_bad" -eq 0 ] || tap_done
enroll

# The firmware refuses a file before Xen runs, and a BIOS tells of no EFI: one Xen will do.
last=
for suite in $suites; do
	have_xen "$suite" || {
		tap_skip "Xen of $suite boots from EFI" "$why"
		continue
	}
	last=$suite
	for way in xen.efi "GRUB, EFI" "one file, signed"; do
		for which in series base; do
			printf '%s\t%s\t%s\n' "$suite" "$way" $which >>"$tmp/rows"
		done
	done
done
[ -z "$last" ] || sed "s/^/$last	/" <<'END' >>"$tmp/rows"
GRUB, BIOS	series
GRUB, BIOS	base
one file, not signed	series
one file, signed by another	series
END

# make_ramdisk SUITE WAY KERNEL
make_ramdisk() {
	files=$dir/files
	mkdir "$files"
	{
		echo "value='$(value_of "$@")'"
		cat "$here/efi-dom0"
	} >"$files/run"
	from=$obj
	[ "$3" = series ] || from=$base_obj
	cp "$from/$module" "$files/"
	# These tests are of the series.
	[ "$3" = base ] || {
		mkdir "$files/expect"
		printf 1 >"$files/expect/cpus"
		printf 90 >"$files/expect/loader"
	}
	case $2 in
	one*) cp "$tmp/dbx.own" "$tmp/dbx.other" "$files/" ;;
	esac
	XEN_SUITE=$1 DOM0_RUN=$files RAMDISK=$dir/ramdisk "$here/boot-xen.sh" --kernel vmlinux || exit
	rm -r "$files"
}

value_of() { # SUITE WAY KERNEL
	echo "value of $1, $2, $3"
}

# make_one FILE: xen.efi with more sections, as Xen's docs/misc/efi has it. They have to follow
# its own ones.
make_one() {
	objdump -h "$xen_efi" | awk '$1 ~ /^[0-9]+$/ { print $4, $3 }' >"$dir/sections"
	at=0
	# As a signed number an address is too large. Its upper half is that of all sections.
	while read -r address size; do
		end=$((0x${address#????????} + 0x$size))
		[ $end -le $at ] || at=$end
	done <"$dir/sections"
	upper=$(head -c 8 "$dir/sections")
	set -- "$xen_efi" "$1"
	for section in config kernel ramdisk; do
		file=$dir/$section
		[ $section != kernel ] || file=$vmlinux
		at=$(((at + 0x1fffff) / 0x200000 * 0x200000))
		set -- --add-section ".$section=$file" --change-section-vma ".$section=0x$upper$(printf '%08x' $at)" "$@"
		at=$((at + $(wc -c <"$file")))
	done
	objcopy "$@" || die "objcopy cannot add sections to xen.efi$(room "$tmp")"
}

boot() { # SUITE WAY KERNEL
	vmlinux=$kernel
	[ "$3" = series ] || vmlinux=$build/base.vmlinux
	xen_efi=$(existing "$build/xen-$1"/root/boot/xen-*-amd64.efi) || die "Xen of $1 has no xen.efi"
	make_ramdisk "$@"
	cat >"$dir/config" <<-END
	[global]
	default=xen
	[xen]
	options=$xen_cmdline
	kernel=vmlinux $dom0_cmdline
	ramdisk=ramdisk
	END
	esp=$dir/esp efi=$dir/esp/EFI/BOOT vars=$ovmf_vars
	mkdir -p "$efi"
	case $2 in
	xen.efi)
		ln -s "$xen_efi" "$efi/BOOTX64.EFI"
		cp "$dir/config" "$efi/BOOTX64.cfg"
		ln -s "$vmlinux" "$efi/vmlinux"
		cp "$dir/ramdisk" "$efi/" ;;
	'GRUB, EFI')
		ln -s "$vmlinux" "$esp/vmlinux"
		ln -s "$build/xen-$1/xen" "$esp/xen"
		cp "$dir/ramdisk" "$esp/"
		grub_commands '' | make_grub "$esp" || exit ;;
	'GRUB, BIOS')
		grub_commands '(hd1)' | "$here/grub-disk.sh" "$dir" "xen=$build/xen-$1/xen" "vmlinux=$vmlinux" "ramdisk=$dir/ramdisk" || exit ;;
	one*)
		vars=$tmp/enroll/vars
		make_one "$dir/one"
		case $2 in
		*', signed') sbsign --key "$tmp/own.key" --cert "$tmp/own.crt" --output "$efi/BOOTX64.EFI" "$dir/one" ;;
		*', signed by another') sbsign --key "$tmp/other.key" --cert "$tmp/other.crt" --output "$efi/BOOTX64.EFI" "$dir/one" ;;
		*', not signed') mv "$dir/one" "$efi/BOOTX64.EFI" ;;
		esac || exit ;;
	esac
	way=$2
	case $way in
	*BIOS)
		set -- -drive "file=$dir/grub.disk,format=raw" -drive "file=$dir/files.tar,format=raw"
		firmware= ;;
	*)
		firmware "$vars"
		set -- -drive "file=fat:$esp,format=raw,if=ide,snapshot=on" ;;
	esac
	case $way in
	*'not signed' | *another)
		# The next disk that the firmware tries. It shows that the firmware goes on, and
		# ends the machine.
		echo 'echo efi: next disk
			halt' | make_grub "$dir/next" &&
			sbsign --key "$tmp/own.key" --cert "$tmp/own.crt" --output "$dir/next/EFI/BOOT/BOOTX64.EFI" "$dir/next/EFI/BOOT/BOOTX64.EFI" || exit
		set -- "$@" -drive "file=fat:$dir/next,format=raw,if=ide,snapshot=on" ;;
	esac
	# The clocks count instructions. With those of a busy host, dom0 spends its time with timers.
	run_by=$(one_cpu)
	# shellcheck disable=SC2086 # lists of arguments
	guest --bare --kernel '' --no-initrd --cpu "$xen_pvh_cpu" -- $xen_pvh_machine -icount shift=2,sleep=off -device VGA $firmware "$@"
	rm -rf "$esp" "$dir/next" "$dir/one" "$dir/ramdisk" "$dir/files.tar"
}

grub_commands() { # DISK
	echo "multiboot2 $1/xen $xen_cmdline"
	echo "module2 $1/vmlinux $dom0_cmdline"
	echo "module2 --nounzip $1/ramdisk"
	echo boot
}

# matches KEY PATTERN: a line "efi: KEY VALUE", where PATTERN, a basic regular expression, is
# that of VALUE
matches() {
	want="efi: $1 $2" got="efi: $1 $(said "$1")"
	said "$1" | grep -qx -- "$2"
}

# only_ram: dom0 has RAM only where the firmware's memory map has what is free after the boot:
# types 1 to 4 and 7. Xen prints that map.
only_ram() {
	want="RAM of dom0 in memory that the firmware does not keep" got="no map of the firmware, or of dom0"
	console | sed -n 's/^(XEN) *\([0-9a-f]*\)-\([0-9a-f]*\) type=\([0-9]*\) .*/\1 \2 \3/p' | grep -v ' \([12347]\)$' >"$dir/kept"
	said map | sed -n 's/ System RAM$//p' >"$dir/ram"
	# Runtime code and data
	grep -q ' [56]$' "$dir/kept" && [ -s "$dir/ram" ] || return
	got=
	while read -r start end; do
		while read -r kept_start kept_end type; do
			[ $((start)) -gt $((0x$kept_end)) ] || [ $((end)) -lt $((0x$kept_start)) ] ||
				got="$got$start-$end has RAM in $kept_start-$kept_end of type $type
"
		done <"$dir/kept"
	done <"$dir/ram"
	[ -z "$got" ]
}

# not_in TEXT: no line of the console has it. For expect.
not_in() {
	want="no line with $1" got=$(console | grep -a -m 1 -- "$1") || return 0
	return 1
}

judge() { # SUITE WAY KERNEL
	name="Xen of $1, $2, $3"
	bad=$tap_bad
	case $2 in
	*'not signed' | *another) judge_refused ;;
	*) judge_dom0 "$@" ;;
	esac
	[ "$tap_bad" -eq "$bad" ] || seen="FAILED: $seen"
	image=vmlinux
	[ "$3" = series ] || image=base.vmlinux
	case $2 in
	*BIOS) machine="SeaBIOS, PVH dom0" ;;
	one*) machine="OVMF, secure boot, PVH dom0" ;;
	*) machine="OVMF, PVH dom0" ;;
	esac
	matrix_row "Xen of $1, $2" "$machine" "$image" "$seen"
}

judge_refused() {
	seen="refused by the firmware"
	expect "the firmware refuses the file" has 'BdsDxe: failed to load.*Access Denied'
	expect "Xen does not run" not_in '(XEN)'
	expect "the firmware boots the next disk, which is signed" has 'efi: next disk'
	expect "the machine is turned off" ended
}

judge_dom0() { # SUITE WAY KERNEL
	tap_diag "$name: $(($(cat "$dir/console.ms") / 1000)) s"
	expect "dom0 boots, and runs the script to its end" has 'pvh-dom0: end all of the script'
	expect "Xen resets the machine" ended
	case $3 in
	base) expect "the kernel is at its link address" at_link "$(reported 'kernel virtual base' | sed 's/^0x//')" ;;
	*) expect "KASLR moves the kernel" in_kaslr_range "$(reported 'kernel virtual base' | sed 's/^0x//')" "$link" ;;
	esac
	# xen.efi of 4.20 puts the name of the file, or of the section, ahead of it.
	expect "the kernel has the command line of Xen's configuration" reported "command line" ".*, \"\([a-z]* \)\{0,1\}$dom0_cmdline\""
	expect "the kernel takes the ACPI tables that Xen made for it" said rsdp "$(said start-info-rsdp)"
	case $2 in
	*BIOS)
		seen="user space"
		expect "the kernel is entered by its PVH note" reported "entered by" "PVH, Xen (type_of_loader 0x90)"
		expect "the kernel finds the SMBIOS tables" matches dmi SeaBIOS ;;
	*)
		seen="user space, variables read and set"
		judge_efi "$@" ;;
	esac
	judge_screen "$@"
	[ "$3" = base ] || {
		seen="$seen, tests pass"
		judge_tests
	}
}

judge_efi() { # SUITE WAY KERNEL
	expect "the kernel is entered by its PVH note, and has EFI" reported "entered by" "PVH, Xen (type_of_loader 0x90), EFI"
	expect "the kernel knows the firmware" matches version "EFI v2.*by EDK II"
	expect "the kernel has the firmware's tables" matches tables ".*ACPI20=0x[0-9a-f]* .*SMBIOS3*=0x[0-9a-f]* .*"
	expect "its ACPI tables are not those of the firmware" not matches tables ".*ACPI20=$(said rsdp) .*"
	expect "the kernel finds the SMBIOS tables" matches dmi ".*\(EFI\|EDK II\).*"
	expect "dom0 has no RAM where the firmware keeps memory" only_ram
	expect "efivarfs can be mounted" is "insmod 0, mount 0" "insmod $(said insmod), mount $(said mount)"
	expect "dom0 sets a variable of the firmware" said write 0
	expect "dom0 reads it back" said read "07000000 $(value_of "$@")"
	expect "the variable is in the flash memory" env LC_ALL=C grep -aqF "$(value_of "$@")" "$dir/vars"
	expect "dom0 deletes a variable of the firmware" is "0, no PvhGone" "$(said delete), $(said has | grep PvhGone || echo no PvhGone)"
	case $2 in
	one*)
		seen="secure boot, $seen"
		expect "secure boot is on" is "SecureBoot 01, SetupMode 00" "SecureBoot $(said SecureBoot), SetupMode $(said SetupMode)"
		# efi_secureboot_mode_enabled
		expect "the kernel knows that secure boot is on" said secure-boot-param 03
		expect "the firmware refuses a key list that a stranger signed" said dbx-by-other 1
		expect "the firmware takes a key list that the owner signed" said dbx-by-own 0 ;;
	*)
		expect "secure boot is off" is "SecureBoot 00, SetupMode 01" "SecureBoot $(said SecureBoot), SetupMode $(said SetupMode)"
		expect "the kernel knows that secure boot is off" said secure-boot-param 02 ;;
	esac
}

# judge_screen: Xen has told a PVH dom0 of it since 4.18.
judge_screen() { # SUITE WAY KERNEL
	given=$(console | sed -n 's/^(XEN) Xen version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
	if [ "${given% *}" = 4 ] && [ "${given#* }" -lt 18 ]; then
		expect "Xen tells nothing of the screen" said screen "type 0x00, 0x0, 0 bpp"
		return
	fi
	seen="$seen, screen"
	case $2 in
	*BIOS)
		expect "the kernel knows the screen" is "type 0x01, 80x25" "$(said screen | cut -d , -f 1), $(said screen-text)" ;;
	*)
		# VIDEO_TYPE_EFI
		expect "the kernel knows the frame buffer" matches screen "type 0x70, [0-9]*x[0-9]*, 32 bpp"
		expect "it is where the graphics card has it" is "$(printf '0x%016x' "$(said screen-base)")" "$(said vga)" ;;
	esac
}

judge_tests() {
	console | ran_tests >"$dir/tests"
	expect "dom0 runs the kernel's own tests" test -s "$dir/tests"
	while read -r test status; do
		case $status in
		4) tap_skip "$name: test $test passes" "the test skipped all" ;;
		*) expect "test $test passes" is "exit 0" "exit $status" ;;
		esac
	done <"$dir/tests"
}

[ ! -e "$tmp/rows" ] || run_cases boot judge <"$tmp/rows"
tap_done
