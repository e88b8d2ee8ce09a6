#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# make evaluate, by boot paths that do not take long: counts that repeat, reports from
# inside the guest, a path that cannot be booted beside those that can, and documents
# with figures that are in the output and others that are not.

. "$(dirname -- "$0")/../lib/test.sh"
. "$here/measured.sh"

make_tmp
echo "no kernel" >"$tmp/no-kernel"

# evaluate OUT PATH ...
evaluate() {
	out=$1
	shift
	measure "$out" --image main.xz.bzImage="$tmp/no-kernel" --image main.gzip.bzImage="$build/bzImage" \
		--image main.lz4.bzImage="$build/bzImage" --paths "$*" evaluate
}

# cannot OUT PATH REASON: the state of that path is that it cannot be booted, because of
# REASON, a basic regular expression
cannot() {
	want="cannot: ...$3" got=$(value "$1" "$2" state)
	expr "$got" : "cannot: .*$3" >/dev/null
}

# starts_with TEXT VALUE
starts_with() {
	want="$1..." got=$2
	case $2 in
	"$1"*) ;;
	*) return 1 ;;
	esac
}

one=$tmp/1
evaluate "$one" pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr base-microvm bz-xz ovmf-pvh
expect "evaluate: a path that cannot be booted is no error" is 0 "$status"
for path in pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr; do
	name=$path
	expect "the path is booted to its end" is ok "$(value "$one" $path state)"
	expect "the guest reports that it was entered by its PVH note" \
		starts_with "PVH; not Xen" "$(value "$one" $path "entered by")"
	expect "the kernel executes fewer instructions than all from reset" \
		below "$(value "$one" $path "reset insns")" "$(value "$one" $path "kernel insns")"
	expect "the firmware's instructions and the kernel's are all" is "$(value "$one" $path "reset insns")" \
		$(($(value "$one" $path "kernel insns") + $(value "$one" $path "before insns")))
done
name=
expect "pvh-q35: the guest reports KASLR" is yes "$(value "$one" pvh-q35 KASLR)"
expect "pvh-q35-nokaslr: the guest reports no KASLR" is no "$(value "$one" pvh-q35-nokaslr KASLR)"
expect "pvh-q35: KASLR takes more instructions than nokaslr" \
	below "$(value "$one" pvh-q35 "kernel insns")" "$(value "$one" pvh-q35-nokaslr "kernel insns")"
expect "pvh-microvm-nokaslr: its firmware executes fewer instructions than that of q35" \
	below "$(value "$one" pvh-q35 "before insns")" "$(value "$one" pvh-microvm-nokaslr "before insns")"
if [ -e "$build/base.vmlinux" ]; then
	expect "pvh-microvm-nokaslr: fewer MSR accesses than the base's" \
		below "$(value "$one" base-microvm "kernel msr")" "$(value "$one" pvh-microvm-nokaslr "kernel msr")"
else
	expect "base-microvm: without a base kernel the reason is that" cannot "$one" base-microvm 'no .*base.vmlinux'
fi
expect "bz-xz: a file that is no kernel is the reason" cannot "$one" bz-xz 'is no bzImage'
expect "ovmf-pvh: no image with a PVH note is the reason" cannot "$one" ovmf-pvh 'PVH note'
expect "evaluate: the text has the reason, too" grep -q 'cannot: .*is no bzImage' "$one.txt"

evaluate "$tmp/2" pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr
for path in pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr; do
	for n in 1 2; do
		grep "^$path," "$tmp/$n.csv" >"$tmp/$path.$n"
	done
	expect "$path: a second run has the same figures" diff "$tmp/$path.1" "$tmp/$path.2"
done

# In a second no machine gets through this path.
EVALUATE_TIMEOUT=1 evaluate "$tmp/3" bz-gzip
expect "bz-gzip: a guest that does not end in time is the reason" cannot "$tmp/3" bz-gzip 'not within 1 s'

status=0
"$here/run.sh" --paths pvh-q36 evaluate "$tmp/4" >"$tmp/4.log" 2>&1 || status=$?
expect "evaluate: the error names an unknown path" grep -q "error: --paths pvh-q36: " "$tmp/4.log"
expect "evaluate: an unknown path is an error" is 1 "$status"

