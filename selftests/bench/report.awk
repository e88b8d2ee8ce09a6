# SPDX-License-Identifier: GPL-2.0
#
# The figures of "WHAT,ITEM,VALUE" lines, where WHAT is mostly a boot path:
#
#	awk -F, -v as=csv -f report.awk LINES		the same lines, and after them what
#							follows from them
#	awk -F, -v as=values -f report.awk CSV			the same lines, without what differs
#							from run to run
#	awk -F, -v as=text -v what=TABLES -f report.awk CSV	tables with headings
#	awk -F, -v as=md -v what=TABLE -f report.awk CSV	one table in Markdown
#	awk -F, -v as=mail -v what=TABLE -f report.awk CSV	the same as plain text
#
# A table is defined once, below, for all of its forms.

BEGIN {
	# The limits that the series set itself
	if (!max_insns)
		max_insns = 6	# for each relocation ...
	max_insns_more = 10000	# ... and once
	aim_insns = 5		# this is no limit
	max_bytes = 1.5		# for each relocation, of the room that is kept for it
	max_room = 0.5		# of the base's vmlinux is the room for the table, in %
	max_growth = 0		# of a bzImage, in %
	min_factor = 40		# to x86_64_start_kernel, of the fastest bzImage
	max_cpuid = 300		# exits of a boot under KVM, on microvm, and of the kernel on q35
	max_early_cpuid = 16	# of them from the PVH entry to start_kernel
	max_more = 2		# MSR and port I/O exits, in % more than the base's

	# As count_path and counts name them
	nr_kinds = split("insns once cpuid msr pio pages", kind, " ")
	split("instructions,REP as one,CPUID,MSR,port I/O,pages", kind_title, ",")
	nr_steps = split("startup_64 x86_64_start_kernel kernel", step, " ")
	split("startup_64 x86_64_start_kernel start_kernel", step_title, " ")
	exit_title["early cpuid"] = "CPUID exits from the entry to start_kernel"
	exit_title["boot cpuid"] = "CPUID exits from power-on to user space"
	exit_title["boot msr"] = "MSR exits from power-on to user space"
	exit_title["boot io"] = "port I/O exits from power-on to user space"
	ours = "pvh-q35-nokaslr"
	kaslr = "pvh-q35"
	base = "base-q35"
}

{
	line[++nr_lines] = $0
	new = !(($1, $2) in v)
	v[$1, $2] = $3
	if ($2 == "title" && $1 ~ /^part / && new)
		parts[++nr_parts] = substr($1, 6)
	else if ($2 == "title" && new)
		paths[++nr_paths] = $1
	else if ($1 == "version" && new)
		versions[++nr_versions] = $2
	else if ($1 ~ /^cited / && new)
		cited[++nr_cited] = $0
	else if ($1 == "limit" && new)
		limits[++nr_limits] = $2
}

function has(what, item) {
	return (what, item) in v && v[what, item] != ""
}

# -- What follows from the lines ---------------------------------------------------

function put(what, item, value) {
	v[what, item] = value
	print what "," item "," value
}

# sum(PATH, ITEM): of its parts; "more than" if something of a part is not counted
function sum(path, item,	i, m, p, total, more) {
	m = split(v[path, "parts"], p, " ")
	for (i = 1; i <= m; i++) {
		if (v["part " p[i], item] ~ /^[0-9]+$/)
			total += v["part " p[i], item]
		else
			more = "more than "
	}
	return more (total + 0)
}

function ratio(a, b) {
	return sprintf("%.3f", a / b) + 0
}

function limit(text, value, kept) {
	put("limit", value " " text, kept ? "kept" : "not kept")
}

# adds(PATH): instructions that KASLR adds to the path up to the kernel's C code, whether
# the kernel or its decompressor applies it
function adds(path) {
	if (!has(path, step[2] " insns") || !has(path "-nokaslr", step[2] " insns"))
		return ""
	return v[path, step[2] " insns"] - v[path "-nokaslr", step[2] " insns"]
}

function limit_insns(path, count) {
	limit("instructions a relocation (" path "); at most " max_insns " and once " max_insns_more "; the aim is " aim_insns, \
		ratio(adds(path), count), adds(path) <= max_insns * count + max_insns_more)
}

