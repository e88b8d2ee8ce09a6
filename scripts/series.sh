#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write the series, or a part of it, as mail, ready for git send-email: with a cover
# letter, to whom get_maintainer.pl says, on a base-commit, by and signed off by the
# submitter. None of that is in patches/.
#
# usage: series.sh [DIRECTORY]     build/mail/ if none is named, build/mail/C/ for PART=C
#        series.sh --check         only see that the variables have values that can be
# variables: PART=C, one part, on top of those that it needs; PART=all, each of them; V=2,
# the version; RFC=1; IN_REPLY_TO=MESSAGE-ID, what the cover letter answers; TRAILERS=FILE,
# trailers to add, see lib/trailers.sh; UPSTREAM=DIR, a git tree with upstream's history,
# for the base-commit (KDIR, if that is one), and UPSTREAM_REV=HEAD, which of its commits

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/identity.sh"
. "$top/scripts/lib/patchinfo.sh"
. "$top/scripts/lib/parts.sh"
. "$top/scripts/lib/trailers.sh"

case ${1:-} in
--check) ;;
-*) die "series.sh: option '$1' is not known" ;;
esac
version=${V:-1}
printf '%s\n' "$version" | grep -Eqx '[1-9][0-9]?' || die "V=$version: not a version such as 2"
case ${RFC:-} in
'')	rfc= ;;
1)	rfc=--rfc ;;
*)	die "RFC=$RFC: not 1" ;;
esac
answers=${IN_REPLY_TO:-}
answers=${answers#<}
answers=${answers%>}
[ -z "$answers" ] || printf '%s\n' "$answers" | grep -Eqx '[^<>@[:space:]]+@[^<>@[:space:]]+' ||
	die "IN_REPLY_TO=$IN_REPLY_TO: not a Message-ID such as 20260131.1@lists.example.org"
part=${PART:-}
case $part in
'') ;;
all) check_parts ;;
*) check_part ;;
esac
make_tmp
check_trailers
identity
[ "${1:-}" != --check ] || exit 0

if [ "$part" = all ]; then
	for PART in $(part_letters); do
		export PART
		NO_LIST=1 "$0" ${1:+"$1/$PART"} || exit 1
	done
	part_list >&2
	exit 0
fi

[ -d "$tree/.git" ] || die "no $tree: run make tree first"
case $(tree_work) in
'' | 'a stash') ;;
*) die "$tree has $(tree_work): make refresh first, as patches/ is what gets sent" ;;
esac
[ -n "$(series_patches)" ] || die "$series_file names no patches"
out=$(realpath -m -- "${1:-$build/mail${part:+/$part}}")
if [ -e "$out" ] && [ ! -e "$out/.pvh-mail" ] && [ -n "$(ls -A "$out")" ]; then
	die "$out holds files that were not made here: name a new or an empty directory"
fi

if [ -n "$part" ]; then
	part_before "$part" >"$tmp/before"
	part_patches "$part" >"$tmp/names"
else
	: >"$tmp/before"
	series_patches >"$tmp/names"
fi
count=$(wc -l <"$tmp/names")
# The user's configuration of git does not change the mails.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME="$my_name" GIT_AUTHOR_EMAIL="$my_email"
export GIT_COMMITTER_NAME="$my_name" GIT_COMMITTER_EMAIL="$my_email"

# upstream REPOSITORY COMMAND ...: run git read-only in REPOSITORY, regardless of its
# owner
upstream() {
	from=$1
	shift
	git -c safe.directory='*' -c core.fsmonitor=false -C "$from" "$@"
}
is_git() {
	[ -d "$1" ] && upstream "$1" rev-parse --show-cdup 2>/dev/null | grep -qx ''
}

# The commit that the series applies to, and the text about it in the cover letter
if [ -n "${UPSTREAM:-}" ]; then
	is_git "$UPSTREAM" || die "UPSTREAM=$UPSTREAM: no git tree"
	base_from=$UPSTREAM
elif [ -n "${KDIR:-}" ] && is_git "$KDIR"; then
	base_from=$KDIR
else
	base_from=
