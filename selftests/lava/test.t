#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# LAVA's schema takes the job definitions of make lava, and lava-run runs the one for QEMU
# on this machine: each line of TAP in the guest's console becomes a result.
#
# variables: those of make.sh

. "$(dirname -- "$0")/../lib/test.sh"

make_tmp
needs cpio gzip strings
[ "$(id -u)" -eq 0 ] || skip_all "lava-run is for root"
jobs=$build/lava/jobs

expect "the job definitions can be made, and LAVA's schema takes them" "$here/make.sh"
[ "$tap_bad" -eq 0 ] || tap_done
expect "no job definition has a placeholder left" none "$(grep -h '@[A-Z_]*@' "$jobs"/*.yaml || :)"

# refused WORD ANOTHER: LAVA's schema refuses the job for QEMU with another word in it
schema_refuses() {
	sed "s|$1|$2|" "$jobs/qemu.yaml" >"$tmp/wrong.yaml"
	not "$build/lava/bin/lava-schema" job --strict "$tmp/wrong.yaml"
}
expect "LAVA's schema refuses a job with a method that LAVA does not have" schema_refuses "method: qemu" "method: qemm"
expect "LAVA's schema refuses a job with a key that LAVA does not have" schema_refuses "image_arg:" "image_args:"

# results: "RESULT NAME" of each test case, sorted
results() {
	sed -n 's/.*"lvl": "results".*"definition": "pvh", "extra": {"test_case_id": "\([^"]*\)"}.*"result": "\([a-z]*\)".*/\2 \1/p' \
		"$dir/log" | LC_ALL=C sort
}

# tap: the same of the guest's console
tap() {
	sed -n 's/.*"lvl": "target", "msg": "\(.*\)"}$/\1/p' "$dir/log" |
		sed -n 's/^ok [0-9]* \([^ ]*\) # SKIP.*/skip \1/p; s/^ok [0-9]* \([^ ]*\)$/pass \1/p
			s/^not ok [0-9]* \([^ ]*\).*/fail \1/p' | LC_ALL=C sort
}

boot() { # COMMAND_LINE RESULT
	sed "s|panic=-1|panic=-1${1:+ $1}|" "$jobs/qemu.yaml" >"$dir/job.yaml"
	timeout 900 "$build/lava/bin/lava-run" --job-id "$$" --output-dir "$tmp/lava" --device "$jobs/device.yaml" \
		--dispatcher "$jobs/dispatcher.yaml" "$dir/job.yaml" >"$dir/log" 2>&1
	echo $? >"$dir/lava.exit"
}

judge() { # COMMAND_LINE RESULT
	name="with '$1' added to the command line"
	results >"$dir/results"
	tap >"$dir/tap"
	tap_diag "$name: $(cut -d ' ' -f 1 "$dir/results" | sort | uniq -c | tr -s ' \n' ' ')"
	expect "lava-run finishes the job" is 0 "$(cat "$dir/lava.exit")"
	expect "LAVA has the results of many tests" test "$(wc -l <"$dir/results")" -gt 20
	expect "each line of TAP is a result" is "$(cat "$dir/tap")" "$(cat "$dir/results")"
	expect "the results that failed are $2" is "$2" "$(sed -n 's/^fail //p' "$dir/results" | grep . || echo none)"
}

run_cases boot judge <<END
# added to the command line  that fails
-                            none
wrong                        cmdline.length
END
tap_done
