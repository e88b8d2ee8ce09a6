# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh and tap.sh by tests of wrong use: a copy of the repository in
# $repo, with a build directory of its own and a series of one patch, and kernel trees
# that are small enough to be made in no time.

make_tmp
chmod 755 "$tmp"
repo=$tmp/repo
out=$tmp/out
# Commands that are killed leave their scratch files there.
export TMPDIR="$tmp"

# The copy gets no variable of this run of make.
unset BASE BUILD CACHE KDIR MIRROR FORCE PVH_SRC MACHINE MEM SMP ACCEL CPU APPEND
unset http_proxy HTTP_PROXY

# Nothing here has to survive a power cut: git does not have to wait for the disk.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.fsync GIT_CONFIG_VALUE_0=none

# tiny_tree DIR [VERSION PATCHLEVEL]: the least that passes for a kernel tree
tiny_tree() {
	mkdir -p "$1/arch/x86/xen"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 0\n' "${2:-7}" "${3:-3}" >"$1/Makefile"
	echo '*.o' >"$1/.gitignore"
	echo 'obj-y += arch/' >"$1/Kbuild"
	echo 'obj-y += enlighten.o' >"$1/arch/x86/xen/Makefile"
}

# patch NAME [LINE]: have patches/NAME.patch, that adds a file NAME
patch() {
	cat >"$repo/patches/$1.patch" <<-END
	From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
	From: Some One <some.one@localhost>
	Date: Sat, 1 Jan 2000 00:00:00 +0000
	Subject: [PATCH] Add $1

	---
	diff --git a/arch/x86/xen/$1 b/arch/x86/xen/$1
	new file mode 100644
	--- /dev/null
	+++ b/arch/x86/xen/$1
	@@ -0,0 +1 @@
	+${2:-$1}
	END
}

# series NAME ...: have that series
series() {
	printf '%s.patch\n' "$@" >"$repo/series"
}

# new_repo: the copy, anew
new_repo() {
	rm -rf "${tmp:?}/repo"
	mkdir "$repo"
	tar -cf - -C "$top" --exclude=./build --exclude=./.git . | tar -xf - -C "$repo"
	rm -rf "${repo:?}/patches" "$repo/arch-x86-xen" "$repo/selftests/kselftest"
	mkdir "$repo/patches"
	for file in "$repo"/series-*; do
		: >"$file"
	done
	patch one
	series one
}

# sums DIR ...: names, modes, times and content of all files in them
sums() {
	find "$@" -printf '%p %m %u %T@ %l\n' | sort
	find "$@" -type f -exec sha256sum {} + | sort
}

# without DIR COMMAND ...: links in DIR to the system's programs, except those
without() {
	mkdir "$1"
	for from in /usr/bin /bin /usr/sbin /sbin; do
		[ ! -d "$from" ] || ln -s "$from"/* "$1" 2>/dev/null || :
	done
	(cd "$1" && shift && rm -f -- "$@") # the links
}

# stand_in FILE: a command, from the script on standard input. It replaces a link, and
# not the system's program that the link names.
stand_in() {
	{ echo '#!/bin/sh'; cat; } >"$1.new"
	chmod 755 "$1.new"
	mv -fT "$1.new" "$1"
}

# says_only_error PATTERN: $out has one error, as its last line, with that pattern
# in it, and no other line than ours and those of a log
says_only_error() {
	[ "$(grep -c '^pvh: error: ' "$out")" = 1 ] &&
		tail -n 1 "$out" | grep -Eq "^pvh: error: .*$1" &&
		! grep -Evq '^(pvh: |  [|] )' "$out"
}

# refused SUBJECT PATTERN COMMAND ...: "SUBJECT is refused in one line" passes if the
# command fails by itself, and its one error has that pattern in it.
refused() {
	desc="$1 is refused in one line"
	pattern=$2
	shift 2
	status=0
	timeout -k 1 30 "$@" </dev/null >"$out" 2>&1 || status=$?
	if [ "$status" -eq 1 ] && says_only_error "$pattern"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		tap_diag "expected: exit status 1, and one line pvh: error: $pattern"
		tap_diag "found: exit status $status, and:"
		tap_diag <"$out"
	fi
}

# works SUBJECT COMMAND ...: "SUBJECT succeeds" passes if the command does, without an
# error.
works() {
	desc="$1 succeeds"
	shift
	status=0
	timeout -k 1 30 "$@" </dev/null >"$out" 2>&1 || status=$?
	if [ "$status" -eq 0 ] && ! grep -q 'error' "$out"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		tap_diag "expected: exit status 0, and no error"
		tap_diag "found: exit status $status, and:"
		tap_diag <"$out"
	fi
}

# keep DIR ...: for same
keep() {
	sums "$@" >"$tmp/before"
}

# same SUBJECT DIR ...: "SUBJECT: unchanged" passes if the directories are the same as
# at keep.
same() {
	desc="$1: unchanged"
	shift
	sums "$@" >"$tmp/after"
	if cmp -s "$tmp/before" "$tmp/after"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		diff "$tmp/before" "$tmp/after" | head -n 20 | tap_diag
	fi
}
