# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # set by run.sh and lib/
#
# Sourced by run.sh: bytes and lines of the parts that run between reset and
# startup_64, the sizes of images, and versions, as lines "WHAT,ITEM,VALUE". The bytes
# of a firmware are those of its image, those of a kernel's part are its code.

. "$top/scripts/lib/apt.sh"

a=arch/x86

# section_bytes OBJECT ...: bytes of code, of data, and of these bytes those in sections
# that stay after boot. Notes, unwind tables and lists of patch sites are neither.
section_bytes() {
	# A library may be named twice.
	readlink -e "$@" | sort -u | while read -r o; do
		size -A "$o"
	done | awk '
		$1 ~ /^\.(init\.|head\.|noinstr\.|entry\.|ref\.)?text/ { code += $2; on = 1 }
		$1 ~ /^\.(init\.)?(data|rodata|bss)/ { data += $2; on = 1 }
		on && $1 !~ /^\.init\./ { kept += $2 }
		{ on = 0 }
		END { print code + 0, data + 0, kept + 0 }'
}

# cloc_counts FILE_OR_OPTION ...: lines of assembly, of these code, lines of C, of these
# code, and lines of code of both. A line of code is not blank and not only a comment.
cloc_counts() {
	cloc --quiet --csv --skip-uniqueness --include-lang=C,'C/C++ Header',Assembly "$@" 2>/dev/null | awk -F, '
		$2 == "Assembly" { asm += $3 + $4 + $5; asm_code += $5 }
		$2 ~ /^C/ { c += $3 + $4 + $5; c_code += $5 }
		END { if (asm + c) print asm + 0, asm_code + 0, c + 0, c_code + 0, asm_code + c_code }'
}

# lines_of FILE_OR_OPTION ...: lines of code
lines_of() {
	cloc_counts "$@" | cut -d' ' -f5
}

# built DIRECTORY: the sources of the objects in that directory of the main kernel
built() {
	for o in "$obj/$1"/*.o; do
		o=${o#"$obj"/}
		o=${o%.o}
		o=${o%.stub}
		o=${o#*/lib-}
		for s in "$tree/$o.c" "$tree/$o.S"; do
			[ ! -e "$s" ] || echo "$s"
		done
	done | sort -u
}

# outside_init VMLINUX OBJECT ...: symbols of the objects' code and data that vmlinux
# does not discard. Of a name that vmlinux has several times one has to be discarded.
outside_init() {
	outside_in=$1
	shift
	{
		nm -f sysv "$outside_in"
		echo objects
		nm -f sysv "$@"
	} | awk -F '|' '
		{ sub(/ *$/, "", $1) }
		$1 == "objects" { objects = 1 }
		!objects && $1 == "__init_begin" { begin = "x" $2 }
		!objects && $1 == "__init_end" { end = "x" $2 }
		!objects { at[$1] = at[$1] " x" $2 }
		objects && $7 ~ /^\.(init\.|head\.|noinstr\.|entry\.|ref\.)?(text|data|rodata|bss)/ &&
		    $1 !~ /^\./ && $1 in at && !seen[$1]++ {
			inside = 0
			for (i = split(at[$1], a, " "); i; i--)
				inside = inside || (a[i] >= begin && a[i] < end)
			if (!inside)
				print $1
		}' | paste -sd' '
}

# entry_part VMLINUX MORE_BYTES OBJECT ... -- SOURCE ...: items of a PVH entry, and its
# bytes and lines for the part
entry_part() {
	entry_in=$1 more=$2
	shift 2
	objects=
	while [ "$1" != -- ]; do
		objects="$objects $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # names without blanks
	{
		read -r code data kept <<-END
		$(section_bytes $objects)
		END
		outside=$(outside_init "$entry_in" $objects)
	}
	bytes=$((code + more))
	item "data bytes" "$data"
	item "kept bytes" "$kept"
	item "outside init" "${outside:-none}"
	read -r asm asm_code c c_code lines <<-END
	$(cloc_counts "$@")
	END
	found "asm lines" "$asm"
	found "asm code" "$asm_code"
	found "C lines" "$c"
	found "C code" "$c_code"
	found "all lines" "${asm:+$((asm + c))}"
}

