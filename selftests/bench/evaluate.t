#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# make evaluate, by doors that are soon through: counts that repeat, from inside the
# guest what it says it is, a door that cannot be opened beside those that can, and
# documents with figures that are in the output and some that are not.

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
here=$top/selftests/bench

# A build directory of its own: what is missing there does not depend on what was made.
fake=$tmp/build
mkdir "$fake"
touch "$fake/.pvh"
ln -s "$build/vmlinux" "$build/initramfs.cpio.gz" "$fake/"
ln -s "$build/bzImage" "$fake/main.gzip.bzImage"
echo "no kernel" >"$fake/main.xz.bzImage"
[ ! -e "$build/base.vmlinux" ] || ln -s "$build/base.vmlinux" "$fake/"

# evaluate OUT DOOR ...: with its exit status
evaluate() {
	to=$1
	shift
	BUILD=$fake "$here/evaluate.sh" --doors "$*" "$to" >"$to.log" 2>&1
}

# like TEXT REGEX: at its beginning
like() {
	expr "$1" : "$2" >/dev/null
}

# value OUT DOOR ITEM
value() {
	awk -F, -v door="$2" -v item="$3" '$1 == door && $2 == item { print $3 }' "$1/evaluate.csv"
}

status=0
evaluate "$tmp/1" pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr base-microvm bz-xz ovmf-pvh || status=$?
tap_ok $status "doors are tried, and there is a table"
[ $status -eq 0 ] || tap_diag <"$tmp/1.log"
for door in pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr; do
	tap_run "$door: $(value "$tmp/1" $door state)" test "$(value "$tmp/1" $door state)" = ok
	tap_run "$door: entered by its note: $(value "$tmp/1" $door "entered by")" \
		like "$(value "$tmp/1" $door "entered by")" 'PVH; not Xen'
	tap_run "$door: fewer instructions from its first one than from reset" \
		test "$(value "$tmp/1" $door "kernel insns")" -lt "$(value "$tmp/1" $door "reset insns")"
	tap_run "$door: the two parts of them are all" test "$(value "$tmp/1" $door "reset insns")" -eq \
		$(($(value "$tmp/1" $door "kernel insns") + $(value "$tmp/1" $door "before insns")))
done
tap_run "KASLR where it is on" test "$(value "$tmp/1" pvh-q35 KASLR)" = yes
tap_run "no KASLR with nokaslr" test "$(value "$tmp/1" pvh-q35-nokaslr KASLR)" = no
tap_run "KASLR costs instructions" \
	test "$(value "$tmp/1" pvh-q35 "kernel insns")" -gt "$(value "$tmp/1" pvh-q35-nokaslr "kernel insns")"
tap_run "the firmware of a microvm is the shorter one" \
	test "$(value "$tmp/1" pvh-microvm-nokaslr "before insns")" -lt "$(value "$tmp/1" pvh-q35 "before insns")"
if [ -e "$fake/base.vmlinux" ]; then
	tap_run "fewer MSR accesses than the base" \
		test "$(value "$tmp/1" pvh-microvm-nokaslr "kernel msr")" -lt "$(value "$tmp/1" base-microvm "kernel msr")"
else
	tap_run "no base here: $(value "$tmp/1" base-microvm state)" \
		like "$(value "$tmp/1" base-microvm state)" 'cannot: no .*base.vmlinux'
fi
tap_run "what is no kernel: $(value "$tmp/1" bz-xz state)" \
	like "$(value "$tmp/1" bz-xz state)" 'cannot: .*is no bzImage'
tap_run "OVMF: $(value "$tmp/1" ovmf-pvh state)" \
	like "$(value "$tmp/1" ovmf-pvh state)" 'cannot: .*PVH note'
tap_run "why is in the table, too" grep -q 'cannot: .*is no bzImage' "$tmp/1/evaluate.txt"

# All of it, but not what was just tried and cannot be.
status=0
evaluate "$tmp/2" pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr || status=$?
for door in pvh-q35 pvh-q35-nokaslr pvh-microvm-nokaslr; do
	for n in 1 2; do
		grep "^$door," "$tmp/$n/evaluate.csv" >"$tmp/$door.$n"
	done
	tap_run "$door: a second run has the same" cmp -s "$tmp/$door.1" "$tmp/$door.2"
	diff "$tmp/$door.1" "$tmp/$door.2" | tap_diag
done

