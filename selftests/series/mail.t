#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The series as mail: by the submitter and signed off by them, to those whose code it
# changes, with a cover letter of the figures in README.md; git am takes it and ends
# where the commits do, git send-email would send it. Nothing is sent.

# shellcheck disable=SC2016,SC2086 # for inner shells; a command
. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"
real=$tree
real_patches=$(series_patches)
count=$(printf '%s\n' "$real_patches" | wc -l)
here="env BASE=$BASE BUILD=$build CACHE=$cache"
. "$top/selftests/lib/scratch.sh"

# Of nobody but the tests
export GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_GLOBAL="$tmp/gitconfig"
unset V RFC UPSTREAM UPSTREAM_REV EMAIL
# me NAME ADDRESS: who git has been told to be
me() {
	: >"$GIT_CONFIG_GLOBAL"
	[ -z "$1" ] || git config --global user.name "$1"
	[ -z "$2" ] || git config --global user.email "$2"
}

command -v git >/dev/null && [ -e /usr/lib/git-core/git-send-email ] &&
	[ -e /usr/share/perl5/Mail/Address.pm ] || {
	tap_skip "the series as mail" "no git-email and libmailtools-perl here"
	tap_done
}

# -- The series ----------------------------------------------------------------
# A repository may have an identity of its own, which counts for more.
name=$(git -C "$top" config --local user.name 2>/dev/null) || name="Zoë Submitter"
email=$(git -C "$top" config --local user.email 2>/dev/null) || email=zoe@lists.example.org
me "$name" "$email"
mail=$tmp/mail
status=0
$here "$top/scripts/series.sh" "$mail" >"$out" 2>&1 || status=1
tap_ok $status "make series"
cp "$out" "$out.series"
if [ $status -ne 0 ]; then
	tap_diag <"$out"
	tap_done
fi
find "$mail" -name '0*.patch' | sort >"$tmp/mails"
cover=$mail/0000-cover-letter.patch
tap_run "a mail for each patch, and a cover letter" sh -c \
	'[ "$(wc -l <"$1")" -eq "$2" ] && head -n 1 "$1" | grep -q "/0000-cover-letter.patch$"' - \
	"$tmp/mails" $((count + 1))

# for_all COMMAND ...: with each mail of a patch as its last argument
for_all() {
	for f in $(grep -v 0000-cover "$tmp/mails"); do
		"$@" "$f" >"$tmp/log" 2>&1 || {
			tap_diag "${f##*/}"
			head -n 20 "$tmp/log" | tap_diag
			return 1
		}
	done
}
author() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		grep -Fqx "Author: $name" "$tmp/info" && grep -Fqx "Email: $email" "$tmp/info" &&
		! grep -q '^From: ' "$tmp/text"
}
signed() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		[ "$(grep -c '^Signed-off-by: ' "$tmp/text")" = 1 ] &&
		grep -Ev '^(Tested-by|Reviewed-by|Acked-by|Cc|Link): ' "$tmp/text" | tail -n 1 |
			grep -Fqx "Signed-off-by: $name <$email>"
}
tagged() {
	git mailinfo "$tmp/text" "$tmp/diff" <"$1" >"$tmp/info" &&
		! sed -n '/^Cc: /,$p' "$tmp/text" | grep '^Signed-off-by'
}
tap_run "the submitter is the author" for_all author
tap_run "and has signed off, once and behind what is the author's" for_all signed
tap_run "and ahead of who gets it, as maintainer-tip.rst wants it" for_all tagged
tap_run "nobody is at localhost" sh -c '! grep -l "@localhost" "$1"/*.patch >&2' - "$mail"

ignore=$(sed -n 's/^- `\([A-Z_]*\)`:.*/\1/p' "$top/docs/checkpatch.md" | grep -vx MISSING_SIGN_OFF | paste -sd, -)
checkpatch() {
	(cd "$real" && ! scripts/checkpatch.pl --strict --no-summary --ignore "$ignore" "$1" 2>/dev/null |
		grep -A 8 '^\(ERROR\|WARNING\|CHECK\):')
}
tap_run "checkpatch --strict, with the sign-off" for_all checkpatch