# base_of(PATH): the path of the base beside a path under KVM
function base_of(path) {
	if (path !~ /^kvm-/ || !sub(/-(pvh|nokaslr)$/, "-base", path) && !sub(/-bz$/, "-base-bz", path))
		return ""
	return path ~ /base-base/ ? "" : path
}

# limit_exits(PATH): of a guest of the series under KVM
function limit_exits(path,	off, kind, i, n, most) {
	off = base_of(path)
	if (off == "" || !has(path, "boot cpuid"))
		return
	# On q35 SeaBIOS executes more than 250 CPUID of its own.
	kind = path ~ /-q35/ ? "kernel cpuid" : "boot cpuid"
	limit("CPUID exits from " (path ~ /-q35/ ? "the entry" : "power-on") " to user space (" path "); at most " max_cpuid, \
		v[path, kind], v[path, kind] <= max_cpuid)
	if (path !~ /-bz$/)
		limit("CPUID exits from the entry to start_kernel (" path "); at most " max_early_cpuid, \
			v[path, "early cpuid"], v[path, "early cpuid"] <= max_early_cpuid)
	if (!has(off, "boot cpuid"))
		return
	n = split("early cpuid,boot cpuid,boot msr,boot io", kind_of_exit, ",")
	for (i = 1; i <= n; i++) {
		kind = kind_of_exit[i]
		most = v[off, kind]
		if (kind !~ /cpuid/)
			most = int(most * (1 + max_more / 100))
		limit(exit_title[kind] " (" path "); at most those of the base" (kind ~ /cpuid/ ? "" : " and " max_more " %") ": " most, \
			v[path, kind], v[path, kind] <= most)
	}
}

function derive(	i, f, what, off, count, share, step_item, fastest, factor, n) {
	for (i = 1; i <= nr_lines; i++) {
		print line[i]
		split(line[i], f, ",")
		what = f[1]
		if (what ~ /^image / && f[2] == "bytes") {
			off = what
			sub(/^image (main\.)?/, "image base.", off)
			if (!has(off, "bytes") || what ~ /^image base/)
				continue
			put(what, "growth", v[what, "bytes"] - v[off, "bytes"])
			put(what, "growth in %", ratio(100 * v[what, "growth"], v[off, "bytes"]))
			if (what ~ /bzImage/)
				limit("% growth of " substr(what, 7) "; at most " max_growth, v[what, "growth in %"], \
					v[what, "growth in %"] <= max_growth)
		}
		if (f[2] != "title" || !has(what, "image"))
			continue
		if (has("image " v[what, "image"], "bytes"))
			put(what, "loaded bytes", v["image " v[what, "image"], "bytes"])
		if (has("part seabios", "title")) {
			put(what, "trusted bytes", sum(what, "bytes"))
			put(what, "trusted lines", sum(what, "lines"))
		}
	}

	for (i = 1; i <= nr_paths; i++)
		limit_exits(paths[i])
	count = v["relocs", "number"]
	if (!count || adds(kaslr) == "")
		return
	put("relocs", "instructions", adds(kaslr))
	put("relocs", "instructions for each", ratio(adds(kaslr), count))
	put("relocs", "bytes of room for each", ratio(v["relocs", "bytes of room"], count))
	limit_insns(kaslr, count)
	for (i = 1; i <= nr_paths; i++)
		if (paths[i] ~ /^bz-/ && adds(paths[i]) != "")
			limit_insns(paths[i], count)
	if (has("image base.vmlinux", "bytes")) {
		share = ratio(100 * v["relocs", "bytes of room"], v["image base.vmlinux", "bytes"])
		limit("% of the base's vmlinux is the room for the table; at most " max_room, share, share <= max_room)
	}
	limit("bytes a relocation; at most " max_bytes, v["relocs", "bytes of room for each"], \
		v["relocs", "bytes of room for each"] <= max_bytes)
	for (i = 1; i <= nr_paths; i++) {
		what = paths[i]
		if (what ~ /^bz-/ && what !~ /-nokaslr|-microvm/ && has(what, "kernel insns") &&
		    (fastest == "" || v[what, "kernel insns"] < v[fastest, "kernel insns"]))
			fastest = what
	}
	if (fastest == "")
		return
	for (i = 1; i <= 2; i++) {
		step_item = step[2] " " kind[i]
		n = ratio(v[fastest, step_item], v[kaslr, step_item])
		put(fastest " / " kaslr, kind_title[i], n)
		if (factor == "" || n + 0 < factor + 0)
			factor = n
	}
	limit("times fewer instructions than " fastest "; at least " min_factor, factor, factor >= min_factor)
}

