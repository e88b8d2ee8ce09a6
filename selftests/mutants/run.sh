#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Whether the tests find each of the mutants in selftests/mutants/list: in user space,
# where that is possible, else with a kernel that is built for the mutant.
#
# usage: run.sh
# variables: ONLY=REGEX, the mutants whose name has that; FAST=1, only those that user
#            space can find; JOBS=, how many at a time; PVH_SRC= and X86_SRC=, other
#            sources than those of the tree

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/mutants/list.sh"

user=$top/selftests/user
src=${PVH_SRC:-$tree/arch/x86/xen/pvh}
x86=${X86_SRC:-$tree/arch/x86}
# What is built in user space of arch/x86/ besides xen/pvh/
kaslr_files="boot/compressed/kaslr.c boot/startup lib/cmdline.c lib/kaslr.c tools
	include/asm/cmdline.h include/asm/kaslr.h include/asm/kernel_relocs.h include/asm/msr-index.h"
jobs=${JOBS:-$(nproc)}
work=$build/mutants/linux
export LC_ALL=C

# replays DIR: the rules and the corpus hold in both flavours
replays() {
	for flavour in 131 3200; do
		timeout -k 1 60 "$1/out/replay.$flavour" "$user"/corpus/* >"$1/log" 2>&1 || return 1
	done
}

# relocates DIR: user/relocs.t passes. It takes a kernel image, too.
relocates() {
	OUT=$1/out X86_SRC=$1/x86 PVH_SRC=$1/x86/xen/pvh sh "$user/relocs.t" >"$1/log" 2>&1 && return
	grep -q '^not ok 1 ' "$1/log" && return 2
	return 1
}

# build_user DIR [OPTION ...]
build_user() {
	build_dir=$1
	shift
	make -s -C "$user" OUT="$build_dir/out" X86_SRC="$build_dir/x86" PVH_SRC="$build_dir/x86/xen/pvh" \
		KERNEL="$tree" "$@" replay >"$build_dir/log" 2>&1
}

# find_in_user_space N DIR: 1 if a test fails with the mutant, 2 if it cannot be made.
# DIR has the sources, and objects of those that the mutant does not change.
find_in_user_space() {
	file=$(path "$1")
	status=2
	cp "$2/x86/$file" "$2/original"
	if apply "$1" "$2/original" >"$2/x86/$file" 2>"$2/log"; then
		status=0
		if [ "${file#xen/pvh/}" = "$file" ]; then
			relocates "$2" || status=$?
		elif build_user "$2"; then
			replays "$2" || status=1
		else
			status=2
		fi
	fi
	cp "$2/original" "$2/x86/$file"
	return $status
}

# write_result N STATUS LOG LINE: a line about the mutant; LINE is an expression for
# sed that makes it of the line of the log that says why the test fails
write_result() {
	case $2 in
	0) echo missed ;;
	1) echo "caught $(sed -n "$4" "$3" | head -n 1 | tr -cd '[:print:]' | cut -c1-80)" ;;
	*) echo "broken $(grep -m 1 'rror[: ]' "$3" | sed 's/.*error: //')" ;;
	esac >"$tmp/list/$1/result"
}

# work_in DIR: look for the mutants whose numbers are on standard input
work_in() {
	while read -r n; do
		status=0
		find_in_user_space "$n" "$1" || status=$?
		write_result "$n" "$status" "$1/log" \
			's/^.*\(FAIL: \|runtime error: \|ERROR: \)//p; /signal/p; s/^not ok [0-9]* - //p'
	done
}

# check_user_space DIR: without a mutant everything has to pass there, else all of them
# would be caught
check_user_space() {
	replays "$1" || { head -n 12 "$1/log" >&2; die "the rules do not hold without any mutant"; }
	grep -qv '^xen/pvh/' "$tmp/files" || return 0
	relocates "$1" || { grep '^not ok' "$1/log" >&2; die "user/relocs.t fails without any mutant"; }
}

user_space() {
	while read -r n; do
		path "$n"
	done <"$tmp/fast" >"$tmp/files"
	i=0
	while [ $i -lt "$jobs" ]; do
		i=$((i + 1))
		# shellcheck disable=SC2086 # a list
		mkdir -p "$tmp/$i/x86/xen" && cp -r "$src" "$tmp/$i/x86/xen/pvh" &&
			(cd "$x86" && cp -r --parents $kaslr_files "$tmp/$i/x86") ||
			die "cannot copy $src and $x86"
		build_user "$tmp/$i" -j"$jobs" ||
			{ tail -n 12 "$tmp/$i/log" >&2; die "the converter does not build in user space"; }
	done
	check_user_space "$tmp/1"
	i=0
	while [ $i -lt "$jobs" ]; do
		i=$((i + 1))
		awk -v i=$i -v jobs="$jobs" 'NR % jobs == i % jobs' "$tmp/fast" | work_in "$tmp/$i" &
	done
	wait
}

# build_kernel N: with that mutant, or with none if N is 0
build_kernel() {
	# Only what differs is written, so that only that is built again.
	rsync -rc --exclude='*.o' --exclude='.*.cmd' --delete "$src/" "$work/arch/x86/xen/pvh/" || return 2
	if [ "$1" -ne 0 ]; then
		file=$(get "$1" file)
		apply "$1" "$src/$file" >"$tmp/mutant" 2>"$tmp/log" || return 2
		cp "$tmp/mutant" "$work/arch/x86/xen/pvh/$file"
	fi
	kmake "$work" "$work/o.main" -j"$jobs" vmlinux bzImage >"$tmp/log" 2>&1 || return 2
	# The tests use the files in BUILD.
	cp "$work/o.main/vmlinux" "$build/mutants/vmlinux"
	cp "$work/o.main/arch/x86/boot/bzImage" "$build/mutants/bzImage"
}

# run_test TEST: as in @find. 1 if it fails, 2 if it had nothing to do
run_test() {
	case $1 in
	'forge '*)
		cases=$(printf '%s' "${1#forge }" | sed 's/|/$|^/g')
		BUILD=$build/mutants ONLY="^$cases$" sh "$top/selftests/loader/test.t" >"$tmp/log" 2>&1 ;;
	*)
		BUILD=$build/mutants sh "$top/selftests/$1" >"$tmp/log" 2>&1 ;;
	esac && return 0
	grep -q '^not ok' "$tmp/log" && return 1
	return 2
}

# clone_tree: what kernels are built from. It shares the tree's objects, so that nothing
# is written to the tree.
clone_tree() {
	mkdir -p "$build/mutants"
	touch "$build/mutants/.pvh"
	for f in initramfs.cpio.gz root.img accel xen cache log; do
		[ ! -e "$build/$f" ] || ln -sfn "$build/$f" "$build/mutants/$f"
	done
	if [ ! -d "$work/.git" ]; then
		logged "$build/log/mutants.clone" git clone -q --shared --no-checkout "$tree" "$work" ||
			die "cannot clone the series to $work"
	fi
	git -C "$work" checkout -q -f --detach "$(git -C "$tree" rev-parse HEAD)" &&
		git -C "$tree" diff --binary HEAD -- . ':!arch/x86/xen/pvh' >"$tmp/diff" &&
		{ [ ! -s "$tmp/diff" ] || git -C "$work" apply "$tmp/diff"; } ||
		die "cannot check out the series to $work"
	if [ ! -e "$work/o.main/.config" ]; then
		mkdir -p "$work/o.main"
		cp "$obj/.config" "$work/o.main/.config"
		logged "$build/log/mutants.config" kmake "$work" "$work/o.main" -s olddefconfig ||
			die "configuring failed"
	fi
}

kernels() {
	clone_tree
	say "building a kernel without any mutant"
	build_kernel 0 || { tail -n 12 "$tmp/log" >&2; die "the kernel does not build"; }
	while read -r n; do
		get "$n" find
	done <"$tmp/slow" | sort -u >"$tmp/finds"
	while read -r test; do
		run_test "$test" </dev/null || { tail -n 12 "$tmp/log" >&2; die "$test fails without any mutant"; }
	done <"$tmp/finds"
	while read -r n; do
		say "building a kernel with $(get "$n" file): $(get "$n" name)"
		status=0
		build_kernel "$n" </dev/null || status=$?
		[ $status -ne 0 ] || run_test "$(get "$n" find)" </dev/null || status=$?
		write_result "$n" $status "$tmp/log" '/^not ok/p'
	done <"$tmp/slow"
}

# report: a line for each mutant, and how many of them there are. Fails if one is not
# caught, or cannot be made.
report() {
	caught=0 missed=0 equal=0 broken=0 left=0
	for n in $(sort -n "$tmp/fast" "$tmp/slow"); do
		name="$(get "$n" file): $(get "$n" name)"
		why=$(get "$n" equivalent)
		result=$(get "$n" result)
		case $result,$why in
		,*) left=$((left + 1)) ;;
		caught*,)
			caught=$((caught + 1))
			echo "caught: $name: ${result#caught }" ;;
		caught*)
			broken=$((broken + 1))
			echo "caught, but the list has it as equivalent: $name: ${result#caught }" ;;
		missed,)
			missed=$((missed + 1))
			echo "NOT CAUGHT: $name" ;;
		missed*)
			equal=$((equal + 1))
			echo "equivalent: $name: $why" ;;
		*)
			broken=$((broken + 1))
			echo "DOES NOT APPLY: $name: ${result#broken }" ;;
		esac
	done
	echo "$caught caught, $missed not caught, $equal equivalent, $broken that do not apply, $left not tried"
	[ $((missed + broken)) -eq 0 ]
}

make_tmp
split_list
. "$top/scripts/lib/kmake.sh"
: >"$tmp/fast"
: >"$tmp/slow"
n=0
while [ $n -lt "$(cat "$tmp/list/count")" ]; do
	n=$((n + 1))
	get $n name | grep -Eq -- "${ONLY:-}" || continue
	if [ -e "$tmp/list/$n/find" ]; then
		echo $n >>"$tmp/slow"
	else
		echo $n >>"$tmp/fast"
	fi
done
[ -s "$tmp/fast" ] || [ -s "$tmp/slow" ] || die "ONLY=$ONLY: no mutant has a name with that"
# The tests' tables have names of their own.
unset ONLY
[ ! -s "$tmp/fast" ] || user_space
[ ! -s "$tmp/slow" ] || [ -n "${FAST:-}" ] || kernels
report
