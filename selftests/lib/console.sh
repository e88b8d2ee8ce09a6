# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by test.sh: what the guests in $dir have printed. The functions that
# compare set $want and $got, so that expect() can show both.
#
# They read $lines, if a test has cut a console in two, else $dir/console.lines.

console() {
	cat "${lines:-$dir/console.lines}"
}

# cut_console KEY: cut the console at the line "NAME: KEY" of the guest's script, which
# then starts another kernel: into first.lines and next.lines, in $dir
cut_console() {
	sed "/^${here##*/}: $1/,\$d" "$dir/console.lines" >"$dir/first.lines"
	sed "1,/^${here##*/}: $1/d" "$dir/console.lines" >"$dir/next.lines"
}

# on NAME COMMAND ...: the command, with the console NAME.lines. For expect.
on() {
	lines=$dir/$1.lines
	shift
	on_status=0
	"$@" || on_status=$?
	unset lines
	return "$on_status"
}

# said KEY [VALUE]: print the value of the line "NAME: KEY VALUE" of the guest's
# script, where NAME is $said_by, or else the name of the test's directory; with a
# VALUE: it is that
said() {
	said_name=${said_by:-${here##*/}}
	[ $# -gt 1 ] || {
		console | sed -n "s/^$said_name: $1 //p"
		return
	}
	want="$said_name: $1 $2" got=$(console | sed -n "s/^\($said_name: $1\( .*\)\{0,1\}\)$/\1/p")
	[ "$(console | sed -n "s/^$said_name: $1 //p")" = "$2" ]
}

# reported KEY [VALUE]: the same of a line "pvh-report: KEY: VALUE"; the VALUE is a
# basic regular expression
reported() {
	[ $# -gt 1 ] || {
		console | sed -n "s/.*pvh-report: $1: //p"
		return
	}
	want="pvh-report: $1: $2" got=$(console | sed -n "s/.*\(pvh-report: $1: .*\)/\1/p")
	printf '%s\n' "$got" | grep -qx "pvh-report: $1: $2"
}

# has PATTERN: a line of the console has that, a basic regular expression
has() {
	want="a line with $1" got=$(console | grep -m 1 -- "$1") && return
	got="$(console | wc -l) lines without it"
	return 1
}

# finished: the guest's init got to its end, and the guest powered off or rebooted
finished() {
	want="pvh-init: done, and QEMU's status 0"
	got="$(console | grep -o 'pvh-init: done' || echo 'no pvh-init: done'), status $(cat "$dir/${1:-console}.status")"
	[ "$got" = "pvh-init: done, status 0" ]
}

# ended [NAME]: QEMU ended by itself, and without an error
ended() {
	is 0 "$(cat "$dir/${1:-console}.status")"
}

# refused FIELD VALUE: port 0xe9 has one line, "pvh: FIELD VALUE: REASON". VALUE is a
# basic regular expression.
refused() {
	want="one line, pvh: $1 $2: REASON" got=$(cat "$dir/console.e9")
	[ "$(wc -l <"$dir/console.e9")" -eq 1 ] && printf '%s\n' "$got" | grep -qx "pvh: $1 $2: ..*"
}

# on_serial: the serial port has the same lines of the PVH entry as port 0xe9
on_serial() {
	want=$(cat "$dir/console.e9") got=$(console | sed -n 's/.*pvh: /pvh: /p')
	[ "$got" = "$want" ]
}