# -- Cells --------------------------------------------------------------------------

# about(N): so coarse that it is the same in each run
function about(n,	size) {
	size = n >= 1e7 ? 5e6 : n >= 1e4 ? 1e3 : 100
	return sprintf("%.0f", int(n / size + 0.5) * size)
}

function varies(what, item) {
	return index(";" v[what, "varies"] ";", ";" item ";") > 0
}

# figure(S): 1234567 as 1,234,567
function figure(s,	r) {
	if (s !~ /^[0-9]+$/)
		return s == "" ? "-" : s
	while (length(s) > 3) {
		r = "," substr(s, length(s) - 2) r
		s = substr(s, 1, length(s) - 3)
	}
	return s r
}

function cell(what, item) {
	# The pages differ by a fifth, which no rounding hides.
	if (varies(what, item))
		return item == "reset pages" ? "varies" : "about " figure(about(v[what, item]))
	return figure(v[what, item])
}

# -- Tables -------------------------------------------------------------------------

# row(CELLS): with "|" between them
function row(cells,	i, n, c) {
	if (as != "md")
		gsub(/`/, "", cells)
	n = split(cells, c, "|")
	rows++
	for (i = 1; i <= n; i++) {
		text[rows, i] = c[i]
		if (length(c[i]) > width[i])
			width[i] = length(c[i])
		if (rows > 1 && c[i] != "" && c[i] !~ /^(about )?[-+0-9.,%]+$|^varies$/)
			words[i] = 1
	}
	if (n > cols)
		cols = n
}

# items(WHAT, ITEMS): cells
function items(what, list,	i, n, item, s) {
	n = split(list, item, "|")
	for (i = 1; i <= n; i++)
		s = s "|" cell(what, item[i])
	return s
}

# path_rows(ITEMS, NEEDED, PATTERN): a row for each path that has the item NEEDED
function path_rows(list, needed, pattern,	i) {
	for (i = 1; i <= nr_paths; i++)
		if ((needed == "" || has(paths[i], needed)) && paths[i] ~ pattern)
			row(v[paths[i], "title"] items(paths[i], list))
}

# both(TITLE, BASE_WHAT, OUR_WHAT, ITEM): a row of the base's figure and the series'
function both(title, b, o, item,	change) {
	change = "-"
	if (v[b, item] ~ /^[0-9]+$/ && v[b, item] > 0)
		change = sprintf("%+.1f%%", 100 * (v[o, item] - v[b, item]) / v[b, item])
	row(title "|" cell(b, item) "|" cell(o, item) "|" change)
}

# need(WHAT, ITEM): the figure, without which there is no table
function need(what, item) {
	if (has(what, item))
		return v[what, item]
	print "pvh: no figure " what ":" item >"/dev/stderr"
	failed = 1
	exit 1
}

# needed(TITLE, BASE_WHAT, OUR_WHAT, ITEM [, ITEM]): a row of such figures
function needed(title, b, o, item, also) {
	row(title "|" figure(need(b, item)) (also == "" ? "" : ", " figure(need(b, also))) \
		"|" figure(need(o, item)) (also == "" ? "" : ", " figure(need(o, also))))
}

# three(TITLE, ITEM): a row of vmlinux with KASLR and without, and of a bzImage with it
function three(title, item) {
	row(title "|" figure(need(kaslr, item)) "|" figure(need(ours, item)) "|" cell("bz-lz4", item))
}

# exits(PREFIX, MORE): the kinds of exits of each path under KVM
function exits(prefix, more,	i, n, item, list) {
	n = split("cpuid msr io npf hlt other timer interrupt all", item, " ")
	for (i = 1; i <= n; i++)
		list = list (i > 1 ? "|" : "") prefix " " item[i]
	row("guest under KVM|CPUID|MSR|port I/O|nested page faults|HLT|others|timer|interrupts|all" (more != "" ? "|unsure" : ""))
	path_rows(list more, prefix " all", "^kvm-")
}

# by(KIND, LEAST): a row for each function of CPUID, each MSR, each port or other reason,
# and a column for each path under KVM that has a hypervisor bit. What has fewer than LEAST
# exits on all of them together is in the last row.
function by(kind, least,	i, j, n, m, key, keys, total, rest, cells, p, f, most) {
	cells = kind
	for (i = 1; i <= nr_paths; i++)
		if (paths[i] ~ /^kvm-/ && paths[i] !~ /-bare-/ && has(paths[i], "boot all")) {
			p[++m] = paths[i]
			cells = cells "|" substr(paths[i], 5)
		}
	for (i = 1; i <= nr_lines; i++) {
		split(line[i], f, ",")
		if (index(f[2], kind " ") != 1)
			continue
		key = substr(f[2], length(kind) + 2)
		if (!(key in total))
			keys[++n] = key
		if (f[1] !~ /-bare-/)
			total[key] += f[3]
	}
	if (!m || !n)
		return
	row(cells)
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && keys[j] < keys[j - 1]; j--) {
			key = keys[j]
			keys[j] = keys[j - 1]
			keys[j - 1] = key
		}
	for (i = 1; i <= n; i++) {
		if (!total[keys[i]])
			continue
		cells = keys[i]
		for (j = 1; j <= m; j++) {
			if (total[keys[i]] < least)
				rest[j] += v[p[j], kind " " keys[i]]
			cells = cells "|" figure(v[p[j], kind " " keys[i]] + 0)
		}
		if (total[keys[i]] >= least)
			row(cells)
		else
			most++
	}
	if (!most)
		return
	cells = "the other " most
	for (j = 1; j <= m; j++)
		cells = cells "|" figure(rest[j] + 0)
	row(cells)
}

function ms(path, item) {
	return sprintf("%.1f", v[path, "wall " item] / 1000)
}

function relocs() {
	return figure(need("relocs", "instructions")) ", or " \
		sprintf("%.1f", need("relocs", "instructions for each")) " a relocation"
}

function table(name,	i, j, f) {
	if (name == "reset") {
		row("boot path|instructions|CPUID|MSR|port I/O|pages|Xen's instructions|its port I/O")
		path_rows("reset insns|reset cpuid|reset msr|reset pio|reset pages|xen reset insns|xen reset pio", "reset insns")
	} else if (name == "kernel") {
		row("boot path|instructions|CPUID|MSR|port I/O|pages|Xen's instructions|entries")
		path_rows("kernel insns|kernel cpuid|kernel msr|kernel pio|kernel pages|xen insns|xen entries", "kernel insns")
	} else if (name == "short") {
		row("boot path|instructions from reset|from the kernel's first|KASLR|levels|lines of code to trust")
		path_rows("reset insns|kernel insns|KASLR|levels|trusted lines", "reset insns", \
			"^(pvh-q35|pvh-microvm|base-q35|bz-lz4|bz-xz|efi-ovmf|efi-uboot|xen-dom0-pvh|xen-domU-pvh|xen-domU-grub)$")
	} else if (name == "gives") {
		row("boot path|for|KASLR|levels of page tables|ACPI tables|EFI runtime|secure boot|bytes loaded")
		path_rows("for|KASLR|levels|ACPI tables|EFI runtime|secure boot|loaded bytes")
	} else if (name == "trust") {
		row("boot path|bytes|lines|parts")
		path_rows("trusted bytes|trusted lines|parts", "trusted bytes")
	} else if (name == "parts") {
		row("part|what|who maintains it|bytes|lines")
		for (i = 1; i <= nr_parts; i++)
			row(parts[i] items("part " parts[i], "title|who|bytes|lines"))
	} else if (name == "cited") {
		row("whose|what|number")
		for (i = 1; i <= nr_cited; i++) {
			split(cited[i], f, ",")
			row(substr(f[1], 7) "|" f[2] "|" figure(f[3]))
		}
	} else if (name == "states") {
		row("boot path|why not")
		for (i = 1; i <= nr_paths; i++)
			if (v[paths[i], "state"] != "ok")
				row(v[paths[i], "title"] "|" v[paths[i], "state"])
	} else if (name == "versions") {
		row("what|version")
		for (i = 1; i <= nr_versions; i++)
			if (versions[i] != "series" && versions[i] != "vmlinux")
				row(versions[i] "|" v["version", versions[i]])
	} else if (name == "entry") {
		row("from the entry to||base|ours|change")
		for (i = 1; i <= nr_steps; i++)
			for (j = 1; j < nr_kinds; j++)
				both((j == 1 ? step_title[i] : "") "|" kind_title[j], base, ours, step[i] " " kind[j])
	} else if (name == "code") {
		row("|base|ours|change")
		split("lines of assembly,of them code,lines of C,of them code,bytes of code,bytes of data,bytes not in .init sections,symbols that stay after boot", f, ",")
		split("asm lines,asm code,C lines,C code,bytes,data bytes,kept bytes,outside init", code_item, ",")
		for (i = 1; has("part pvh", "bytes") && i in f; i++)
			both(f[i], "part base-pvh", "part pvh", code_item[i])
	} else if (name == "kaslr") {
		row("from the entry to||instructions|REP as one|CPUID|MSR|port I/O|pages|moved by MiB")
		for (i = 1; i <= nr_paths; i++)
			for (j = 1; j <= nr_steps; j++)
				if (has(paths[i], step[j] " insns"))
					row(v[paths[i], "title"] "|" step_title[j] items(paths[i], step[j] " insns|" step[j] " once|" \
						step[j] " cpuid|" step[j] " msr|" step[j] " pio|" step[j] " pages") \
						"|" (v[paths[i], "moved"] ? v[paths[i], "moved"] / 1048576 : "-"))
	} else if (name == "kaslr-cost") {
		row("from the entry|vmlinux, KASLR|vmlinux, `nokaslr`|bzImage (LZ4), KASLR")
		three("instructions to `x86_64_start_kernel`", "x86_64_start_kernel insns")
		three("CPUID to there", "x86_64_start_kernel cpuid")
		three("pages of 4 KiB written to there", "x86_64_start_kernel pages")
	} else if (name == "relocs") {
		row("relocations|number")
		split("number,bytes in use,bytes of room,bytes of room for each,instructions,instructions for each", f, ",")
		for (i = 1; i in f; i++)
			row(f[i] items("relocs", f[i]))
	} else if (name == "sizes") {
		row("image|bytes|more than the base's|in %")
		for (i = 1; i <= nr_lines; i++)
			if (split(line[i], f, ",") && f[1] ~ /^image / && f[2] == "bytes" && f[1] !~ /^image base/)
				row(substr(f[1], 7) items(f[1], "bytes|growth|growth in %"))
	} else if (name == "limits") {
		row("|limit")
		for (i = 1; i <= nr_limits; i++)
			row(v["limit", limits[i]] "|" limits[i])
	} else if (name == "readme") {
		row("|unmodified|this series")
		needed("CPUID from the entry to `start_kernel`, each a VM exit", base, ours, "kernel cpuid")
		needed("instructions to there", base, ours, "kernel insns")
		needed("lines of assembly and C before `startup_64`", "part base-pvh", "part pvh", "all lines")
		needed("bytes of vmlinux that a loader reads", "image base.vmlinux", "image vmlinux", "bytes")
		row("instructions for KASLR|-|" relocs())
	} else if (name == "cover-entry") {
		row("|unmodified|this series")
		needed("CPUID to `start_kernel`, each a VM exit", base, ours, "kernel cpuid")
		needed("instructions to there", base, ours, "kernel insns")
		needed("instructions to `startup_64`", base, ours, "startup_64 insns")
		needed("bytes of code, of data", "part base-pvh", "part pvh", "bytes", "data bytes")
		needed("of them still in memory after boot", "part base-pvh", "part pvh", "kept bytes")
	} else if (name == "cover-kaslr") {
		row("|unmodified|this series")
		row("instructions for it|-|" relocs())
		row("bytes for the relocations|-|" figure(need("relocs", "bytes in use")) " of init memory, " \
			sprintf("%.1f", need("relocs", "bytes in use") / need("relocs", "number")) " for each")
		row("size of vmlinux, of bzImage (gzip)||" sprintf("%+.1f %%, %+.1f %%", \
			need("image vmlinux", "growth in %"), need("image main.gzip.bzImage", "growth in %")))
	} else if (name == "cover-decompressor") {
		row("|vmlinux, KASLR|bzImage (LZ4), KASLR")
		row("instructions from the entry on|" figure(need(kaslr, "x86_64_start_kernel insns")) \
			"|" figure(need("bz-lz4", "x86_64_start_kernel insns")))
	} else if (name == "kvm/exits") {
		exits("boot")
	} else if (name == "kvm/early") {
		exits("early", "|early unsure")
	} else if (name == "kvm/short") {
		row("guest under KVM|CPUID|from the entry on|to `start_kernel`|MSR|port I/O")
		path_rows("boot cpuid|kernel cpuid|early cpuid|boot msr|boot io", "boot all", "^kvm-")
	} else if (name == "kvm/reasons") {
		by("reason", 0)
	} else if (name == "kvm/functions") {
		by("CPUID", 0)
	} else if (name == "kvm/registers") {
		by("MSR", 0)
	} else if (name == "kvm/ports") {
		by("port", 200)
	} else if (name == "kvm/wall") {
		row("time of a boot in ms|median|quartiles|least|most|boots")
		for (i = 1; i <= nr_paths; i++)
			if (has(paths[i], "wall us"))
				row(v[paths[i], "title"] "|" ms(paths[i], "us") "|" ms(paths[i], "quartile 1") " to " \
					ms(paths[i], "quartile 3") "|" ms(paths[i], "least") "|" ms(paths[i], "most") "|" v[paths[i], "wall boots"])
	} else {
		print "report.awk: no table " name >"/dev/stderr"
		failed = 1
		exit 1
	}
}

function print_table(	r, c, s) {
	for (r = 1; r <= rows; r++) {
		s = as == "md" ? "|" : as == "mail" ? "  " : ""
		for (c = 1; c <= cols; c++) {
			if (as == "md")
				s = s (text[r, c] == "" ? " |" : " " text[r, c] " |")
			else if (as == "mail" || words[c])
				s = s sprintf("%-*s  ", width[c], text[r, c])
			else
				s = s sprintf("%*s  ", width[c], text[r, c])
		}
		sub(/ +$/, "", s)
		print s
		if (as == "md" && r == 1) {
			s = "|"
			for (c = 1; c <= cols; c++)
				s = s " --- |"
			print s
		}
	}
}

END {
	if (failed)
		exit 1
	if (as == "csv")
		derive()
	for (i = 1; as == "values" && i <= nr_lines; i++) {
		split(line[i], f, ",")
		print f[1] "," f[2] "," (varies(f[1], f[2]) ? about(f[3]) : f[3])
	}
	heading["reset"] = "From reset to start_kernel: firmware and other domains included, Xen itself separately"
	heading["kernel"] = "From the kernel's first instruction to start_kernel, Xen itself separately"
	heading["gives"] = "What each boot path gives, as seen in the guest"
	heading["trust"] = "Bytes and lines of the code that runs before startup_64"
	heading["parts"] = "Parts: bytes of an image, or of code; lines of code"
	heading["cited"] = "From elsewhere, not counted here (selftests/bench/cited.csv has where)"
	heading["states"] = "Boot paths that cannot be used to the end, and why"
	heading["versions"] = "Versions"
	heading["entry"] = "The PVH entry, without KASLR"
	heading["code"] = "Code and data of the PVH entry, before startup_64"
	heading["kaslr"] = "The entry with KASLR and without; a bzImage from its 32-bit entry on"
	heading["kaslr-cost"] = "What KASLR costs, from the entry on"
	heading["relocs"] = "The relocation table"
	heading["sizes"] = "Images: bytes that a loader reads"
	heading["limits"] = "Limits"
	heading["kvm/exits"] = "Exits under KVM from power-on to user space"
	heading["kvm/early"] = "Exits under KVM from the kernel's entry to start_kernel"
	heading["kvm/reasons"] = "The other exits, by reason"
	heading["kvm/functions"] = "CPUID exits from power-on to user space, by function"
	heading["kvm/registers"] = "MSR exits from power-on to user space, by register; 0x6e0 is the timer's, 0x80b ends an interrupt"
	heading["kvm/ports"] = "Port I/O exits from power-on to user space, by port"
	heading["kvm/wall"] = "Time of QEMU from its start to its end, with a guest that ends in user space"
	heading["readme"] = "In short: the PVH entry"
	n = split(what, names, " ")
	for (i = 1; i <= n && !failed; i++) {
		split("", text)
		split("", width)
		split("", words)
		rows = cols = 0
		table(names[i])
		if (as != "text" && rows == 1 && names[i] != "states") {
			print "pvh: no figures for the table " names[i] >"/dev/stderr"
			exit 1
		}
		if (as == "text" && rows > 1)
			print "\n" heading[names[i]] "\n"
		if (as != "text" || rows > 1)
			print_table()
	}
	exit failed
}
