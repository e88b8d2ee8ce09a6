// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU TCG plugin: count what an x86 guest executes from its reset to some marks.
 *
 * It counts all instructions and, of these, CPUID, RDMSR/WRMSR and port I/O.
 *
 *	-plugin ./count.so,mark=NAME:ADDR,...,out=FILE
 *
 *	mark=NAME:ADDR[:HEX]	record the totals when ADDR is first executed
 *				after the previous mark; with HEX only if these
 *				bytes are there
 *	mark=NAME:+OFFSET:HEX	the same at this offset of any page, where these
 *				bytes are: for code that may be loaded anywhere
 *	moved=ADDR		KASLR may have moved the kernel: ADDR is the link
 *				address of what it executes first at any address
 *				of the kernel mapping
 *	pages=NAME		also count the pages that are written, from reset and
 *				from the mark NAME on, and anew from each mark
 *				NAME.SOMETHING
 *	apart=FIRST-LAST	count separately what is executed at these addresses:
 *				those of a hypervisor below a guest's kernel.
 *				The pages that it writes do not count.
 *	out=FILE		where the result goes
 *
 * KASLR changes all bits of an address above the lowest 21, and a kernel is several
 * times as large. With moved= the first instruction at a kernel address tells by how
 * much this boot moved it. From there on the plugin compares marks given by link
 * address with the moved address, and marks below the kernel mapping as they are.
 *
 * The result has one line for each mark:
 *
 *	mark NAME insns N cpuid N msr N pio N reps N[ pages N own N]
 *		[ apart N cpuid N msr N pio N entries N]
 *	missing NAME		it was not reached
 *	moved N			bytes, if it is known
 *
 * The instruction at a mark is not counted. QEMU ends at the last mark.
 *
 * An instruction counts each time TCG starts to execute it, so one that
 * faults counts, and counts again when restarted.  For a REP string
 * instruction that is once per iteration and once for the final check of the
 * count register as long as TCG leaves the instruction between iterations:
 * always before QEMU 10.0, only with -icount since.  "reps" is how many of
 * "insns" are such repetitions: insns - reps counts a REP instruction once
 * and does not depend on the QEMU version, unless interrupts hit it.
 *
 * "pages" is how many different 4 KiB of RAM the instructions from reset on have
 * written to, "own" those from the mark NAME on.  What the CPU writes to page
 * tables by itself does not count.
 *
 * "entries" is how often the guest went from a range that is counted apart to the
 * rest: how often a hypervisor went on with a guest.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu-plugin-api.h"

#define MAX_POINTS	32	/* a set of them has to fit into a pointer */
#define MAX_BYTES	16
#define MAX_INSN	15
#define GUEST_PAGE	4096
#define NO_REP		UINT64_MAX

#define KERNEL_MAP	0xffffffff80000000
#define KERNEL_ALIGN	0x200000	/* the least that KASLR moves it by */

#define GUEST_PAGES	(1UL << 20)	/* 4 GiB */

#define ARRAY_END(a)	((a) + sizeof(a) / sizeof((a)[0]))

struct counts {
	uint64_t insns;
	uint64_t cpuid;
	uint64_t msr;
	uint64_t pio;
	uint64_t reps;
	uint64_t pages;
	uint64_t own;
	uint64_t entries;
};

struct point {
	char name[64];
	uint64_t addr;
	bool anywhere;		/* addr is an offset in a page */
	uint8_t bytes[MAX_BYTES];
	size_t nr_bytes;
	bool hit;
	struct counts at;
	struct counts apart;
};

enum insn_kind {
	INSN_OTHER,
	INSN_CPUID,
	INSN_MSR,
	INSN_PIO,
};

struct decoded {
	enum insn_kind kind;
	bool rep;
};

int qemu_plugin_version = COUNT_API;

static struct point points[MAX_POINTS];
static unsigned int nr_points;
static unsigned int next_mark;	/* no mark below this one is outstanding */
static const char *out_name;

static bool kernel_moves;
static bool move_known;
static uint64_t first_linked;
static uint64_t move;		/* 0 as long as it is not known */

static const char *own_from;	/* name of a mark, or NULL: count no pages */
static bool page_written[GUEST_PAGES];
static bool own_begun;
static bool page_own[GUEST_PAGES];

static bool have_apart;
static uint64_t apart_first;
static uint64_t apart_last;
static bool in_apart;

static bool reported;
static struct counts total;	/* of what is not counted apart */
static struct counts apart;
static uint64_t last_rep = NO_REP;

