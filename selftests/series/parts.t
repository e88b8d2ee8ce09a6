#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The parts of the series as mail: each applies to the base and to what it says that it
# needs, and all of them end at the same files as the series. The cover letters have what
# b4 looks for. Headings in the file series say which patch is in which part, and make
# refresh keeps them. Nothing is sent.

# shellcheck disable=SC2046,SC2086 # names without spaces
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"
. "$top/scripts/lib/patchinfo.sh"
. "$top/scripts/lib/parts.sh"
[ -z "$own_patches" ] || skip_all "only the series for $default_base has parts"
real=$tree
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"
needs git /usr/lib/git-core/git-send-email /usr/share/perl5/Mail/Address.pm

# The submitter, whoever uses this repository
export GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=3
export GIT_CONFIG_KEY_1=user.name GIT_CONFIG_VALUE_1="Zoe Submitter"
export GIT_CONFIG_KEY_2=user.email GIT_CONFIG_VALUE_2=zoe@lists.example.org
unset V RFC UPSTREAM UPSTREAM_REV PART TRAILERS IN_REPLY_TO EMAIL

# -- The series ----------------------------------------------------------------
mail=$tmp/mail
status=0
PART=all $here "$top/scripts/series.sh" "$mail" >"$out" 2>&1 || status=1
expect "make series PART=all succeeds" test $status -eq 0
if [ $status -ne 0 ]; then
	tap_diag <"$out"
	tap_done
fi
cp "$out" "$tmp/all.out"
letters=$(part_letters)

alone() {
	for part in $letters; do
		[ "$(part_field $part 2)" != - ] || printf '%s ' $part
	done
}
expect "parts A, C and D need no other" is "A C D " "$(alone)"
expect "each patch of the series is in a part" is "$(series_patches)" "$(part_table | cut -d' ' -f2)"

# numbers PART: what make series prints of it: patches, needs, lines of diff
numbers() {
	awk -v part=$1 '$1 == part && NF > 6 { print $2, $3, $5 }' "$tmp/all.out"
}
counted() {
	git apply --numstat $(part_patches $1 | sed "s|^|$top/patches/|") |
		awk -v patches="$(part_patches $1 | wc -l)" -v needs="$(part_field $1 2)" \
			'{ lines += $1 + $2 } END { print patches, needs, lines }'
}

# A repository with the files of the base that the series touches
touched_base "$real" "$tmp/am"
git init -q "$tmp/am"
echo "$real/.git/objects" >"$tmp/am/.git/objects/info/alternates"
[ ! -e "$real/.git/objects/info/alternates" ] ||
	cat "$real/.git/objects/info/alternates" >>"$tmp/am/.git/objects/info/alternates"
git -C "$tmp/am" add -A -f .
git -C "$tmp/am" commit -q -m base
git -C "$tmp/am" tag base
# git_am PART: what it needs, by a merge, and then its mails as they are
git_am() {
	cd "$tmp/am" && { git am --abort 2>/dev/null || :; } && git checkout -q -f base && git clean -q -f -d || return
	before=$(part_before $1 | sed "s|^|$top/patches/|")
	[ -z "$before" ] || git am -q -3 $before || return
	git am -q $(find "$mail/$1" -name '*.patch' ! -name '0000-*' | sort)
}

# A mailer that keeps the mails
stand_in "$tmp/mailer" <<'END'
{ echo "From nobody Thu Jan  1 00:00:00 1970"; sed 's/^From />From /'; echo; } >>"$MBOX"
END
# sent PART: its mails, by the command that make series has printed, in $tmp/mbox
sent() {
	rm -f "$tmp/mbox"
	command=$(sed -n "s|^pvh: to send: \(git send-email .*\) [^ ]*/$1/\*\.patch\$|\1|p" "$tmp/all.out")
	MBOX=$tmp/mbox $command --quiet --confirm=never --smtp-server="$tmp/mailer" \
		--from='Zoe Submitter <zoe@lists.example.org>' "$mail/$1"/*.patch </dev/null
}
replies() {
	first=$(sed -n 's/^Message-I[Dd]: //p' "$tmp/mbox" | head -n 1)
	is "$1 of $((${1:-0} + 1))" "$(grep -Fc "In-Reply-To: ${first:-none}" "$tmp/mbox") of $(grep -ci '^message-id: ' "$tmp/mbox")"
}
# b4_am PART COUNT: b4 finds all patches, the cover letter and the base-commit
b4_am() {
	rm -rf "$tmp/b4"
	mkdir "$tmp/b4"
	(cd "$real" && HOME=$tmp/b4 XDG_DATA_HOME=$tmp/b4 XDG_CACHE_HOME=$tmp/b4 timeout 60 \
		b4 am -C -m "$tmp/mbox" -o "$tmp/b4" --no-parent) >"$tmp/b4.out" 2>&1 </dev/null || :
	cat "$tmp/b4.out"
	grep -qx "Total patches: $2" "$tmp/b4.out" && grep -q '^Cover: ' "$tmp/b4.out" &&
		grep -q "Base: using specified base-commit $(git -C "$real" rev-parse pvh-base)" "$tmp/b4.out"
}
line() {
	sed -n "s/^$1: *//p" "$mail/$2/0000-cover-letter.patch"
}