fi
if [ -n "$base_from" ]; then
	rev=${UPSTREAM_REV:-HEAD}
	base=$(upstream "$base_from" rev-parse -q --verify "$rev^{commit}") ||
		die "UPSTREAM_REV=$rev: no commit of $base_from"
	upstream "$base_from" cat-file -e "$base:arch/x86/xen" 2>/dev/null ||
		die "$base_from, $rev: no Linux source tree"
	base_text="The series applies to $(upstream "$base_from" describe --abbrev=12 --always "$base"), $(
		upstream "$base_from" log -1 --format='"%s"' "$base")."
else
	[ -z "${UPSTREAM_REV:-}" ] || die "UPSTREAM_REV=$UPSTREAM_REV: of what tree? Name one with UPSTREAM="
	base_from=$tree
	base=$(git -C "$tree" rev-parse -q --verify 'pvh-base^{commit}') ||
		die "$tree has no commit tagged pvh-base"
	what=$(git -C "$tree" log -1 --format=%s "$base")
	base_text="The series applies to $what. That is a source package, without upstream's history: the base-commit below has its files as its only commit, and no other repository has it."
	case $what in
	*"(KDIR"*)
		base_text="The series applies to $what, without upstream's history: the base-commit below has its files as its only commit, and no other repository has it." ;;
	*"("*"-source-"*)
		base_text=$(printf '%s\n' "$base_text" | sed 's/(linux-source/(Debian'"'"'s linux-source/') ;;
	esac
fi
[ -z "$own_patches" ] ||
	base_text="$base_text This is the series for Linux $base_version${base_patch:+ $(sed -n 's/^Subject: as //p' "$top/scripts/$base_patch")}; the figures above are those of the one for Linux $default_base."

# first: what the cover letter says of the patches that come before those of the part
first() {
	printf '\nThese come first:\n\n'
	for need in $(part_needs "$part"); do
		title=$("$top/scripts/cover.sh" --subject "$need") || exit 1
		echo "- \"$title\""
	done
}
if [ -s "$tmp/before" ]; then
	first >"$tmp/first" || exit 1
	base_text="$base_text
$(cat "$tmp/first")"
fi

scratch_git "$base" "$tree" "$base_from"

# theirs: the patch has an author with an address that mail can reach. That author is
# kept; other patches get the submitter as their author.
theirs() {
	case $(field Email) in
	*@localhost | *.localhost | *.example | *.invalid | *.test) return 1 ;;
	esac
}
# message: that of the patch that was read
message() {
	field Subject
	echo
	cat "$tmp/text"
}

where="$base of $base_from${part:+, part $part}"
before=$base
while read -r patch; do
	apply_patch "$patch" "$where"
	message >"$tmp/message"
	before=$(commit_patch "$patch" "$before") || exit 1
done <"$tmp/before"

say "signing off $count patches as $my_name <$my_email>"
head=$before
while read -r patch; do
	apply_patch "$patch" "$where"
	message | with_trailers "$(field Subject)" "Signed-off-by: $my_name <$my_email>" >"$tmp/message"
	head=$(
		if theirs; then
			GIT_AUTHOR_NAME=$(field Author)
			GIT_AUTHOR_EMAIL=$(field Email)
		fi
		commit_patch "$patch" "$head"
	) || exit 1
done <"$tmp/names"
git update-ref refs/heads/series "$head"
git symbolic-ref HEAD refs/heads/series

"$top/scripts/cover.sh" "$version" "$base_text" "$part" >"$tmp/letter" || exit 1
mkdir "$tmp/mail"
[ "$version" -eq 1 ] || reroll=-v$version
# git send-email makes a thread of mails that have no Message-ID.
[ -z "$answers" ] || thread="--thread=shallow --in-reply-to=$answers"
# shellcheck disable=SC2086 # may be empty
git -c core.abbrev=12 format-patch -q -N --numbered ${reroll:-} $rfc ${thread:-} --cover-letter --base="$base" \
	--from="$my_name <$my_email>" -o "$tmp/mail" "$before..series" || die "git format-patch failed$(room "$tmp")"
unset GIT_DIR GIT_WORK_TREE

