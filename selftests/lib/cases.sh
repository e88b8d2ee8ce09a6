# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by test.sh: one guest, or several, for each row of a table; as many rows
# at a time as there are CPUs.

# columns: a table on standard input, with a tab between columns
#
# One row a line. Two blanks or more, or a tab, separate columns, so a single blank
# can be part of a column. "-" is an empty column. Empty lines and those that begin
# with # are left out.
columns() {
	sed '/^[[:blank:]]*\(#.*\)\{0,1\}$/d; s/^[[:blank:]]*//; s/[[:blank:]]*$//
		s/\(	\|  \)[[:blank:]]*/	/g'
}

# with_row COMMAND ROW: run the command with the columns of the row as arguments
with_row() {
	with_command=$1 with_rest=$2
	set --
	while :; do
		with_column=${with_rest%%"$tab"*}
		[ "$with_column" != - ] || with_column=
		set -- "$@" "$with_column"
		case $with_rest in
		*"$tab"*) with_rest=${with_rest#*"$tab"} ;;
		*) break ;;
		esac
	done
	"$with_command" "$@"
}
tab=$(printf '\t')

# run_cases BOOT JUDGE <TABLE: call BOOT with the columns of each row, in a subshell,
# then JUDGE for each row in the order of the table
#
# Both have a directory for that row in $dir. BOOT leaves its consoles there. JUDGE
# sets $name, which starts the name of each of its tests. If one of them fails the
# consoles are kept in build/log/failed/, and their last lines are shown.
#
# variables: ONLY=, an extended regular expression that picks rows: it is compared
# with the row, with a single blank between columns. tap_done is an error if no table
# of the test has such a row. JOBS=, how many at a time, instead of the number of CPUs.
# KEEP=DIR, where a copy of the directory of each row is left
run_cases() {
	case_boot=$1 case_judge=$2
	case_jobs=${JOBS:-$(nproc)}
	case_set=${case_set:-0}
	case_set=$((case_set + 1))
	case_dir=$tmp/cases.$case_set
	mkdir "$case_dir"
	columns | tr '\t' '\001' | while IFS= read -r case_row; do
		printf '%s\n' "$case_row" | tr '\001' ' ' | grep -Eq -- "${ONLY:-}" || continue
		printf '%s\n' "$case_row"
	done | tr '\001' '\t' >"$case_dir/rows"
	case_count=$(wc -l <"$case_dir/rows")
	case_total=$((${case_total:-0} + case_count))
	[ "$case_count" -gt 0 ] || {
		[ -n "${ONLY:-}" ] || die "run_cases: a table of ${here##*/} is empty"
		return 0
	}
	accel_args >/dev/null

	# A pipe holds a number for each row that may run. Each gives its own back.
	mkfifo "$case_dir/slots"
	exec 9<>"$case_dir/slots"
	case_n=0
	while [ $case_n -lt "$case_jobs" ]; do
		case_n=$((case_n + 1))
		echo $case_n >&9
	done
	case_n=0
	case_begin=$(date +%s)
	while IFS= read -r case_row; do
		case_n=$((case_n + 1))
		dir=$case_dir/$case_n
		mkdir "$dir"
		read -r case_slot <&9
		(
			trap - EXIT
			export case_slot
			case_start=$(date +%s%N)
			# In a subshell, because die() exits
			(with_row "$case_boot" "$case_row") >"$dir/out" 2>"$dir/err" </dev/null 9>&- ||
				echo $? >"$dir/failed"
			echo $((($(date +%s%N) - case_start) / 1000000)) >"$dir/ms"
			echo "$case_slot" >&9
		) &
		case_progress
	done <"$case_dir/rows"
	wait
	exec 9>&-
	tap_diag "$case_count cases in $(($(date +%s) - case_begin)) s, $case_jobs at a time"

	case_n=0
	while IFS= read -r case_row; do
		case_n=$((case_n + 1))
		dir=$case_dir/$case_n
		name=
		case_bad=$tap_bad
		if [ -e "$dir/failed" ]; then
			tap_ok 1 "$(printf '%s' "$case_row" | tr '\t' ' '): its guests could be started"
			tail -n 20 "$dir/err" | tap_diag
		else
			with_row "$case_judge" "$case_row"
		fi
		[ "$tap_bad" -eq "$case_bad" ] || keep_consoles "${name:-$case_row}"
		[ -z "${KEEP:-}" ] || keep_case "${name:-$case_row}"
		rm -rf "$dir"
	done <"$case_dir/rows"
	name=
}

# case_progress: a line each time another tenth of many rows has begun
case_progress() {
	[ "$case_count" -ge 50 ] || return 0
	[ $((case_n * 10 / case_count)) -ne $(((case_n - 1) * 10 / case_count)) ] || return 0
	tap_diag "$case_n of $case_count cases begun, $(($(date +%s) - case_begin)) s"
}

# case_file NAME: the name of a file for that case
case_file() {
	printf '%s' "${here##*/} $1" | tr -c 'A-Za-z0-9._+-' '-'
}

# keep_case NAME: copy $dir to KEEP=DIR
keep_case() {
	keep_as=$KEEP/$(case_file "$1")
	mkdir -p "$KEEP"
	rm -rf "$keep_as"
	cp -r "$dir" "$keep_as"
}

# keep_consoles NAME: keep what the guests in $dir left, and show the end of it
keep_consoles() {
	keep_as=$build/log/failed/$(case_file "$1")
	mkdir -p "$build/log/failed"
	for keep_status in "$dir"/*.status; do
		[ -e "$keep_status" ] || continue
		keep_log=${keep_status%.status}
		case ${keep_log##*/} in
		console*) keep_to=$keep_as${keep_log#"$dir/console"} ;;
		*) keep_to=$keep_as-${keep_log##*/} ;;
		esac
		cp "$keep_log" "$keep_to"
		{
			echo "$1: $keep_to, QEMU's status is $(cat "$keep_status"), its last lines:"
			sed 's/^/port 0xe9: /' "$keep_log.e9" 2>/dev/null
			cat "$keep_log.err"
			grep -B 20 '^not ok' "$keep_log.lines" || tail -n 12 "$keep_log.lines"
		} | cut -c1-160 | tap_diag
	done
	[ ! -s "$dir/err" ] || tail -n 12 "$dir/err" | tap_diag
}