# recipients KIND FILE: of one kind, a line each
recipients() {
	{ sed '/^$/q' "$2" | tr '\n' ' '; echo; } | tr -s '\t ' ' ' | sed 's/\([A-Z][a-zA-Z-]*:\)/\n\1/g' |
		sed -n "s/^$1: //p" | sed 's/, /\n/g' | sed 's/ *$//'
}
# MAINTAINERS has who x86 belongs to.
maintained() {
	for who in $(sed -n '/^X86 ARCHITECTURE (32/,/^$/s/^M:.*<\(.*\)>/\1/p' "$real/MAINTAINERS"); do
		recipients To "$1" | grep -Fq "$who" || { echo "not to $who"; return 1; }
	done
	recipients Cc "$1" | grep -Fq linux-kernel@vger.kernel.org
}
x86_maintained() {
	! grep -q '^diff --git a/arch/x86' "$1" || maintained "$1"
}
tap_run "to the maintainers of x86, what changes that" for_all x86_maintained
tap_run "and the cover letter" maintained "$cover"
xen() {
	! grep -q '^diff --git a/arch/x86/xen' "$1" || recipients Cc "$1" | grep -Fq xen-devel@lists.xenproject.org
}
tap_run "what is Xen's goes to its list, too" for_all xen
tap_run "all of them get the cover letter, and nobody twice" sh -c '
	sort -u "$1.all" >"$1.want"; sort "$1.cover" | diff "$1.want" - >&2' - "$({
		for f in $(grep -v 0000-cover "$tmp/mails"); do
			recipients To "$f"
			recipients Cc "$f"
		done >"$tmp/to.all"
		{ recipients To "$cover"; recipients Cc "$cover"; } >"$tmp/to.cover"
	}; echo "$tmp/to")"

