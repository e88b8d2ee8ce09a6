#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Whether the tests find each of the faults in selftests/mutants/list: in user
# space, where that can be; with a kernel that has it, where not.
#
# usage: run.sh
# knobs: ONLY=PATTERN, of the faults those whose name matches that regular
#        expression; FAST=1, only those that user space can find;
#        PVH_SRC=, other sources than arch-x86-xen/

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

list=$top/selftests/mutants/list
user=$top/selftests/user
src=${PVH_SRC:-$top/arch-x86-xen}
jobs=$(nproc)
export LC_ALL=C

# take N FIELD: of the Nth fault; its name is FIELD "name"
take() {
	awk -v n="$1" -v field="$2" '
		/^== / { i++; if (i == n && field == "name") print substr($0, 4); next }
		i == n && index($0, "@" field " ") == 1 { print substr($0, length(field) + 3) }' "$list"
}

# mutate N FILE: with the fault, to standard output. It has to be possible in
# one place.
mutate() {
	awk -v n="$1" '
		function bare(s) {
			sub(/^[ \t]+/, "", s)
			return s
		}
		FNR == NR {
			if (/^== /) i++
			if (i != n) next
			if (/^-/) old[++olds] = bare(substr($0, 2))
			if (/^\+/) new[++news] = substr($0, 2)
			next
		}
		{ line[++lines] = $0 }
		END {
			for (l = 1; l + olds - 1 <= lines; l++) {
				for (k = 1; k <= olds && bare(line[l + k - 1]) == old[k]; k++)
					;
				if (k > olds) {
					at = l
					found++
				}
			}
			if (!olds || found != 1) {
				printf "%d places in %s\n", found, FILENAME >"/dev/stderr"
				exit 1
			}
			for (l = 1; l <= lines; l++) {
				if (l == at)
					for (k = 1; k <= news; k++)
						print new[k]
				if (l < at || l >= at + olds)
					print line[l]
			}
		}' "$list" "$2"
}

