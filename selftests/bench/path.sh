# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # set by run.sh and lib/
#
# Sourced by run.sh: boot one path under the plugin count.c, boot it once more to user
# space, and print lines "PATH,ITEM,VALUE" of both.

# An instruction takes 2^4 ns of the guest's time. With -icount the guest's clocks
# follow from the instructions that it executes, and RDRAND from the seed, so that two
# runs execute the same.
icount_shift=4
icount="-icount shift=$icount_shift,sleep=off -rtc base=2000-01-01,clock=vm -seed 1"

# item NAME VALUE: a line of the result. There are no commas in either.
item() {
	printf '%s,%s,%s\n' "$path" "$1" "$(printf '%s' "$2" | tr ',\n' '; ')"
}

# found NAME VALUE: the same, unless there is no value
found() {
	[ -z "$2" ] || item "$@"
}

# give_up WHY: the path cannot be booted, or not to its end
give_up() {
	item state "cannot: $*"
	exit 0
}

# image NAME: the file of that image
image() {
	image_file=$(printf '%s\n' "$images" | sed -n "s/^$1=//p" | tail -n 1)
	[ "$1" != vmlinux ] || image_file=${image_file:-$kernel}
	printf '%s\n' "${image_file:-$build/$1}"
}

# page_mark NAME FILE ADDRESS OFFSET: a mark at the instructions that the file has at
# OFFSET, at this ADDRESS of any page; ADDRESS may be the lower half of one
page_mark() {
	printf 'mark=%s:+0x%x:%s\n' "$1" $(($3 % 4096)) "$(get_bytes "$2" "$4" "${5:-16}")"
}

# anywhere NAME FILE SYMBOL: a mark at that symbol, in whatever page it is
anywhere() {
	set -- "$@" "$(symbol_low "$2" "$3")"
	[ -n "$4" ] || return 1
	page_mark "$1" "$2" "0x$4" "$(file_offset "$2" "$4")"
}

# linked NAME FILE SYMBOL: a mark at the symbol's link address
linked() {
	set -- "$@" "$(symbol_low "$2" "$3")"
	[ -n "$4" ] && echo "$1:0xffffffff$4"
}

