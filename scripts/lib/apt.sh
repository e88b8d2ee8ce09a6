# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: Debian packages from a private, signed apt directory.
# Neither the system's sources nor what is installed on it is touched.
#
# The mirror is that of the machine's own apt configuration; MIRROR= names
# another. Packages are those for the machine, or for what apt_arch says.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

apt_codename() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# apt_uri RELEASE: where apt's configuration has that release from, if it has.
apt_uri() {
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v r="$1" '$1 == r { print $2; exit }'
}

# The archive the machine's own release comes from: other suites lie beside it.
apt_mirror() {
	if [ -n "${MIRROR:-}" ]; then
		printf '%s\n' "$MIRROR"
		return
	fi
	apt_uri "$(apt_codename)"
}

# apt_suite SUITE [security]: make apt_private use that suite, with its current
# index, or end; with "security" its security suite too, if the machine itself
# has one: that is another archive, of which MIRROR says nothing. The index is that
# of packages, or of what apt_types says: deb-src.
apt_suite() {
	apt_try_suite "$@" ||
		die "cannot get the index of suite $1 from $mirror: no network, or not on this mirror${apt_gone:-}$(room "$build")"
}

# apt_try_suite SUITE [security]: the same, but returns 1 if there is no index. What
# to do on a machine without apt is in apt_else, if there is something to do.
apt_try_suite() {
	command -v apt-get >/dev/null 2>&1 || die "no apt-get here${apt_else:+: $apt_else}"
	[ -e "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	apt_dir=$cache/apt-$1${apt_arch:+-$apt_arch}${apt_types:+-src}
	mirror=$(apt_mirror)
	[ -n "$mirror" ] ||
		die "apt's configuration names no Debian mirror; name one with MIRROR="

	mkdir -p "$apt_dir/sources" "$apt_dir/lists/partial" \
		"$apt_dir/cache/archives/partial" "$apt_dir/etc" ||
		die "cannot write to $apt_dir"
	cat >"$apt_dir/sources/debian.sources" <<-EOF
	Types: ${apt_types:-deb}
	URIs: $mirror
	Suites: $1
	Components: main
	Signed-By: $keyring
	EOF
	security=
	[ "${2:-}" != security ] || [ -n "${MIRROR:-}" ] ||
		security=$(apt_uri "$(apt_codename)-security")
	[ -z "$security" ] || cat >>"$apt_dir/sources/debian.sources" <<-EOF

	Types: ${apt_types:-deb}
	URIs: $security
	Suites: $1-security
	Components: main
	Signed-By: $keyring
	EOF
	: >"$apt_dir/status"

	say "reading the index of $1"
	logged "$build/log/apt-$1" apt_update
}

# apt_update: one at a time, as apt ends if another has its lock. All bases have the
# same directory.
apt_update() {
	(flock 9 && apt_private -o APT::Update::Error-Mode=any update 9>&-) 9>"$apt_dir/update.lock"
}

# apt_private COMMAND ...: apt-get within the directory of apt_suite.
apt_private() {
	apt_within apt-get "$@"
}

# apt_within PROGRAM ...: one of apt's programs, within that directory. How the
# machine prefers its own packages is nothing to go by here; and images made to
# be small keep no parsed index, which costs a second for each package.
apt_within() {
	program=$1
	shift
	"$program" -q -o Dir::Etc::sourcelist=/dev/null \
		-o Dir::Etc::sourceparts="$apt_dir/sources" \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Default-Release= \
		-o Dir::State::lists="$apt_dir/lists" \
		-o Dir::State::status="$apt_dir/status" \
		-o Dir::Cache="$apt_dir/cache" \
		-o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Cache::srcpkgcache=srcpkgcache.bin \
		-o APT::Sandbox::User="$(id -un)" \
		-o APT::Get::List-Cleanup=false \
		${apt_arch:+-o "APT::Architecture=$apt_arch" -o "APT::Architectures=$apt_arch"} "$@"
}

# apt_has PACKAGE: one line, 'URI' file size SHA256:sum, if the suite has it;
# otherwise returns 1.
apt_has() {
	apt_private download --print-uris "$1" 2>/dev/null | tail -n 1 | grep .
}

# apt_base_suite PACKAGE: make apt_private use the first of the base's suites that
# has this package of it, or end.
apt_base_suite() {
	tried=
	apt_gone="; should it be gone for good: $base_instead"
	apt_else=${apt_else:-name a kernel tree with KDIR=}
	for suite in $base_suites; do
		security=
		if [ "$suite" = own ]; then
			suite=$(apt_codename)
			security=security
		fi
		case " $tried " in
		*" $suite "*) continue ;;
		esac
		tried="$tried${tried:+ }$suite"
		# That one is not on the mirror does not matter if the last is.
		if [ "$suite" = "${base_suites##* }" ]; then
			apt_suite "$suite" $security
		else
			apt_try_suite "$suite" $security || continue
		fi
		apt_has "$1" >/dev/null && { apt_gone=; return; }
	done
	die "no package $1 in suite $(echo "$tried" | sed 's/ / or /g') (any more): $base_instead"
}

