#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two bars for each boot path that was counted: instructions from reset to start_kernel, and
# from the kernel's first one.
#
# usage: plot.sh CSV NAME	NAME.svg and NAME.png

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

[ $# -eq 2 ] || die "usage: plot.sh CSV NAME"
[ -r "$1" ] || die "$1: cannot be read"
command -v gnuplot >/dev/null 2>&1 || die "no gnuplot: package gnuplot-nox"
make_tmp

awk -F, '
	{ v[$1, $2] = $3 }
	$2 == "title" && $1 !~ /^part / { order[++n] = $1 }
	END {
		for (i = n; i; i--)
			if ((order[i], "reset insns") in v)
				printf "\"%s\" %.0f %.0f\n", v[order[i], "title"],
					v[order[i], "reset insns"] + v[order[i], "xen reset insns"],
					v[order[i], "kernel insns"]
	}' "$1" >"$tmp/data"
[ -s "$tmp/data" ] || die "$1: no boot path that was counted"

plot() {
	cat <<-EOF
	set terminal $1
	set output '$tmp/out'
	set title 'Instructions to start_kernel, TCG, 512 MiB, 1 CPU' noenhanced
	set logscale x
	set format x '10^{%T}'
	set yrange [-0.6:$(wc -l <"$tmp/data").2]
	set xrange [1e5:*]
	set grid x
	set key below
	set style fill solid
	unset ytics
	set ytics scale 0
	plot '$tmp/data' using (1e5):0:(1e5):2:(\$0+0.02):(\$0+0.38):ytic(1) with boxxyerror \
		lc rgb '#9ecae1' title 'from reset', \
	     '' using (1e5):0:(1e5):3:(\$0-0.38):(\$0-0.02) with boxxyerror \
		lc rgb '#08519c' title "from the kernel's first instruction"
	EOF
}

for how in svg png; do
	case $how in
	svg) plot "svg size 1000,620 font 'sans,12'" ;;
	png) plot "pngcairo size 1000,620 font 'sans,10'" ;;
	esac >"$tmp/gp"
	gnuplot "$tmp/gp" 2>"$tmp/log" && [ -s "$tmp/out" ] && mv -f "$tmp/out" "$2.$how" ||
		die "gnuplot: $(grep . "$tmp/log" | tail -n 1)"
done
