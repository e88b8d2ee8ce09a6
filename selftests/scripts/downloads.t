#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Downloads that do not come, come in half, or come as something else are
# refused in one line or fetched again, and are never taken for what was wanted.
# Without a network: of mirrors there are a closed port and directories here.

# shellcheck disable=SC2016,SC2317 # for inner shells; called by name
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/lib/scratch.sh"

for need in apt-get dpkg-deb xz /usr/share/keyrings/debian-archive-keyring.gpg; do
	if ! command -v $need >/dev/null 2>&1 && [ ! -e "$need" ]; then
		tap_skip "downloads" "no $need"
		tap_done
	fi
done
new_repo
tree=$repo/build/linux
cached=$repo/build/cache/linux-source-7.3.tar.xz

# The real apt-get, with mirrors that do not have it
suite='cannot get the index of suite trixie-backports from'
mirror() {
	refused "mirror: one that $1" "$suite $2: no network, or not on this mirror; should it be gone.*BASE=6\.12" \
		env MIRROR="$2" "$repo/scripts/tree.sh"
}
mkdir -p "$tmp/empty" "$tmp/unsigned/dists/trixie-backports/main/binary-amd64"
: >"$tmp/unsigned/dists/trixie-backports/main/binary-amd64/Packages"
printf 'Suite: trixie-backports\nCodename: trixie-backports\nArchitectures: amd64\nComponents: main\n' \
	>"$tmp/unsigned/dists/trixie-backports/Release"
mirror "cannot be reached" http://127.0.0.1:9/debian
mirror "does not have the suite" "file:$tmp/empty"
mirror "is not signed" "file:$tmp/unsigned"
mirror "has no URI" nonsense
expect "mirror: no incomplete files are left" \
	test ! -e "$tree" -a ! -e "$tree.new" -a ! -e "$cached"

# The same package from an archive of our own, that fetch.sh is led to by an
# apt-get that knows another source: what apt and dpkg do is the real thing, but
# for the signature.
mkdir -p "$tmp/pkg/DEBIAN" "$tmp/pkg/usr/src" "$tmp/mirror" "$tmp/bin"
tiny_tree "$tmp/linux-source-7.3"
tar -cJf "$tmp/pkg/usr/src/linux-source-7.3.tar.xz" -C "$tmp" linux-source-7.3
cat >"$tmp/pkg/DEBIAN/control" <<'END'
Package: linux-source-7.3
Version: 7.3.0-1
Architecture: all
Maintainer: No One <no.one@localhost>
Description: a kernel of a few bytes
END
deb=linux-source-7.3_7.3.0-1_all.deb
dpkg-deb --root-owner-group -b "$tmp/pkg" "$tmp/$deb" >/dev/null
{
	cat "$tmp/pkg/DEBIAN/control"
	echo "Filename: ./$deb"
	echo "Size: $(stat -c %s "$tmp/$deb")"
	echo "SHA256: $(sha256sum <"$tmp/$deb" | cut -d' ' -f1)"
} >"$tmp/mirror/Packages"
printf 'deb [trusted=yes] copy:%s ./\n' "$tmp/mirror" >"$tmp/own.list"
real=$(command -v apt-get)
stand_in "$tmp/bin/apt-get" <<END
exec "$real" "\$@" -o Dir::Etc::sourcelist="$tmp/own.list" -o Dir::Etc::sourceparts=/dev/null
END

# mirror_has COMMAND ...: what it prints of the package is what the mirror has.
mirror_has() {
	"$@" <"$tmp/$deb" >"$tmp/mirror/$deb"
}
half() {
	head -c "$(($(stat -c %s "$tmp/$deb") / 2))"
}
# As long as it should be
flipped() {
	half
	tail -c "+$(($(stat -c %s "$tmp/$deb") / 2 + 1))" "$tmp/$deb" | tr '\000-\377' '\001-\377\000'
}
none_taken() {
	expect "$1: no file is taken for the package" \
		test ! -e "$cached" -a ! -e "$repo/build/cache/deb/$deb" -a ! -e "$tree"
}
refetch() {
	works "$1: make tree after that" env PATH="$tmp/bin:$PATH" \
		MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh"
	expect "$1: the package is fetched then" sh -c 'cmp -s "$1" "$2" && [ -d "$3/.git" ]' - \
		"$cached" "$tmp/pkg/usr/src/linux-source-7.3.tar.xz" "$tree"
}
refuse() {
	refused "$1" "$2" env PATH="$tmp/bin:$PATH" MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh"
	none_taken "$1"
}
afresh() {
	rm -rf "${repo:?}/build"
}

for how in half flipped; do
	afresh
	mirror_has $how
	refuse "package: a $how file on the mirror" "fetching $deb failed; run the same again"
	mirror_has cat
	refetch "package: a $how file on the mirror"
done

afresh
rm "$tmp/mirror/$deb"
refuse "package: a mirror without the file" "fetching $deb failed; run the same again"
mirror_has cat
refetch "package: a mirror without the file"

for how in half flipped; do
	for where in apt-trixie-backports/partial deb; do
		afresh
		mkdir -p "$repo/build/cache/$where"
		touch "$repo/build/.pvh"
		$how <"$tmp/$deb" >"$repo/build/cache/$where/$deb"
		refetch "package: a $how file in cache/$where"
	done
done

# Should apt ever let it through
afresh
stand_in "$tmp/bin/apt-get.bad" <<END
case " \$* " in
*" download --print-uris "*) ;;
*" download "*) echo other >$deb; exit 0 ;;
esac
exec "$tmp/bin/apt-get" "\$@"
END
mkdir "$tmp/bad"
ln -s "$tmp/bin/apt-get.bad" "$tmp/bad/apt-get"
refused "package: another file from apt" "$deb came with another checksum than the signed index has" \
	env PATH="$tmp/bad:$PATH" MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh"