static void report_mark(FILE *f, const struct point *p)
{
	fprintf(f, "mark %s insns %llu cpuid %llu msr %llu pio %llu reps %llu",
		p->name,
		(unsigned long long)p->at.insns,
		(unsigned long long)p->at.cpuid,
		(unsigned long long)p->at.msr,
		(unsigned long long)p->at.pio,
		(unsigned long long)p->at.reps);
	if (own_from)
		fprintf(f, " pages %llu own %llu",
			(unsigned long long)p->at.pages,
			(unsigned long long)p->at.own);
	if (have_apart)
		fprintf(f, " apart %llu cpuid %llu msr %llu pio %llu entries %llu",
			(unsigned long long)p->apart.insns,
			(unsigned long long)p->apart.cpuid,
			(unsigned long long)p->apart.msr,
			(unsigned long long)p->apart.pio,
			(unsigned long long)p->at.entries);
	fputc('\n', f);
}

static void report(void)
{
	const struct point *p;
	FILE *f;

	if (reported)
		return;
	reported = true;

	f = fopen(out_name, "w");
	if (!f) {
		fprintf(stderr, "count: %s: %s\n", out_name, strerror(errno));
		_exit(1);
	}

	for (p = points; p < points + nr_points; p++) {
		if (p->hit)
			report_mark(f, p);
		else
			fprintf(f, "missing %s\n", p->name);
	}
	if (move_known)
		fprintf(f, "moved %llu\n", (unsigned long long)move);

	if (fclose(f)) {
		fprintf(stderr, "count: %s: %s\n", out_name, strerror(errno));
		_exit(1);
	}
}

static void finish(void)
{
	report();
	/* Nothing of the guest is of interest any more. */
	_exit(0);
}

/* The name that pages= has, or that, a dot and something else */
static bool is_own_from(const char *name)
{
	size_t len;

	if (!own_from)
		return false;
	len = strlen(own_from);
	return !strncmp(name, own_from, len) && (!name[len] || name[len] == '.');
}

static void reach(struct point *p)
{
	p->hit = true;
	p->at = total;
	p->apart = apart;
	if (is_own_from(p->name)) {
		own_begun = true;
		total.own = 0;
		memset(page_own, 0, sizeof(page_own));
	}
}

/* Called ahead of the callbacks that count the same instruction. */
static void exec_point(unsigned int vcpu, void *data)
{
	uintptr_t set = (uintptr_t)data;

	if (set & (1UL << next_mark))
		reach(&points[next_mark++]);
	if (next_mark == nr_points)
		finish();
}

static void exec_insn(unsigned int vcpu, void *counter)
{
	last_rep = NO_REP;
	total.insns++;
	total.entries += in_apart;
	in_apart = false;
	if (counter)
		++*(uint64_t *)counter;
}

static void exec_apart(unsigned int vcpu, void *counter)
{
	last_rep = NO_REP;
	apart.insns++;
	in_apart = true;
	if (counter)
		++*(uint64_t *)counter;
}

static void exec_rep(unsigned int vcpu, void *data)
{
	uint64_t vaddr = (uintptr_t)data;

	if (last_rep == vaddr)
		total.reps++;
	last_rep = vaddr;
	total.insns++;
	total.entries += in_apart;
	in_apart = false;
}

static void exec_rep_pio(unsigned int vcpu, void *data)
{
	total.pio++;
	exec_rep(vcpu, data);
}

/* By physical address: a page can be mapped more than once. */
static void write_mem(unsigned int vcpu, plugin_meminfo info, uint64_t vaddr,
		      void *data)
{
	const struct qemu_plugin_hwaddr *hwaddr;
	uint64_t first, last;

	hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
	if (!hwaddr || qemu_plugin_hwaddr_is_io(hwaddr))
		return;

	first = qemu_plugin_hwaddr_phys_addr(hwaddr);
	last = first + (1UL << qemu_plugin_mem_size_shift(info)) - 1;
	first /= GUEST_PAGE;
	last /= GUEST_PAGE;
	for (; first <= last && first < GUEST_PAGES; first++) {
		total.pages += !page_written[first];
		page_written[first] = true;
		if (!own_begun)
			continue;
		total.own += !page_own[first];
		page_own[first] = true;
	}
}

