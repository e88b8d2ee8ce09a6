# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after patchinfo.sh: the trailers of a commit message, and those that the file
# TRAILERS= adds. Lines before the first "Subject:" are for every patch, those after one
# for the patch with that subject:
#
#	Assisted-by: LLM sparse
#	Subject: x86/pvh: Do not write past the end of e820_table
#	Reported-by: Some One <some.one@lists.example.org>
#	Closes: https://lore.kernel.org/r/MESSAGE-ID

# In the order of maintainer-tip.rst
trailer_order="Fixes Reported-by Closes Suggested-by Assisted-by Signed-off-by Tested-by Reviewed-by Acked-by Cc Link"

# trailer_lines: the file TRAILERS=, a line "NUMBER:TEXT" for each that says something
trailer_lines() {
	grep -n '' "$TRAILERS" | grep -Ev '^[0-9]*:(#|[[:space:]]*$)' || :
}

# check_trailers: the file has lines that a commit message can have
check_trailers() {
	[ -n "${TRAILERS:-}" ] || return 0
	[ -f "$TRAILERS" ] && [ -r "$TRAILERS" ] || die "TRAILERS=$TRAILERS: no such file"
	[ -n "$(trailer_lines)" ] || die "TRAILERS=$TRAILERS: no line says anything"
	subjects=$(series_patches | while read -r patch; do
		read_patch "$patch"
		field Subject
	done)
	reporter=
	trailer_lines | while IFS= read -r line; do
		at="TRAILERS=$TRAILERS, line ${line%%:*}"
		line=${line#*:}
		name=${line%%:*}
		value=${line#*: }
		[ -z "$reporter" ] || [ "$name" = Closes ] ||
			die "$at: \"$reporter\" is not followed by \"Closes: \" and the URL of the report"
		reporter=
		[ "$name" != "$line" ] && [ "$value" != "$line" ] && [ -n "$value" ] ||
			die "$at: \"$line\" is no trailer such as \"Link: https://...\""
		case $name in
		Subject)
			printf '%s\n' "$subjects" | grep -qxF -e "$value" ||
				die "$at: no patch of $series_file has the subject \"$value\"" ;;
		Signed-off-by)
			die "$at: make series adds your own Signed-off-by, and nobody can give that of others" ;;
		Fixes)
			printf '%s\n' "$value" | grep -Eqx '[0-9a-f]{12,40} \(".*"\)' ||
				die "$at: Fixes: \"$value\" is not 12 digits of a commit, and (\"its subject\")" ;;
		Closes | Link)
			printf '%s\n' "$value" | grep -Eqx 'https?://[^[:space:]]+( # .*)?' ||
				die "$at: $name: \"$value\" is no URL" ;;
		Reported-by | Suggested-by | Tested-by | Reviewed-by | Acked-by | Cc)
			printf '%s\n' "$value" | grep -Eqx '([^<>]* )?<?[^<>@[:space:]]+@[^<>@[:space:]]+>?( # .*)?' ||
				die "$at: $name: \"$value\" has no address such as <name@lists.example.org>" ;;
		Assisted-by) ;;
		*)
			die "$at: \"$name\" is none of $(echo "$trailer_order" | sed 's/ Signed-off-by//; s/ /|/g')" ;;
		esac
		[ "$name" != Reported-by ] || reporter=$line
		echo "$reporter" >&3
	done 3>"$tmp/trailers" || exit 1
	reporter=$(tail -n 1 "$tmp/trailers")
	[ -z "$reporter" ] ||
		die "TRAILERS=$TRAILERS: \"$reporter\" is not followed by \"Closes: \" and the URL of the report"
}

# more_trailers SUBJECT: what the file has for the patch with that subject
more_trailers() {
	[ -z "${TRAILERS:-}" ] || trailer_lines | sed 's/^[0-9]*://' | subject=$1 awk '
		/^Subject: / { other = substr($0, 10) != ENVIRON["subject"]; next }
		!other'
}

# with_trailers SUBJECT LINE: the message on standard input with these trailers and LINE,
# all in the order of maintainer-tip.rst
with_trailers() {
	cat >"$tmp/message.in"
	{ more_trailers "$1"; printf '%s\n' "$2"; } >"$tmp/more"
	set --
	while IFS= read -r line; do
		set -- "$@" --trailer "$line"
	done <"$tmp/more"
	git interpret-trailers --if-exists addIfDifferent "$@" <"$tmp/message.in" | awk -v order="$trailer_order" '
		BEGIN {
			n = split(order, name, " ")
			for (i = 1; i <= n; i++)
				rank[name[i]] = i
			# They stay together.
			rank["Closes"] = rank["Reported-by"]
		}
		{ line[NR] = $0 }
		/^$/ { last = NR }
		END {
			for (i = 1; i <= last; i++)
				print line[i]
			for (r = 0; r <= n; r++)
				for (i = last + 1; i <= NR; i++)
					if (rank[substr(line[i], 1, index(line[i], ":") - 1)] + 0 == r)
						print line[i]
		}'
}
