# SPDX-License-Identifier: GPL-2.0
#
# The table WHAT of evaluate.csv, in Markdown: reset, kernel, gives, trust, parts, cited,
# versions, states, or short for the README.

{
	v[$1, $2] = $3
	if ($2 == "title" && $1 !~ /^part /)
		doors[++nr] = $1
	if ($2 == "title" && $1 ~ /^part /)
		parts[++np] = substr($1, 6)
	if ($1 == "version")
		versions[++nv] = $2
	if ($1 ~ /^cited /)
		cited[++nc] = $0
}

# 1234567 as 1,234,567
function figure(s,	r) {
	if (s !~ /^[0-9]+$/)
		return s == "" ? "-" : s
	while (length(s) > 3) {
		r = "," substr(s, length(s) - 2) r
		s = substr(s, 1, length(s) - 3)
	}
	return s r
}

function cell(door, item) {
	# By a fifth, which no rounding hides
	if (varies(item, v[door, "varies"]) && item == "reset pages")
		return "varies"
	if (varies(item, v[door, "varies"]))
		return "about " figure(about(v[door, item]))
	return figure(v[door, item])
}

function rows(items,	i, j, m, item, line) {
	m = split(items, item, "|")
	for (i = 1; i <= nr; i++) {
		if (what != "gives" && what != "trust" && v[doors[i], item[1]] == "")
			continue
		if (what == "short" && doors[i] !~ brief)
			continue
		line = "| " v[doors[i], "title"]
		for (j = 1; j <= m; j++)
			line = line " | " cell(doors[i], item[j])
		print line " |"
	}
}

function head(titles, m,	i, t) {
	m = split(titles, t, "|")
	line = "|"
	rule = "|"
	for (i = 1; i <= m; i++) {
		line = line " " t[i] " |"
		rule = rule " --- |"
	}
	print line
	print rule
}

END {
	if (what == "reset") {
		head("door|instructions|CPUID|MSR|port I/O|pages|Xen's instructions|its port I/O")
		rows("reset insns|reset cpuid|reset msr|reset pio|reset pages|xen reset insns|xen reset pio")
	} else if (what == "kernel") {
		head("door|instructions|CPUID|MSR|port I/O|pages|Xen's instructions|entries")
		rows("kernel insns|kernel cpuid|kernel msr|kernel pio|kernel pages|xen insns|xen entries")
	} else if (what == "short") {
		brief = "^(pvh-q35|pvh-microvm|base-q35|bz-lz4|bz-xz|efi-ovmf|efi-uboot|xen-dom0-pvh|xen-domU-pvh|xen-domU-grub)$"
		head("door|instructions from reset|from the kernel's first|KASLR|levels|lines of code to trust")
		rows("reset insns|kernel insns|KASLR|levels|trusted lines")
	} else if (what == "gives") {
		head("door|for|KASLR|levels of page tables|ACPI tables|EFI runtime|secure boot|bytes loaded")
		rows("for|KASLR|levels|ACPI tables|EFI runtime|secure boot|loaded bytes")
	} else if (what == "trust") {
		head("door|bytes|lines|parts")
		rows("trusted bytes|trusted lines|parts")
	} else if (what == "parts") {
		head("part|what|who maintains it|bytes|lines")
		for (i = 1; i <= np; i++)
			print "| " parts[i] " | " v["part " parts[i], "title"] " | " v["part " parts[i], "who"] \
				" | " cell("part " parts[i], "bytes") " | " cell("part " parts[i], "lines") " |"
	} else if (what == "cited") {
		head("whose|what|number")
		for (i = 1; i <= nc; i++) {
			split(cited[i], f, ",")
			print "| " substr(f[1], 7) " | " f[2] " | " figure(f[3]) " |"
		}
	} else if (what == "states") {
		head("door|why not")
		for (i = 1; i <= nr; i++)
			if (v[doors[i], "state"] != "ok")
				print "| " v[doors[i], "title"] " | " v[doors[i], "state"] " |"
	} else if (what == "versions") {
		head("what|version")
		for (i = 1; i <= nv; i++)
			if (versions[i] != "series" && versions[i] != "vmlinux")
				print "| " versions[i] " | " v["version", versions[i]] " |"
	} else {
		print "markdown.awk: no table " what >"/dev/stderr"
		exit 1
	}
}
