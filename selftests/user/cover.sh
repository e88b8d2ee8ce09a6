#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print how many lines of each file of the C part of the entry are covered by the rules
# of replay.c and the inputs in those directories, and which are not.
#
# usage: cover.sh OUT CORPUS ...
# variables: LIMIT=PERCENT, of all lines of start_info.c, memmap.c, boot.c, check.c and
#            cmdline.c that have to be covered

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

out=$1
shift
limit=${LIMIT:-95}
export LC_ALL=C
make_tmp

for flavour in 3200 131; do
	find "$out/cover.$flavour.d" -name '*.gcda' -exec rm -f {} +
	find "$@" -type f -print0 | xargs -0 -r "$out/cover.$flavour" >"$tmp/log" 2>&1 || {
		tail -n 15 "$tmp/log" >&2
		die "cover.$flavour fails"
	}
	# Lines as gcov has them, "COUNT: LINE: TEXT"; ##### is never.
	(cd "$tmp" && gcov -t "$out/cover.$flavour.d"/under/*.gcda) >"$tmp/$flavour" 2>"$tmp/log" || {
		tail -n 5 "$tmp/log" >&2
		die "gcov fails for cover.$flavour: does another test use $out?"
	}
done

# A line counts as covered if it is in either flavour.
awk -v limit="$limit" '
	/^ *-: *0:Source:/ {
		file = $0
		sub(/.*:/, "", file)
		sub(/.*\//, "", file)
		next
	}
	/^ *[-#=0-9*]+: *[0-9]+:/ {
		if (file !~ /\.c$/)
			next
		split($0, part, ":")
		count = part[1]
		gsub(/[ *]/, "", count)
		line = part[2] + 0
		if (count == "-" || line == 0)
			next
		key = file ":" line
		if (!(key in is)) {
			is[key] = 0
			order[++n] = key
			of[key] = file
			text[key] = substr($0, length(part[1]) + length(part[2]) + 3)
		}
		if (count !~ /^[#=]/)
			is[key] = 1
	}
	END {
		for (i = 1; i <= n; i++) {
			f = of[order[i]]
			if (!(f in all))
				files[++m] = f
			all[f]++
			hit[f] += is[order[i]]
		}
		for (i = 1; i <= m; i++) {
			f = files[i]
			printf "covered: %s %d of %d lines, %.1f %%\n", f, hit[f], all[f], 100 * hit[f] / all[f]
			if (f ~ /^(start_info|memmap|boot|check|cmdline)\.c$/) {
				a += all[f]
				h += hit[f]
			}
		}
		for (i = 1; i <= n; i++)
			if (!is[order[i]]) {
				sub(/^[ \t]+/, "", text[order[i]])
				print "not covered: " order[i] ": " text[order[i]]
			}
		if (!a) {
			print "no lines found"
			exit 1
		}
		printf "converter: %d of %d lines, %.1f %%\n", h, a, 100 * h / a
		exit 100 * h / a < limit
	}' "$tmp/3200" "$tmp/131"
