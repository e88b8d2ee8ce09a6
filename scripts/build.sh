#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Configure and build a kernel, and leave build/vmlinux and build/bzImage.
#
# usage: build.sh             the series, with Kconfig.fragment on tinyconfig
#        build.sh base        the unmodified base in the same configuration,
#                             as build/base.vmlinux
#        build.sh NAME FRAGMENT
#                             the series with FRAGMENT on top, vmlinux only, as
#                             build/NAME.vmlinux
#        build.sh NAME FRAGMENT CONFIG
#                             the same in the configuration CONFIG, which may be
#                             allnoconfig, with FRAGMENT on top, and without
#                             Kconfig.fragment
#        build.sh check-series
#                             what check-series.sh has checked out, anew configured,
#                             as build/check-series.vmlinux
#        build.sh deb         what deb.sh has checked out, as Debian packages, too
# knobs: LLVM=, see kmake.sh; objects of clang have directories of their own

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"

name=${1:-main}
extra=${2:-}
config=${3:-}
src=$tree
case $name in
base)
	src=$base_tree
	if [ ! -e "$src/.git" ]; then
		say "checking out the base"
		git -C "$tree" worktree prune
		logged "$build/log/worktree" git -C "$tree" worktree add -f --detach "$src" pvh-base ||
			die "cannot check out the base to $src"
	fi
	o=$base_obj ;;
check-series | deb)
	src=$build/$name
	[ "$name" != deb ] || src=$build/deb/linux
	o=$src/o.main$by
	rm -f "$build/log/config.$name.want" ;;
*)	o=$tree/o.$name$by ;;
esac
[ -d "$tree/.git" ] || die "no $tree: run make tree first"
# The width is no option, but another ARCH.
[ -z "$extra" ] || ! grep -qx 'CONFIG_X86_32=y' "$extra" || KARCH=i386

configure() {
	want=$build/log/config.$name.want
	mkdir -p "$o"
	if [ -n "$config" ]; then
		cat "$extra"
	else
		cat "$top/Kconfig.fragment" ${extra:+"$extra"}
	fi >"$want.new"
	if cmp -s "$want.new" "$want" && [ -e "$o/.config" ] &&
	   { [ -z "$config" ] || [ "$config" = allnoconfig ] ||
	     cmp -s "$config" "$o/config.given"; }; then
		rm -f "$want.new"
		return
	fi
	say "configuring ${o#"$build"/}"
	if [ "$config" = allnoconfig ]; then
		logged "$build/log/config.$name" kmake "$src" "$o" -s allnoconfig
	elif [ -n "$config" ]; then
		cp "$config" "$o/config.given" && cp "$config" "$o/.config"
	else
		logged "$build/log/config.$name" kmake "$src" "$o" -s tinyconfig
	fi &&
		(cd "$src" && logged "$build/log/merge.$name" scripts/kconfig/merge_config.sh \
			-m -O "${o##*/}" "${o##*/}/.config" "$want.new") &&
		logged "$build/log/config.$name" kmake "$src" "$o" -s olddefconfig ||
		die "configuring failed"
	# An option that does not stick is a fragment that does not fit the tree.
	awk -F= '/^CONFIG_/ { want[$1] = $2 } END { for (k in want) print k "=" want[k] }' \
		"$want.new" | sort | while IFS='=' read -r key value; do
		if [ "$value" = n ]; then
			! grep -q "^$key=" "$o/.config" || echo "$key=n"
		else
			grep -qxF "$key=$value" "$o/.config" || echo "$key=$value"
		fi
	done | while IFS= read -r lost; do
		# The base knows nothing of what the series brings, nor does its beginning
		# of what comes later.
		key=${lost%%=*}
		[ "$src" != "$tree" ] && ! git -C "$src" grep -qE "config ${key#CONFIG_}\$" -- '*Kconfig*' ||
			echo "$lost"
	done >"$build/log/config.$name.lost"
	[ ! -s "$build/log/config.$name.lost" ] ||
		die "this tree's Kconfig does not take: $(tr '\n' ' ' <"$build/log/config.$name.lost")"
	mv "$want.new" "$want"
}

# Show that there is progress, without a line for each file.
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
targets='vmlinux bzImage'
[ -z "$extra" ] || targets=vmlinux
# For the tests
[ "$name" != main ] || targets="$targets modules"
[ "$name" != deb ] || targets=bindeb-pkg
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

put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.new" && mv "$2.new" "$2"; } ||
		die "cannot write $2"
}
case $name in
main)
	put "$o/vmlinux" "$build/vmlinux"
	put "$o/arch/x86/boot/bzImage" "$build/bzImage" ;;
*)	put "$o/vmlinux" "$build/$name.vmlinux" ;;
esac
