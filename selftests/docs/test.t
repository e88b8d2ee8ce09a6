#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The documents: links lead to files that exist, and the pictures are current.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp

# bad_links DOC: the links of DOC to files that do not exist, a line each
bad_links() {
	grep -o '](\([^)]*\))' "$top/$1" | sed 's/^](//; s/)$//' | grep -v '^https:\|^#' | sed 's/#.*//' |
		while read -r link; do
			[ -e "$top/$(dirname -- "$1")/$link" ] || echo "$link"
		done
}
for doc in README.md selftests/README.md $(cd "$top" && echo docs/*.md); do
	expect "$doc: all links lead to files that exist" none "$(bad_links "$doc")"
done

if command -v dot >/dev/null; then
	expect "scripts/docs.sh makes the pictures" "$top/scripts/docs.sh" "$tmp"
	for picture in $(cd "$top" && echo docs/*.svg); do
		expect "$picture is that of its source; make docs makes it" \
			cmp "$top/$picture" "$tmp/$(basename -- "$picture")"
	done
else
	tap_skip "the pictures of docs/ are those of their sources" "no dot here: apt-get install graphviz"
fi
tap_done