# number FILE OFFSET BYTES: the number that the file has there
number() {
	od -An -v "-tu$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# bzimage_entry NAME FILE: a mark at the 32-bit entry of a bzImage
bzimage_entry() {
	[ "$(dd if="$2" bs=1 skip=514 count=4 2>/dev/null | tr '\0' .)" = HdrS ] || return 1
	page_mark "$1" "$2" 0 $((($(number "$2" 497 1) + 1) * 512))
}

# pe_entry NAME FILE: a mark at the entry of a bzImage as an EFI program, which is in
# memory as it is in the file
pe_entry() {
	pe=$(number "$2" 60 4)
	[ "$(dd if="$2" bs=1 skip="$pe" count=2 2>/dev/null)" = PE ] || return 1
	pe=$(number "$2" $((pe + 40)) 4)
	page_mark "$1" "$2" "$pe" "$pe" 14
}

# elf_entry NAME FILE: a mark at the entry of a 32-bit ELF file
elf_entry() {
	page_mark "$1" "$2" "$(LC_ALL=C readelf -h "$2" | sed -n 's/.*Entry point address: *//p')" \
		"$(($(LC_ALL=C readelf -lW "$2" | awk '$1 == "LOAD" { print $2; exit }')))"
}

# note_entry NAME FILE: a mark at the address of the note PHYS32_ENTRY, of a file without
# symbols. The kernel maps the first 2 GiB at ffffffff80000000.
note_entry() {
	set -- "$@" "$(info "$2" pvh-entry)"
	[ -n "$3" ] || return 1
	set -- "$1" "$2" "$(printf '%08x' $((0x80000000 + $3)))"
	page_mark "$1" "$2" "0x$3" "$(file_offset "$2" "$3")"
}

# decompressor_startup NAME FILE: a mark at startup_64 of the decompressor in a vmlinuz.elf
decompressor_startup() {
	set -- "$@" "$(printf '%08x' $((0x80000200 + $(info "$2" load-start))))"
	page_mark "$1" "$2" "0x$3" "$(file_offset "$2" "$3")"
}

# counts FILE [FIRST LAST [RESET]]: items of the plugin's result: from the mark FIRST,
# the kernel's first instruction, to each mark after it, where "kernel" is the mark
# LAST; and "reset" to LAST from the mark RESET, the first instruction of the domain,
# or from the machine's first one.
counts() {
	awk -v path="$path" -v first="${2:-first}" -v last="${3:-start_kernel}" -v reset="${4:-}" '
	function put(what, value) { printf "%s,%s,%.0f\n", path, what, value }
	function part(name, to, from, prefix,	i) {
		for (i = 1; i <= 4; i++)
			put(name " " what[i], v[to, prefix what[i]] - v[from, prefix what[i]])
	}
	BEGIN { split("insns cpuid msr pio", what, " ") }
	$1 == "moved" { moved = $2 }
	$1 == "mark" {
		apart = ""
		for (i = 3; i < NF; i += 2) {
			if ($i == "apart") {
				apart = "apart "
				$i = "insns"
			}
			v[$2, apart $i] = $(i + 1)
		}
		if ((first, "insns") in v && $2 != first && v[last, "insns"] == "")
			steps[++n] = $2
	}
	$1 == "mark" && $2 == last { steps[++n] = last }
	END {
		if (v[first, "insns"] == "" || v[last, "insns"] == "")
			exit 1
		part("reset", last, reset, "")
		put("before insns", v[first, "insns"] - v[reset, "insns"])
		for (i = 1; i <= n; i++) {
			name = steps[i] == last ? "kernel" : steps[i]
			part(name, steps[i], first, "")
			put(name " once", v[steps[i], "insns"] - v[first, "insns"] - v[steps[i], "reps"] + v[first, "reps"])
			put(name " pages", v[steps[i], "own"])
		}
		# GRUB writes pages too, which are not told from those of its kernel.
		if (reset == "" || reset == first)
			put("reset pages", v[last, reset == "" ? "pages" : "own"])
		if ((last, "apart insns") in v) {
			part("xen", last, first, "apart ")
			part("xen reset", last, reset, "apart ")
			put("xen entries", v[last, "apart entries"] - v[first, "apart entries"])
		}
		if (moved != "")
			put("moved", moved)
	}' "$1"
}

# seen LINES: items of what a guest reported of itself
seen() {
	lines=$1
	found "entered by" "$(reported "entered by")"
	found KASLR "$(reported "KASLR offset" | sed 's/^0x0$/no/; s/^0x.*/yes/')"
	found levels "$(reported "paging levels")"
	found "guest type" "$(reported hypervisor | sed -n 's/.*guest_type \([^,]*\).*/\1/p')"
	for key in "ACPI tables" "EFI runtime" "secure boot" "CPU LA57"; do
		found "$key" "$(said "$key")"
	done
}

# why NAME: how the guest of that console ended
why() {
	case $(cat "$dir/$1.status") in
	124 | 137) echo "not within $limit s" ;;
	*) echo "QEMU ended: $(tail -n 1 "$dir/$1.err")" ;;
	esac
}

# count_once NAME ARGUMENT ...: boot with the plugin, whose result is $dir/NAME.counts.
# There is no initramfs, because only some loaders would read it before start_kernel.
count_once() {
	count_name=$1
	shift
	rm -f "$dir/$count_name.counts"
	# -nographic would have SeaBIOS print to the serial port. A list of arguments.
	# shellcheck disable=SC2086
	guest --name "$count_name" --cpu qemu64 --timeout "$limit" --machine "$machine" \
		--kernel "$file" --no-initrd --cmdline "$cmdline" -- -machine graphics=on $icount "$@" \
		-plugin "$tmp/count.so,$marks,pages=first,out=$dir/$count_name.counts"
}

# count_path ARGUMENT ...: the items that are counted
count_path() {
	for shift in $icount_shift $((icount_shift + 1)); do
		icount="${icount%%shift=*}shift=$shift,${icount#*,}"
		count_once count "$@"
		if ! counts "$dir/count.counts" >"$dir/counted" 2>/dev/null; then
			missing=$(sed -n 's/^missing //p' "$dir/count.counts" 2>/dev/null | head -n 1)
			give_up "${missing:-first} not reached, $(why count)$(
				grep -a . "$dir/count.lines" | tail -n 1 | cut -c1-100 | sed 's/^/; last line: /')"
		fi
		moved=$(sed -n "s/^$path,moved,//p" "$dir/counted")
		# KASLR draws from the TSC: with another shift it draws another number.
		[ "$moved,$options" = "0," ] || break
	done
	case $options,$moved in
	,0) give_up "KASLR does not move the kernel" ;;
	nokaslr,[1-9]*) give_up "the kernel is moved by $moved bytes, despite nokaslr" ;;
	esac
	cat "$dir/counted"
	if [ -n "$twice" ]; then
		count_once again "$@"
		cmp -s "$dir/count.counts" "$dir/again.counts" || give_up "the counts of two runs differ"
	fi
	# u-boot polls its disk.
	[ "$how" != uboot ] || item varies "reset insns;reset pio;reset pages;before insns"
}