if command -v gnuplot >/dev/null 2>&1; then
	expect "plot.sh: it makes a plot as SVG and PNG" "$here/plot.sh" "$one.csv" "$tmp/plot"
	expect "plot.sh: the SVG has the boot paths" grep -q 'PVH vmlinux; nokaslr; qboot' "$tmp/plot.svg"
	expect "plot.sh: the PNG is one" is 89504e47 "$(get_bytes "$tmp/plot.png" 0 4)"
else
	tap_skip "plot.sh: it makes a plot as SVG and PNG" "no gnuplot here: make evaluate installs it"
fi

# sentences TEXT ...: doc.sh accepts a document with these lines
sentences() {
	printf '%s\n' "$@" >"$tmp/doc.md"
	"$here/doc.sh" --sentences "$tmp/doc.md" "$tmp/figures.csv"
}
name="doc.sh --sentences"
printf '%s\n' 'a,insns,1234567' 'b,insns,4000' 'version,x,4.17.7-1' >"$tmp/figures.csv"
expect "figures of the output are accepted" sentences "There are 1,234,567 of them, and 4000." "Version 4.17.7"
expect "another figure is an error" not sentences "There are 1,234,568 of them."
sentences "There are 1,234,568 of them." 2>"$tmp/doc.log" || :
expect "the error names another figure and its line" grep -q 'doc.md:1: .*1,234,568' "$tmp/doc.log"
expect "a factor is accepted" sentences "That is 308.6 times as many. <!-- a:insns / b:insns -->"
expect "a wrong factor is an error" not sentences "That is 309.6 times as many. <!-- a:insns / b:insns -->"
expect "a factor of a value that is not there is an error" \
	not sentences "That is 308.6 times as many. <!-- a:insns / c:insns -->"
expect "a factor without the names of its values is an error" not sentences "That is 308.6 times as many."
expect "a document without figures is an error" not sentences "no figures"
printf '%s\n' 'a,insns,187654321' 'a,varies,insns;pio' >"$tmp/figures.csv"
expect "a figure that varies is accepted when it is rounded" sentences "About 190,000,000 of them."
expect "a figure that varies is an error when it is exact" not sentences "About 185,000,000 of them."

name="doc.sh"
# known_tables DOC: report.awk has all tables that the document names
known_tables() {
	want="tables of report.awk" got=
	for table in $(sed -n 's/^<!-- figures: \(.*\) -->$/\1/p' "$top/$1"); do
		! awk -F, -v as=md -v what="$table" -f "$here/report.awk" "$one.csv" 2>&1 |
			grep -q 'no table' || got="$got $table"
	done
	[ -z "$got" ]
}
for doc in README.md docs/compared.md docs/evaluation.md docs/kaslr.md docs/cover-letter.txt; do
	expect "report.awk has the tables that $doc names" known_tables $doc
done
printf '%s\n' "Before" "<!-- figures: reset -->" "<!-- end -->" "After" >"$tmp/tables.md"
"$here/doc.sh" "$tmp/tables.md" "$one.csv"
expect "a table is written into a document" \
	grep -q "^| PVH vmlinux; nokaslr; qboot; microvm | [0-9,]* |" "$tmp/tables.md"
expect "the text around a table stays" is 2 "$(grep -cx "Before\|After" "$tmp/tables.md")"
grep -v "^pvh-q35-nokaslr," "$one.csv" >"$tmp/fewer.csv"
expect "a table with a path that the output does not have is an error" \
	not "$here/doc.sh" --check "$tmp/tables.md" "$tmp/fewer.csv"
expect "a table that is that of the output is accepted" "$here/doc.sh" --check "$tmp/tables.md" "$one.csv"
sed -i "/end -->/d" "$tmp/tables.md"
status=0
"$here/doc.sh" "$tmp/tables.md" "$one.csv" 2>"$tmp/doc.log" || status=$?
expect "a table without an end loses no text" is "1 1" "$status $(grep -c After "$tmp/tables.md")"
tap_done
