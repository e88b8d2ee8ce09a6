# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after tap.sh: what the tests of the series share.

# listed FILE: its lines, without comments
listed() {
	sed '/^#/d; /^$/d' "$1"
}

# in_subshell COMMAND ...: for one that changes directory or exports
in_subshell() (
	"$@"
)

# touched_base TREE DIR: the files of the base that the series changes or removes, in
# DIR: the least that the series applies to
touched_base() {
	mkdir "$2"
	# shellcheck disable=SC2046 # names without spaces
	git -C "$1" archive pvh-base $(git -C "$1" diff --name-only --no-renames --diff-filter=MD \
		pvh-base pvh-series) | tar -xf - -C "$2"
}

# checkpatch IGNORE PATCH: it has no complaint of a type that is not in the list IGNORE.
# For expect.
checkpatch() {
	[ -x "${real:-$tree}/scripts/checkpatch.pl" ] || return
	(cd "${real:-$tree}" && scripts/checkpatch.pl --strict --no-summary --ignore "$1" "$2") \
		>"$tmp/checkpatch" 2>/dev/null || :
	! grep -A 8 '^\(ERROR\|WARNING\|CHECK\):' "$tmp/checkpatch"
}

# submitter: whoever uses this repository, with what make series needs. Called after
# scratch.sh, which has the first line of git's configuration.
submitter() {
	needs git /usr/lib/git-core/git-send-email /usr/share/perl5/Mail/Address.pm
	export GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=3
	export GIT_CONFIG_KEY_1=user.name GIT_CONFIG_VALUE_1="Zoe Submitter"
	export GIT_CONFIG_KEY_2=user.email GIT_CONFIG_VALUE_2=zoe@lists.example.org
	unset V RFC UPSTREAM UPSTREAM_REV PART TRAILERS IN_REPLY_TO EMAIL
}
