# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced: the tests that a guest has run, from what run-tests printed there.

# ran_tests: of the console on standard input, "NAME STATUS" for each test. A message of
# the kernel can cut a line in two, so the results are in two places: behind each test,
# and in the line with which run-tests closes. A test for which neither has a status, but
# which has begun, has the status "none".
ran_tests() {
	awk '
		# A test that has failed once has failed.
		function note(test, result) {
			if (test !~ /^[a-z0-9_-]+$/ || test == "run")
				return
			if (!(test in status))
				name[++names] = test
			if (!(test in status) || status[test] == 0)
				status[test] = result
		}
		$1 != "pvh-test:" { next }
		NF == 2 { begun[++n] = $2 }
		$3 == "exit" && $4 ~ /^[0-9]/ { note($2, $4 + 0) }
		$2 == "ran" && $NF == "end" {
			whole = 1
			for (i = 3; i < NF; i++)
				if ($i !~ /^[a-z0-9_-]+=[0-9]+$/)
					whole = 0
			for (i = 3; whole && i < NF; i++) {
				split($i, word, "=")
				note(word[1], word[2] + 0)
			}
			if (whole)
				n = 0
		}
		END {
			for (i = 1; i <= n; i++)
				if (!(begun[i] in status))
					note(begun[i], "none")
			for (i = 1; i <= names; i++)
				print name[i], status[name[i]]
		}'
}
