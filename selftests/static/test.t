#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Tools that check the source without running it report nothing about new files of the
# series, and about files that it changes only the warnings that the base has: gcc with
# W=1, sparse, objtool, coccinelle, kernel-doc, sphinx.
#
# The scripts of the kernel's documentation are written in Python.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/scripts/lib/kmake.sh"

make_tmp

# The targets that the series changes, in both trees; $own is only in one of them.
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

# warnings LOG: the warnings in it, without line numbers
warnings() {
	grep -E '(warning|error|Warning|Error): ' "$1" |
		sed 's/:[0-9]\{1,\}:[0-9]\{1,\}:/:/; s/^\.\.\///; s/[+-]0x[0-9a-f]*/+/g' | sort
}

# compare NAME STEP VARIABLE=VALUE ...: build with these in both trees; STEP is the word
# that make prints for a file that the tool checks
compare() {
	name=$1
	step=$2
	shift 2
	for t in "$base_tree" "$tree"; do
		dirs=$targets
		[ ! -d "$t/$own" ] || dirs="$dirs $own"
		# The tool checks only files that make builds.
		(cd "$t/o.static" && find arch/x86/xen arch/x86/kernel -name '*.o' -exec rm -f {} + 2>/dev/null) || :
		# shellcheck disable=SC2086 # a list of targets
		kmake "$t" "$t/o.static" -k -j"$(nproc)" "$@" $dirs >"$build/log/static.$name.${t##*/}" 2>&1 ||
			tap_diag "$name: make ended with an error in ${t##*/}"
		warnings "$build/log/static.$name.${t##*/}" >"$tmp/$name.${t##*/}"
	done
	comm -13 "$tmp/$name.${base_tree##*/}" "$tmp/$name.${tree##*/}" >"$tmp/$name.new"
	expect "no warning that the base does not have" none "$(head -n 20 "$tmp/$name.new")"
	expect "the tool checks the PVH entry" grep -q "^ *$step .*$own" "$build/log/static.$name.${tree##*/}"
	tap_diag "$name: $(wc -l <"$tmp/$name.${base_tree##*/}") in the base, $(wc -l <"$tmp/$name.${tree##*/}") with the series"
}

[ -e "$base_tree/.git" ] && [ -e "$base_obj/.config" ] ||
	die "no $base_obj: run make bench-entry first"
both_trees() {
	objects "$base_tree" && objects "$tree"
}
expect "both trees can be prepared" both_trees
[ "$tap_bad" -eq 0 ] || tap_done

# sparse 0.6.4, which is in Debian, does not know __typeof_unqual__. Then the kernel's
# Makefile only prints that it does not run sparse.
sparse=sparse
valid=$tree/scripts/checker-valid.sh
[ ! -e "$valid" ] || [ "$("$valid" sparse)" = 1 ] || sparse="sparse -D__typeof_unqual__=__typeof__"
compare W=1 CC W=1
compare sparse CHECK C=2 CHECK="$sparse"

name=
# make FILE.o uses the flags of the file's own directory.
rm -f "$tree/o.static/${own}setup.o" "$tree/o.static/${own}startup/kaslr.o"
expect "single files of the PVH entry build" \
	kmake "$tree" "$tree/o.static" "${own}setup.o" "${own}startup/kaslr.o"

# The whole build, with objtool on vmlinux
expect "vmlinux and bzImage build without a warning" none "$(cat "$build/log/build.main.warnings" 2>/dev/null)"

new_files=$(git -C "$tree" diff --name-only --diff-filter=A pvh-base | grep '\.[ch]$')
status=0
for dir in "$own" arch/x86/tools/ tools/testing/selftests/pvh/; do
	kmake "$tree" "$tree/o.static" coccicheck MODE=report M="$tree/$dir" >"$tmp/cocci" 2>&1 || status=1
	# The semantic patches report FILE:LINE, which is absolute with some kernels, and
	# relative to $dir with others.
	sed -n "/^[^ ]*\.[ch]:[0-9]/!d; s|^$tree/||p; t; s|^\(\./\)*|$dir|p" "$tmp/cocci" >>"$tmp/cocci.all"
done
# spatch finds the headers of this file only if it is checked alone.
kmake "$tree" "$tree/o.static" C=2 CHECK="$tree/scripts/coccicheck" MODE=report \
	"${own}startup/kaslr.o" >"$tmp/cocci" 2>&1 || status=1
sed -n 's|^\(\.\./\)*||; /^[a-z][^ ]*\.[ch]:[0-9]/p' "$tmp/cocci" >>"$tmp/cocci.all"
grep -q '^ *CHECK .*kaslr.c' "$tmp/cocci" && ! grep EXN "$tmp/cocci" >&2 || status=1
cocci_ran() {
	tail -n 5 "$tmp/cocci"
	return $status
}
expect "coccicheck runs" cocci_ran
expect "coccicheck reports nothing about new files" none "$(for f in $new_files; do
	grep "^$f:" "$tmp/cocci.all" || :
done | sort -u)"

kernel_doc() {
	# shellcheck disable=SC2086 # a list of files
	(cd "$tree" && scripts/kernel-doc -none -Wall $new_files) >"$tmp/doc" 2>&1 &&
		none "$(grep -i 'warning\|error' "$tmp/doc" || :)"
}
expect "kernel-doc reports no warning" kernel_doc

# All of arch/x86, because files refer to headings of others, which are numbered
htmldocs() {
	kmake "$tree" "$tree/o.static" htmldocs SPHINXDIRS=arch/x86 >"$tmp/html" 2>&1 || {
		tail -n 5 "$tmp/html"
		return 1
	}
}
expect "htmldocs builds" htmldocs
expect "htmldocs reports nothing about pvh.rst" \
	none "$(grep 'x86/pvh\.rst' "$tmp/html" | grep -i 'warning\|error' || :)"
expect "htmldocs makes pvh.html" test -n "$(find "$tree/o.static" -name pvh.html)"
tap_done