# A bound for each door: no machine is through with this one in a second.
(EVALUATE_TIMEOUT=1 evaluate "$tmp/3" bz-gzip)
tap_run "a door that hangs: $(value "$tmp/3" bz-gzip state)" \
	like "$(value "$tmp/3" bz-gzip state)" 'cannot: .*not within 1 s'

status=0
evaluate "$tmp/4" pvh-q36 || status=$?
tap_run "an unknown door is named" grep -q "error: --doors pvh-q36: " "$tmp/4.log"
tap_run "and is an error" test $status -ne 0

# A plot of it
if command -v gnuplot >/dev/null 2>&1; then
	status=0
	"$here/plot.sh" "$tmp/1/evaluate.csv" "$tmp/plot" 2>"$tmp/plot.log" || status=$?
	tap_ok $status "a plot as SVG and PNG"
	[ $status -eq 0 ] || tap_diag <"$tmp/plot.log"
	tap_run "the SVG has the doors" grep -q 'PVH vmlinux; nokaslr; qboot' "$tmp/plot.svg"
	tap_run "the PNG is one" test "$(od -An -tx1 -N4 "$tmp/plot.png" | tr -d ' ')" = 89504e47
else
	tap_skip "a plot as SVG and PNG" "no gnuplot here: make evaluate installs it"
fi

# doc TEXT: status of the check of a document with that text
doc() {
	printf '%s\n' "$@" >"$tmp/doc.md"
	status=0
	"$here/check-doc.sh" "$tmp/doc.md" "$tmp/figures.csv" 2>"$tmp/doc.log" || status=$?
}
printf '%s\n' 'a,insns,1234567' 'b,insns,4000' 'version,x,4.17.7-1' >"$tmp/figures.csv"
doc "There are 1,234,567 of them, and 4000." "Version 4.17.7"
tap_run "a document with figures of the output" test $status -eq 0
doc "There are 1,234,568 of them."
tap_run "a figure that is not" test $status -ne 0
tap_run "is named, with its line" grep -q 'doc.md:1: .*1,234,568' "$tmp/doc.log"
doc "That is 308.6 times as many. <!-- a:insns / b:insns -->"
tap_run "a factor" test $status -eq 0
doc "That is 309.6 times as many. <!-- a:insns / b:insns -->"
tap_run "a wrong factor" test $status -ne 0
doc "That is 308.6 times as many. <!-- a:insns / c:insns -->"
tap_run "a factor of what is not there" test $status -ne 0
doc "That is 308.6 times as many."
tap_run "a factor that nothing says how to check" test $status -ne 0
doc "no figures"
tap_run "a document without figures" test $status -ne 0

# What varies is in a document only as far as it does not.
printf '%s\n' 'a,insns,187654321' 'a,varies,insns;pio' >"$tmp/figures.csv"
doc "About 190,000,000 of them."
tap_run "a figure that varies" test $status -eq 0
doc "About 185,000,000 of them."
tap_run "one that would be another at any time" test $status -ne 0

# Tables
printf '%s\n' "Before" "<!-- evaluate: reset -->" "<!-- end -->" "After" >"$tmp/tables.md"
"$here/write-doc.sh" "$tmp/tables.md" "$tmp/1/evaluate.csv"
tap_run "a table is written into a document" \
	grep -q "^| PVH vmlinux; nokaslr; qboot; microvm | [0-9,]* |" "$tmp/tables.md"
tap_run "what is around it stays" test "$(grep -cx "Before\|After" "$tmp/tables.md")" -eq 2
grep -v "^pvh-q35-nokaslr," "$tmp/1/evaluate.csv" >"$tmp/fewer.csv"
status=0
"$here/write-doc.sh" --check "$tmp/tables.md" "$tmp/fewer.csv" 2>"$tmp/doc.log" || status=$?
tap_run "a table with a door more than there were is found out" test $status -ne 0
status=0
"$here/write-doc.sh" --check "$tmp/tables.md" "$tmp/1/evaluate.csv" || status=$?
tap_run "the same table is the same" test $status -eq 0
sed -i "/end -->/d" "$tmp/tables.md"
status=0
"$here/write-doc.sh" "$tmp/tables.md" "$tmp/1/evaluate.csv" 2>"$tmp/doc.log" || status=$?
tap_run "a table without an end loses nothing" test "$status$(grep -c After "$tmp/tables.md")" = 11
tap_done
