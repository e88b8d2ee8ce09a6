// SPDX-License-Identifier: GPL-2.0
/*
 * The page tables of head_64.S, by its own instructions: those of a built vmlinux run in
 * this process, at each load address below 4 GiB that is a multiple of 2 MiB, from
 * pvh_start_xen to startup_64. Then the tables are walked as a CPU walks them, and compared
 * with what docs/design.md and the comments of head_64.S promise.
 *
 * The instructions run one at a time, by the trap flag, in 32-bit and 64-bit code segments
 * of user space. Before each of them the handler looks at its bytes. It does itself what user
 * space may not do, and CPUID, whose answer is part of the test. It leaves all other
 * instructions to the CPU. Only what the entry needs is mapped, and only what it may write
 * to is writable.
 *
 * usage: pagetables VMLINUX CPU ADDRESSES
 *	CPU		four, no-leaf-7, five, no5lvl: see cpus[]
 *	ADDRESSES	2M: all multiples of 2 MiB; few: some of these; page: multiples of 4 KiB,
 *			but not of 2 MiB; odd: not of 4 KiB
 *
 * Prints a line "FACT: load address ...: the difference", and how many addresses it took.
 * The status is 0 if that is all of them, whatever it found; 77 if this machine cannot run
 * 32-bit code.
 */

#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define GIB		(1ULL << 30)
#define MIB		(1ULL << 20)
#define PAGE		4096ULL
#define END_OF_32_BITS	(4 * GIB)
/* What user space cannot map. The entry needs nothing there, even of a kernel at 0. */
#define LOWEST_PAGE	0x10000ULL

#define START_INFO_MAGIC	0x336ec578

#define USER_CS32	0x23
#define USER_CS64	0x33
#define USER_DS		0x2b

#define EFLAGS_TF	(1 << 8)
#define EFLAGS_IF	(1 << 9)
#define EFLAGS_DF	(1 << 10)

#define CR0_PE		(1U << 0)
#define CR0_NW		(1U << 29)
#define CR0_CD		(1U << 30)
#define CR0_PG		(1U << 31)
#define CR4_PAE		(1U << 5)
#define CR4_PGE		(1U << 7)
#define CR4_LA57	(1U << 12)
#define EFER		0xc0000080
#define EFER_SCE	(1 << 0)
#define EFER_LME	(1 << 8)

/* Bits of an entry. The CPU sets "accessed" and "dirty" itself. NX is reserved: EFER.NXE is 0. */
#define P		(1 << 0)
#define RW		(1 << 1)
#define ACCESSED	(1 << 5)
#define DIRTY		(1 << 6)
#define PS		(1 << 7)
#define ADDRESS		0xfffff000ULL

struct cpu {
	const char *name;
	unsigned int levels, last_levels;
	u32 max_leaf;
	bool la57, drop;
};

static const struct cpu cpus[] = {
	{ "four", 4, 4, 0x20, false, false },
	/* What it says of leaf 7 is the content of another leaf. */
	{ "no-leaf-7", 4, 4, 6, true, false },
	{ "five", 5, 5, 7, true, false },
	/* pvh_boot() finds no5lvl on the command line. */
	{ "no5lvl", 5, 4, 0x20, true, true },
};

static const struct cpu *cpu;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "pagetables: error: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

/* -- The kernel image ------------------------------------------------------ */

static const u8 *elf;
static u64 image_size;

/* Offsets from _text */
static u64 entry, rest, rest_end, native, boot, gdt, tables, tables_end, window, window_end,
	   init_begin, init_end, stack_begin, stack_top, bss, boot_params, start_info_copy;
/* Link addresses: of _text, and of what the pointer e820_table points to */
static u64 text, e820_table;