# apt_deb PACKAGE: have its file verified in the cache; print the file's name.
#
# A file that was verified is not asked for again. What is being fetched has
# another name until its checksum was found to be that of the signed index.
apt_deb() {
	set -- "$1" "$(apt_has "$1")"
	[ -n "$2" ] || die "no package $1 in suite ${apt_dir##*/apt-}"
	file=$(printf '%s\n' "$2" | awk '{ print $2 }')
	sum=$(printf '%s\n' "$2" | sed -n 's/.*SHA256:\([0-9a-f]*\).*/\1/p')
	[ -n "$sum" ] || die "the index has no SHA256 for $file"
	if ! echo "$sum  $cache/deb/$file" | sha256sum -c --status 2>/dev/null; then
		say "fetching $file"
		mkdir -p "$cache/deb" "$apt_dir/partial"
		# apt goes on with a shorter file, and takes one of the right length for
		# one that it has fetched, whatever is in it.
		partial=$apt_dir/partial/$file
		size=$(printf '%s\n' "$2" | awk '{ print $3 }')
		if [ -e "$partial" ] && [ "$(stat -c %s "$partial")" -ge "$size" ] &&
		   ! echo "$sum  $partial" | sha256sum -c --status 2>/dev/null; then
			rm -f "$partial"
		fi
		(cd "$apt_dir/partial" && logged "$build/log/apt-download" \
			apt_private download "$1") ||
			die "fetching $file failed; run the same again to go on with it"
		echo "$sum  $partial" | sha256sum -c --status 2>/dev/null || {
			rm -f "$partial"
			die "$file came with another checksum than the signed index has; run the same again to fetch it anew"
		}
		mv -f "$partial" "$cache/deb/$file"
	fi
	printf '%s\n' "$cache/deb/$file"
}

# apt_need DIR MIB WHAT: a disk that is full shows in many ways, and rarely says so.
apt_need() {
	mkdir -p "$1" || die "cannot write to $1"
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$2" ] || die "$1: $free MiB free, and $2 MiB are needed for $3"
}

# apt_libraries PACKAGE ...: the libraries that packages depend on, and those that
# these depend on. The rest of what they depend on (Python, shell scripts) is left out.
# Ends with an error if it cannot be said: list=$(apt_libraries ...) || exit 1
apt_libraries() {
	known=" $* "
	while [ $# -gt 0 ]; do
		depends=$(apt_within apt-cache depends -i "$@") ||
			die "apt-cache depends -i $*: failed$(room "$apt_dir")"
		# shellcheck disable=SC2046 # a list of packages
		set -- $(printf '%s\n' "$depends" |
			sed -n 's/^ .*Depends: \(lib[^ ]*\|zlib[^ ]*\)$/\1/p' | sort -u)
		for p; do
			shift
			case $known in
			*" $p "*) ;;
			*)
				known="$known$p "
				echo "$p"
				set -- "$@" "$p" ;;
			esac
		done
	done
}

# apt_collect LIST PACKAGE ...: have the files of all of them in the cache, and their
# "SHA256  FILE" lines in LIST. It is written when all are there, so that it stands
# for them.
apt_collect() {
	apt_list=$1
	shift
	rm -f "$apt_list"
	# Of a name of its own: two bases may be at it.
	apt_new=$apt_list.new.$$
	true >"$apt_new" || die "cannot write $apt_new"
	for p; do
		deb=$(apt_deb "$p") || { rm -f "$apt_new"; exit 1; }
		(cd "$cache/deb" && sha256sum "${deb##*/}") >>"$apt_new" ||
			die "cannot read $deb$(room "$cache")"
	done
	mv -f "$apt_new" "$apt_list"
}

# apt_collected LIST: whether apt_collect has written it, and the files are still there
apt_collected() {
	[ -s "$1" ] && (cd "$cache/deb" && sha256sum -c --status "$1") 2>/dev/null
}

# apt_unpacked LIST DIR: whether these packages are what was unpacked there. The copy of
# the list, DIR/stamp, is made when all that is made of them is ready.
apt_unpacked() {
	[ -s "$1" ] && cmp -s "$1" "$2/stamp"
}

# apt_unpack LIST DIR: what the packages have in them; nothing of it is set up.
apt_unpack() {
	while read -r _ deb; do
		logged "$build/log/unpack" dpkg-deb -x "$cache/deb/$deb" "$2" ||
			die "unpacking $deb failed$(room "$2")"
	done <"$1"
}

# apt_version LIST PREFIX: name and version of the package in it whose name begins so
apt_version() {
	sed -n "s/.*  \($2[^_]*\)_\([^_]*\)_.*/\1 \2/p" "$1" | sed 's/%3a/:/; s/%2b/+/g'
}

# apt_loader ROOT: the dynamic linker of the packages that were unpacked there, without
# ROOT. A program of another release runs with it and with the libraries beside it.
apt_loader() {
	for apt_ld in "$1"/lib/x86_64-linux-gnu/ld-[0-9]*.so "$1"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 \
		"$1"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2; do
		[ ! -f "$apt_ld" ] || { echo "${apt_ld#"$1/"}"; return; }
	done
	return 1
}

# apt_wrap OUT NAME PROGRAM [OPTIONS [SETTINGS]]: make OUT/bin/NAME, which starts the file
# PROGRAM of OUT/root with the dynamic linker and the libraries of the packages that were
# unpacked there. SETTINGS are lines of sh ahead of that; $root is OUT/root in both.
apt_wrap() {
	[ -e "$1/root/$3" ] || die "the packages of suite $suite have no $3"
	apt_ld=$(apt_loader "$1/root") || die "the packages of suite $suite have no dynamic linker"
	mkdir -p "$1/bin" && cat >"$1/bin/$2" <<-EOF || die "cannot write $1/bin/$2$(room "$1")"
	#!/bin/sh
	root=\$(CDPATH='' cd -- "\$(dirname -- "\$0")/../root" && pwd)
	${5:-}
	exec "\$root/$apt_ld" \\
		--library-path "\$root/lib/x86_64-linux-gnu:\$root/usr/lib/x86_64-linux-gnu:\$root/usr/lib" \\
		"\$root/$3" ${4:-} "\$@"
	EOF
	chmod +x "$1/bin/$2"
}
