#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What cannot work is answered by one line that says why, and changes nothing
# that is the user's: variables, kernel trees, missing programs, full disks.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/scratch.sh"

new_repo

# Variables: refused before QEMU is started
without "$tmp/bin" qemu-system-x86_64
printf 'touch "%s"\n' "$tmp/started" | stand_in "$tmp/bin/qemu-system-x86_64"
variable() {
	refused "$1" "$2" env PATH="$tmp/bin" "$1" "$repo/scripts/boot.sh"
}
mkdir "$repo/build"
touch "$repo/build/vmlinux" "$repo/build/initramfs.cpio.gz"
variable MACHINE=q53 'MACHINE=q53: not one of q35, pc, microvm'
variable MEM=lots 'MEM=lots: not a size'
variable MEM=0 'MEM=0: not a size'
variable MEM=-1G 'MEM=-1G: not a size'
variable MEM=512K 'MEM=512K: not a size'
variable SMP=0 'SMP=0: not a number'
variable SMP=two 'SMP=two: not a number'
variable TIMEOUT=soon 'TIMEOUT=soon: not a number of seconds'
variable ACCEL=hvf 'ACCEL=hvf: not one of auto, tcg, kvm'
expect "variables: QEMU is not started" test ! -e "$tmp/started"

without "$tmp/no-qemu" qemu-system-x86_64
refused "boot without QEMU" 'no qemu-system-x86_64: install qemu-system-x86' \
	env PATH="$tmp/no-qemu" "$repo/scripts/boot.sh"

# What comes before was not made
rm -r "${repo:?}/build"
refused "boot without a kernel" 'run make image first' \
	env PATH="$tmp/bin" "$repo/scripts/boot.sh"
refused "image without a tree" 'run make tree first' "$repo/scripts/build.sh"
refused "initramfs without a tree" 'run make tree first' "$repo/scripts/initramfs.sh"
refused "refresh without a tree" 'run make tree first' "$repo/scripts/refresh.sh"
expect "boot, image, initramfs and refresh without a tree make none" test ! -e "$repo/build/linux"

# KDIR: what does not do. The tree that was made before stays.
kdir() {
	refused "KDIR: $1" "$2" env KDIR="$3" "$repo/scripts/tree.sh"
}
tiny_tree "$tmp/good"
works "KDIR: make tree with one that takes the series" env KDIR="$tmp/good" "$repo/scripts/tree.sh"
expect "KDIR: the tree has the series" \
	is 'Add one' "$(git -C "$repo/build/linux" log -1 --format=%s)"

mkdir "$tmp/empty" "$tmp/other"
echo 'not a kernel' >"$tmp/text"
echo hello >"$tmp/other/hello"
tar -cf "$tmp/other.tar" -C "$tmp" other
tar -cJf "$tmp/good.tar.xz" -C "$tmp" good
head -c 200 "$tmp/good.tar.xz" >"$tmp/half.tar.xz"
: >"$tmp/nothing.tar"
tiny_tree "$tmp/built"
touch "$tmp/built/.config" "$tmp/built/vmlinux"
# Takes no series: what the patch is to add is there
tiny_tree "$tmp/taken"
echo two >"$tmp/taken/arch/x86/xen/one"

keep "$repo/build/linux" "$tmp/good" "$tmp/taken" "$tmp/built" "$tmp/other" "$tmp/text"
kdir "no such directory" "KDIR=$tmp/none: no such file or directory" "$tmp/none"
kdir "an empty directory" "KDIR=$tmp/empty: no Linux source tree" "$tmp/empty"
kdir "a text file" "cannot unpack $tmp/text: .*tar archive" "$tmp/text"
kdir "a tarball without a kernel" "$tmp/other.tar: no Linux source in it" "$tmp/other.tar"
kdir "an empty file" "cannot unpack $tmp/nothing.tar: " "$tmp/nothing.tar"
kdir "half a tarball" "cannot unpack $tmp/half.tar.xz: " "$tmp/half.tar.xz"
kdir "one that does not take the series" \
	"does not apply to KDIR=$tmp/taken, Linux 7.3.0 .*see $repo/build/log/am" "$tmp/taken"
kdir "one that was built in" 'run make mrproper there' "$tmp/built"
kdir "one inside build/" "KDIR=$repo/build/linux is inside $repo/build" "$repo/build/linux"
refused "KDIR: one around BUILD=" "$tmp/good/b is inside it: name another place" \
	env KDIR="$tmp/good" BUILD="$tmp/good/b" "$repo/scripts/tree.sh"