for part in $letters; do
	name="part $part"
	count=$(part_patches $part | wc -l)
	expect "make series prints its number of patches, what it needs, and its lines" \
		is "$(counted $part)" "$(numbers $part)"
	expect "there is a mail for each patch, and a cover letter" \
		is $((count + 1)) "$(find "$mail/$part" -name '0*.patch' | wc -l)"
	if [ -z "$(part_before $part)" ]; then
		expect "git am applies the mails to the base alone" in_subshell git_am $part
	else
		expect "git am applies the mails to the base and what it needs" in_subshell git_am $part
	fi
	expect "the base-commit is the commit of the base" \
		is "$(git -C "$real" rev-parse pvh-base)" "$(line base-commit $part)"
	expect "the change-id is that of scripts/parts" is "$(part_field $part 3)" "$(line change-id $part)"
	expect "a patch-id is there for each patch that comes first" \
		test "$(part_before $part | wc -l)" -eq "$(line prerequisite-patch-id $part | wc -l)"
	expect "the cover letter says how it was tested" \
		grep -x 'How it was tested\|Base' "$mail/$part/0000-cover-letter.patch"
	expect "the cover letter has no placeholder and no mark" \
		not grep -E '\*\*\*|@[A-Z]+@|^@|SUBJECT|BLURB|<!--' "$mail/$part/0000-cover-letter.patch"
	expect "git send-email hands over its mails" sent $part
	expect "all patches are replies to the cover letter" replies $count
	if command -v b4 >/dev/null 2>&1; then
		expect "b4 am finds the cover letter, all patches and the base-commit" b4_am $part $count
	else
		tap_skip "part $part: b4 am finds the cover letter, all patches and the base-commit" "no b4 here"
	fi
done
name=

# The parts, each after those that it needs, and not in the order of the series
in_order() {
	done=
	left=$letters
	while [ -n "$left" ]; do
		for part in $left; do
			for need in $(part_needs $part); do
				case " $done " in
				*" $(printf '%.1s' $need) "*) ;;
				*) continue 2 ;;
				esac
			done
			done="$done $part"
			part_patches $part
		done
		left=$(printf '%s\n' $letters | grep -vxF "$(printf '%s\n' $done)")
	done
}
one_by_one() (
	scratch_git "$(git -C "$real" rev-parse pvh-base)" "$real"
	in_order >"$tmp/order"
	while read -r patch; do
		apply_patch "$patch" "the parts before it" || exit 1
	done <"$tmp/order"
	got=$(git write-tree)
	unset GIT_DIR GIT_WORK_TREE
	[ "$(wc -l <"$tmp/order")" = "$(series_patches | wc -l)" ] &&
		[ "$got" = "$(git -C "$real" rev-parse 'pvh-series^{tree}')" ]
)
expect "the parts, one after the other, end at the same files as the series" one_by_one
rm -rf "$tmp/git"

# Trailers
fix=$(part_patches A | tail -n 1)
read_patch "$fix"
cat >"$tmp/trailers" <<END
# For each patch
Assisted-by: LLM sparse

Subject: $(field Subject)
Suggested-by: Some One <some.one@lists.example.org>
Link: https://lore.kernel.org/r/1@lists.example.org # [1]
Reported-by: An Other <an.other@lists.example.org>
Closes: https://lore.kernel.org/r/2@lists.example.org
END
status=0
$here PART=A TRAILERS="$tmp/trailers" "$top/scripts/series.sh" "$tmp/trailed" >"$out" 2>&1 || status=1
expect "TRAILERS=FILE: make series succeeds" test $status -eq 0
[ $status -eq 0 ] || tap_diag <"$out"
trailers_of() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >/dev/null
	sed -n '/^[A-Z][a-z-]*: /s/: .*//p' "$tmp/text" | xargs
}
expect "TRAILERS=FILE: the trailers of a patch are in the order of maintainer-tip.rst" \
	is "Fixes Reported-by Closes Suggested-by Assisted-by Signed-off-by Cc Link" \
	"$(trailers_of "$(find "$tmp/trailed" -name '0003-*')")"
expect "TRAILERS=FILE: another patch has those for each patch only" \
	is "Assisted-by Signed-off-by" "$(trailers_of "$(find "$tmp/trailed" -name '0002-*')")"
ignore=$(listed "$top/scripts/checkpatch.ignore" | grep -vx MISSING_SIGN_OFF | paste -sd,)
for mail in "$tmp"/trailed/000[1-9]*; do
	expect "TRAILERS=FILE: checkpatch --strict has no complaint about ${mail##*/}" checkpatch "$ignore" "$mail"
done

# -- A small tree --------------------------------------------------------------
export KDIR="$tmp/kdir"
tiny_tree "$KDIR"
mkdir "$KDIR/lib" "$KDIR/scripts"
echo lib >"$KDIR/lib/Makefile"
# Whom mails go to is tested by mail.t.
stand_in "$KDIR/scripts/get_maintainer.pl" <<'END'
echo "Some One <some.one.example.org> (maintainer:X86)"
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
refused "PART=Z" 'PART=Z: not one of A B, or all' env PART=Z "$repo/scripts/series.sh" --check
refused "PART=AB" 'PART=AB: not one of A B, or all' env PART=AB "$repo/scripts/series.sh" --check
refused "PART=Z of make check-series" 'PART=Z: not one of A B, or all' env PART=Z "$repo/scripts/check-series.sh"
: >"$repo/series-6.12"
refused "PART= for another base" 'PART=A: only the series for 7\.3 has parts, and this is the one for 6\.12' \
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
	"B:a:it needs \"a\", which is neither a part" \
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
