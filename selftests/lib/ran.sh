# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced: the tests that a guest has run, from what run-tests printed there.

# ran_tests: of the console on standard input, "NAME STATUS" for each test. STATUS is
# "none" if there is no line that has it. A message of the kernel can cut a line in two. So
# the closing line says which tests there are; without it, a test needs one of its two lines.
ran_tests() {
	awk '
		function note(test) {
			if (test ~ /^[a-z0-9_-]+$/ && test != "run" && !(test in seen)) {
				seen[test]
				name[++names] = test
			}
		}
		$1 != "pvh-test:" { next }
		$2 == "ran" && $NF == "end" { closing = $0 }
		NF == 2 { note($2) }
		$3 == "exit" && $4 ~ /^[0-9]/ { note($2); status[$2] = $4 + 0 }
		END {
			n = split(closing, word, " ")
			for (i = 3; i < n; i++)
				if (word[i] !~ /^[a-z0-9_-]+$/)
					n = 0
			if (n)
				names = 0
			for (i = 3; i < n; i++)
				name[++names] = word[i]
			for (i = 1; i <= names; i++)
				print name[i], name[i] in status ? status[name[i]] : "none"
		}'
}
