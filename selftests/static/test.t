#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What tools say of the source without running it. Of what the series brings they
# have to say nothing, and of what it changes nothing that they do not say of the
# base: gcc with W=1, sparse, objtool, coccinelle, kernel-doc, sphinx.
#
# The scripts of the kernel's documentation are written in Python.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/scripts/lib/kmake.sh"
. "$top/selftests/lib/tap.sh"

make_tmp

# What the series changes is built of, in both trees; what is only in one is left out.
targets="arch/x86/xen/ arch/x86/kernel/head64.o arch/x86/kernel/setup.o arch/x86/kernel/e820.o"
own="arch/x86/xen/pvh/"

# objects TREE: an object directory of the main configuration, ready to build in
objects() {
	mkdir -p "$1/o.static"
	cmp -s "$1/o.main/.config" "$1/o.static/.config" ||
		cp "$1/o.main/.config" "$1/o.static/.config"
	logged "$build/log/static" kmake "$1" "$1/o.static" -s olddefconfig &&
		logged "$build/log/static" kmake "$1" "$1/o.static" -s -j"$(nproc)" prepare
}

# said LOG: the complaints in it, whatever the line they are about
said() {
	grep -E '(warning|error|Warning|Error): ' "$1" |
		sed 's/:[0-9]\{1,\}:[0-9]\{1,\}:/:/; s/^\.\.\///; s/[+-]0x[0-9a-f]*/+/g' | sort
}

# compare NAME STEP VARIABLE=VALUE ...: build with those in both trees; STEP is what make
# says of a file that is looked at
compare() {
	name=$1
	step=$2
	shift 2
	for t in "$base_tree" "$tree"; do
		dirs=$targets
		[ ! -d "$t/$own" ] || dirs="$dirs $own"
		# Built once more, whatever is there
		(cd "$t/o.static" && find arch/x86/xen arch/x86/kernel -name '*.o' -exec rm -f {} + 2>/dev/null) || :
		# shellcheck disable=SC2086 # a list of targets
		kmake "$t" "$t/o.static" -k -j"$(nproc)" "$@" $dirs >"$build/log/static.$name.${t##*/}" 2>&1 ||
			tap_diag "$name: make ended with an error in ${t##*/}"
		said "$build/log/static.$name.${t##*/}" >"$tmp/$name.${t##*/}"
	done
	comm -13 "$tmp/$name.${base_tree##*/}" "$tmp/$name.${tree##*/}" >"$tmp/$name.new"
	status=0
	[ ! -s "$tmp/$name.new" ] || status=1
	tap_ok $status "$name: nothing new"
	head -n 20 "$tmp/$name.new" | tap_diag
	tap_run "$name: looked at the entry" grep -q "^ *$step .*$own" "$build/log/static.$name.${tree##*/}"
	tap_diag "$name: $(wc -l <"$tmp/$name.${base_tree##*/}") in the base, $(wc -l <"$tmp/$name.${tree##*/}") with the series"
}

[ -e "$base_tree/.git" ] && [ -e "$base_obj/.config" ] ||
	die "no $base_obj: run make bench-entry first"
status=0
{ objects "$base_tree" && objects "$tree"; } || status=1
tap_ok $status "the trees can be built"
[ $status -eq 0 ] || tap_done

# sparse 0.6.4, which is in Debian, does not know __typeof_unqual__: the kernel's Makefile
# then does without sparse, with no more than a word.
sparse=sparse
valid=$tree/scripts/checker-valid.sh
[ ! -e "$valid" ] || [ "$("$valid" sparse)" = 1 ] || sparse="sparse -D__typeof_unqual__=__typeof__"
compare W=1 CC W=1
compare sparse CHECK C=2 CHECK="$sparse"

# make FILE.o takes the flags of the file's own directory.
status=0
rm -f "$tree/o.static/${own}setup.o" "$tree/o.static/${own}startup/kaslr.o"
kmake "$tree" "$tree/o.static" "${own}setup.o" "${own}startup/kaslr.o" >"$tmp/single" 2>&1 || status=1
tap_ok $status "single files of the entry build"
[ $status -eq 0 ] || tail -n 5 "$tmp/single" | tap_diag

# The whole build, with objtool on vmlinux
tap_run "the build of vmlinux and bzImage came without a warning" \
	test ! -s "$build/log/build.main.warnings"

new_files=$(git -C "$tree" diff --name-only --diff-filter=A pvh-base | grep '\.[ch]$')
status=0
for dir in "$own" arch/x86/tools/ tools/testing/selftests/pvh/; do
	kmake "$tree" "$tree/o.static" coccicheck MODE=report M="$tree/$dir" >"$tmp/cocci" 2>&1 || status=1
	# What the semantic patches report, by file and line: absolute with some kernels,
	# relative to $dir with others
	sed -n "/^[^ ]*\.[ch]:[0-9]/!d; s|^$tree/||p; t; s|^\(\./\)*|$dir|p" "$tmp/cocci" >>"$tmp/cocci.all"
done
# spatch looks for what this file includes in another directory, unless it is by itself.
kmake "$tree" "$tree/o.static" C=2 CHECK="$tree/scripts/coccicheck" MODE=report \
	"${own}startup/kaslr.o" >"$tmp/cocci" 2>&1 || status=1
sed -n 's|^\(\.\./\)*||; /^[a-z][^ ]*\.[ch]:[0-9]/p' "$tmp/cocci" >>"$tmp/cocci.all"
grep -q '^ *CHECK .*kaslr.c' "$tmp/cocci" && ! grep EXN "$tmp/cocci" >&2 || status=1
tap_ok $status "coccicheck runs"
[ $status -eq 0 ] || tail -n 5 "$tmp/cocci" | tap_diag
for f in $new_files; do
	grep "^$f:" "$tmp/cocci.all" || :
done | sort -u >"$tmp/cocci.new"
status=0
[ ! -s "$tmp/cocci.new" ] || status=1
tap_ok $status "coccicheck: nothing about new files"
tap_diag <"$tmp/cocci.new"

status=0
# shellcheck disable=SC2086 # lists of files
(cd "$tree" && scripts/kernel-doc -none -Wall $new_files) >"$tmp/doc" 2>&1 || status=1
! grep -i 'warning\|error' "$tmp/doc" >"$tmp/doc.bad" || status=1
tap_ok $status "kernel-doc comments are right"
tap_diag <"$tmp/doc.bad"

# The whole of arch/x86, as headings are numbered and referred to across files
status=0
kmake "$tree" "$tree/o.static" htmldocs SPHINXDIRS=arch/x86 >"$tmp/html" 2>&1 || status=1
tap_ok $status "htmldocs builds"
[ $status -eq 0 ] || tail -n 5 "$tmp/html" | tap_diag
status=0
! grep 'x86/pvh\.rst' "$tmp/html" | grep -i 'warning\|error' >"$tmp/html.bad" || status=1
tap_ok $status "htmldocs: nothing about pvh.rst"
tap_diag <"$tmp/html.bad"
tap_run "htmldocs: pvh.html is there" sh -c "find '$tree/o.static' -name pvh.html | grep -q ."
tap_done