same "KDIR: these directories and the tree that was made before" \
	"$repo/build/linux" "$tmp/good" "$tmp/taken" "$tmp/built" "$tmp/other" "$tmp/text"
expect "KDIR: no incomplete tree is left" test ! -e "$repo/build/linux.new"
works "KDIR: make tree with the one of before" env KDIR="$tmp/good" "$repo/scripts/tree.sh"

# The same where there was none before
rm -rf "${repo:?}/build"
kdir "one that does not take the series, without a tree" 'does not apply' "$tmp/taken"
works "KDIR: make tree after that" env KDIR="$tmp/good" "$repo/scripts/tree.sh"
works "KDIR: make tree with a tarball after that" env KDIR="$tmp/good.tar.xz" "$repo/scripts/tree.sh"

# KDIR with work in it: used as it is
echo gone >"$tmp/good/gone.c"
git -C "$tmp/good" init -q
git -C "$tmp/good" add .
git -C "$tmp/good" -c user.name=me -c user.email=me@localhost commit -q -m base
echo '# changed' >>"$tmp/good/Kbuild"
echo new >"$tmp/good/new.c"
echo built >"$tmp/good/built.o"
echo staged >"$tmp/good/staged.c"
git -C "$tmp/good" add staged.c
rm "$tmp/good/gone.c"
keep "$tmp/good"
works "KDIR: make tree with uncommitted changes in it" env KDIR="$tmp/good" "$repo/scripts/tree.sh"
same "KDIR: uncommitted changes: the directory" "$tmp/good"
# shellcheck disable=SC2016 # for the inner shell
expect "KDIR: uncommitted changes are in the tree" sh -c '
	cd "$1" && grep -q changed Kbuild && [ -e new.c ] && [ -e staged.c ] &&
	[ ! -e gone.c ] && [ ! -e built.o ]' - "$repo/build/linux"

# The variables that git sets for its hooks name another repository.
keep "$tmp/good"
rm -rf "${repo:?}/build"
works "KDIR: make tree from a git hook" env GIT_DIR="$tmp/good/.git" GIT_WORK_TREE="$tmp/good" \
	GIT_INDEX_FILE="$tmp/good/.git/index" KDIR="$tmp/good" "$repo/scripts/tree.sh"
same "KDIR: from a git hook: the hook's repository" "$tmp/good"

for kind in files git; do
	tiny_tree "$tmp/foreign.$kind"
	[ "$kind" = files ] || git -C "$tmp/foreign.git" init -q
	chmod -R a-w "$tmp/foreign.$kind"
	[ "$(id -u)" -ne 0 ] || chown -R 65534 "$tmp/foreign.$kind"
	keep "$tmp/foreign.$kind"
	works "KDIR: make tree with a read-only one, for root another user's ($kind)," \
		env KDIR="$tmp/foreign.$kind" "$repo/scripts/tree.sh"
	same "KDIR: read only: the directory ($kind)" "$tmp/foreign.$kind"
	chmod -R u+w "$tmp/foreign.$kind"
done

desc="KDIR: a file that cannot be read"
if [ "$(id -u)" -eq 0 ]; then
	tap_skip "$desc" "root can read all"
else
	tiny_tree "$tmp/secret"
	chmod 0 "$tmp/secret/.gitignore"
	refused "$desc" 'copying .*secret failed: .*\.gitignore' \
		env KDIR="$tmp/secret" "$repo/scripts/tree.sh"
fi

# BUILD: where nothing can be made, and where others have their files
echo file >"$tmp/file"
refused "BUILD: one that cannot be made" "cannot write to $tmp/file/b" \
	env BUILD="$tmp/file/b" KDIR="$tmp/good" "$repo/scripts/tree.sh"
refused "BUILD: a name with a space" 'spaces or colons' \
	env BUILD="$tmp/a b" KDIR="$tmp/good" "$repo/scripts/tree.sh"
mkdir -p "$tmp/home/linux"
echo mine >"$tmp/home/linux/mine"
echo mine >"$tmp/home/vmlinux"
keep "$tmp/home"
for script in tree clean; do
	refused "BUILD: $script in the user's own directory" \
		"BUILD=$tmp/home holds files that were not made here" \
		env BUILD="$tmp/home" KDIR="$tmp/good" "$repo/scripts/$script.sh"
done
same "BUILD: the user's own directory" "$tmp/home"
works "BUILD: make tree in an empty directory" env BUILD="$tmp/empty" KDIR="$tmp/good" "$repo/scripts/tree.sh"
works "BUILD: make clean in that directory" env BUILD="$tmp/empty" "$repo/scripts/clean.sh"
expect "BUILD: make clean removes the tree" test ! -e "$tmp/empty/linux"