# ovmf_with_note: which of the images of OVMF and Xen, and of FIRMWARE=, has a PVH note
ovmf_with_note() {
	version=$(dpkg-query -W -f='${Version}' ovmf 2>/dev/null) || give_up "no OVMF: package ovmf"
	n=0
	for f in $(dpkg -L ovmf | grep '\.fd$') "$build"/xen/root/usr/lib/xen-*/boot/* ${FIRMWARE:-}; do
		[ -f "$f" ] || continue
		case $f in
		*/hvmloader | */xen-shim | *VARS*) continue ;;
		esac
		n=$((n + 1))
		# Anything but an ELF file is an error to readelf.
		LC_ALL=C readelf -n "$f" 2>/dev/null | grep -q '0x00000012' || continue
		give_up "${f##*/} has a PVH note; no package has had one, so this test does not know how it starts a kernel"
	done
	give_up "of the $n images of ovmf $version and Xen none is an ELF file with a PVH note (OvmfXen, CloudHv), as it would have to be"
}

# run_path PATH HOW IMAGE OPTIONS: a path in QEMU without Xen
run_path() {
	path=$1 how=$2 options=$4
	file=$(image "$3")
	cmdline="console=ttyS0${options:+ $options}"
	[ "$how" != ovmf-pvh ] || ovmf_with_note
	[ -e "$file" ] || give_up "no $file"
	symbols=$(image vmlinux) at_startup=
	case $how,$3 in
	uboot,* | ovmf,*) first=$(pe_entry first "$file") || give_up "$file is no EFI program" ;;
	*bzImage) first=$(bzimage_entry first "$file") || give_up "$file is no bzImage" ;;
	*vmlinuz.elf)
		first=$(note_entry first "$file") && at_startup=$(decompressor_startup startup_64 "$file") ||
			give_up "$file has no PVH note" ;;
	*)
		symbols=$file
		first=$(anywhere first "$file" pvh_start_xen) && at_startup=$(anywhere startup_64 "$file" startup_64) ||
			give_up "$file has no symbol pvh_start_xen or startup_64" ;;
	esac
	entered=$(linked x86_64_start_kernel "$symbols" x86_64_start_kernel) &&
		ready=$(linked start_kernel "$symbols" start_kernel) &&
		moves=$(linked moved "$symbols" common_startup_64) || give_up "no symbols in $symbols"
	marks="$first${at_startup:+,$at_startup},mark=$entered,mark=$ready"
	# The base runs at its link address before startup_64, and is never moved.
	[ "$3" = base.vmlinux ] || marks="$marks,moved=${moves#*:}"

	machine=$how
	case $how in
	microvm) set -- -bios qboot.rom ;;
	ovmf)
		machine=q35
		rom=$(ovmf_code) || give_up "no OVMF: package ovmf"
		set -- -drive "if=pflash,format=raw,unit=0,readonly=on,file=$rom" ;;
	uboot)
		# On q35 u-boot waits minutes for drives.
		machine=pc
		rom=$(existing /usr/lib/u-boot/qemu-x86_64/u-boot.rom) || give_up "no u-boot: package u-boot-qemu"
		(uboot_disk "$dir/disk" "$cmdline" && uboot_disk "$dir/full" "$cmdline" "$file" "$initrd") \
			2>"$dir/disk.log" || give_up "no disk for u-boot: $(tail -n 1 "$dir/disk.log")"
		set -- -bios "$rom" -drive "if=virtio,format=raw,snapshot=on,file=$dir/disk" ;;
	*) set -- ;;
	esac
	count_path "$@"
	[ -n "$see" ] || { item state ok; return; }

	# The second boot has all that the emulated CPU can do: LA57, RDRAND. The EFI stub
	# finds an initramfs only on the disk that its kernel is from.
	case $how in
	uboot)
		mv -f "$dir/full" "$dir/disk"
		set -- --kernel '' --no-initrd -- "$@" ;;
	*) set -- --kernel "$file" --cmdline "$cmdline" -- "$@" ;;
	esac
	guest --name see --cpu max --timeout "$limit" --machine "$machine" "$@"
	seen "$dir/see.lines"
	if ! has '^pvh-init: done'; then
		where=$(console | grep -a 'BUG:\|Kernel panic' | head -n 1 | sed 's/^\[[^]]*\] *//' | cut -c1-90)
		from=$(console | sed -n 's/.*? \(efi_[a-z_]*\)+0x.*/\1/p' | head -n 1)
		give_up "enters the kernel, no user space: ${where:-$(why see)}${from:+ in $from()}"
	fi
	item state ok
}

