# SPDX-License-Identifier: GPL-2.0
#
# The exits of one guest, from the trace events kvm_exit, kvm_cpuid and kvm_msr of KVM,
# as "PATH,ITEM,VALUE" lines.
#
#	awk -v path=PATH -v low=LOW -v high=HIGH -v cpuid=CPUID -f exits.awk TRACE
#
# LOW, HIGH	where the loader has put the image: the first exit in there is the first
#		one of the kernel, because firmware and the option ROM are elsewhere
# CPUID		the lower half of the address of native_cpuid(), with KASLR's offset
#
# "boot" are all exits from power-on to user space, which begins with the CPUID of
# mark.S; "kernel" those from the kernel's entry on; "early" those from its entry to
# start_kernel().
#
# No exit marks start_kernel() itself. Ahead of it the kernel asks through native_cpuid()
# for leaves of hypervisors only; whatever else it has to know there it asks for by
# CPUID instructions of their own functions. The first thing that start_kernel() asks
# for is CPUID(0), through native_cpuid(), in early_cpu_init(). So the CPUID that belong
# to each side are known exactly. Of the other exits those between the last CPUID
# before and the first after it may belong to either side, and are counted ahead of
# it. "early unsure" is how many these are, without interrupts, which come at any time.

function hex(s,	i, n) {
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n + 0
}

# after(WORD): the word of this event that follows it
function after(word,	i) {
	for (i = 1; i < NF; i++)
		if ($i == word)
			return $(i + 1)
	return ""
}

function count(kind) {
	boot[kind]++
	if (entered)
		kernel[kind]++
	if (entered && !started) {
		early[kind]++
		if (kind != "interrupt")
			unsure++
	}
}

function put(item, n) {
	printf "%s,%s,%.0f\n", path, item, n
}

function fail(why) {
	print why
	failed = 1
	exit 1
}

/^# entries-in-buffer/ {
	split($3, events, "/")
	if (events[1] != events[2])
		fail("KVM's trace has only " events[1] " of " events[2] " events")
}

# An exit is counted at the next event, because only that says what kind of CPUID or MSR
# it was.
function counted(	kind) {
	if (reason == "")
		return
	if (reason == "cpuid")
		kind = "cpuid"
	else if (reason == "msr")
		kind = msr == "0x000006e0" || msr == "0x0000080b" ? "timer" : "msr"
	else if (reason == "io")
		kind = "io"
	else if (reason == "npf" || reason == "hlt")
		kind = reason
	else if (reason == "interrupt" || reason == "vintr")
		kind = "interrupt"
	else
		kind = "other"
	if (!entered && address >= low && address < high && upper == "")
		entered = 1
	if (entered && kind == "cpuid" && leaf == "0x00000000" && upper == "ffffffff" && \
	    address >= cpuid && address < cpuid + 64)
		started = 1
	count(kind)
	if (kind == "cpuid" && entered && !started)
		unsure = 0
	if (kind == "cpuid")
		leaves[leaf]++
	if (reason == "msr")
		registers[msr]++
	if (kind == "io")
		ports[port]++
	if (kind == "other")
		others[reason]++
	reason = ""
}

/ kvm_exit: / {
	counted()
	reason = after("reason")
	rip = substr(after("rip"), 3)
	upper = length(rip) > 8 ? substr(rip, 1, length(rip) - 8) : ""
	address = hex(length(rip) > 8 ? substr(rip, length(rip) - 7) : rip)
	port = "0x" substr(after("info1"), 11, 4)
	leaf = msr = ""
}

/ kvm_cpuid: / {
	leaf = after("func")
	if (leaf == "70766821") {
		reason = ""
		user = 1
		exit
	}
	leaf = "0x" substr("00000000" leaf, length(leaf) + 1)
}

/ kvm_msr: / {
	for (i = 1; i < NF; i++)
		if ($i ~ /^msr_(read|write)$/)
			msr = "0x" substr("00000000" $(i + 1), length($(i + 1)) + 1)
}

END {
	if (failed)
		exit 1
	if (!user)
		fail("no CPUID of mark.S in the trace")
	if (!entered)
		fail("no exit with the kernel's addresses in the trace")
	if (!started)
		fail("no CPUID(0) of early_cpu_init() in the trace")
	n = split("cpuid msr io npf timer interrupt hlt other", kinds, " ")
	for (i = 1; i <= n; i++) {
		kind = kinds[i]
		put("boot " kind, boot[kind])
		put("kernel " kind, kernel[kind])
		put("early " kind, early[kind])
		all["boot"] += boot[kind]
		all["kernel"] += kernel[kind]
		all["early"] += early[kind]
	}
	for (kind in all)
		put(kind " all", all[kind])
	put("early unsure", unsure)
	for (leaf in leaves)
		put("CPUID " leaf, leaves[leaf])
	for (msr in registers)
		put("MSR " msr, registers[msr])
	for (port in ports)
		put("port " port, ports[port])
	for (reason in others)
		put("reason " reason, others[reason])
}
