# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: the kernel as it was linked.

# linked_vmlinux SCRATCH: the name of a file that is build/vmlinux with all of its
# relocations
#
# Linux 7.3 keeps that file. 6.12 strips the linked file itself. So for 6.12 this
# function links the same objects again, as SCRATCH, and checks that SCRATCH is
# build/vmlinux after it is stripped.
linked_vmlinux() {
	if [ -e "$obj/vmlinux.unstripped" ]; then
		echo "$obj/vmlinux.unstripped"
		return
	fi
	(
		cd "$obj" || exit 1
		# link-vmlinux.sh "ld" "flags" "flags of vmlinux"
		flags=$(sed -n 's/^savedcmd_vmlinux := [^"]*"\([^"]*\)" *"\([^"]*\)" *"\([^"]*\)".*/\1 \2 \3/p' .vmlinux.cmd)
		# shellcheck disable=SC2012 # names without surprises
		kallsyms=$(ls -t .tmp_vmlinux[1-9].kallsyms.o | head -n 1)
		export_o=$(ls .vmlinux.export.o 2>/dev/null)
		# shellcheck disable=SC2086 # lists of arguments
		$flags --script=arch/x86/kernel/vmlinux.lds -o "$1" \
			--whole-archive vmlinux.o $export_o init/version-timestamp.o --no-whole-archive \
			"$kallsyms" arch/x86/tools/vmlinux.arch.o &&
			nm -S "$1" >"$1.nm" && scripts/sorttable -s "$1.nm" "$1" &&
			arch/x86/tools/relocs --pvh-table "$1" &&
			objcopy --remove-section='.rel.*' --remove-section='.rel__*' \
				--remove-section='.rela.*' --remove-section='.rela__*' "$1" "$1.stripped" &&
			cmp "$1.stripped" "$build/vmlinux" && rm -f "$1.nm" "$1.stripped"
	) >"$1.log" 2>&1 || {
		sed 's/^/# /' "$1.log" >&2
		return 1
	}
	echo "$1"
}
