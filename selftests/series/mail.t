#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series as mail: it is by the submitter and signed off by them, goes to those whose
# code it changes, and has a cover letter with figures. git am takes it and ends at the
# same files as the commits, and git send-email would send it. Nothing is sent.

# shellcheck disable=SC2016,SC2086 # for inner shells; a command
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
. "$top/selftests/series/series.sh"
real=$tree
real_patches=$(series_patches)
count=$(printf '%s\n' "$real_patches" | wc -l)
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"
needs git /usr/lib/git-core/git-send-email /usr/share/perl5/Mail/Address.pm

# git has no configuration but that of this test.
export GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_GLOBAL="$tmp/gitconfig"
unset V RFC UPSTREAM UPSTREAM_REV EMAIL
# me NAME ADDRESS: who git has been told to be
me() {
	: >"$GIT_CONFIG_GLOBAL"
	[ -z "$1" ] || git config --global user.name "$1"
	[ -z "$2" ] || git config --global user.email "$2"
}

# -- The series ----------------------------------------------------------------
# A repository may have an identity of its own, which counts for more.
my_name=$(git -C "$top" config --local user.name 2>/dev/null) || my_name="Zoë Submitter"
my_email=$(git -C "$top" config --local user.email 2>/dev/null) || my_email=zoe@lists.example.org
me "$my_name" "$my_email"
mail=$tmp/mail
status=0
$here "$top/scripts/series.sh" "$mail" >"$out" 2>&1 || status=1
expect "make series succeeds" test $status -eq 0
cp "$out" "$out.series"
if [ $status -ne 0 ]; then
	tap_diag <"$out"
	tap_done
fi
find "$mail" -name '0*.patch' | sort >"$tmp/mails"
cover=$mail/0000-cover-letter.patch
expect "there is a mail for each patch, and a cover letter" \
	is "$((count + 1)) 0000-cover-letter.patch" \
	"$(wc -l <"$tmp/mails") $(head -n 1 "$tmp/mails" | sed 's|.*/||')"

