#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build and boot each commit of build/linux, or of one part of the series by itself, as a
# bisection would meet it: without a warning, vmlinux through its PVH note and bzImage
# through the Linux boot protocol, in QEMU to user space until the guest powers off. A
# commit that passed is not built again, as long as its files, the configuration and the
# compiler are the same.
#
# usage: check-series.sh
# variables: PART=C, the patches of that part, on the base and the parts that it needs;
# PART=all, each of the parts; STOP=1, end at the first that fails; PATCHES="2 5", only
# these; REDO=1, also those that have passed before; those of qemu.sh

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"
. "$top/scripts/lib/patchinfo.sh"
. "$top/scripts/lib/parts.sh"
. "$top/scripts/lib/qemu.sh"

for variable in STOP REDO; do
	eval "value=\${$variable:-}"
	case $value in
	'' | 1) ;;
	*) die "$variable=$value: not 1" ;;
	esac
done
check_variables
part=${PART:-}
case $part in
'') ;;
all) check_parts ;;
*) check_part ;;
esac
initramfs=$build/initramfs.cpio.gz
[ -d "$tree/.git" ] || die "no $tree: run make tree first"
[ -e "$initramfs" ] || die "no $initramfs: run make initramfs first"

if [ "$part" = all ]; then
	failed=
	for PART in $(part_letters); do
		export PART
		"$0" || failed="$failed $PART"
		[ -z "$failed" ] || [ -z "${STOP:-}" ] || break
	done
	[ -z "$failed" ] || die "these parts cannot be bisected through by themselves:$failed"
	exit 0
fi

work=$build/check-series
passed=$build/check-series.passed
logs=$build/log/check-series
mkdir -p "$logs"
make_tmp

# part_commits: the ids of the commits of the part, which are made on the base and the parts
# that it needs, and put into the tree for the worktree
part_commits() (
	export GIT_AUTHOR_NAME=pvh GIT_AUTHOR_EMAIL=pvh@localhost
	export GIT_COMMITTER_NAME=pvh GIT_COMMITTER_EMAIL=pvh@localhost
	head=$(git -C "$tree" rev-parse pvh-base)
	scratch_git "$head" "$tree"
	part_before "$part" >"$tmp/before"
	part_patches "$part" | cat "$tmp/before" - >"$tmp/names"
	while read -r patch; do
		apply_patch "$patch" "the base, part $part"
		field Subject >"$tmp/message"
		head=$(commit_patch "$patch" "$head") || exit 1
		echo "$head"
	done <"$tmp/names" >"$tmp/all"
	head=$(tail -n 1 "$tmp/all")
	git update-ref refs/heads/part "$head"
	unset GIT_DIR GIT_WORK_TREE
	git -C "$tree" fetch -q -f "$tmp/git" "part:refs/pvh/$part" ||
		die "cannot write to $tree$(room "$tree")"
	tail -n "+$(($(wc -l <"$tmp/before") + 1))" "$tmp/all"
)

if [ -n "$part" ]; then
	part_commits >"$tmp/commits" || exit 1
else
	git -C "$tree" rev-list --reverse pvh-base..HEAD >"$tmp/commits"
fi
count=$(wc -l <"$tmp/commits")
[ "$count" -gt 0 ] || die "$tree has no commits on top of its base"
for n in ${PATCHES:-}; do
	printf '%s\n' "$n" | grep -Eqx '[1-9][0-9]*' && [ "$n" -le "$count" ] ||
		die "PATCHES=$PATCHES: not numbers from 1 to $count"
done

# The worktree has to belong to this tree: make tree may have made a new one.
if ! git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
   [ "$(git -C "$work" rev-parse --show-toplevel)" != "$work" ]; then
	say "checking out a tree of its own"
	rm -rf "$work"
	git -C "$tree" worktree prune
	logged "$logs/worktree" git -C "$tree" worktree add -f --detach "$work" pvh-base ||
		die "cannot check out $work$(room "$build")"
fi

with=$({ cat "$top/Kconfig.fragment" "$top/selftests/configs/$base_version"/own.config 2>/dev/null; $kmake_cc --version; } |
	sha256sum | cut -c1-16)

# booted KERNEL: it boots to the end of init, and vmlinux through the note. On a busy
# machine the kernel's check of the timer can fail under TCG: no_timer_check.
booted() {
	console=$logs/$number.${1##*/}
	# shellcheck disable=SC2046 # a list of arguments
	run_qemu "$console" $(machine_args) -kernel "$1" -initrd "$initramfs" \
		-append "console=ttyS0 no_timer_check" || :
	tr -d '\r' <"$console" >"$tmp/console"
	if ! grep -q '^pvh-init: done' "$tmp/console"; then
		why="${1##*/} does not boot, console in ${console#"$top"/}"
	elif [ "${1##*/}" != bzImage ] &&
	     ! grep -q '^pvh-report: entered by: PVH' "$tmp/console"; then
		why="${1##*/} was not entered through the PVH note, console in ${console#"$top"/}"
	else
		return 0
	fi
	return 1
}

# check COMMIT: it builds and boots, else the reason is in $why
check() {
	logged "$logs/checkout" git -C "$work" checkout -q -f --detach "$1" || {
		why="cannot be checked out$(room "$build")"
		return 1
	}
	# The objects of the last commit are kept, and make builds what has changed.
	"$top/scripts/build.sh" --src "$work" --targets 'vmlinux bzImage' check-series 2>"$tmp/build" || {
		cp "$build/log/build.check-series" "$logs/$number.build" 2>/dev/null || :
		sed -n '/^  | /p' "$tmp/build" >&2
		why="does not build: $(sed -n 's/^pvh: error: //p' "$tmp/build"), copied to ${logs#"$top"/}/$number.build"
		return 1
	}
	if [ -s "$build/log/build.check-series.warnings" ]; then
		head -n 5 "$build/log/build.check-series.warnings" | sed 's/^/  | /' >&2
		why="builds with $(wc -l <"$build/log/build.check-series.warnings") warnings"
		return 1
	fi
	booted "$build/check-series.vmlinux" && booted "$work/o.main$by/arch/x86/boot/bzImage"
}

n=0
failed=0
known=0
while read -r commit; do
	n=$((n + 1))
	case " ${PATCHES:-} " in
	'  ' | *" $n "*) ;;
	*) continue ;;
	esac
	number=${part:+$part.}$(printf '%04d' "$n")
	what="${part:+part $part, }$n of $count, $(git -C "$tree" log -1 --abbrev=12 --format='%h %s' "$commit")"
	state="$(git -C "$tree" rev-parse "$commit^{tree}") $with"
	if [ -z "${REDO:-}" ] && grep -qxF "$state" "$passed" 2>/dev/null; then
		known=$((known + 1))
		say "$what: passed before"
		continue
	fi
	say "$what"
	begin=$(date +%s)
	if check "$commit" </dev/null; then
		echo "$state" >>"$passed"
		say "$what: passed, $(($(date +%s) - begin)) s"
		continue
	fi
	failed=$((failed + 1))
	say "$what: FAILED: $why"
	printf '%s\n' "$what: $why" >>"$tmp/failed"
	[ -z "${STOP:-}" ] || break
done <"$tmp/commits"

if [ "$failed" -gt 0 ]; then
	sed 's/^/  | /' "$tmp/failed" >&2
	die "$failed of the commits of ${part:+part $part of }$tree cannot be bisected through"
fi
say "all that were asked for build without a warning and boot, $known of them as found before"
