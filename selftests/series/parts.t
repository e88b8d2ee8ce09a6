#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The parts of the series as mail: each applies to the base and to what it says that it
# needs, and all of them end at the same files as the series. The cover letters have what
# b4 looks for. TRAILERS= adds trailers. Nothing is sent.

# shellcheck disable=SC2046,SC2086 # names without spaces
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"
. "$top/scripts/lib/patchinfo.sh"
. "$top/scripts/lib/parts.sh"
[ -n "$(part_letters)" ] || skip_all "$series_file has no parts"
real=$tree
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"
submitter

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

# Trailers, of a patch that has Fixes: and Cc:
fix=$(part_patches A | sed -n 2p)
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
	"$(trailers_of "$(find "$tmp/trailed" -name '0002-*')")"
expect "TRAILERS=FILE: another patch has its own Fixes:, and those for each patch" \
	is "Fixes Assisted-by Signed-off-by" "$(trailers_of "$(find "$tmp/trailed" -name '0003-*')")"
ignore=$(listed "$top/scripts/checkpatch.ignore" | grep -vx MISSING_SIGN_OFF | paste -sd,)
for mail in "$tmp"/trailed/000[1-9]*; do
	expect "TRAILERS=FILE: checkpatch --strict has no complaint about ${mail##*/}" checkpatch "$ignore" "$mail"
done

tap_done
