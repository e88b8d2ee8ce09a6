#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The C code ahead of startup_64 under the model checker cbmc: the short set of
# selftests/prove/list. make prove has all of it, and docs/proof.md says what it means.

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
log=$tmp/log

[ -d "$tree/arch/x86/boot/startup" ] && [ -e "$tree/arch/x86/boot/startup/kaslr.c" ] ||
	skip_all "$BASE keeps the code in other files: the proofs are of that of the default base"
"$here/fetch.sh" >"$log" 2>&1 ||
	skip_all "cbmc cannot be fetched: $(sed -n 's/^pvh: error: //p' "$log" | tail -n 1)"

# proves NAME: what run.sh printed of that row, from its name to the next one
proves() {
	awk -v n="$1: " '/^[^ ]/ { on = index($0, n) == 1 } on' "$log" >"$tmp/row"
	want="all of it is proved" got=$(grep -v '^  proved ' "$tmp/row" || :)
	grep -q '^  proved ' "$tmp/row" && ! grep -q 'NOT PROVED\|DOES NOT HOLD' "$tmp/row"
}

run_status=0
"$here/run.sh" --short >"$log" 2>&1 || run_status=$?
awk -F '\t+' '$1 == "short" { print $3 }' "$here/list" >"$tmp/names"
while read -r row; do
	expect "$row: all of it is proved" proves "$row"
done <"$tmp/names"
grep -c '^  proved ' "$log" | sed 's/$/ facts and groups of checks are proved/' | tap_diag
[ "$run_status" -eq 0 ] || [ "$tap_bad" -gt 0 ] || expect "run.sh ends with status 0" false
tap_done
