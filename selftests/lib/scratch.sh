# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh and tap.sh by the tests of what is done wrong: a copy of
# the repository in $repo to do it to, with a build directory of its own and a
# series of one patch, and kernel trees small enough to be made in no time.

make_tmp
chmod 755 "$tmp"
repo=$tmp/repo
out=$tmp/out
# What is killed in here leaves its scratch files in that.
export TMPDIR="$tmp"

# The copy is not to work where this one does, nor by what make exports.
unset BASE BUILD CACHE KDIR MIRROR FORCE PVH_SRC MACHINE MEM SMP ACCEL CPU APPEND
unset http_proxy HTTP_PROXY

# Nothing here is to outlive a power cut.
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

# sums DIR ...: what tells whether anything in them changed: names, modes, times
# and content
sums() {
	find "$@" -printf '%p %m %u %T@ %l\n' | sort
	find "$@" -type f -exec sha256sum {} + | sort
}

# without DIR COMMAND ...: links in DIR to what the system has, but for those
without() {
	mkdir "$1"
	for from in /usr/bin /bin /usr/sbin /sbin; do
		[ ! -d "$from" ] || ln -s "$from"/* "$1" 2>/dev/null || :
	done
	(cd "$1" && shift && rm -f -- "$@") # the links
}

# stand_in FILE: a command, of the script on standard input. If there is a link
# it is replaced, and what it leads to, which is the system's, is not touched.
stand_in() {
	{ echo '#!/bin/sh'; cat; } >"$1.new"
	chmod 755 "$1.new"
	mv -fT "$1.new" "$1"
}

# says_only_error PATTERN: $out has one error, as its last line, with that pattern
# in it, and no line that is neither ours nor out of a log
says_only_error() {
	[ "$(grep -c '^pvh: error: ' "$out")" = 1 ] &&
		tail -n 1 "$out" | grep -Eq "^pvh: error: .*$1" &&
		! grep -Evq '^(pvh: |  [|] )' "$out"
}

# refused DESC PATTERN COMMAND ...: passes if the command fails, says why in one
# line that fits PATTERN, and does it by itself.
refused() {
	desc=$1
	pattern=$2
	shift 2
	status=0
	timeout -k 1 30 "$@" </dev/null >"$out" 2>&1 || status=$?
	if [ "$status" -eq 1 ] && says_only_error "$pattern"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		tap_diag "exit status $status, expected was: $pattern"
		tap_diag <"$out"
	fi
}

# works DESC COMMAND ...: passes if the command does, with no error.
works() {
	desc=$1
	shift
	status=0
	timeout -k 1 30 "$@" </dev/null >"$out" 2>&1 || status=$?
	if [ "$status" -eq 0 ] && ! grep -q 'error' "$out"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		tap_diag "exit status $status"
		tap_diag <"$out"
	fi
}

# keep DIR ...: for same
keep() {
	sums "$@" >"$tmp/before"
}

# same DESC DIR ...: passes if the directories are what they were at keep.
same() {
	desc=$1
	shift
	sums "$@" >"$tmp/after"
	if cmp -s "$tmp/before" "$tmp/after"; then
		tap_ok 0 "$desc"
	else
		tap_ok 1 "$desc"
		diff "$tmp/before" "$tmp/after" | head -n 20 | tap_diag
	fi
}