static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e:	/* segments */
	case 0x64: case 0x65:
	case 0x66: case 0x67:				/* sizes */
	case 0xf0: case 0xf2: case 0xf3:		/* lock, rep */
	case 0x40 ... 0x4f:
		/*
		 * REX, or outside of 64-bit mode INC and DEC, which are
		 * complete with this byte.
		 */
		return true;
	default:
		return false;
	}
}

static struct decoded decode(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	struct decoded d = { .kind = INSN_OTHER };
	bool rep = false;

	for (; p < end && is_prefix(*p); p++)
		rep |= *p == 0xf2 || *p == 0xf3;

	if (p == end)
		return d;

	switch (*p) {
	case 0x0f:
		if (p + 1 == end)
			break;
		if (p[1] == 0xa2)
			d.kind = INSN_CPUID;
		else if (p[1] == 0x30 || p[1] == 0x32)
			d.kind = INSN_MSR;
		break;
	case 0x6c ... 0x6f:	/* INS, OUTS */
		d.rep = rep;
		d.kind = INSN_PIO;
		break;
	case 0xe4 ... 0xe7:	/* IN, OUT, port in the instruction */
	case 0xec ... 0xef:	/* IN, OUT, port in DX */
		d.kind = INSN_PIO;
		break;
	case 0xa4 ... 0xa7:	/* MOVS, CMPS */
	case 0xaa ... 0xaf:	/* STOS, LODS, SCAS */
		d.rep = rep;
		break;
	}

	return d;
}

static size_t insn_bytes(const struct qemu_plugin_insn *insn, uint8_t *buf,
			 size_t size)
{
	size_t len = qemu_plugin_insn_size(insn);

	if (len > size)
		len = size;
#if COUNT_API >= 3
	len = qemu_plugin_insn_data(insn, buf, len);
#else
	memcpy(buf, qemu_plugin_insn_data(insn), len);
#endif
	return len;
}

/*
 * Compare with guest memory if QEMU tells where it is and all of the bytes
 * are on the page, else with no more than the instruction itself.
 */
static bool bytes_match(const struct point *p,
			const struct qemu_plugin_insn *insn, uint64_t vaddr,
			const uint8_t *data, size_t len)
{
	const void *host = qemu_plugin_insn_haddr(insn);

	if (host && vaddr % GUEST_PAGE + p->nr_bytes <= GUEST_PAGE) {
		data = host;
		len = p->nr_bytes;
	}
	if (len > p->nr_bytes)
		len = p->nr_bytes;
	return !memcmp(data, p->bytes, len);
}

/*
 * TCG translates what it is about to execute, so the first translation at a
 * kernel address is the first execution there.
 */
static void find_move(uint64_t vaddr)
{
	if (!kernel_moves || move_known || vaddr < KERNEL_MAP)
		return;

	move = vaddr - first_linked;
	move_known = true;
	if (move % KERNEL_ALIGN) {
		fprintf(stderr, "count: the kernel begins at 0x%llx, not where it should\n",
			(unsigned long long)vaddr);
		_exit(1);
	}
}

static bool addr_match(const struct point *p, uint64_t vaddr)
{
	uint64_t addr = p->addr;

	if (p->anywhere)
		return vaddr % GUEST_PAGE == addr;
	if (kernel_moves && addr >= KERNEL_MAP)
		addr += move;
	return vaddr == addr;
}

static bool is_apart(uint64_t vaddr)
{
	return have_apart && vaddr >= apart_first && vaddr <= apart_last;
}

static void translate_insn(struct qemu_plugin_insn *insn)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
	plugin_exec_fn fn = exec_insn;
	uint8_t buf[MAX_INSN];
	struct counts *counts = &total;
	void *data = NULL;
	uintptr_t set = 0;
	struct decoded d;
	unsigned int i;
	size_t len;

	find_move(vaddr);
	len = insn_bytes(insn, buf, sizeof(buf));
	d = decode(buf, len);

	for (i = 0; i < nr_points; i++) {
		struct point *p = &points[i];

		if (addr_match(p, vaddr) &&
		    bytes_match(p, insn, vaddr, buf, len))
			set |= 1UL << i;
	}
	if (set)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, exec_point,
						       QEMU_PLUGIN_CB_NO_REGS,
						       (void *)set);

	if (is_apart(vaddr)) {
		/* Its repetitions are not told from the rest. */
		fn = exec_apart;
		counts = &apart;
		d.rep = false;
	}
	if (d.rep) {
		fn = d.kind == INSN_PIO ? exec_rep_pio : exec_rep;
		data = (void *)(uintptr_t)vaddr;
	} else if (d.kind == INSN_CPUID) {
		data = &counts->cpuid;
	} else if (d.kind == INSN_MSR) {
		data = &counts->msr;
	} else if (d.kind == INSN_PIO) {
		data = &counts->pio;
	}
	qemu_plugin_register_vcpu_insn_exec_cb(insn, fn, QEMU_PLUGIN_CB_NO_REGS,
					       data);
	if (own_from && counts == &total)
		qemu_plugin_register_vcpu_mem_cb(insn, write_mem,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, NULL);
}