static u64 symbol(const char *name, u64 *size)
{
	const Elf64_Ehdr *ehdr = (const void *)elf;
	const Elf64_Shdr *sections = (const void *)(elf + ehdr->e_shoff);
	unsigned int i;

	for (i = 0; i < ehdr->e_shnum; i++) {
		const Elf64_Sym *sym = (const void *)(elf + sections[i].sh_offset);
		const Elf64_Sym *end = (const void *)((const u8 *)sym + sections[i].sh_size);

		if (sections[i].sh_type != SHT_SYMTAB)
			continue;
		for (; sym < end; sym++) {
			const char *s = (const char *)elf + sections[sections[i].sh_link].sh_offset;

			if (strcmp(s + sym->st_name, name))
				continue;
			if (size)
				*size = sym->st_size;
			return sym->st_value;
		}
	}
	die("the kernel image has no symbol %s", name);
}

static void range(const char *name, u64 *start, u64 *end)
{
	u64 size;

	*start = symbol(name, &size) - text;
	if (!size)
		die("the symbol %s has no size", name);
	*end = *start + size;
}

/* A file with the image as a loader puts it into memory, after some bytes */
static int image_file(u64 skip)
{
	const Elf64_Ehdr *ehdr = (const void *)elf;
	const Elf64_Phdr *phdr = (const void *)(elf + ehdr->e_phoff);
	int image = memfd_create("kernel", 0);
	unsigned int i;
	u64 first = 0;

	if (image < 0 || ftruncate(image, skip + image_size))
		die("cannot make a file of %llu bytes: %s", (unsigned long long)image_size,
		    strerror(errno));
	for (i = 0; i < ehdr->e_phnum; i++) {
		if (phdr[i].p_type != PT_LOAD)
			continue;
		if (!first)
			first = phdr[i].p_paddr;
		if (pwrite(image, elf + phdr[i].p_offset, phdr[i].p_filesz,
			   skip + phdr[i].p_paddr - first) != (ssize_t)phdr[i].p_filesz)
			die("cannot write the image: %s", strerror(errno));
	}

	return image;
}

static void read_kernel(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || (size_t)st.st_size < sizeof(Elf64_Ehdr))
		die("%s: cannot be read", name);
	elf = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (elf == MAP_FAILED || memcmp(elf, ELFMAG, SELFMAG) || elf[EI_CLASS] != ELFCLASS64)
		die("%s: not a 64-bit ELF file", name);

	text = symbol("_text", NULL);
	image_size = (symbol("_end", NULL) - text + PAGE - 1) & ~(PAGE - 1);
	entry = symbol("pvh_start_xen", NULL) - text;
	range("pvh_entry", &rest, &rest_end);
	native = symbol("startup_64", NULL) - text;
	boot = symbol("__pi_pvh_boot", NULL) - text;
	gdt = symbol("pvh_gdt", NULL) - text;
	range("pvh_pgtable", &tables, &tables_end);
	window = symbol("__pi_pvh_window", NULL) - text;
	window_end = window + PAGE;
	init_begin = symbol("__init_begin", NULL) - text;
	init_end = symbol("__init_end", NULL) - text;
	stack_begin = symbol("__start_init_stack", NULL) - text;
	stack_top = symbol("__top_init_kernel_stack", NULL) - text;
	bss = symbol("__bss_start", NULL) - text;
	boot_params = symbol("pvh_boot_params", NULL) - text;
	start_info_copy = symbol("pvh_start_info", NULL) - text;
}

/* -- What is wrong --------------------------------------------------------- */

static u64 load;

#define ADDRESSES_SHOWN	3

