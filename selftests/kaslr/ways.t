#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# KASLR on each way into a kernel: PVH in QEMU and on Xen, the 64-bit boot protocol into
# vmlinux, kexec of vmlinux and of bzImage, bzImage by SeaBIOS, and its EFI stub by OVMF.
# A TCG plugin counts how often the kernel and its decompressor apply the relocations:
# once with KASLR, never with nokaslr. And the guest compares each relocation of .rodata.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/kaslr.sh"
. "$here/boot64.sh"
. "$top/selftests/lib/plugin.sh"

said_by=kaslr
make_tmp
needs kexec makedumpfile
[ "$(table_symbol "$kernel")" = kernel_relocs ] ||
	skip_all "this kernel has KASLR by its PVH entry only, as Linux 6.12"
kernel_range "$kernel"
programs=$tree/tools/testing/selftests/pvh

# pack DIR OUT: DIR as an initramfs
pack() {
	(cd "$1" && find . ! -name . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$2"
}

initramfs() {
	mkdir -p "$tmp/root/proc" "$tmp/root/sys" "$tmp/kexec/kexec" &&
		cc -O2 -Wall -Wextra -Werror -static -I "$programs" -o "$tmp/root/init" \
			"$here/moved.c" "$programs/kcore.c" &&
		"$obj/arch/x86/tools/relocs" "$obj/vmlinux.unstripped" >"$tmp/list" &&
		"$tmp/root/init" "$kernel" "$tmp/list" >"$tmp/root/places" &&
		pack "$tmp/root" "$tmp/moved.cpio" && gzip -k -1n "$tmp/moved.cpio" &&
		cp "$tmp/moved.cpio" "$tmp/kexec/kexec" &&
		strip -o "$tmp/kexec/kexec/vmlinux" "$kernel" &&
		pack "$tmp/kexec" "$tmp/kexec.cpio" && gzip -1n "$tmp/kexec.cpio" &&
		cat "$initrd" "$tmp/kexec.cpio.gz" >"$tmp/with.cpio" &&
		INITRD=$tmp/with.cpio sh "$top/selftests/kexec/mkinitramfs.sh" "$tmp/kexec.initrd" "$build/bzImage"
}

# In the first guest of kexec
cat >"$tmp/start" <<'END'
# SPDX-License-Identifier: GPL-2.0
PATH=$PATH:/kexec
file=$(cat "$PVH_EXPECT/file")
# Of a file that is not a bzImage, kexec has to be told that it is Linux.
linux=
[ "$file" = bzImage ] || linux=--args-linux
kexec -l "/kexec/$file" $linux --initrd=/kexec/moved.cpio --command-line="$(cat "$PVH_EXPECT/cmdline")"
echo "ways: loaded $?"
echo "ways: leaving"
kexec -e
END

# counter NAME FILE SYMBOL: an argument of the plugin, for the function of the ELF file
counter() {
	read -r at symbol <<-END
	$(nm "$2" | sed -n "s/^\([0-9a-f]*\) [tT] \($3\(\..*\)*\)\$/\1 \2/p")
	END
	[ -n "$symbol" ] || return
	printf 'at=%s:0x%s:%s,' "$1" "${at#"${at%???}"}" "$(LC_ALL=C objdump -d --disassemble="$symbol" "$2" |
		awk -F '\t' '/^ *[0-9a-f]*:\t/ { gsub(/ /, "", $2); s = s $2 } END { print substr(s, 1, 32) }')"
}

expect "the program that compares relocations, and kexec, can be packed" initramfs
counters=$(counter kernel "$kernel" __pi_apply_relocs)
expect "the kernel has a function that applies the relocations" test -n "$counters"
both=$(counter decompressor "$obj/arch/x86/boot/compressed/vmlinux" apply_relocs)
expect "the decompressor has a function that applies the relocations" test -n "$both"
[ "$tap_bad" -eq 0 ] || tap_done
build_plugin "$here/hits.c" "$tmp/hits.so"
guest_defaults --initrd "$tmp/moved.cpio" --mem 512M --accel tcg
ovmf=$(ovmf_code) || tap_skip "EFI stub: each relocation is applied once" "no OVMF: package ovmf"