cover=$(find "$tmp/mail" -name '*0000-cover-letter.patch')
sed '1,2d' "$tmp/letter" >"$tmp/body"
subject=$(head -n 1 "$tmp/letter") awk -v body="$tmp/body" '
	{ sub(/\*\*\* SUBJECT HERE \*\*\*/, ENVIRON["subject"]) }
	/^\*\*\* BLURB HERE \*\*\*$/ {
		while ((getline line <body) > 0)
			print line
		next
	}
	{ print }' "$cover" >"$tmp/cover" && mv "$tmp/cover" "$cover"
# b4 finds the versions of a series by it.
id=$(part_field "${part:-all}" 3)
[ -z "$id" ] || [ -z "$(part_letters)" ] || sed -i "/^base-commit: /a change-id: $id" "$cover"

# recipients FILE: "To: ..." and "Cc: ..." for it, as the tree's MAINTAINERS has them
recipients() {
	(cd "$tree" && scripts/get_maintainer.pl --no-git --no-git-fallback --rolestats \
		"$1") 2>"$tmp/error" | sed -E '/ \((maintainer|supporter)[:)]/s/^/To: /; t role
		s/^/Cc: /
		:role
		s/ \([^()]*(\([^()]*\)[^()]*)*\)$//'
}
# address_to FILE LIST: the lines of LIST as its headers
address_to() {
	awk -v list="$2" '
		!done && /^$/ {
			while ((getline line <list) > 0) {
				kind = substr(line, 1, 3)
				who[kind] = who[kind] (who[kind] == "" ? "" : ",\n\t") substr(line, 5)
			}
			if (who["To:"] != "")
				print "To: " who["To:"]
			if (who["Cc:"] != "")
				print "Cc: " who["Cc:"]
			done = 1
		}
		{ print }' "$1" >"$tmp/addressed" && mv "$tmp/addressed" "$1"
}
[ -x "$tree/scripts/get_maintainer.pl" ] || die "$tree has no scripts/get_maintainer.pl to ask for recipients"
say "asking get_maintainer.pl for recipients"
: >"$tmp/all"
for mail in "$tmp"/mail/*.patch; do
	[ "$mail" != "$cover" ] || continue
	recipients "$mail" >"$tmp/to"
	grep -q '^To: ' "$tmp/to" ||
		die "get_maintainer.pl names nobody for ${mail##*/}: $(head -n 1 "$tmp/error")"
	cat "$tmp/to" >>"$tmp/all"
	address_to "$mail" "$tmp/to"
done
# Everybody who gets a patch gets the cover letter: as To if they are To of any patch.
sort -u "$tmp/all" | awk '
	/^To: / { to[substr($0, 5)]; print }
	/^Cc: / && !(substr($0, 5) in to)' >"$tmp/to"
address_to "$cover" "$tmp/to"

# Cc: stable@ in a patch is for those who apply it. That list does not want the mail.
send="--suppress-cc=bodycc${thread:+ --no-thread}"
# An error that would occur when the mails are sent is found now. Nothing is sent.
# shellcheck disable=SC2086 # options
git send-email --dry-run --quiet --confirm=never $send --smtp-server=/bin/false \
	--from="$my_name <$my_email>" "$tmp"/mail/*.patch >"$tmp/send" 2>&1 </dev/null || {
	tail -n 5 "$tmp/send" | sed 's/^/  | /' >&2
	die "git send-email would not take them"
}

# The mails of parts below build/mail/ stay.
[ ! -d "$out" ] || find "$out" -maxdepth 1 -type f -delete
{ mkdir -p "$out" && touch "$out/.pvh-mail" && cp "$tmp"/mail/*.patch "$out/"; } ||
	die "cannot write to $out$(room "$(dirname -- "$out")")"
[ "$out" != "$build/mail/$part" ] || touch "$build/mail/.pvh-mail"
say "wrote ${cover##*/} and $count patches to ${out#"$top"/}; base-commit $base"
say "to send: git send-email $send ${out#"$top"/}/*.patch"
if [ -z "${NO_LIST:-}" ] && [ -n "$(part_letters)" ]; then
	part_list >&2
fi
