#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# How pvhinfo is used: its options, where it reads from and writes to, and what it
# prints if it is used in a wrong way.
#
# variables: PVHINFO=, another program

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/pvhinfo/files.sh"

pvhinfo_setup

# reads_input, reads_pipe, reads_fifo: the report is that of the file. For expect.
reads_input() {
	"$asan" - <"$image" | cmp - "$tmp/report"
}
reads_pipe() {
	# shellcheck disable=SC2002 # a pipe
	cat "$image" | "$asan" - | cmp - "$tmp/report"
}
reads_fifo() {
	mkfifo "$tmp/fifo"
	timeout 60 sh -c 'cat "$1" >"$2"' sh "$image" "$tmp/fifo" &
	"$asan" "$tmp/fifo" | cmp - "$tmp/report"
}

# fails_with EXPECT ARGUMENT ...: status 2, nothing on standard output, and that on
# standard error. For expect.
fails_with() {
	expect_err=$1
	shift
	status=0
	"$asan" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	want="status 2, and pvhinfo: $expect_err" got="status $status, $(cat "$tmp/err")$(head -n 1 "$tmp/out")"
	[ $status -eq 2 ] && [ ! -s "$tmp/out" ] && grep -q "^pvhinfo: $expect_err" "$tmp/err"
}

one_line_for_newline() {
	fails_with '.*/a?b?c: No such file' "$tmp/$(printf 'a\nb\033c')" && [ "$(wc -l <"$tmp/err")" -eq 1 ]
}

writes_through_link() {
	"$asan" -q -x "$tmp/link" "$image" && [ -L "$tmp/link" ] && cmp "$tmp/old" "$bz/vmlinux.bin"
}

full_output() {
	status=0
	"$asan" "$image" >/dev/full 2>"$tmp/err" || status=$?
	want="status 2, and pvhinfo: standard output: No space left" got="status $status, $(cat "$tmp/err")"
	[ $status -eq 2 ] && grep -q '^pvhinfo: standard output: No space left' "$tmp/err"
}

helps() {
	"$asan" --help | grep -q '^usage: pvhinfo' && "$asan" --version | grep -qx 'pvhinfo [0-9.]*'
}

"$asan" "$image" >"$tmp/report" || :
expect "pvhinfo reads the standard input" reads_input
expect "pvhinfo reads a pipe" reads_pipe
expect "pvhinfo reads a named pipe" reads_fifo
expect "a name with a newline in it makes one line" one_line_for_newline

expect "a call without a file is refused" fails_with 'no FILE'
expect "a call with two files is refused" fails_with 'more than one FILE' "$image" "$image"
expect "an unknown option is refused" fails_with 'see pvhinfo --help' -z "$image"
expect "-x without a name is refused" fails_with "-x ''" -x '' "$image"
expect "-x to a directory that does not exist is refused" \
	fails_with "$tmp/none/elf: No such file" -x "$tmp/none/elf" "$image"
expect "-x to a directory is refused" fails_with "$tmp: " -x "$tmp" "$image"
expect "-x to a full disk is an error" fails_with '/dev/full: No space left' -x /dev/full "$image"
echo old >"$tmp/old"
head -c 100000 "$image" >"$tmp/cut"
expect "-x of a damaged file is an error" fails_with "$tmp/cut: bzImage syssize" -x "$tmp/old" "$tmp/cut"
expect "-x of a damaged file leaves the old file as it was" is old "$(cat "$tmp/old")"
ln -s old "$tmp/link"
expect "-x to a symbolic link writes the file that it points to" writes_through_link
expect "-x leaves no other files" is "$tmp/old" "$(find "$tmp" -name 'old*' -o -name 'elf.*')"
expect "a report to a full disk is an error" full_output
expect "--help and --version print the usage and the version" helps

# --table, compared with the structure in the kernel's header
fields_of_header() {
	sed -n "/^struct ${table_name#__pi_} {/,/^}/s/^	__u\\([0-9]*\\) \\([a-z]*\\).*/\\2 \\1/p" \
		"$tree/arch/x86/include/asm/${table_name#__pi_}.h" | awk -v bytes="$1" '
		{ print $1, at + 0, $1 == "runs" ? bytes - at : $2 / 8; at += $2 / 8 }'
}
if [ -n "$table" ]; then
	expect "--table prints the fields of the structure in the kernel's header" \
		is "$(fields_of_header "$(sed -n 's/^pvh-kaslr-bytes: //p' "$tmp/report")")" \
		"$("$asan" --table "$build/vmlinux")"
	expect "--table prints the same of a bzImage" is "$("$asan" --table "$build/vmlinux")" "$("$asan" --table "$image")"
fi
# no_table FILE
no_table() {
	status=0
	"$asan" --table "$1" >"$tmp/out" 2>"$tmp/err" || status=$?
	want="status 1 and no line" got="status $status $(cat "$tmp/out" "$tmp/err")"
	[ $status -eq 1 ] && [ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
}
changed "$stripped" $((entry_note + 8)) 4 0x112
expect "--table of a kernel without a table prints nothing, and the status is 1" no_table "$tmp/changed"

# Each line that it can print is in its documentation, and no other
sed -n '/^## The lines/,/^## The loaders/p' "$top/docs/pvhinfo.md" | awk -F'|' 'NF > 3 { print $2 }' |
	sed 's/`-\(min\|max\)`/`pvh-reloc-\1`/g; s/`-relocations`/`pvh-kaslr-relocations`/; s/`loader-NAME`//' |
	grep -o '`[a-z-]*`' | tr -d '`' | sort >"$tmp/documented"
sed 's/:.*//' "$tmp/report" | grep -v '^loader-' | sort >"$tmp/printed"
expect "docs/pvhinfo.md has all lines, and no other" is "$(cat "$tmp/documented")" "$(cat "$tmp/printed")"
tap_done
