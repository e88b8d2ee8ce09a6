#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# make check-series finds the patches that do not build or boot. The series is one of a
# small tree, whose "kernel" is the one that was built here, or a part of it; it compiles
# one file of C for it.

# shellcheck disable=SC2016 # for make
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
kernel=$build
. "$top/selftests/lib/scratch.sh"

needs "$kernel/vmlinux" "$kernel/bzImage" "$kernel/initramfs.cpio.gz"
export KDIR="$tmp/kdir" GIT_CONFIG_GLOBAL=/dev/null
tiny_tree "$KDIR"

# What build.sh needs in a kernel tree
mkdir -p "$KDIR/scripts/kconfig" "$KDIR/init"
cat >"$KDIR/Makefile" <<EOF
VERSION = 7
PATCHLEVEL = 3
SUBLEVEL = 0
O := .
tinyconfig:
	@touch \$(O)/.config
olddefconfig:
	@cat Kconfig.has >>\$(O)/.config
vmlinux: \$(O)/version.o
	@echo '  LD      vmlinux'
	@if [ -e broken-boot ]; then head -c 4096 $kernel/vmlinux >\$(O)/vmlinux; \\
	else cp $kernel/vmlinux \$(O)/vmlinux; fi
\$(O)/version.o: init/version.c
	@echo '  CC      init/version.o'
	@\$(CC) -Wall -c -o \$@ init/version.c
bzImage: vmlinux
	@mkdir -p \$(O)/arch/x86/boot
	@cp $kernel/\$\$(cat bzImage.is 2>/dev/null || echo bzImage) \$(O)/arch/x86/boot/bzImage
EOF
cat >"$KDIR/scripts/kconfig/merge_config.sh" <<'EOF'
#!/bin/sh
true
EOF
chmod 755 "$KDIR/scripts/kconfig/merge_config.sh"
# All options of the fragment, except the one that the series adds
grep -E '^CONFIG_[A-Z0-9_]*=[^n]' "$top/Kconfig.fragment" | grep -v PVH_KUNIT >"$KDIR/Kconfig.has"
echo 'int version;' >"$KDIR/init/version.c"

new_repo
rm "$repo/patches/one.patch"
: >"$repo/series"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
cp "$kernel/initramfs.cpio.gz" "$repo/build/"
[ ! -e "$kernel/accel" ] || cp "$kernel/accel" "$repo/build/"
tree=$repo/build/linux

# step SUBJECT FILE [LINE]: a commit that writes LINE to the file, or removes it
step() {
	if [ $# -gt 2 ]; then
		printf '%s\n' "$3" >"$tree/$2"
	else
		rm "$tree/$2"
	fi
	git -C "$tree" add -A . && git -C "$tree" -c user.name=me -c user.email=me@localhost commit -q -m "$1"
}
check() {
	status=0
	timeout 900 nice "$repo/scripts/check-series.sh" </dev/null >"$out" 2>&1 || status=$?
}
# lines PATTERN ...: the output has lines with all of them. For expect.
lines() {
	for want; do
		got=$(cat "$out")
		grep -Eq "$want" "$out" || return
	done
}
# ends DESC STATUS PATTERN ...: the last check ended with that status and these lines
ends() {
	name=$1
	expect "exit status $2" is "$2" "$status"
	shift 2
	expect "the output has what was found" lines "$@"
	name=
}

check
ends "tree without commits" 1 "$tree has no commits on top of its base"
step "Add one" one 1
step "Do not compile" init/version.c 'int version'
step "Compile again" init/version.c 'int version;'
step "Warn" init/version.c 'static int version;'
step "Do not warn" init/version.c 'int version;'
step "Do not boot" broken-boot 1
step "Boot" broken-boot
step "Break the bzImage" bzImage.is initramfs.cpio.gz
step "Mend the bzImage" bzImage.is
step "Have an option that does not stick" Kconfig 'config PVH_KUNIT_TEST'

STOP=1
export STOP
check
ends "STOP=1" 1 '1 of 10, [0-9a-f]{12} Add one: passed' \
	'2 of 10, [0-9a-f]{12} Do not compile: FAILED: does not build: ' '^pvh: error: 1 of the commits'
expect "STOP=1: the third patch is not built" not grep "3 of 10" "$out"
unset STOP
check
ends "series with five broken patches" 1 \
	'1 of 10, .*: passed before' \
	'2 of 10, [0-9a-f]{12} Do not compile: FAILED: does not build' \
	'3 of 10, .*: passed before' \
	'4 of 10, [0-9a-f]{12} Warn: FAILED: builds with 1 warnings' \
	'6 of 10, [0-9a-f]{12} Do not boot: FAILED: check-series.vmlinux does not boot, console in' \
	'7 of 10, .*: passed' \
	'8 of 10, [0-9a-f]{12} Break the bzImage: FAILED: bzImage does not boot' \
	'9 of 10, .*: passed' \
	"10 of 10, .*: FAILED: does not build: this tree's Kconfig does not take: CONFIG_PVH_KUNIT_TEST=y" \
	'^pvh: error: 5 of the commits'
expect "the compiler's message is shown" grep '^  | .*version.c.*error' "$out"
expect "a patch that gives the files of one that passed is not built again" \
	grep '5 of 10, .*: passed before' "$out"
expect "build/linux is not changed" test -z "$(git -C "$tree" status --porcelain)"

PATCHES="1 3"
export PATCHES
check
ends "PATCHES=\"1 3\"" 0 '1 of 10, .*passed before' '3 of 10, .*passed before' 'all that were asked for'
expect "PATCHES=\"1 3\": the others are left out" not grep -E " (2|4|10) of 10" "$out"
PATCHES="1 11"
check
ends "PATCHES= with a number that is too high" 1 'PATCHES=1 11: not numbers from 1 to 10'
PATCHES=1 REDO=1
export REDO
check
ends "REDO=1" 0 '1 of 10, .*: passed, [0-9]+ s'
REDO=yes
check
ends "REDO=yes" 1 'REDO=yes: not 1'
unset REDO
rm -rf "$repo/build/check-series"
# A patch passes with one configuration.
echo '# CONFIG_NEW is not set' >>"$repo/Kconfig.fragment"
check
ends "another configuration" 0 '1 of 10, .*: passed, [0-9]+ s'
tap_done