# Of the base what the series changes
mkdir "$tmp/base"
git -C "$real" diff --name-only --no-renames --diff-filter=MD pvh-base pvh-series >"$tmp/touched"
# shellcheck disable=SC2046 # names without spaces
git -C "$real" archive pvh-base $(cat "$tmp/touched") | tar -xf - -C "$tmp/base"
git_am() {
	(cd "$tmp/base" && git init -q . && git add -A -f . && git commit -q -m base &&
		git am -q $(grep -v 0000-cover "$tmp/mails")) >"$tmp/log" 2>&1 && return
	tap_diag <"$tmp/log"
	return 1
}
same_end() {
	git -C "$tmp/base" ls-tree -r HEAD >"$tmp/tree"
	git -C "$real" diff --raw --no-abbrev --no-renames --diff-filter=AM pvh-base pvh-series |
		awk '{ print $2, "blob", $4 "\t" $6 }' >"$tmp/want"
	diff "$tmp/want" "$tmp/tree" >&2
}
tap_run "git am" git_am
tap_run "git am ends where the commits do" same_end
base=$(sed -n 's/^base-commit: //p' "$cover")
tap_run "the base-commit is the base's" test "$base" = "$(git -C "$real" rev-parse pvh-base)"
tap_run "the cover letter says what that is" sh -c '
	tr "\n" " " <"$1" | grep -Fq "applies to $2 ("' - "$cover" \
	"$(git -C "$real" log -1 --format=%s pvh-base | sed 's/ (.*//')"

# figures LABEL: the cells of README.md's row are in the cover letter
figures() {
	grep -F "| $1 |" "$top/README.md" | head -n 1 | awk -F ' *[|] *' '{ print $3; print $4 }' >"$tmp/cells"
	[ "$(grep -c . "$tmp/cells")" -gt 0 ] || return 1
	while read -r cell; do
		grep -Fq -- "$cell" "$cover" || { tap_diag "no '$cell'"; return 1; }
	done <"$tmp/cells"
}
for row in instructions 'MSR accesses' 'bytes of code, of data' 'memory map of 200 entries'; do
	tap_run "figures of README.md: $row" figures "$row"
done
tap_run "nothing is left to fill in" sh -c '! grep -E "\*\*\*|@[A-Za-z]+@|^@|SUBJECT|BLURB" "$1" >&2' - "$cover"

# The options are those that it names.
command=$(sed -n 's/^pvh: to send: \(git send-email .*\) [^ ]*\.patch$/\1/p' "$out.series")
$command --dry-run --confirm=never --smtp-server=/bin/false --from="$name <$email>" \
	"$mail"/*.patch </dev/null >"$tmp/sent" 2>&1 || tap_diag <"$tmp/sent"
tap_run "git send-email --dry-run takes all of them" \
	test "$(grep -c '^\(Dry-\)*OK\. Log says:' "$tmp/sent")" -eq $((count + 1))
tap_run "stable@, which wants no mail, gets none" sh -c '! grep -i "^[A-Z]*:.*stable@vger" "$1" >&2' - "$tmp/sent"
tap_run "as one thread" sh -c '
	first=$(sed -n "s/^Message-I[Dd]: //p" "$1" | head -n 1)
	[ -n "$first" ] && [ "$(grep -Fc "In-Reply-To: $first" "$1")" -eq "$2" ]' - "$tmp/sent" "$count"

# -- What decides about it, on a small tree with upstream's own script -----------
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
refused "no tree" 'no .*/linux: run make tree first' "$repo/scripts/series.sh"
start
mail=$repo/build/mail
works "a small one" "$repo/scripts/series.sh"
tap_run "in build/mail/" sh -c '[ "$(ls "$1"/*.patch | wc -l)" = 3 ]' - "$mail"
works "once more" "$repo/scripts/series.sh"
keep "$mail"

# Whose it is
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
	refused "$n <${e%%|*}>" "${who##*|}" "$repo/scripts/series.sh"
	refused "$n <${e%%|*}>, ahead of a build" "${who##*|}" "$repo/scripts/series.sh" --check
done
me "Zoë Submitter" zoe@users.noreply.example.net
works "an address that answers may not reach" "$repo/scripts/series.sh" "$tmp/noreply"
tap_run "is said to be one" grep -q "replies to that may reach nobody" "$out"
me "Zoë Submitter" zoe@lists.example.org
sed -i 's/^From: Some One .*/From: Some One <some.one@kernel.example.com>/' "$repo/patches/two.patch"
rm -rf "$repo/build/linux"
"$repo/scripts/tree.sh" 2>"$out" || tap_diag <"$out"
works "a patch of somebody else" "$repo/scripts/series.sh" "$tmp/else"
tap_run "stays theirs" grep -qx 'From: Some One <some.one@kernel.example.com>' "$tmp/else/0002-Add-two.patch"
tap_run "and is sent by the submitter" sh -c 'sed "/^$/q" "$1" | grep -q "^From: .*<zoe@lists\.example\.org>"' - \
	"$tmp/else/0002-Add-two.patch"

# Variables
for v in 0 two 1.5 -1; do
	refused "V=$v" "V=$v: not a version" env V=$v "$repo/scripts/series.sh"
done
refused "RFC=yes" 'RFC=yes: not 1' env RFC=yes "$repo/scripts/series.sh"
refused "V=3, and nothing has changed" 'V=3: docs/cover-changes\.txt has no section "v3:"' \
	env V=3 "$repo/scripts/series.sh"
printf '\nv3:\n' >>"$repo/docs/cover-changes.txt"
refused "V=3, and it does not say what" 'V=3: .* says nothing below "v3:"' env V=3 "$repo/scripts/series.sh"
cat >>"$repo/docs/cover-changes.txt" <<'EOF'
- of three

v2: https://lore.example.org/r/1
- of two

v4:
- of four
EOF
works "V=3 RFC=1" env V=3 RFC=1 "$repo/scripts/series.sh" "$tmp/v3"
tap_run "is in the subjects" sh -c '
	cat "$1"/*.patch | sed -n "s/^Subject: \[RFC PATCH v3 \([0-9]\)\/2\].*/\1/p" | tr -d "\n" | grep -qx 012' - "$tmp/v3"
tap_run "has the changes of that and earlier versions" sh -c '
	sed -n "/^Changes since v2:$/,/ ([0-9]*):$/p" "$1" | sed "\$d" >"$2" &&
	printf "%s\n" "Changes since v2:" "- of three" "" \
		"Changes since v1 (https://lore.example.org/r/1):" "- of two" "" | diff - "$2" >&2' - \
	"$tmp/v3/v3-0000-cover-letter.patch" "$tmp/changes"

# A figure is that of the table.
sed -i 's/^| instructions |[^|]*|/| instructions | 98,765 |/' "$repo/README.md"
works "other figures" "$repo/scripts/series.sh" "$tmp/figures"
tap_run "are in the cover letter" grep -q '98,765' "$tmp/figures/0000-cover-letter.patch"
sed -i '/^| MSR accesses |/d' "$repo/README.md"
refused "a figure that is gone" "docs/cover-letter\.txt: no row 'MSR accesses' in a table of README\.md" \
	"$repo/scripts/series.sh"
cp "$top/README.md" "$repo/README.md"
same "what was made before stays where something is wrong" "$mail"

# Where it goes
mkdir "$tmp/theirs"
echo mine >"$tmp/theirs/file"
refused "another's directory" "$tmp/theirs holds files that were not made here" "$repo/scripts/series.sh" "$tmp/theirs"
tap_run "which stays" test "$(cat "$tmp/theirs/file")" = mine

# What it goes on
refused "UPSTREAM: none" "UPSTREAM=$tmp/gone: no git tree" env UPSTREAM="$tmp/gone" "$repo/scripts/series.sh"
refused "UPSTREAM_REV without" "UPSTREAM_REV=v7\.3: of what tree" env UPSTREAM_REV=v7.3 "$repo/scripts/series.sh"
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
works "UPSTREAM" env UPSTREAM="$up" "$repo/scripts/series.sh" "$tmp/up"
tap_run "its HEAD is the base-commit" grep -qx "base-commit: $(git -C "$up" rev-parse HEAD)" "$tmp/up/0000-cover-letter.patch"
works "UPSTREAM_REV" env UPSTREAM="$up" UPSTREAM_REV=HEAD~1 "$repo/scripts/series.sh" "$tmp/up"
tap_run "is the base-commit" grep -qx "base-commit: $first" "$tmp/up/0000-cover-letter.patch"
refused "UPSTREAM_REV: none" "UPSTREAM_REV=v9: no commit of $up" env UPSTREAM="$up" UPSTREAM_REV=v9 "$repo/scripts/series.sh"
same "UPSTREAM is as it was" "$up"
works "KDIR is a git tree" env KDIR="$up" "$repo/scripts/series.sh" "$tmp/up"
tap_run "and its HEAD the base-commit" grep -qx "base-commit: $(git -C "$up" rev-parse HEAD)" "$tmp/up/0000-cover-letter.patch"
echo other >"$up/arch/x86/xen/two"
commit third
mkdir "$tmp/cwd"
cd "$tmp/cwd"
refused "UPSTREAM has something else there" "patches/two\.patch does not apply to" env UPSTREAM="$up" "$repo/scripts/series.sh"
tap_run "and nothing of that is written where it was started" test -z "$(ls -A "$tmp/cwd")"
cd "$top"
git -C "$up" rm -r -q arch && commit fourth
refused "UPSTREAM is no kernel" "$up, HEAD: no Linux source tree" env UPSTREAM="$up" "$repo/scripts/series.sh"

echo more >"$repo/build/linux/arch/x86/xen/three"
git -C "$repo/build/linux" add arch/x86/xen/three
git -C "$repo/build/linux" commit -q -m three
refused "commits that are not in patches/" "has commits that are not in patches/: make refresh first" "$repo/scripts/series.sh"

rm "$KDIR/scripts/get_maintainer.pl"
start
refused "nobody to ask for recipients" 'has no scripts/get_maintainer\.pl' "$repo/scripts/series.sh"
tap_done
