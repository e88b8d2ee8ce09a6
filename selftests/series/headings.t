#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Wrong use of the parts of a series, with a small one: headings in the file series, the
# table scripts/parts, versions, TRAILERS=, IN_REPLY_TO=, and UPSTREAM= of a tree with
# history. make refresh keeps the headings. Nothing is sent.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"
[ -z "$own_patches" ] || skip_all "the same as for $default_base"
. "$top/selftests/lib/scratch.sh"
submitter

export KDIR="$tmp/kdir"
tiny_tree "$KDIR"
mkdir "$KDIR/lib" "$KDIR/scripts"
echo lib >"$KDIR/lib/Makefile"
# Whom mails go to is tested by mail.t.
stand_in "$KDIR/scripts/get_maintainer.pl" <<'END'
echo "Some One <some.one@lists.example.org> (maintainer:X86)"
END

new_repo
tree=$repo/build/linux
patch two
patch three
parts() {
	printf '%s\n' "A	-	20260101-first-0123456789ab" "B	A	20260101-other-0123456789ab" >"$repo/scripts/parts"
	printf '%s\n' '# Part A: the first' one.patch '# Part B: the other' two.patch three.patch >"$repo/series"
}
parts
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
mail=$repo/build/mail
works "PART=B: make series" env PART=B "$repo/scripts/series.sh"
expect "PART=B: its mails are in build/mail/B/" is 3 "$(find "$mail/B" -name '*.patch' | wc -l)"
works "make series after that of a part" "$repo/scripts/series.sh"
expect "make series keeps the mails of a part" is 3 "$(find "$mail/B" -name '*.patch' | wc -l)"
expect "PART=B: the cover letter names the part that comes first" grep -Fx \
	-e "- \"$("$repo/scripts/cover.sh" --subject A)\"" "$mail/B/0000-cover-letter.patch"
sed -i 's/^B	A/B	-/' "$repo/scripts/parts"
works "PART=B without what it needs: make series, as nothing conflicts" env PART=B "$repo/scripts/series.sh"
parts

# Versions
printf '\nB v2: https://lore.example.org/r/1\n- of B\n\nv2:\n- of all\n' >>"$repo/docs/cover-changes.txt"
works "PART=B V=2: make series" env PART=B V=2 "$repo/scripts/series.sh"
expect "PART=B V=2: the cover letter has the changes of that part only" is \
	"Changes since v1 (https://lore.example.org/r/1): - of B" \
	"$(sed -n '/^Changes since/,/^$/p' "$mail/B/v2-0000-cover-letter.patch" | grep . | head -n 2 | xargs)"
refused "PART=A V=2 without a section in cover-changes.txt" 'has no section "A v2:"' env PART=A V=2 "$repo/scripts/series.sh"
works "IN_REPLY_TO=: make series" env PART=B IN_REPLY_TO='<1.2@lists.example.org>' "$repo/scripts/series.sh"
expect "IN_REPLY_TO=: the cover letter answers it" \
	grep -x 'In-Reply-To: <1\.2@lists\.example\.org>' "$mail/B/0000-cover-letter.patch"
cover_id=$(sed -n 's/^Message-I[Dd]: //p' "$mail/B/0000-cover-letter.patch")
expect "IN_REPLY_TO=: the patches answer the cover letter" \
	is "2" "$(cat "$mail"/B/000[12]* | grep -Fc "In-Reply-To: ${cover_id:-none}")"
expect "IN_REPLY_TO=: git send-email is told that there is a thread" grep 'to send: git send-email .*--no-thread' "$out"
refused "IN_REPLY_TO= of a URL" 'IN_REPLY_TO=https://x/1: not a Message-ID' \
	env IN_REPLY_TO=https://x/1 "$repo/scripts/series.sh" --check