# make lava: what its job definitions cannot have
lava() {
	refused "lava: $1" "$1: not $2" env "$1" "$repo/selftests/lava/make.sh" --check
}
lava LAVA_URL=ftp://host/dir "the URL of a directory"
lava 'LAVA_URL=http://host/a b' "the URL of a directory"
lava 'LAVA_DEVICE=my machine' "the name of a device type"
lava LAVA_GRUB_NET=Boot "a command of GRUB"

# A package missing. apt-get is a stand-in: nothing gets installed by this test.
without "$tmp/few" flex apt-get
printf 'echo "$@" >>"%s"\necho "E: Unable to locate package"\nexit 100\n' "$tmp/apt-get" |
	stand_in "$tmp/few/apt-get"
user=
desc="a missing package for another user than root"
[ "$(id -u)" -ne 0 ] || user="setpriv --reuid=65534 --regid=65534 --clear-groups"
if [ -z "$user" ] || $user test -r "$repo/scripts/deps.sh" 2>/dev/null; then
	# shellcheck disable=SC2086 # a command
	refused "$desc" 'missing packages; as root: apt-get install (.* )?flex( |$)' \
		$user env PATH="$tmp/few" "$repo/scripts/deps.sh" build
	expect "$desc: apt-get is not called" test ! -e "$tmp/apt-get"
else
	tap_skip "$desc" "setpriv does not make this another user"
fi
desc="a missing package without a network"
if [ "$(id -u)" -eq 0 ]; then
	refused "$desc" 'apt-get update failed: no network, or no mirror' \
		env PATH="$tmp/few" "$repo/scripts/deps.sh" build
	expect "$desc: apt-get is asked for it" \
		grep -Eq '^install .* flex( |$)' "$tmp/apt-get"
else
	tap_skip "$desc" "needs root"
fi
rm "$tmp/few/apt-get"
refused "a missing package on another system than Debian" "names of Debian's packages: (.* )?flex( |\$)" \
	env PATH="$tmp/few" "$repo/scripts/deps.sh" build
refused "an unknown group of packages" "unknown group of packages 'bulid'" \
	env PATH="$tmp/few" "$repo/scripts/deps.sh" bulid

# A full disk, in a mount namespace that ends with the command: 32 MiB, and all
# but 4 of them taken
stand_in "$tmp/on-full-disk" <<'END'
mount -t tmpfs -o size=32m none "${DISK:?}" && head -c 29360128 /dev/zero >"$DISK/taken" &&
	exec "$@"
END
export DISK="$tmp/disk"
mkdir "$DISK"
ns=
for try in "unshare -m" "unshare -rm"; do
	if $try "$tmp/on-full-disk" true 2>/dev/null; then
		ns=$try
		break
	fi
done
tiny_tree "$tmp/big"
head -c 6291456 /dev/urandom >"$tmp/big/big"
tar -cf "$tmp/big.tar" -C "$tmp" big
tiny_tree "$tmp/middle"
head -c 3145728 /dev/urandom >"$tmp/middle/middle"
full() {
	if [ -n "$ns" ]; then
		# shellcheck disable=SC2086 # a command
		refused "full disk: $1" "$2.*\(no room left in $DISK/b: [0-9] MiB free\)" \
			env BUILD="$DISK/b" KDIR="$3" $ns "$tmp/on-full-disk" "$repo/scripts/tree.sh"
	else
		tap_skip "full disk: $1" "this user cannot mount a small disk"
	fi
}
full "copying KDIR" "copying $tmp/big failed" "$tmp/big"
full "unpacking a tarball" "cannot unpack $tmp/big.tar" "$tmp/big.tar"
full "the base commit" "cannot make the base commit" "$tmp/middle"
desc="full disk: make tree, which leaves no incomplete tree, and once there is room"
if [ -n "$ns" ]; then
	# shellcheck disable=SC2016,SC2086 # for the inner shell; a command
	works "$desc" env BUILD="$DISK/b" KDIR="$tmp/big" $ns "$tmp/on-full-disk" sh -c '
		! "$1" >/dev/null 2>&1 && [ ! -e "$BUILD/linux" ] && [ ! -e "$BUILD/linux.new" ] &&
		rm "${DISK:?}/taken" && "$1"' - "$repo/scripts/tree.sh"
else
	tap_skip "$desc" "this user cannot mount a small disk"
fi
tap_done
