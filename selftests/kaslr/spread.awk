# SPDX-License-Identifier: GPL-2.0
#
# Check that numbers, one a line, are spread over 0 to slots - 1 as independent random
# numbers are, which all have the same chance. Each line of output is the name of a
# check, 0 if the numbers pass it, and a text:
#
#	distinct 0|1 TEXT	how many are different: chance gives so few, or so many,
#				more than once in a million times
#	bins 0|1 TEXT		how evenly they fill parts of the range: chance exceeds
#				this chi-square more than once in a million times
#	range 0 MIN MAX
#
# usage: awk -v slots=N -f spread.awk

# Set fewer and more, the chances of @seen different numbers or less, and of @seen or
# more. chance[d] is the chance of d different ones among the first i.
function distinct_tails(    i, d, chance) {
	chance[0] = 1
	for (i = 1; i <= n; i++) {
		for (d = i; d >= 1; d--)
			chance[d] = chance[d] * d / slots + chance[d - 1] * (slots - d + 1) / slots
		chance[0] = 0
	}
	for (d = 1; d <= n; d++) {
		expected += d * chance[d]
		if (d <= seen) fewer += chance[d]
		if (d >= seen) more += chance[d]
	}
}

# If slots is not a multiple of bins, some bins have one slot more than others.
function chi_square(    i, b, width, count, want, x) {
	for (i = 1; i <= n; i++)
		count[int(number[i] * bins / slots)]++
	for (b = 0; b < bins; b++) {
		width = int(((b + 1) * slots + bins - 1) / bins) - int((b * slots + bins - 1) / bins)
		want = n * width / slots
		x += (count[b] - want) ^ 2 / want
	}
	return x
}

# The value that chi-square exceeds once in 2 million times, by the approximation of
# Wilson and Hilferty. The numbers are counts, for which it is up to twice as often.
function limit(dof,    v) {
	v = 2 / (9 * dof)
	return dof * (1 - v + 4.891638 * sqrt(v)) ^ 3
}

{
	number[++n] = $1
	if (!known[$1]++) seen++
	if (n == 1 || $1 < min) min = $1
	if (n == 1 || $1 > max) max = $1
}

END {
	if (n < 40) {
		print "distinct 1 only", n + 0, "numbers, 40 is the least"
		exit
	}
	distinct_tails()
	printf "distinct %d %d of %d are different, %.1f expected of %d; chance of so few %.2g, of so many %.2g\n",
		(fewer < 5e-7 || more < 5e-7), seen, n, expected, slots, fewer, more
	# With 20 numbers or more on average
	bins = int(n / 20)
	x = chi_square()
	printf "bins %d chi-square %.1f with %d degrees of freedom, limit %.1f\n",
		(x > limit(bins - 1)), x, bins - 1, limit(bins - 1)
	print "range 0", min, max
}