# A tree with history
up=$tmp/upstream
cp -R "$KDIR" "$up"
git -C "$up" init -q
git -C "$up" add -A -f . && git -C "$up" commit -q -m first
echo more >"$up/lib/more"
git -C "$up" add -A -f . && git -C "$up" commit -q -m second
works "UPSTREAM=: make series of a part" env PART=B UPSTREAM="$up" "$repo/scripts/series.sh"
expect "UPSTREAM=: HEAD is the base-commit of the part" \
	is "$(git -C "$up" rev-parse HEAD)" "$(sed -n 's/^base-commit: //p' "$mail/B/0000-cover-letter.patch")"
expect "UPSTREAM=: the part has the patch-id of the patch that comes first" \
	is 1 "$(grep -c '^prerequisite-patch-id: ' "$mail/B/0000-cover-letter.patch")"
echo other >"$up/arch/x86/xen/two"
git -C "$up" add -A -f . && git -C "$up" commit -q -m third
refused "UPSTREAM= with a conflict in a part" 'patches/two\.patch does not apply to .*, part B' \
	env PART=B UPSTREAM="$up" "$repo/scripts/series.sh"
works "UPSTREAM= with a conflict in another part: make series" env PART=A UPSTREAM="$up" "$repo/scripts/series.sh"

# Wrong values
refused "an option that series.sh does not have" "option '--help' is not known" "$repo/scripts/series.sh" --help
refused "PART=Z" 'PART=Z: not one of A B, or all' env PART=Z "$repo/scripts/series.sh" --check
refused "PART=AB" 'PART=AB: not one of A B, or all' env PART=AB "$repo/scripts/series.sh" --check
refused "PART=Z of make check-series" 'PART=Z: not one of A B, or all' env PART=Z "$repo/scripts/check-series.sh"
: >"$repo/series-6.12"
refused "PART= for another base" 'PART=A: the file series-6\.12 has no heading' \
	env BASE=6.12 PART=A "$repo/scripts/series.sh" --check