# shellcheck disable=SC2086 # $plugin is a list of arguments
boot() { # WAY PROTOCOL LOADER EFI MODE FLAGS
	cmdline="$kaslr_cmdline${5:+ $5}"
	plugin="-plugin $tmp/hits.so,$counters${both}out=$dir/hits"
	case $1 in
	PVH) guest --cmdline "$cmdline" -- $plugin ;;
	bzImage*) guest --kernel "$build/bzImage" --cmdline "$cmdline" -- $plugin ;;
	EFI*) guest --kernel "$build/bzImage" --cmdline "$cmdline" -- $plugin \
		-drive "if=pflash,format=raw,unit=0,readonly=on,file=$ovmf" ;;
	*Xen)
		nokaslr=
		[ -z "$5" ] || nokaslr=y
		NOKASLR=$nokaslr QEMU_ARGS=$plugin GUEST=$kernel GUEST_INITRAMFS=$tmp/moved.cpio.gz LOG=ways${5:+-$5} \
			"$top/selftests/xen/boot-xen.sh" --kernel vmlinux >"$dir/summary" 2>"$dir/xen.log" || :
		tr -d '\r' <"$build/log/ways${5:+-$5}" | sed -n 's/^pvh-vmlinux| //p' >"$dir/console"
		cp "$dir/console" "$dir/console.lines"
		echo 0 >"$dir/console.status" ;;
	64-bit*)
		boot64 "$kernel" "$tmp/moved.cpio" "$cmdline" "$dir/kernel" "$6" || return
		guest --kernel "$dir/kernel" --no-initrd --mem 256M -- $plugin ;;
	kexec*)
		printf '%s' "$cmdline" >"$dir/cmdline"
		printf '%s' "${1##* }" >"$dir/file"
		guest --initrd "$tmp/kexec.initrd" --cmdline "console=ttyS0 nokaslr" --run "$tmp/start" \
			--file cmdline="$dir/cmdline" --file file="$dir/file" --mem 768M -- $plugin ;;
	esac
	rm -f "$dir/kernel"
}

# applied TIMES: the relocations that the guest has compared were applied so often. The
# kernel itself writes to some of these places: in QEMU to 5 of 9,000, on Xen to 14.
applied() {
	want="99 in 100 of $(said places) places" got=$(said "applied $1")
	[ "${got:-0}" -gt 1000 ] && [ $((got * 100)) -ge $(($(said places) * 99)) ]
}

# counted N: the relocations were applied so often, by the kernel and its decompressor
# together
counted() {
	want="$1 times" got="$(paste -sd ' ' "$dir/hits")"
	[ "$(awk '{ n += $2 } END { print NR ":" n }' "$dir/hits")" = "2:$1" ]
}

judge() { # WAY PROTOCOL LOADER EFI MODE FLAGS
	name="$1${5:+, $5}${6:+, KASLR_FLAG set by the loader}"
	case $1 in kexec*) expect "kexec loads the file" has '^ways: loaded 0' ;; esac
	expect "boot_params have the protocol that this way has" said protocol "$2"
	expect "boot_params have the loader that this way has" said loader "$3"
	expect "the kernel has EFI: $4" said efi "$4"
	if [ -n "$5" ]; then
		expect "the kernel is at its link address" at_link "$(said text)"
		expect "the relocations are not applied" counted 0
		expect "no relocation is applied" applied never
		expect "KASLR_FLAG is clear" said flag no
	else
		expect "the kernel is within its range" in_kaslr_range "$(said text)"
		if [ "$(said text)" = "$link" ]; then
			tap_diag "$name: moved to its link address, which chance does once in 500 boots"
			expect "no relocation is applied" applied never
		else
			# On Xen dom0 is a kernel with KASLR, too.
			times=1
			case $1 in *Xen) times=2 ;; esac
			expect "the relocations are applied once" counted $times
			expect "each relocation has moved as the kernel has" applied once
		fi
		expect "KASLR_FLAG is set" said flag yes
	fi
}

# The PVH entry sets protocol 2.12, kexec-tools that of the bzImage or 2.6; the EFI stub
# leaves it out, and so does the loader of this test, as Firecracker does.
run_cases boot judge <<END
# way               protocol  loader  EFI  mode     flags
PVH, Xen            20c       90      no   -        -
PVH, Xen            20c       90      no   nokaslr  -
PVH                 20c       b0      no   -        -
PVH                 20c       b0      no   nokaslr  -
64-bit protocol     0         ff      no   -        -
64-bit protocol     0         ff      no   nokaslr  -
64-bit protocol     0         ff      no   -        2
64-bit protocol     0         ff      no   nokaslr  2
bzImage, SeaBIOS    20f       b0      no   -        -
bzImage, SeaBIOS    20f       b0      no   nokaslr  -
${ovmf:+EFI stub, OVMF      0         21      yes  -        -
EFI stub, OVMF      0         21      yes  nokaslr  -}
kexec -l vmlinux    206       d0      no   -        -
kexec -l vmlinux    206       d0      no   nokaslr  -
kexec -l bzImage    20f       d0      no   -        -
kexec -l bzImage    20f       d0      no   nokaslr  -
END
tap_done
