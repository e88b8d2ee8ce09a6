# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after make_tmp: what a patch of the series says.

# read_patch PATCH: of patches/PATCH the message as $tmp/text, what is behind it as
# $tmp/diff, and for field() the headers; or end.
read_patch() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$top/patches/$1" >"$tmp/info" 2>/dev/null || : >"$tmp/info"
	for f in Author Email Subject Date; do
		[ -n "$(field $f)" ] || die "patches/$1: no patch that git can read: it has no $f"
	done
	grep -q '^diff --git ' "$tmp/diff" || die "patches/$1: no patch that git can read: it changes nothing"
}

# field NAME: Author, Email, Subject or Date
field() {
	sed -n "s/^$1: //p" "$tmp/info" | head -n 1
}