# part NAME: set $bytes and $lines of it, where they can be counted
part() {
	bytes='' lines=''
	# shellcheck disable=SC2046,SC2086 # lists of names without blanks
	case $1 in
	pvh)
		pvh=$tree/$a/xen/pvh
		entry_part "$kernel" 0 "$obj/$a/xen/pvh/head_64.o" "$obj/$a/xen/pvh/startup"/*.pi.o -- \
			"$pvh/head_64.S" "$pvh/startup" ;;
	base-pvh)
		# One function of enlighten_pvh.c runs there.
		from=$base_tree/$a/xen/enlighten_pvh.c
		awk '/^[a-z].*[ *]xen_pvh_init\(/ && !/;[ \t]*$/ { on = 1 } on { print } on && /^}/ { exit }' \
			"$from" >"$tmp/xen_pvh_init.c"
		init=$(nm -S "$base_obj/$a/xen/enlighten_pvh.o" | awk '$4 == "xen_pvh_init" { print "0x" $2 }')
		pvh=$a/platform/pvh
		entry_part "$(image base.vmlinux)" "${init:-0}" "$base_obj/$pvh/head.o" "$base_obj/$pvh/enlighten.o" -- \
			"$base_tree/$pvh/head.S" "$base_tree/$pvh/enlighten.c" "$tmp/xen_pvh_init.c" ;;
	setup)
		bytes=$(size -A "$obj/$a/boot/setup.elf" | awk '$1 ~ /text|header|entry/ { n += $2 } END { print n }')
		lines=$(lines_of $(built $a/boot)) ;;
	decompressor | stub)
		stub=$(section_bytes "$obj"/drivers/firmware/efi/libstub/*.stub.o)
		bytes=${stub%% *}
		lines=$(lines_of $(built drivers/firmware/efi/libstub))
		[ "$1" = decompressor ] || return 0
		# The EFI stub is linked into it. misc.c includes what decompresses.
		all=$(section_bytes "$obj/$a/boot/compressed/vmlinux")
		bytes=$((${all%% *} - bytes))
		lines=$(lines_of $(built $a/boot/compressed) "$tree/lib/decompress_unlz4.c" "$tree/lib/lz4/lz4_decompress.c") ;;
	pv)
		set -- xen-head.S enlighten_pv.c mmu_pv.c p2m.c setup.c
		bytes=$(section_bytes $(printf "$obj/$a/xen/%s\n" "$@" | sed 's/\.[cS]$/.o/'))
		bytes=${bytes%% *}
		lines=$(lines_of $(printf "$tree/$a/xen/%s\n" "$@")) ;;
	seabios) firmware /usr/share/seabios/bios-256k.bin /usr/share/qemu/bios-256k.bin ;;
	qboot) firmware /usr/share/qemu/qboot.rom ;;
	optionrom) firmware /usr/share/qemu/pvh.bin ;;
	ovmf) firmware "$(ovmf_code)" ;;
	uboot) firmware /usr/lib/u-boot/qemu-x86_64/u-boot.bin ;;
	xen) firmware "$build/xen/xen" ;;
	toolstack)
		libs=$build/xen/root/usr/lib
		bytes=$(section_bytes "$libs"/x86_64-linux-gnu/libxenguest.so.* \
			"$libs"/x86_64-linux-gnu/libxenlight.so.* "$libs"/xen-*/lib/x86_64-linux-gnu/libxenguest.so.*)
		bytes=${bytes%% *} ;;
	grub) (grub_image "$tmp/grub") 2>/dev/null && firmware "$tmp/grub" ;;
	esac
}

# firmware FILE ...: the bytes of the first that is there
firmware() {
	bytes=$(stat -Lc %s "$(existing "$@")" 2>/dev/null) || bytes=
}

# parts NAME ...: items of those parts
parts() {
	columns <"$here/paths" | while IFS=$tab read -r kind name who title _; do
		case $kind," $* " in
		part,*" $name "*) ;;
		*) continue ;;
		esac
		path="part $name"
		part "$name" 2>/dev/null || :
		lines=${lines:-$(sed -n "s/^$name //p" "$tmp/sources")}
		# Nothing has no bytes: its objects were not found.
		[ "$bytes" != 0 ] || bytes=
		item bytes "${bytes:-not counted}"
		item lines "${lines:-not counted}"
		item who "$who"
		item title "$title"
	done
}

# image_sizes NAME ...: items of those that are there
image_sizes() {
	for name; do
		path="image $name"
		[ ! -e "$(image "$name")" ] || item bytes "$(image_bytes "$(image "$name")")"
	done
}

# relocations: items of the main kernel's table
relocations() {
	path=relocs
	table_name=$(table_symbol "$kernel")
	[ -n "$table_name" ] || return 0
	item number "$(info "$kernel" pvh-kaslr-relocations)"
	item "bytes in use" "$(info "$kernel" pvh-kaslr-bytes)"
	item "bytes of room" $((0x$(symbol_low "$kernel" "${table_name}_end") - 0x$(symbol_low "$kernel" "$table_name")))
}

