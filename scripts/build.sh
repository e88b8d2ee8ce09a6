#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Configure and build a kernel. It becomes build/NAME.vmlinux if it is a target; "main", which is the
# NAME if none is given, becomes build/vmlinux and build/bzImage.
#
# usage: build.sh [OPTION ...] [NAME]
#
#	--src DIR		the source, a worktree of build/linux, instead of that.
#				Its objects are in DIR/o.main, with the NAME base-FLAVOUR
#				in o.FLAVOUR; those of build/linux in o.NAME
#	--config CONFIG		what the configuration begins with: tinyconfig, allnoconfig
#				or a file; unless given, tinyconfig with Kconfig.fragment
#				and the base's own options, selftests/configs/VERSION/own.config
#	--fragment FILE		on top of that; can be repeated
#	--targets LIST		what make builds: vmlinux, and for main bzImage and modules, unless
#				given
#
# variables: LLVM=, see kmake.sh; objects of clang have directories of their own

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"

src=$tree config='' targets=''
fragments=
while [ $# -gt 0 ]; do
	case $1 in
	--src | --config | --fragment | --targets) [ $# -ge 2 ] || die "build.sh: $1 takes an argument" ;;
	-*) die "build.sh: option '$1' is not known" ;;
	*) break ;;
	esac
	case $1 in
	--src) src=$2 ;;
	--config) config=$2 ;;
	--fragment) fragments="$fragments $2" ;;
	--targets) targets=$2 ;;
	esac
	shift 2
done
[ $# -le 1 ] || die "build.sh: one NAME, not '$*'"
name=${1:-main}
[ -n "$targets" ] || [ "$name" != main ] || targets='vmlinux bzImage modules'
targets=${targets:-vmlinux}
[ -d "$tree/.git" ] || die "no $tree: run make tree first"
case $src,$name in
"$tree",*) o=$src/o.$name$by ;;
*,base-*) o=$src/o.${name#base-}$by ;;
*)	o=$src/o.main$by ;;
esac
own=$top/selftests/configs/$base_version/own.config
[ -e "$own" ] || own=
[ -n "$config" ] || fragments="$top/Kconfig.fragment $own$fragments"
config=${config:-tinyconfig}
# The kernel's width is no option, but another ARCH.
# shellcheck disable=SC2086 # names without spaces
[ -z "$fragments" ] || ! cat $fragments | grep -qx 'CONFIG_X86_32=y' || KARCH=i386

configure() {
	want=$build/log/config.$name.want
	mkdir -p "$o"
	# shellcheck disable=SC2086 # names without spaces
	{
		echo "# $config"
		# Another commit can have other options.
		git -C "$src" log -1 --format='# %H'
		cat /dev/null $fragments
	} >"$want.new"
	if cmp -s "$want.new" "$want" && [ -e "$o/.config" ] &&
	   { [ ! -f "$config" ] || cmp -s "$config" "$o/config.given"; }; then
		rm -f "$want.new"
		return
	fi
	say "configuring ${o#"$build"/}"
	case $config in
	tinyconfig | allnoconfig) logged "$build/log/config.$name" kmake "$src" "$o" -s "$config" ;;
	*) cp "$config" "$o/config.given" && cp "$config" "$o/.config" ;;
	esac &&
		(cd "$src" && logged "$build/log/merge.$name" scripts/kconfig/merge_config.sh \
			-m -O "${o##*/}" "${o##*/}/.config" "$want.new") &&
		logged "$build/log/config.$name" kmake "$src" "$o" -s olddefconfig ||
		die "configuring failed"
	# Kconfig drops an option whose dependencies are not met: the fragment does not fit the
	# tree.
	awk -F= '/^CONFIG_/ { want[$1] = $2 } END { for (k in want) print k "=" want[k] }' \
		"$want.new" | sort | while IFS='=' read -r key value; do
		if [ "$value" = n ]; then
			! grep -q "^$key=" "$o/.config" || echo "$key=n"
		else
			grep -qxF "$key=$value" "$o/.config" || echo "$key=$value"
		fi
	done | while IFS= read -r lost; do
		# The base, and the first patches, do not have options that later patches add.
		key=${lost%%=*}
		[ "$src" != "$tree" ] && ! git -C "$src" grep -qE "config ${key#CONFIG_}\$" -- '*Kconfig*' ||
			echo "$lost"
	done >"$build/log/config.$name.lost"
	[ ! -s "$build/log/config.$name.lost" ] ||
		die "this tree's Kconfig does not take: $(tr '\n' ' ' <"$build/log/config.$name.lost")"
	mv "$want.new" "$want"
}

# progress: print a line for every 100 files
progress() {
	awk -v name="$name" '
		/^  (CC|AS|LD|AR|OBJCOPY|HOSTCC|GZIP|LZMA|MODPOST|RELOCS|KSYMS|SORTTAB|NM) / {
			n++
			if (n % 100 == 0 || $2 ~ /^(vmlinux(\.o)?|arch\/x86\/boot\/bzImage)$/) {
				printf "pvh: building %s: %d done, %s %s\n", name, n, $1, $2
				fflush()
			}
		}' >&2
}

mkdir -p "$build/log"
configure
log=$build/log/build.$name
say "building ${o#"$build"/} with $(nproc) jobs, log in ${log#"$top"/}"
{
	# shellcheck disable=SC2086 # a list of targets
	kmake "$src" "$o" -j"$(nproc)" $targets 2>&1 || echo "pvh-build-failed"
} | tee "$log" | progress
if grep -q '^pvh-build-failed$' "$log"; then
	grep -E 'error|Error|\*\*\*|No space' "$log" | head -n 15 | sed 's/^/  | /' >&2
	die "the kernel build failed; see $log"
fi
if grep -E 'warning:|Warning:' "$log" >"$log.warnings"; then
	say "$(wc -l <"$log.warnings") warnings, in ${log#"$top"/}.warnings"
fi

# put FILE AS: copy it, unless that would change nothing
put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.new" && mv "$2.new" "$2"; } ||
		die "cannot write $2"
}
if [ "$name" = main ]; then
	put "$o/vmlinux" "$build/vmlinux"
	put "$o/arch/x86/boot/bzImage" "$build/bzImage"
	[ ! -e "$o/arch/x86/boot/vmlinuz.elf" ] || put "$o/arch/x86/boot/vmlinuz.elf" "$build/vmlinuz.elf"
else
	# Not of --targets "arch/x86/xen/pvh/"
	case " $targets " in
	*" vmlinux "* | *" bzImage "*) put "$o/vmlinux" "$build/$name.vmlinux" ;;
	esac
fi