# for_all COMMAND ...: it succeeds with each mail of a patch as its last argument
for_all() {
	for f in $(grep -v 0000-cover "$tmp/mails"); do
		"$@" "$f" || { echo "${f##*/}: $1 fails"; return 1; }
	done
}
author() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		grep -Fqx "Author: $my_name" "$tmp/info" && grep -Fqx "Email: $my_email" "$tmp/info" &&
		! grep '^From: ' "$tmp/text"
}
signed() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		[ "$(grep -c '^Signed-off-by: ' "$tmp/text")" = 1 ] &&
		grep -Ev '^(Tested-by|Reviewed-by|Acked-by|Cc|Link): ' "$tmp/text" | tail -n 1 |
			grep -Fqx "Signed-off-by: $my_name <$my_email>"
}
ordered() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		! sed -n '/^Cc: /,$p' "$tmp/text" | grep '^Signed-off-by'
}
expect "each patch has the submitter as its author" for_all author
expect "each patch has one sign-off, after the author's other lines" for_all signed
expect "each patch has its sign-off before Cc:, as maintainer-tip.rst asks for" for_all ordered
expect "no mail has an address at localhost" not grep -l "@localhost" "$mail"/*.patch

ignore=$(listed "$top/scripts/checkpatch.ignore" | grep -vx MISSING_SIGN_OFF | paste -sd,)
expect "checkpatch --strict has no complaint about the mails" for_all checkpatch "$ignore"

# recipients KIND FILE: of one kind, a line each
recipients() {
	{ sed '/^$/q' "$2" | tr '\n' ' '; echo; } | tr -s '\t ' ' ' | sed 's/\([A-Z][a-zA-Z-]*:\)/\n\1/g' |
		sed -n "s/^$1: //p" | sed 's/, /\n/g' | sed 's/ *$//'
}
# maintained FILE: the maintainers of x86 get it
maintained() {
	for who in $(sed -n '/^X86 ARCHITECTURE (32/,/^$/s/^M:.*<\(.*\)>/\1/p' "$real/MAINTAINERS"); do
		recipients To "$1" | grep -Fq "$who" || { echo "not to $who"; return 1; }
	done
	recipients Cc "$1" | grep -Fq linux-kernel@vger.kernel.org
}
x86_maintained() {
	! grep -q '^diff --git a/arch/x86' "$1" || maintained "$1"
}
expect "each patch that changes arch/x86/ goes to the maintainers of x86" for_all x86_maintained
expect "the cover letter goes to the maintainers of x86" maintained "$cover"
xen() {
	! grep -q '^diff --git a/arch/x86/xen' "$1" || recipients Cc "$1" | grep -Fq xen-devel@lists.xenproject.org
}
expect "each patch that changes arch/x86/xen/ goes to Xen's list" for_all xen
for f in $(grep -v 0000-cover "$tmp/mails"); do
	recipients To "$f"
	recipients Cc "$f"
done | sort -u >"$tmp/all"
expect "the cover letter goes to everybody who gets a patch, once" \
	is "$(cat "$tmp/all")" "$({ recipients To "$cover"; recipients Cc "$cover"; } | sort)"

touched_base "$real" "$tmp/base"
git_am() {
	cd "$tmp/base" && git init -q . && git add -A -f . && git commit -q -m base &&
		git am -q $(grep -v 0000-cover "$tmp/mails")
}
same_end() {
	git -C "$tmp/base" ls-tree -r HEAD >"$tmp/tree"
	git -C "$real" diff --raw --no-abbrev --no-renames --diff-filter=AM pvh-base pvh-series |
		awk '{ print $2, "blob", $4 "\t" $6 }' >"$tmp/want"
	diff "$tmp/want" "$tmp/tree"
}
expect "git am applies the mails" in_subshell git_am
expect "git am ends at the same files as the commits" same_end
expect "the base-commit is the commit of the base" \
	is "$(git -C "$real" rev-parse pvh-base)" "$(sed -n 's/^base-commit: //p' "$cover")"
expect "the cover letter names the kernel that the series applies to" \
	is "$(git -C "$real" log -1 --format=%s pvh-base | sed 's/ (.*//')" \
	"$(tr '\n' ' ' <"$cover" | sed -n 's/.*applies to \(Linux [^ ]*\) (.*/\1/p')"

for row in 'CPUID to start_kernel, each a VM exit' 'instructions to there' 'bytes of code, of data' 'memory map of 200 entries'; do
	expect "the cover letter has two figures for: $row" grep -E "^ *$row {2,}[^ ].* {2,}[^ ]" "$cover"
done
expect "the cover letter has no placeholder and no mark" \
	not grep -E '\*\*\*|@[A-Za-z]+@|^@|SUBJECT|BLURB|<!--' "$cover"

# git send-email gets the options that make series has printed.
command=$(sed -n 's/^pvh: to send: \(git send-email .*\) [^ ]*\.patch$/\1/p' "$out.series")
$command --dry-run --confirm=never --smtp-server=/bin/false --from="$my_name <$my_email>" \
	"$mail"/*.patch </dev/null >"$tmp/sent" 2>&1 || tap_diag <"$tmp/sent"
expect "git send-email --dry-run takes all mails" \
	is $((count + 1)) "$(grep -c '^\(Dry-\)*OK\. Log says:' "$tmp/sent")"
expect "git send-email would send nothing to stable@" not grep -i '^[A-Z]*:.*stable@vger' "$tmp/sent"
first=$(sed -n 's/^Message-I[Dd]: //p' "$tmp/sent" | head -n 1)
expect "all patches are replies to the cover letter" \
	is "$count" "$(grep -Fc "In-Reply-To: ${first:-none}" "$tmp/sent")"

# -- What it depends on, with a small tree with upstream's own script -----------
real_tree() {
	tiny_tree "$1"
	for d in Documentation drivers fs include init ipc kernel lib scripts; do
		mkdir -p "$1/$d"
	done
	for f in COPYING CREDITS README; do
		echo "$f" >"$1/$f"
	done
	git -C "$real" show pvh-base:MAINTAINERS >"$1/MAINTAINERS"
	git -C "$real" show pvh-base:scripts/get_maintainer.pl >"$1/scripts/get_maintainer.pl"
	chmod 755 "$1/scripts/get_maintainer.pl"
}
export KDIR="$tmp/kdir"
real_tree "$KDIR"
start() {
	new_repo
	patch two
	series one two
	"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
}
me "Zoë Submitter" zoe@lists.example.org
new_repo
refused "make series without a tree" 'no .*/linux: run make tree first' "$repo/scripts/series.sh"
start
mail=$repo/build/mail
works "make series of two patches" "$repo/scripts/series.sh"
expect "make series writes three mails to build/mail/" is 3 "$(find "$mail" -name '*.patch' | wc -l)"
works "make series over its own mails" "$repo/scripts/series.sh"
keep "$mail"

# The submitter
for who in "|zoe@lists.example.org|user\.name is not set" \
	"Zoë Submitter||user\.email is not set" \
	"Zoë Submitter|root@localhost|user\.email is 'root@localhost': not an address" \
	"Zoë Submitter|zoe@pc|user\.email is 'zoe@pc'" \
	"Zoë Submitter|zoe@pc.(none)|user\.email is" \
	"Zoë Submitter|zoe@pc.localdomain|user\.email is" \
	"Zoë Submitter|zoe.example.org|user\.email is" \
	"Zoë Submitter|you@example.com|user\.email is" \
	"Your Name|zoe@lists.example.org|user\.name is 'Your Name'" \
	"root|zoe@lists.example.org|user\.name is 'root'"; do
	n=${who%%|*}
	e=${who#*|}
	me "$n" "${e%%|*}"
	refused "submitter \"$n <${e%%|*}>\"" "${who##*|}" "$repo/scripts/series.sh"
	refused "submitter \"$n <${e%%|*}>\" before a build" "${who##*|}" "$repo/scripts/series.sh" --check
done
me "Zoë Submitter" zoe@users.noreply.example.net
works "submitter with a noreply address: make series" "$repo/scripts/series.sh" "$tmp/noreply"
expect "submitter with a noreply address: make series warns" grep "replies to that may reach nobody" "$out"
me "Zoë Submitter" zoe@lists.example.org
sed -i 's/^From: Some One .*/From: Some One <some.one@kernel.example.com>/' "$repo/patches/two.patch"
rm -rf "$repo/build/linux"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
works "patch with a foreign author: make series" "$repo/scripts/series.sh" "$tmp/else"
expect "patch with a foreign author: the author is kept" \
	grep -x 'From: Some One <some.one@kernel.example.com>' "$tmp/else/0002-Add-two.patch"
sed '/^$/q' "$tmp/else/0002-Add-two.patch" >"$tmp/head"
expect "patch with a foreign author: the submitter sends it" grep '^From: .*<zoe@lists\.example\.org>' "$tmp/head"

# Variables
for v in 0 two 1.5 -1; do
	refused "V=$v" "V=$v: not a version" env V=$v "$repo/scripts/series.sh"
done
refused "RFC=yes" 'RFC=yes: not 1' env RFC=yes "$repo/scripts/series.sh"
refused "V=3 without a section in cover-changes.txt" 'V=3: docs/cover-changes\.txt has no section "v3:"' \
	env V=3 "$repo/scripts/series.sh"
printf '\nv3:\n' >>"$repo/docs/cover-changes.txt"
refused "V=3 with an empty section in cover-changes.txt" 'V=3: .* says nothing below "v3:"' env V=3 "$repo/scripts/series.sh"
cat >>"$repo/docs/cover-changes.txt" <<'EOF'
- of three

v2: https://lore.example.org/r/1
- of two

v4:
- of four
EOF
works "V=3 RFC=1: make series" env V=3 RFC=1 "$repo/scripts/series.sh" "$tmp/v3"
expect "V=3 RFC=1: the subjects have it" is 012 \
	"$(cat "$tmp/v3"/*.patch | sed -n 's/^Subject: \[RFC PATCH v3 \([0-9]\)\/2\].*/\1/p' | tr -d '\n')"
expect "V=3 RFC=1: the cover letter has the changes since v1" is "$(printf '%s\n' "Changes since v2:" "- of three" "" \
	"Changes since v1 (https://lore.example.org/r/1):" "- of two")" \
	"$(sed -n '/^Changes since v2:$/,/ ([0-9]*):$/p' "$tmp/v3/v3-0000-cover-letter.patch" | sed '$d')"

# The figures
sed -i -E '/^(\| |  )instructions /s/[0-9]+,[0-9]+/98,765/' "$repo/README.md" "$repo/docs/cover-letter.txt"
works "another figure: make series" "$repo/scripts/series.sh" "$tmp/figures"
expect "another figure: the cover letter has it" grep '98,765' "$tmp/figures/0000-cover-letter.patch"
echo '@FIGURE@' >>"$repo/docs/cover-letter.txt"
refused "a placeholder that is not known" 'docs/cover-letter\.txt: unknown: @FIGURE@' \
	"$repo/scripts/series.sh"
cp "$top/README.md" "$repo/README.md"
cp "$top/docs/cover-letter.txt" "$repo/docs/cover-letter.txt"
same "mails of the last run after make series has failed" "$mail"

# The directory
mkdir "$tmp/theirs"
echo mine >"$tmp/theirs/file"
refused "directory of other files" "$tmp/theirs holds files that were not made here" "$repo/scripts/series.sh" "$tmp/theirs"
expect "directory of other files is kept" is mine "$(cat "$tmp/theirs/file")"

# The base
refused "UPSTREAM= of a directory that does not exist" "UPSTREAM=$tmp/gone: no git tree" env UPSTREAM="$tmp/gone" "$repo/scripts/series.sh"
refused "UPSTREAM_REV= without UPSTREAM=" "UPSTREAM_REV=v7\.3: of what tree" env UPSTREAM_REV=v7.3 "$repo/scripts/series.sh"
up=$tmp/upstream
real_tree "$up"
git -C "$up" init -q
commit() {
	git -C "$up" add -A -f . && git -C "$up" commit -q -m "$1"
}
commit first
first=$(git -C "$up" rev-parse HEAD)
echo more >"$up/lib/more"
commit second
keep "$up"
works "UPSTREAM=: make series" env UPSTREAM="$up" "$repo/scripts/series.sh" "$tmp/up"
expect "UPSTREAM=: HEAD is the base-commit" grep -x "base-commit: $(git -C "$up" rev-parse HEAD)" "$tmp/up/0000-cover-letter.patch"
works "UPSTREAM_REV=: make series" env UPSTREAM="$up" UPSTREAM_REV=HEAD~1 "$repo/scripts/series.sh" "$tmp/up"
expect "UPSTREAM_REV=: it is the base-commit" grep -x "base-commit: $first" "$tmp/up/0000-cover-letter.patch"
refused "UPSTREAM_REV= that is no commit" "UPSTREAM_REV=v9: no commit of $up" env UPSTREAM="$up" UPSTREAM_REV=v9 "$repo/scripts/series.sh"
same "UPSTREAM= directory" "$up"
works "KDIR= of a git tree: make series" env KDIR="$up" "$repo/scripts/series.sh" "$tmp/up"
expect "KDIR= of a git tree: HEAD is the base-commit" grep -x "base-commit: $(git -C "$up" rev-parse HEAD)" "$tmp/up/0000-cover-letter.patch"
echo other >"$up/arch/x86/xen/two"
commit third
mkdir "$tmp/cwd"
cd "$tmp/cwd"
refused "UPSTREAM= with a conflict" "patches/two\.patch does not apply to" env UPSTREAM="$up" "$repo/scripts/series.sh"
expect "UPSTREAM= with a conflict: the working directory is not written to" test -z "$(ls -A "$tmp/cwd")"
cd "$top"
git -C "$up" rm -r -q arch && commit fourth
refused "UPSTREAM= of another repository" "$up, HEAD: no Linux source tree" env UPSTREAM="$up" "$repo/scripts/series.sh"

echo more >"$repo/build/linux/arch/x86/xen/three"
git -C "$repo/build/linux" add arch/x86/xen/three
git -C "$repo/build/linux" commit -q -m three
refused "make series with commits that are not in patches/" "has commits that are not in patches/: make refresh first" "$repo/scripts/series.sh"

rm "$KDIR/scripts/get_maintainer.pl"
start
refused "tree without get_maintainer.pl" 'has no scripts/get_maintainer\.pl' "$repo/scripts/series.sh"
tap_done
