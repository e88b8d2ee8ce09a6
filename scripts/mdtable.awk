# SPDX-License-Identifier: GPL-2.0
#
# Replace, in a text, each block
#
#	@table FILE [COLUMN ...]
#	LABEL [= TEXT]
#	@end
#
# by the rows of FILE's Markdown tables whose first cell is LABEL, in columns, under
# the header of their table and with TEXT in place of LABEL. Columns are those that are
# named, or all but "shown by". A row that is not there is an error.
#
# usage: awk -v top=DIR -f mdtable.awk TEXT

function trim(s) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

function fail(s) {
	printf "%s: %s\n", FILENAME, s >"/dev/stderr"
	failed = 1
	exit 1
}

# find(LABEL): its row, of FILE, and the header over that
function find(label,    line, cell, n, head, last) {
	row = header = ""
	while ((getline line <(top "/" file)) > 0) {
		if (line !~ /^\|/) {
			head = ""
			continue
		}
		gsub(/`|\*\*/, "", line)
		if (head == "")
			head = line
		n = split(line, cell, /\|/)
		if (n > 2 && trim(cell[2]) == label && line != head) {
			row = line
			header = head
			break
		}
	}
	close(top "/" file)
	if (row == "")
		fail("no row '" label "' in a table of " file)
}

# add(LINE, FIRST): a line of the table that is printed
function add(line, first,    cell, n, i, col, hcell) {
	n = split(line, cell, /\|/)
	split(header, hcell, /\|/)
	rows++
	col = 0
	for (i = 2; i < n; i++) {
		if (i > 2 && (only ? !((i - 1) in wanted) : trim(hcell[i]) == "shown by"))
			continue
		col++
		text[rows, col] = i == 2 ? first : trim(cell[i])
		if (length(text[rows, col]) > width[col])
			width[col] = length(text[rows, col])
	}
	if (col > cols)
		cols = col
}

function flush_table(    r, c, line) {
	for (r = 1; r <= rows; r++) {
		line = ""
		for (c = 1; c <= cols; c++)
			line = line sprintf("%-*s", width[c] + 2, text[r, c])
		sub(/ +$/, "", line)
		print "  " line
	}
	split("", text)
	split("", width)
	rows = cols = 0
	shown = ""
}

/^@table / {
	file = $2
	split("", wanted)
	only = NF > 2
	for (i = 3; i <= NF; i++)
		wanted[$i] = 1
	if ((getline line <(top "/" file)) < 0)
		fail("no file " file)
	close(top "/" file)
	table = 1
	next
}
/^@end$/ && table {
	flush_table()
	table = 0
	next
}
table {
	n = index($0, " = ")
	label = trim(n ? substr($0, 1, n - 1) : $0)
	find(label)
	if (header != shown) {
		add(header, "")
		shown = header
	}
	add(row, n ? trim(substr($0, n + 3)) : label)
	next
}
{ print }
END {
	if (table && !failed) {
		print FILENAME ": @table without @end" >"/dev/stderr"
		exit 1
	}
	exit failed
}