# versions: of all that had a part in the figures
versions() {
	path=version
	item Debian "$(sed -n 's/^PRETTY_NAME="*\([^"]*\)"*/\1/p' /etc/os-release)"
	item base "$(awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { v = v (n++ ? "." : "") $2 } END { print v }' "$tree/Makefile")"
	item series "$(git -C "$top" describe --always --dirty --abbrev=12 2>/dev/null)"
	item vmlinux "sha256 $(sha256sum "$kernel" | cut -c1-16)"
	item gcc "$(gcc -dumpfullversion)"
	item guest "512 MiB, 1 CPU, $((1 << icount_shift)) ns an instruction"
	item QEMU "$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version //p')"
	for p in seabios ovmf u-boot-qemu grub-xen-bin; do
		item "$p" "$(dpkg-query -W -f='${Version}' "$p" 2>/dev/null || echo not known)"
	done
	xen=$(sed -n 's/.*xen-hypervisor-[0-9.]*-amd64_\(.*\)_amd64.deb$/\1/p' "$build/xen/stamp" 2>/dev/null | sed 's/%3a/:/')
	item Xen "${xen:-not known}"
}

# source_lines: lines of code of what firmware and hypervisor are built of, as "PART
# LINES" lines in a file whose name it prints. Once that is there no network is needed.
# Packages' own patches are not counted.
source_lines() {
	work=$cache/evaluate
	list=$work/lines-$(apt_codename)
	if [ -s "$list" ] && [ -n "$(find "$list" -newer "$here/parts.sh")" ]; then
		echo "$list"
		return
	fi
	needs_programs cloc
	apt_types="deb-src"
	apt_suite "$(apt_codename)"
	fetch_source seabios '*/src'
	put_lines seabios src
	fetch_source qemu '*/roms/qboot' '*/pc-bios/optionrom'
	[ ! -d roms/qboot ] || put_lines qboot roms/qboot
	put_lines optionrom pc-bios/optionrom
	fetch_source u-boot '*/lib/efi_loader' '*/cmd/bootefi.c'
	put_lines uboot lib/efi_loader cmd/bootefi.c
	fetch_source xen '*/xen/arch/x86' '*/xen/common' '*/xen/drivers' '*/xen/lib' '*/xen/include' '*/xen/xsm' \
		'*/tools/libs/guest' '*/tools/libs/light'
	put_lines xen xen
	put_lines toolstack tools/libs/guest tools/libs/light
	fetch_source grub2 '*/grub-core'
	cd grub-core || die "grub2: no grub-core"
	put_lines grub kern/*.c kern/i386 kern/xen normal loader/linux.c loader/i386/linux.c lib/relocator.c \
		lib/i386 disk/memdisk.c fs/cpio_common.c fs/tar.c boot/i386 startup
	fetch_source edk2
	ovmf_files >"$tmp/ovmf"
	put_lines ovmf --list-file="$tmp/ovmf"
	sort "$tmp/new-lines" >"$list.new" && mv -f "$list.new" "$list" || die "cannot write $list$(room "$cache")"
	echo "$list"
}

# fetch_source PACKAGE [DIRECTORY ...]: go to its source, of which only these are there
fetch_source() {
	package=$1
	shift
	mkdir -p "$work/dsc" "$tmp/$package" && cd "$work/dsc" || die "cannot write to $work$(room "$cache")"
	say "fetching the source of $package"
	logged "$build/log/source.$package" apt_private source --download-only "$package" ||
		die "cannot fetch the source of $package; see $build/log/source.$package"
	for tar in "${package}"_*.orig.tar.?z; do
		# One tarball does not have all of the names.
		tar -xf "$tar" -C "$tmp/$package" --strip-components=1 --wildcards "$@" 2>/dev/null || :
	done
	rm -f "${package}"_*
	cd "$tmp/$package" || exit 1
}

# put_lines PART FILE ...
put_lines() {
	part=$1
	shift
	lines=$(lines_of "$@")
	[ -n "$lines" ] || die "no lines of $part in $*"
	echo "$part $lines" >>"$tmp/new-lines"
}

# ovmf_files: the files of all modules that OvmfPkgX64.dsc names, whatever switches
# leave out
ovmf_files() {
	tr -d '\r' <OvmfPkg/OvmfPkgX64.dsc | grep -o '[A-Za-z0-9]*Pkg/[A-Za-z0-9_/.-]*\.inf' | sort -u |
	while read -r inf; do
		[ -f "$inf" ] || continue
		tr -d '\r' <"$inf" | awk -v dir="${inf%/*}" '
			/^[ \t]*\[/ { on = tolower($0) ~ /^[ \t]*\[sources(\]|\.common|\.x64|\.ia32, *sources|\.)/ && tolower($0) !~ /\.(arm|aarch64|ebc|riscv64|loongarch64)\]/; next }
			on && /\.(c|h|nasm|nasmb|s)/ { sub(/^[ \t]*/, ""); sub(/[ \t|#].*/, ""); print dir "/" $0 }'
	done | sort -u | while read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}