# fast N DIR: replay the rules and the corpus with the fault; in DIR are the
# sources, and objects of what is not changed.
fast() {
	file=$(take "$1" file)
	cp "$2/src/$file" "$2/sound" || return 2
	if ! mutate "$1" "$2/sound" >"$2/src/$file" 2>"$2/log"; then
		cp "$2/sound" "$2/src/$file"
		return 2
	fi
	status=0
	if [ "$file" = startup/kaslr.c ]; then
		OUT=$2/out PVH_SRC=$2/src sh "$top/selftests/user/relocs.t" >"$2/log" 2>&1 || status=1
		grep -q "^not ok 1 " "$2/log" && status=2
	elif ! make -s -C "$user" OUT="$2/out" PVH_SRC="$2/src" KERNEL="$tree" replay >"$2/log" 2>&1; then
		status=2
	else
		for flavour in 131 3200; do
			if ! timeout -k 1 60 "$2/out/replay.$flavour" "$user"/corpus/* >"$2/log" 2>&1; then
				status=1
				break
			fi
		done
	fi
	cp "$2/sound" "$2/src/$file"
	return $status
}

# One worker: every so manieth fault, in DIR
if [ "${1:-}" = --worker ]; then
	dir=$2
	while read -r n; do
		status=0
		fast "$n" "$dir" || status=$?
		case $status in
		0) result=missed ;;
		1) result="caught $(grep -am 1 'FAIL: \|runtime error: \|ERROR: \|signal' "$dir/log" | sed 's/^.*\(FAIL: \|runtime error: \|ERROR: \)//' | tr -cd '[:print:]' | cut -c1-80)" ;;
		*) result="broken $(grep -m 1 'error:\|places in' "$dir/log" | sed 's/.*error: //')" ;;
		esac
		echo "$result" >"$dir/result.$n"
	done
	exit 0
fi

make_tmp
total=$(grep -c '^== ' "$list")
n=0
: >"$tmp/fast"
: >"$tmp/slow"
while [ $n -lt "$total" ]; do
	n=$((n + 1))
	name=$(take $n name)
	[ -z "${ONLY:-}" ] || printf '%s\n' "$name" | grep -Eq "$ONLY" || continue
	if [ -n "$(take $n find)" ]; then
		echo $n >>"$tmp/slow"
	else
		echo $n >>"$tmp/fast"
	fi
done

# What is sound has to pass, or all would be caught.
i=0
while [ $i -lt "$jobs" ]; do
	i=$((i + 1))
	mkdir "$tmp/$i"
	cp -r "$src" "$tmp/$i/src"
	if [ -s "$tmp/fast" ]; then
		logged "$tmp/make" make -s -C "$user" OUT="$tmp/$i/out" PVH_SRC="$tmp/$i/src" \
			KERNEL="$tree" -j"$jobs" replay || die "the converter does not build in user space"
	fi
done
if [ -s "$tmp/fast" ]; then
	for flavour in 131 3200; do
		"$tmp/1/out/replay.$flavour" "$user"/corpus/* >"$tmp/log" 2>&1 || {
			head -n 12 "$tmp/log" >&2
			die "the tests fail without any fault"
		}
	done
	# The same holds for the test of kaslr.c, which takes a kernel image.
	while read -r n; do
		take "$n" file
	done <"$tmp/fast" >"$tmp/files"
	if grep -qx startup/kaslr.c "$tmp/files"; then
		OUT=$tmp/1/out PVH_SRC=$tmp/1/src sh "$top/selftests/user/relocs.t" >"$tmp/log" 2>&1 || :
		! grep '^not ok' "$tmp/log" >&2 || die "user/relocs.t fails without any fault"
	fi
fi

i=0
while [ $i -lt "$jobs" ]; do
	i=$((i + 1))
	awk -v i=$i -v jobs="$jobs" 'NR % jobs == i % jobs' "$tmp/fast" |
		"$0" --worker "$tmp/$i" &
done
wait

# kernel N: one with the fault, or with none if N is 0
work=$build/mutants/linux
kernel() {
	# Only what differs is touched, so that only that is built again.
	rsync -rc --exclude='*.o' --exclude='.*.cmd' --delete "$src/" "$work/arch/x86/xen/pvh/" || return 2
	if [ "$1" -ne 0 ]; then
		file=$(take "$1" file)
		mutate "$1" "$src/$file" >"$tmp/mutant" 2>"$tmp/log" || return 2
		cp "$tmp/mutant" "$work/arch/x86/xen/pvh/$file"
	fi
	kmake "$work" "$work/o.main" -j"$jobs" vmlinux bzImage >"$tmp/log" 2>&1 || return 2
	# The tests take what is under BUILD.
	cp "$work/o.main/vmlinux" "$build/mutants/vmlinux"
	cp "$work/o.main/arch/x86/boot/bzImage" "$build/mutants/bzImage"
}

# find_by TEST: as in @find. Fails if the test does; 2 if it had nothing to do.
find_by() {
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

slow() {
	kernel "$1" && find_by "$(take "$1" find)"
}

slow_setup() {
	. "$top/scripts/lib/kmake.sh"
	mkdir -p "$build/mutants"
	touch "$build/mutants/.pvh"
	for f in initramfs.cpio.gz root.img accel xen cache log; do
		[ ! -e "$build/$f" ] || ln -sfn "$build/$f" "$build/mutants/$f"
	done
	# A clone that shares the tree's objects: nothing is written to the tree.
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

if [ -s "$tmp/slow" ] && [ -z "${FAST:-}" ]; then
	slow_setup
	say "building a kernel without any fault"
	kernel 0 || { tail -n 12 "$tmp/log" >&2; die "the kernel does not build"; }
	while read -r n; do
		take "$n" find
	done <"$tmp/slow" | sort -u >"$tmp/finds"
	while read -r by; do
		find_by "$by" </dev/null || { tail -n 12 "$tmp/log" >&2; die "$by fails without any fault"; }
	done <"$tmp/finds"
	mkdir -p "$tmp/0"
	while read -r n; do
		say "building a kernel with $(take "$n" file): $(take "$n" name)"
		status=0
		slow "$n" </dev/null || status=$?
		case $status in
		0) result=missed ;;
		1) result="caught $(grep -m 1 '^not ok' "$tmp/log" | cut -c1-80)" ;;
		*) result="broken $(grep -m 1 'rror:\|places in\|Error' "$tmp/log")" ;;
		esac
		echo "$result" >"$tmp/0/result.$n"
	done <"$tmp/slow"
fi

caught=0 missed=0 equal=0 broken=0 left=0
for n in $(sort -n "$tmp/fast" "$tmp/slow"); do
	name="$(take "$n" file): $(take "$n" name)"
	why=$(take "$n" equivalent)
	result=$(cat "$tmp"/*/result."$n" 2>/dev/null) || result=left
	case $result in
	caught*)
		caught=$((caught + 1))
		echo "caught: $name: ${result#caught }"
		[ -z "$why" ] || { echo "  .. and is in the list as equivalent"; broken=$((broken + 1)); } ;;
	missed)
		if [ -n "$why" ]; then
			equal=$((equal + 1))
			echo "equivalent: $name: $why"
		else
			missed=$((missed + 1))
			echo "NOT CAUGHT: $name"
		fi ;;
	left) left=$((left + 1)) ;;
	*)
		broken=$((broken + 1))
		echo "DOES NOT APPLY: $name: ${result#broken }" ;;
	esac
done
echo "$caught caught, $missed not caught, $equal equivalent, $broken that do not apply, $left not tried"
[ $((missed + broken)) -eq 0 ]