# run_xen HOW COUNT_OR_SEE: the paths on Xen. One run of Xen in QEMU has several of
# them, one after the other, and so are their marks. The second run has no plugin, but
# KASLR.
run_xen() {
	mode=${1#xen-} kernel=$build/vmlinux dom0=${1#xen-}
	export XEN_TIMEOUT="${EVALUATE_XEN_TIMEOUT:-900}" LOG="bench/$1.$2" EXPECT_RUN="$here/guest.sh"
	case $mode in
	pvh)
		paths="xen-dom0-pvh xen-domU-pvh xen-domU-grub"
		export GUESTS="pvh-vmlinux pvh-grub" GRUB="$tmp/grub.$2" ;;
	pv)
		paths="xen-dom0-pv xen-domU-pv"
		export GUESTS=pv-vmlinux ;;
	elf)
		# boot-xen.sh boots what has the name vmlinux.
		paths="xen-dom0-elf xen-domU-elf" dom0=pvh file=$(image main.lz4.vmlinuz.elf)
		if ! [ -e "$file" ]; then
			for path in $paths; do
				item state "cannot: no $file"
			done
			return
		fi
		mkdir -p "$tmp/elf" && ln -sf "$file" "$tmp/elf/vmlinux" &&
			ln -sf "$build/bzImage" "$tmp/elf/bzImage" || die "cannot write to $tmp"
		export GUESTS=pvh-vmlinux KERNEL_DIR="$tmp/elf" ;;
	esac
	[ "$2" = see ] || {
		# Two kernels that are moved differently have a start_kernel each.
		export NOKASLR=y
		xen_marks=
		for path in $paths; do
			case $path in
			*-pv) mark="mark=$(linked first "$kernel" startup_xen)" ;;
			*-grub) mark="$(elf_entry grub "$GRUB"),$(bzimage_entry first "$(image main.lz4.bzImage)")" ;;
			*-elf) mark=$(note_entry first "$file") ;;
			*) mark=$(anywhere first "$kernel" pvh_start_xen) ;;
			esac
			xen_marks="$xen_marks$(printf '%s' "$mark,mark=$(linked end "$kernel" start_kernel)" |
				sed "s/mark=\([a-z]*\):/mark=\1.$path:/g"),"
		done
		# Xen's own addresses: no kernel has any of them.
		export QEMU_ARGS="$icount -plugin $tmp/count.so,apart=0xffff800000000000-0xffff87ffffffffff,${xen_marks}pages=first,out=$dir/counts"
	}
	"$top/selftests/xen/boot-xen.sh" --dom0 "$dom0" --kernel vmlinux >"$dir/summary" 2>"$dir/log" || :
	reason=$(sed -n 's/^pvh: error: //p' "$dir/log" | tail -n 1)
	for path in $paths; do
		# $own: its lines of the console, of which those of a domU have a prefix
		case $path in
		xen-dom0-*) own='/^[a-z]*-[a-z]*| /!p' reset='' up="dom0 vmlinux $dom0 up" ;;
		xen-domU-grub) own='s/^pvh-grub| //p' reset=grub.$path up="domU grub pvh done" ;;
		*) own="s/^$dom0-vmlinux| //p" reset=first.$path up="domU vmlinux $dom0 done" ;;
		esac
		if [ "$2" = count ]; then
			counts "$dir/counts" "first.$path" "end.$path" "$reset" 2>/dev/null ||
				item state "cannot: not counted: $reason"
			continue
		fi
		tr -d '\r' <"$build/log/$LOG" | sed -n "$own" >"$dir/lines"
		seen "$dir/lines"
		if grep -qx "xen-result: $up" "$dir/summary"; then
			item state ok
		else
			item state "cannot: $reason"
		fi
	done
}
