# SPDX-License-Identifier: GPL-2.0
#
# evaluate.csv as text.

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
function dots(s,	r) {
	if (s !~ /^[0-9]+$/)
		return s == "" ? "-" : s
	while (length(s) > 3) {
		r = "," substr(s, length(s) - 2) r
		s = substr(s, 1, length(s) - 3)
	}
	return s r
}

function cell(door, item) {
	return dots(v[door, item])
}

function row(door) {
	printf "%-46s", v[door, "title"]
}

function heading(text) {
	printf "\n%s\n", text
}

END {
	heading("From reset to start_kernel, firmware, hypervisor and other domains included")
	printf "%-46s %15s %7s %7s %10s %8s\n", "", "instructions", "CPUID", "MSR", "port I/O", "pages"
	for (i = 1; i <= nr; i++) {
		d = doors[i]
		row(d)
		if (v[d, "reset insns"] == "") {
			print "  " v[d, "state"]
			continue
		}
		printf " %15s %7s %7s %10s %8s\n", dots(v[d, "reset insns"] + v[d, "xen reset insns"]),
			dots(v[d, "reset cpuid"] + v[d, "xen reset cpuid"]),
			dots(v[d, "reset msr"] + v[d, "xen reset msr"]),
			dots(v[d, "reset pio"] + v[d, "xen reset pio"]), cell(d, "reset pages")
	}
	heading("From the kernel's first instruction to start_kernel, Xen's own apart")
	printf "%-46s %15s %7s %7s %10s %8s %13s %8s\n", "", "instructions", "CPUID", "MSR", "port I/O",
		"pages", "Xen's", "entries"
	for (i = 1; i <= nr; i++) {
		d = doors[i]
		row(d)
		if (v[d, "kernel insns"] == "") {
			print "  " v[d, "state"]
			continue
		}
		printf " %15s %7s %7s %10s %8s %13s %8s\n", cell(d, "kernel insns"), cell(d, "kernel cpuid"),
			cell(d, "kernel msr"), cell(d, "kernel pio"), cell(d, "kernel pages"),
			cell(d, "xen insns"), cell(d, "xen entries")
	}
	heading("What it is, as seen in the guest, and what it takes")
	printf "%-46s %-8s %-6s %-7s %-5s %-12s %-12s %12s %12s %9s\n", "", "for", "KASLR", "levels", "ACPI",
		"EFI runtime", "secure boot", "loaded", "trusted", "lines"
	for (i = 1; i <= nr; i++) {
		d = doors[i]
		row(d)
		printf " %-8s %-6s %-7s %-5s %-12s %-12s %12s %12s %9s\n", v[d, "for"], cell(d, "KASLR"),
			cell(d, "levels"), v[d, "ACPI tables"] == "" ? "-" : v[d, "ACPI tables"] ? "yes" : "no",
			cell(d, "EFI runtime"), cell(d, "secure boot"), cell(d, "loaded bytes"),
			cell(d, "trusted bytes"), cell(d, "trusted lines")
	}
	heading("States")
	for (i = 1; i <= nr; i++) {
		row(doors[i])
		print " " v[doors[i], "state"]
	}
	if (np) {
		heading("Parts: bytes of an image, or of code; lines of code")
		for (i = 1; i <= np; i++)
			printf "%-64s %-8s %11s %9s\n", v["part " parts[i], "title"], v["part " parts[i], "who"],
				cell("part " parts[i], "bytes"), cell("part " parts[i], "lines")
	}
	if (nc) {
		heading("From elsewhere, not counted here (selftests/bench/cited.csv has where)")
		for (i = 1; i <= nc; i++) {
			split(cited[i], f, ",")
			printf "%-64s %s\n", substr(f[1], 7) ": " f[2], f[3]
		}
	}
	if (nv)
		heading("Versions")
	for (i = 1; i <= nv; i++)
		printf "%-20s %s\n", versions[i], v["version", versions[i]]
}