static void translate_tb(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++)
		translate_insn(qemu_plugin_tb_get_insn(tb, i));
}

static void at_exit(uint64_t id, void *data)
{
	report();
}

static bool parse_u64(const char *s, const char *end, uint64_t *val)
{
	char *stop;

	errno = 0;
	*val = strtoull(s, &stop, 0);
	return stop != s && stop == end && !errno;
}

static bool parse_bytes(const char *s, struct point *p)
{
	size_t len = strlen(s), i;

	if (!len || len % 2 || len / 2 > MAX_BYTES ||
	    strspn(s, "0123456789abcdefABCDEF") != len)
		return false;

	for (i = 0; i < len / 2; i++) {
		const char digits[] = { s[2 * i], s[2 * i + 1], '\0' };

		p->bytes[i] = strtoul(digits, NULL, 16);
	}
	p->nr_bytes = len / 2;
	return true;
}

static struct point *new_point(const char *name, size_t name_len)
{
	struct point *p = &points[nr_points];

	if (p == ARRAY_END(points) || !name_len || name_len >= sizeof(p->name))
		return NULL;

	nr_points++;
	memcpy(p->name, name, name_len);
	return p;
}

/* NAME:ADDR[:HEX] or NAME:+OFFSET:HEX */
static bool parse_mark(const char *s)
{
	const char *addr = strchr(s, ':');
	const char *end, *bytes;
	struct point *p;

	if (!addr)
		return false;
	p = new_point(s, addr++ - s);
	if (!p)
		return false;

	bytes = strchr(addr, ':');
	p->anywhere = *addr == '+';
	if (p->anywhere && (!bytes || !parse_u64(addr + 1, bytes, &p->addr) ||
			    p->addr >= GUEST_PAGE))
		return false;
	end = bytes ? bytes : addr + strlen(addr);
	return parse_u64(addr + p->anywhere, end, &p->addr) &&
	       (!bytes || parse_bytes(bytes + 1, p));
}

static bool parse_moved(const char *s)
{
	kernel_moves = true;
	return parse_u64(s, s + strlen(s), &first_linked);
}

static bool parse_pages(const char *s)
{
	own_from = s;
	return *s;
}

/* FIRST-LAST */
static bool parse_apart(const char *s)
{
	const char *last = strchr(s, '-');

	have_apart = true;
	return last++ && parse_u64(s, last - 1, &apart_first) &&
	       parse_u64(last, last + strlen(last), &apart_last) &&
	       apart_first <= apart_last;
}

int qemu_plugin_install(uint64_t id, const struct plugin_info *info, int argc,
			char **argv)
{
	int i;

	if (!info->system_emulation || info->system.smp_vcpus != 1 ||
	    (strcmp(info->target_name, "x86_64") &&
	     strcmp(info->target_name, "i386"))) {
		fprintf(stderr, "count: needs an x86 machine with one vCPU\n");
		return -1;
	}

	for (i = 0; i < argc; i++) {
		const char *arg = argv[i];
		const char *val = strchr(arg, '=');
		size_t key = val ? val - arg : 0;
		bool ok = false;

		if (!val++)
			;
		else if (key == 4 && !strncmp(arg, "mark", key))
			ok = parse_mark(val);
		else if (key == 5 && !strncmp(arg, "moved", key))
			ok = parse_moved(val);
		else if (key == 5 && !strncmp(arg, "pages", key))
			ok = parse_pages(val);
		else if (key == 5 && !strncmp(arg, "apart", key))
			ok = parse_apart(val);
		else if (key == 3 && !strncmp(arg, "out", key))
			ok = *(out_name = val);

		if (!ok) {
			fprintf(stderr, "count: bad argument \"%s\"\n", arg);
			return -1;
		}
	}

	if (!out_name || !nr_points) {
		fprintf(stderr, "count: needs out= and mark=\n");
		return -1;
	}

	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_tb);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