none_taken "package: another file from apt"
refetch "package: another file from apt"

afresh
sed 's/linux-source-7\.3$/linux-source-7.2/' "$tmp/mirror/Packages" >"$tmp/Packages"
mv "$tmp/mirror/Packages" "$tmp/Packages.right"
mv "$tmp/Packages" "$tmp/mirror/Packages"
refuse "package: a suite without it" \
	'no package linux-source-7.3 in suite trixie-backports.*: name .* Linux 7\.3 with KDIR=, or .*BASE=6\.12$'
mv "$tmp/Packages.right" "$tmp/mirror/Packages"
refetch "package: a suite without it"

# The other base's, in one of two suites: the machine's own release and Debian
# 13, which may be the same.
afresh
refused "other base: a mirror on which no suite has the package" \
	'no package linux-source-6\.12 in suite [a-z]+( or trixie)? .*: name .* Linux 6\.12 with KDIR=, or .*BASE=7\.3\|tip$' \
	env BASE=6.12 PATH="$tmp/bin:$PATH" MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh"
expect "other base: no file is taken for the package" \
	test ! -e "$repo/build/6.12/linux" -a -z "$(ls "$repo/build/cache/deb" 2>/dev/null)"
: >"$repo/series-6.12"
mkdir -p "$tmp/pkg6/DEBIAN" "$tmp/pkg6/usr/src" "$tmp/mirror6" "$tmp/second"
tiny_tree "$tmp/linux-source-6.12" 6 12
tar -cJf "$tmp/pkg6/usr/src/linux-source-6.12.tar.xz" -C "$tmp" linux-source-6.12
sed 's/7\.3/6.12/' "$tmp/pkg/DEBIAN/control" >"$tmp/pkg6/DEBIAN/control"
dpkg-deb --root-owner-group -b "$tmp/pkg6" "$tmp/mirror6/lts.deb" >/dev/null
{
	cat "$tmp/pkg6/DEBIAN/control"
	echo "Filename: ./lts.deb"
	echo "Size: $(stat -c %s "$tmp/mirror6/lts.deb")"
	echo "SHA256: $(sha256sum <"$tmp/mirror6/lts.deb" | cut -d' ' -f1)"
} >"$tmp/mirror6/Packages"
printf 'deb [trusted=yes] copy:%s ./\n' "$tmp/mirror6" >"$tmp/own6.list"
stand_in "$tmp/second/apt-get" <<END
case "\$*" in
*/apt-trixie/*) exec "$real" "\$@" -o Dir::Etc::sourcelist="$tmp/own6.list" -o Dir::Etc::sourceparts=/dev/null ;;
indextargets*) exec "$real" "\$@" ;;
*" update"*) exit 100 ;;
esac
exec "$tmp/bin/apt-get" "\$@"
END
status=0
env BASE=6.12 PATH="$tmp/second:$PATH" MIRROR="copy:$tmp/mirror6" "$repo/scripts/tree.sh" \
	>"$out" 2>&1 || status=$?
expect "other base: make tree succeeds if the second suite has the package" test "$status" -eq 0
[ "$status" -eq 0 ] || tap_diag <"$out"
expect "other base: the package is that of the second suite" sh -c 'cmp -s "$1" "$2" && [ -d "$3/.git" ]' - \
	"$repo/build/cache/linux-source-6.12.tar.xz" "$tmp/pkg6/usr/src/linux-source-6.12.tar.xz" \
	"$repo/build/6.12/linux"

# Ended in the middle: the download, and the unpacking
for when in download dpkg-deb; do
	afresh
	mkdir "$tmp/kill.$when"
	stand_in "$tmp/kill.$when/apt-get" <<END
case "$when \$* " in
"download "*" download --print-uris "*) ;;
"download "*" download "*) head -c 300 "$tmp/$deb" >$deb; kill -KILL \$PPID; exit 1 ;;
esac
exec "$tmp/bin/apt-get" "\$@"
END
	stand_in "$tmp/kill.$when/dpkg-deb" <<END
mkdir -p "$repo/build/cache/unpack/usr/src"
echo half >"$repo/build/cache/unpack/usr/src/linux-source-7.3.tar.xz"
kill -KILL \$PPID
exit 1
END
	status=0
	env PATH="$tmp/kill.$when:$PATH" MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh" \
		>"$out" 2>&1 || status=$?
	expect "killed in $when: make tree fails" test "$status" -ne 0
	expect "killed in $when: there is no tree" test ! -e "$tree"
	refetch "killed in $when"
done

# The tarball that the package held
for how in half nothing; do
	afresh
	mkdir -p "${cached%/*}"
	touch "$repo/build/.pvh"
	case $how in
	half) head -c 300 "$tmp/pkg/usr/src/linux-source-7.3.tar.xz" >"$cached" ;;
	nothing) : >"$cached" ;;
	esac
	echo 7.3.0-1 >"$cached.version"
	refused "tarball: $how of it in the cache" "$cached is damaged: run the same again" \
		env PATH="$tmp/bin:$PATH" MIRROR="copy:$tmp/mirror" "$repo/scripts/tree.sh"
	expect "tarball: $how of it: no incomplete tree is left" test ! -e "$tree" -a ! -e "$tree.new"
	refetch "tarball: $how of it"
done

# With that in the cache there is no need of a mirror.
rm -rf "${tree:?}"
works "tarball: make tree without a network and with the tarball in the cache" \
	env MIRROR=http://127.0.0.1:9/debian "$repo/scripts/tree.sh"
tap_done