sed -i '/^# Part A/d' "$repo/series"
refused "patch before the first heading" 'series: one\.patch is in no part' env PART=B "$repo/scripts/series.sh" --check
sed -i '/^# Part/d' "$repo/series"
refused "PART= of a series without headings" 'PART=B: the file series has no heading' env PART=B "$repo/scripts/series.sh" --check
parts
sed -i 's/^# Part B/# part B/' "$repo/series"
refused "heading that is none" 'series, line 3: "# part B: the other" is no heading' env PART=A "$repo/scripts/series.sh" --check
parts
sed -i '/^B/d' "$repo/scripts/parts"
refused "part without a line in scripts/parts" 'scripts/parts has no line for part B' env PART=A "$repo/scripts/series.sh" --check
for row in "B:C:it needs C, and series has no patches of that part" \
	"B:a:it needs \"a\", which is no part" \
	"A:B:it needs itself"; do
	parts
	from=${row%%:*}
	needed=${row#*:}
	sed -i "s/^$from	[^	]*/$from	${needed%%:*}/" "$repo/scripts/parts"
	refused "scripts/parts where $from needs ${needed%%:*}" "scripts/parts, part $from: ${row##*:}" \
		env PART=A "$repo/scripts/series.sh" --check
done
parts
sed -i 's/-0123456789ab/-x/' "$repo/scripts/parts"
refused "change-id that is none" 'part A: "20260101-first-x" is no change-id' env PART=A "$repo/scripts/series.sh" --check
parts
trailers() {
	printf '%s\n' "$@" >"$tmp/wrong"
}
refused "TRAILERS= of no file" "TRAILERS=$tmp/none: no such file" env TRAILERS="$tmp/none" "$repo/scripts/series.sh" --check
trailers '# nothing'
refused "TRAILERS= that says nothing" "TRAILERS=$tmp/wrong: no line says anything" \
	env TRAILERS="$tmp/wrong" "$repo/scripts/series.sh" --check
while IFS='|' read -r text message; do
	trailers '# comment' "$text"
	refused "TRAILERS= with \"$text\"" "TRAILERS=$tmp/wrong.*: $message" \
		env TRAILERS="$tmp/wrong" "$repo/scripts/series.sh" --check
done <<'END'
Linked: https://lists.example.org/1|"Linked" is none of
Link: lists.example.org|Link: "lists.example.org" is no URL
Closes:|"Closes:" is no trailer
no colon|"no colon" is no trailer
Suggested-by: Some One|Suggested-by: "Some One" has no address
Reported-by: Some One <s@lists.example.org>|"Reported-by: .*" is not followed by "Closes: "
Signed-off-by: Some One <s@lists.example.org>|make series adds your own
Fixes: 1234 ("x")|Fixes: "1234
Subject: Add four|no patch of series has the subject "Add four"
END
trailers 'Reported-by: Some One <s@lists.example.org>' 'Link: https://lists.example.org/1'
refused "TRAILERS= with a Link after Reported-by" 'line 2: "Reported-by: .*" is not followed by "Closes: "' \
	env TRAILERS="$tmp/wrong" "$repo/scripts/series.sh" --check

# -- make refresh --------------------------------------------------------------
series_is() {
	want=$1 got=$(sed 1d "$repo/series" | xargs)
	[ "$want" = "$got" ]
}
in_tree() {
	git -C "$tree" -c user.name=me -c user.email=me@localhost "$@"
}
# refresh knows a patch by its subject, which is its name in patches/.
for n in one two three; do
	mv "$repo/patches/$n.patch" "$repo/patches/Add-$n.patch"
done
sed -i 's/^[a-z]*\.patch/Add-&/' "$repo/series"
works "refresh" env FORCE=1 "$repo/scripts/refresh.sh"
series="# Part A: the first 0001-Add-one.patch # Part B: the other 0002-Add-two.patch 0003-Add-three.patch"
expect "refresh keeps the headings" series_is "$series"
sed -i 's/the other/the others/' "$repo/series"
keep "$tree"
works "another heading: make tree" "$repo/scripts/tree.sh"
same "another heading: the tree" "$tree"
works "another heading: refresh" "$repo/scripts/refresh.sh"
expect "another heading: refresh keeps it" series_is "$(echo "$series" | sed 's/other/others/')"
sed -i 's/the others/the other/' "$repo/series"
echo four >"$tree/arch/x86/xen/four"
in_tree add . && in_tree commit -q -m 'Add four'
works "new patch at the end: refresh" "$repo/scripts/refresh.sh"
expect "new patch at the end: it is in the last part" series_is "$series 0004-Add-four.patch"
expect "new patch at the end: refresh says in which part it is" grep '0004-Add-four\.patch is new: series has it in part B' "$out"
echo '# Part C: later' >>"$repo/series"
works "heading at the end: refresh" "$repo/scripts/refresh.sh"
expect "heading at the end: refresh keeps it" series_is "$series 0004-Add-four.patch # Part C: later"
for n in five six; do
	echo $n >"$tree/arch/x86/xen/$n"
	in_tree add . && in_tree commit -q -m "Add $n"
done
works "new patches after a heading at the end: refresh" "$repo/scripts/refresh.sh"
expect "new patches after a heading at the end: they are in that part" \
	series_is "$series 0004-Add-four.patch # Part C: later 0005-Add-five.patch 0006-Add-six.patch"
GIT_SEQUENCE_EDITOR='sed -i "1{h;d};3G"' in_tree rebase -q -i pvh-base >/dev/null 2>&1
works "patch that moves: refresh" "$repo/scripts/refresh.sh"
expect "patch that moves: it stays in its part" series_is "# Part B: the other 0001-Add-two.patch 0002-Add-three.patch \
# Part A: the first 0003-Add-one.patch # Part B: the other 0004-Add-four.patch \
# Part C: later 0005-Add-five.patch 0006-Add-six.patch"
tap_done