/* Print the first thing that is wrong at a load address, by fact, of some addresses. */
static void __attribute__((format(printf, 2, 3))) wrong(const char *fact, const char *fmt, ...)
{
	static struct {
		const char *fact;
		u64 load;
		unsigned int times;
	} seen[16];
	unsigned int i = 0;
	va_list ap;

	while (seen[i].fact && strcmp(seen[i].fact, fact))
		i++;
	if (seen[i].times && seen[i].load == load)
		return;
	seen[i].fact = fact;
	seen[i].load = load;
	if (++seen[i].times > ADDRESSES_SHOWN)
		return;
	printf("%s: load address 0x%llx: ", fact, (unsigned long long)load);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

/* -- Memory ---------------------------------------------------------------- */

static int fd, odd_fd;
static u64 before;
static const u8 *pristine;
static u64 mapped_start, mapped_end, start_info;

/* The page tables are read-only if the entry has to leave them alone. */
static void writable(u64 from, u64 to)
{
	from = (load + from) & ~(PAGE - 1);
	to = (load + to + PAGE - 1) & ~(PAGE - 1);
	if (mprotect((void *)from, to - from, PROT_READ | PROT_WRITE | PROT_EXEC))
		die("cannot make 0x%llx writable: %s", (unsigned long long)from, strerror(errno));
}

static void map_memory(void)
{
	u64 at = load - before, end = at + image_size + (before ? PAGE : 0);

	mapped_start = at < LOWEST_PAGE ? LOWEST_PAGE : at;
	mapped_end = end < END_OF_32_BITS ? end : END_OF_32_BITS;
	if (mmap((void *)mapped_start, mapped_end - mapped_start, PROT_READ | PROT_EXEC,
		 MAP_PRIVATE | MAP_FIXED_NOREPLACE, before ? odd_fd : fd,
		 mapped_start - at) != (void *)mapped_start)
		die("cannot put the kernel at 0x%llx: %s", (unsigned long long)mapped_start,
		    strerror(errno));
	writable(gdt, gdt + 8);
	if (!before)
		writable(tables, tables_end);
	writable(stack_begin, stack_top);
	writable(bss - 4, bss);

	start_info = load < 2 * GIB ? END_OF_32_BITS - PAGE + 0x40 : 0x20040;
	if (mmap((void *)(start_info & ~(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		die("cannot put the start_info at 0x%llx: %s", (unsigned long long)start_info,
		    strerror(errno));
	*(u32 *)start_info = START_INFO_MAGIC;
}

static bool is_in(u64 at, u64 size, u64 start, u64 end)
{
	return at >= start && at < end && size <= end - at;
}

static void unchanged(const char *what, u64 from, u64 to)
{
	u64 i;

	for (i = from; i < to; i++) {
		if (*(u8 *)(load + i) != pristine[i]) {
			wrong("writes", "%s: the byte at 0x%llx is 0x%02x, expected 0x%02x as before",
			      what, (unsigned long long)(load + i), *(u8 *)(load + i), pristine[i]);
			return;
		}
	}
}

/* Of the pages that are writable: what the entry has no business with */
static void check_writes(void)
{
	u64 i;

	unchanged("before the GDT", gdt & ~(PAGE - 1), gdt + 2);
	unchanged("the GDT", gdt + 6, (gdt + 8 + PAGE - 1) & ~(PAGE - 1));
	unchanged("the end of the stack", stack_top, (stack_top + PAGE - 1) & ~(PAGE - 1));
	unchanged("the end of the data", (bss - 4) & ~(PAGE - 1), bss);
	for (i = start_info & ~(PAGE - 1); i & (PAGE - 1) || i <= start_info; i += 4) {
		if (*(u32 *)i != (i == start_info ? START_INFO_MAGIC : 0)) {
			wrong("writes", "the page of the start_info: 0x%llx has changed",
			      (unsigned long long)i);
			return;
		}
	}
}

static void unmap_memory(void)
{
	munmap((void *)mapped_start, mapped_end - mapped_start);
	munmap((void *)(start_info & ~(PAGE - 1)), PAGE);
}

/* -- The page walk --------------------------------------------------------- */

static u64 mapped_to;
static u64 reached[64];
static unsigned int nr_reached;
static bool window_reached;

static u64 size_of_level(unsigned int level)
{
	return 1ULL << (12 + 9 * (level - 1));
}

/*
 * Addresses from 0 to 4 GiB are the same, virtual and physical. The pages come in the
 * order of their virtual addresses.
 */
static void check_page(u64 vaddr, u64 paddr, u64 size, u64 rights)
{
	if (vaddr >= END_OF_32_BITS) {
		wrong("nothing-else", "virtual address 0x%llx is mapped, to 0x%llx",
		      (unsigned long long)vaddr, (unsigned long long)paddr);
		return;
	}
	if (vaddr != mapped_to)
		wrong("identity", "virtual address 0x%llx: expected a page, found none",
		      (unsigned long long)mapped_to);
	if (paddr != vaddr)
		wrong("identity", "virtual address 0x%llx: expected this physical address, found 0x%llx",
		      (unsigned long long)vaddr, (unsigned long long)paddr);
	if (size != 2 * MIB)
		wrong("identity", "virtual address 0x%llx: expected a page of 2 MiB, found one of 0x%llx bytes",
		      (unsigned long long)vaddr, (unsigned long long)size);
	if (!(rights & RW))
		wrong("identity", "virtual address 0x%llx: expected a writable page, found a read-only one",
		      (unsigned long long)vaddr);
	mapped_to = vaddr + size;
}

static void walk(unsigned int level, u64 table, u64 vaddr, u64 rights)
{
	u64 size = size_of_level(level), at = table - load;
	unsigned int i;

	for (i = 0; i < nr_reached; i++) {
		if (reached[i] == table)
			wrong("place", "the table at 0x%llx is reached twice",
			      (unsigned long long)table);
	}
	if (!is_in(table, PAGE, mapped_start, mapped_end) ||
	    nr_reached == sizeof(reached) / sizeof(reached[0])) {
		wrong("place", "the table of level %u for virtual address 0x%llx is at 0x%llx, which is not in the kernel image",
		      level, (unsigned long long)vaddr, (unsigned long long)table);
		return;
	}
	reached[nr_reached++] = table;
	if (!is_in(at, PAGE, tables, tables_end) && !is_in(at, PAGE, window, window_end))
		wrong("place", "the table of level %u for virtual address 0x%llx is at 0x%llx, which is neither in pvh_pgtable nor pvh_window",
		      level, (unsigned long long)vaddr, (unsigned long long)table);
	if (!is_in(at, PAGE, init_begin, init_end))
		wrong("place", "the table at 0x%llx is not in init memory",
		      (unsigned long long)table);
	if (level == 2 && vaddr == END_OF_32_BITS && at == window)
		window_reached = true;

	for (i = 0; i < 512; i++, vaddr += size) {
		u64 e = ((u64 *)table)[i];
		bool page = level == 1 || (level <= 3 && e & PS);

		if (!(e & P)) {
			if (e)
				wrong("nothing-else", "virtual address 0x%llx: the entry of level %u is 0x%llx, expected 0",
				      (unsigned long long)vaddr, level, (unsigned long long)e);
			continue;
		}
		/* User space, another memory type, global pages, reserved bits */
		if (e & ~(ADDRESS | P | RW | ACCESSED | DIRTY | (page ? PS : 0)) ||
		    (page && e & ADDRESS & (size - 1)))
			wrong(vaddr < END_OF_32_BITS ? "identity" : "nothing-else",
			      "virtual address 0x%llx: the entry of level %u is 0x%llx, expected no bits but those of an address and 0x%x",
			      (unsigned long long)vaddr, level, (unsigned long long)e,
			      P | RW | ACCESSED | DIRTY | (page ? PS : 0));
		else if (page)
			check_page(vaddr, e & ADDRESS, size, rights & e);
		else
			walk(level - 1, e & ADDRESS, vaddr, rights & e);
	}
}

static void check_tables(u32 cr3, unsigned int levels)
{
	mapped_to = 0;
	nr_reached = 0;
	window_reached = false;
	walk(levels, cr3, 0, RW);
	if (mapped_to < END_OF_32_BITS)
		wrong("identity", "virtual address 0x%llx: expected a page, found none",
		      (unsigned long long)mapped_to);
	if (!window_reached)
		wrong("window", "expected pvh_window for the GiB from 0x%llx on, found no or another table",
		      END_OF_32_BITS);
}

/* -- The CPU --------------------------------------------------------------- */

/* Descriptors of flat segments, without "accessed" */
#define FLAT_CODE64	0x00af9a000000ffffULL
#define FLAT_DATA	0x00cf92000000ffffULL
#define FLAT_CODE32	0x00cf9a000000ffffULL

/* What the entry must not rely on */
#define GARBAGE		0xa5a5a5a500000000ULL
#define STEPS		4096

/* By their numbers in instructions */
static const int regs[] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI
};

static greg_t *r;
static bool running, code64, long_mode, silent_end;
static u32 cr0, cr3, cr4;
static u64 efer, gdt_base;
static u16 gdt_limit;
static unsigned int boots, steps, enabled;
static char said[128];
static size_t nr_said;

/* The end of the run, because of what would be a fault, or what is not known here */
static void stop(const char *why)
{
	const u8 *b = (const u8 *)r[REG_RIP];
	bool in = is_in(r[REG_RIP], 4, mapped_start, mapped_end);

	wrong("goes-on", "0x%llx, which is pvh_entry%+lld, bytes %02x %02x %02x %02x: %s",
	      r[REG_RIP], (long long)(r[REG_RIP] - load - rest),
	      in ? b[0] : 0, in ? b[1] : 0, in ? b[2] : 0, in ? b[3] : 0, why);
	running = false;
}

static bool flat(u16 selector, u64 want)
{
	u64 descriptor;

	if (!selector || selector + 7 > gdt_limit ||
	    !is_in(gdt_base + selector, 8, mapped_start, mapped_end))
		return false;
	memcpy(&descriptor, (void *)(gdt_base + selector), 8);

	return (descriptor & ~(1ULL << 40)) == want;
}

static void set_cs(u16 cs)
{
	r[REG_CSGSFS] = (r[REG_CSGSFS] & ~0xffffLL) | cs;
	code64 = cs == USER_CS64;
}

/* The upper halves of the registers are undefined after 32-bit code. */
static void undefine_upper_halves(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		r[regs[i]] = (u32)r[regs[i]] | GARBAGE;
	for (i = REG_R8; i <= REG_R15; i++)
		r[i] = GARBAGE | i;
}

static void far_return(void)
{
	unsigned int size = code64 ? 8 : 4;
	u64 ip = 0, cs = 0;

	if (!is_in(r[REG_RSP], 2 * size, mapped_start, mapped_end)) {
		stop("the stack is not in the kernel");
		return;
	}
	memcpy(&ip, (void *)r[REG_RSP], size);
	memcpy(&cs, (void *)(r[REG_RSP] + size), size);
	r[REG_RSP] += 2 * size;
	if (long_mode && flat(cs, FLAT_CODE64)) {
		set_cs(USER_CS64);
		undefine_upper_halves();
	} else if (flat(cs, FLAT_CODE32)) {
		set_cs(USER_CS32);
	} else {
		stop("the far return is to a segment that is not flat code");
		return;
	}
	r[REG_RIP] = ip;
	if (!is_in(ip - load, 1, rest, rest_end))
		stop("the far return left pvh_entry");
}

static void cpuid(void)
{
	u32 leaf = r[REG_RAX], subleaf = r[REG_RCX];

	r[REG_RAX] = r[REG_RBX] = r[REG_RCX] = r[REG_RDX] = 0x5a5a5a5a;
	if (!leaf)
		r[REG_RAX] = cpu->max_leaf;
	else if (leaf == 7 && !subleaf)
		r[REG_RCX] = cpu->la57 ? 1 << 16 : ~(1U << 16);
	else if (leaf == 0x80000001)
		r[REG_RDX] = 1 << 29;
	else
		stop("this program has no answer for that CPUID");
	r[REG_RIP] += 2;
}

static void write_cr(unsigned int n, u32 value)
{
	switch (n) {
	case 0:
		if (code64)
			stop("64-bit code writes to CR0");
		else if (!(value & CR0_PE))
			stop("protected mode ends");
		else if (value & CR0_PG && (!(efer & EFER_LME) || !(cr4 & CR4_PAE)))
			stop("paging without long mode");
		cr0 = value;
		long_mode = value & CR0_PG;
		if (long_mode) {
			enabled++;
			check_tables(cr3, cr4 & CR4_LA57 ? 5 : 4);
		}
		break;
	case 3:
		cr3 = value;
		break;
	case 4:
		if (long_mode)
			stop("CR4 is written to in long mode");
		cr4 = value;
		break;
	default:
		stop("a write to an unknown control register");
	}
	r[REG_RIP] += 3;
}

/* lgdt and lidt of (%register). The bytes of (%esp) and (%rsp) are two. */
static void load_table(const u8 *b)
{
	unsigned int op = b[2] >> 3 & 7, rm = b[2] & 7;
	u64 at = r[regs[rm]], base = 0;
	u16 limit;

	if (b[2] >> 6 || rm == 5 || (rm == 4 && b[3] != 0x24) || (op != 2 && op != 3)) {
		stop("an operand that this program does not know");
		return;
	}
	if (!is_in(at, 10, mapped_start, mapped_end)) {
		stop("the operand is not in the kernel");
		return;
	}
	memcpy(&limit, (void *)at, 2);
	memcpy(&base, (void *)(at + 2), code64 ? 8 : 4);
	r[REG_RIP] += rm == 4 ? 4 : 3;
	if (op == 3) {
		silent_end = !limit;
	} else {
		gdt_base = base;
		gdt_limit = limit;
		if (gdt_base != load + gdt)
			wrong("registers", "expected a GDT at 0x%llx, found 0x%llx",
			      (unsigned long long)(load + gdt), (unsigned long long)gdt_base);
	}
}

/* Do what the next instruction does, if user space may not, or may not know the outcome. */
static bool emulate(void)
{
	const u8 *b = (const u8 *)r[REG_RIP];

	if (!is_in(r[REG_RIP], 4, mapped_start, mapped_end)) {
		stop("this is not in the kernel image");
		return false;
	}
	if (code64 ? b[0] == 0x48 && b[1] == 0xcb : b[0] == 0xcb) {
		far_return();
		return true;
	}
	switch (b[0]) {
	case 0xe6:
		if (b[1] != 0xe9)
			stop("this is not the port of the debug console");
		if (nr_said < sizeof(said) - 1)
			said[nr_said++] = r[REG_RAX];
		r[REG_RIP] += 2;
		return true;
	case 0x8e:
		if (b[1] & 7 || b[1] >> 6 != 3 || !flat(r[REG_RAX], FLAT_DATA))
			stop("the segment is not one of flat data");
		r[REG_RIP] += 2;
		return true;
	case 0x0f:
		break;
	default:
		return false;
	}
	switch (b[1]) {
	case 0x01:
		load_table(b);
		return true;
	case 0x0b:
		if (!silent_end)
			stop("#UD, and the IDT has an entry for it");
		running = false;
		return true;
	case 0x22:
		write_cr(b[2] >> 3 & 7, r[regs[b[2] & 7]]);
		return true;
	case 0x30:
		if ((u32)r[REG_RCX] != EFER || r[REG_RDX] || long_mode)
			stop("a write to another MSR than EFER, or in long mode");
		efer = (u32)r[REG_RAX];
		r[REG_RIP] += 2;
		return true;
	case 0x32:
		if ((u32)r[REG_RCX] != EFER)
			stop("a read of another MSR than EFER");
		r[REG_RAX] = efer;
		r[REG_RDX] = 0;
		r[REG_RIP] += 2;
		return true;
	case 0xa2:
		cpuid();
		return true;
	default:
		return false;
	}
}

static void is(const char *what, u64 found, u64 expected)
{
	if (found != expected)
		wrong("registers", "%s: expected 0x%llx, found 0x%llx", what,
		      (unsigned long long)expected, (unsigned long long)found);
}

static void check_registers(unsigned int levels)
{
	is("CR0", cr0, CR0_PG | CR0_PE);
	is("CR4", cr4, CR4_PAE | (levels == 5 ? CR4_LA57 : 0));
	is("EFER", efer, EFER_SCE | EFER_LME);
	is("the direction flag", r[REG_EFL] & EFLAGS_DF, 0);
}

/* Where the entry leaves head_64.S: true if the call has been made up. */
static bool left(void)
{
	if (!code64)
		return false;
	if ((u64)r[REG_RIP] == load + native) {
		check_registers(cpu->last_levels);
		is("%rsi at startup_64", r[REG_RSI], load + boot_params);
		is("the number of calls of pvh_boot()", boots, 1);
		is("the number of times that paging is turned on", enabled, cpu->drop ? 2 : 1);
		running = false;
		return true;
	}
	if ((u64)r[REG_RIP] != load + boot)
		return false;
	boots++;
	check_registers(cpu->levels);
	is("%rsp in pvh_boot()", r[REG_RSP], load + stack_top - 8);
	is("the start_info of pvh_boot()", r[REG_RDI], start_info);
	is("the boot_params of pvh_boot()", r[REG_RSI], load + boot_params);
	is("the copy of the start_info", r[REG_RDX], load + start_info_copy);
	is("the start of the kernel", r[REG_RCX], load);
	is("the address of e820_table", r[REG_R8], e820_table);
	if (!running || !is_in(r[REG_RSP], 8, mapped_start, mapped_end)) {
		stop("no return address");
		return true;
	}
	r[REG_RIP] = *(u64 *)r[REG_RSP];
	r[REG_RSP] += 8;
	/* A bool is in the lowest byte. What a function may change is changed. */
	r[REG_RAX] = GARBAGE | 0x5a00 | cpu->drop;
	r[REG_RCX] = r[REG_RDX] = r[REG_RSI] = r[REG_RDI] = r[REG_R8] = r[REG_R9] = r[REG_R10] =
		     r[REG_R11] = GARBAGE;

	return true;
}

/* What the ABI defines, and anything else where it defines nothing */
static void start(void)
{
	unsigned int i;

	for (i = REG_R8; i <= REG_RSP; i++)
		r[i] = 0xdead0000 | i;
	r[REG_RBX] = start_info;
	r[REG_RIP] = load + entry;
	r[REG_EFL] = EFLAGS_TF | EFLAGS_DF | EFLAGS_IF | 2;
	set_cs(USER_CS32);
	cr0 = CR0_PE | CR0_CD | CR0_NW;
	cr3 = 0xdead0000;
	cr4 = CR4_LA57 | CR4_PGE;
	efer = EFER_SCE;
	gdt_base = gdt_limit = 0;
	long_mode = silent_end = false;
	boots = steps = enabled = nr_said = 0;
	memset(said, 0, sizeof(said));
	running = true;
}

static void handle(int sig, siginfo_t *info, void *context)
{
	static gregset_t saved;
	ucontext_t *uc = context;

	r = uc->uc_mcontext.gregs;
	if (sig == SIGUSR1) {
		memcpy(saved, r, sizeof(saved));
		start();
	} else if (!running) {
		signal(sig, SIG_DFL);
		return;
	} else if (sig == SIGSEGV || sig == SIGBUS) {
		char why[96];

		snprintf(why, sizeof(why), "it accesses 0x%llx, where it may not, or is privileged",
			 (unsigned long long)info->si_addr);
		stop(why);
	} else if (sig != SIGTRAP || info->si_code != TRAP_TRACE) {
		stop("no such instruction, or a breakpoint");
	}

	while (running && (left() || emulate()))
		;
	if (running && ++steps == STEPS)
		stop("it does not end");
	if (!running)
		memcpy(r, saved, sizeof(saved));
}

static void catch_signals(void)
{
	static const int signals[] = { SIGUSR1, SIGTRAP, SIGSEGV, SIGBUS, SIGILL };
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = 64 << 10 };
	unsigned int i;

	stack.ss_sp = malloc(stack.ss_size);
	if (!stack.ss_sp || sigaltstack(&stack, NULL))
		die("no stack for signals");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigaction(signals[i], &action, NULL))
			die("cannot catch signal %d", signals[i]);
	}
	asm volatile("movl %0, %%ds; movl %0, %%es" : : "r" (USER_DS));
}

/* Whether the system has a 32-bit code segment for user space */
static bool runs_32bit_code(void)
{
	bool valid;

	asm("lar %1, %%eax" : "=@ccz" (valid) : "r" (USER_CS32) : "eax");

	return valid;
}

/* -- The load addresses ---------------------------------------------------- */

static void run(u64 at)
{
	load = at;
	map_memory();
	raise(SIGUSR1);
	if (before) {
		char want[96];

		snprintf(want, sizeof(want), "pvh: load address 0x%llx: not a multiple of 2 MiB\n",
			 (unsigned long long)load);
		if (strcmp(said, want) || enabled || boots)
			wrong("says", "expected \"%.*s\", found \"%s\"", (int)strcspn(want, "\n"), want,
			      said);
	} else if (*said) {
		wrong("says", "expected nothing, found \"%.*s\"", (int)strcspn(said, "\n"), said);
	}
	check_writes();
	unmap_memory();
}

int main(int argc, char **argv)
{
	u64 at, step = 2 * MIB, offset = 0;
	unsigned int i, nr = 0;

	if (argc != 4)
		die("usage: pagetables VMLINUX CPU ADDRESSES");
	for (i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (!strcmp(cpus[i].name, argv[2]))
			cpu = &cpus[i];
	}
	if (!cpu)
		die("CPU %s: not one of four, no-leaf-7, five, no5lvl", argv[2]);
	if (!strcmp(argv[3], "odd"))
		before = offset = 16;
	else if (!strcmp(argv[3], "page"))
		offset = PAGE;
	else if (strcmp(argv[3], "2M") && strcmp(argv[3], "few"))
		die("ADDRESSES %s: not one of 2M, few, page, odd", argv[3]);
	if (!strcmp(argv[3], "few") || before)
		step = 254 * MIB;
	if (!runs_32bit_code()) {
		fprintf(stderr, "this system has no 32-bit code segment for user space\n");
		return 77;
	}

	read_kernel(argv[1]);
	fd = image_file(0);
	odd_fd = image_file(before);
	pristine = mmap(NULL, image_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (pristine == MAP_FAILED)
		die("cannot map the image");
	memcpy(&e820_table, pristine + symbol("e820_table", NULL) - text, sizeof(e820_table));
	catch_signals();

	/* What the entry uses ends with the last word before .bss. */
	for (at = offset; at + bss <= END_OF_32_BITS; at += step) {
		run(at);
		nr++;
		/* Another page of the next 2 MiB */
		if (offset == PAGE)
			at = (at & ~(2 * MIB - 1)) + (nr * 37 % 511 + 1) * PAGE;
	}
	printf("%u load addresses from 0x%llx to 0x%llx\n", nr, (unsigned long long)offset,
	       (unsigned long long)load);

	return 0;
}
