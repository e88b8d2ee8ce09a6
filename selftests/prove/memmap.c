// SPDX-License-Identifier: GPL-2.0
/*
 * memmap.c: what becomes of each memory map, of any number of entries, in a kernel that
 * has room for ROOM. The parts are proved one by one: one entry; a loop over all of them;
 * the address from which on nothing is taken; and what is refused and logged. What one part
 * proves is all that the next knows of it.
 *
 * The proof of a loop is about two entries of the map, and one place among those that come
 * out: any two, and any place. What holds for these holds for each.
 */

#include <startup/check.c>

#include "abi.h"

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>

/* 2 less than the kernel's table: see docs/abi.md. */
#define ROOM	(E820_MAX_ENTRIES - 2)

typedef struct hvm_memmap_table_entry entry;

static struct boot_params bp;
static struct e820_table table;
static struct hvm_start_info si;
static struct pvh_kernel k;
static struct pvh_error err;

#define NR_OUT	(bp.e820_entries + table.nr_entries)
#define COUNTED								\
	(bp.e820_entries <= 128 && table.nr_entries <= ROOM - 128 &&	\
	 (!table.nr_entries || bp.e820_entries == 128))

/* What comes out at place, and at all others */
static u32 place;
static struct boot_e820_entry out, other;

/*
 * The code is about to write to this entry. It gets another, so that the proof need not
 * remember thousands.
 */
static struct boot_e820_entry *written(struct boot_e820_entry *to)
{
	u32 n = NR_OUT - 1;

	PROVE("an entry goes to the next place of boot_params, or of e820_table",
	      n < 128 ? to == &bp.e820_table[n] :
	      n < ROOM && to == (void *)&table.entries[n - 128]);

	return n == place ? &out : &other;
}

#define TAKE_TO	to = written(to);

/* -- docs/abi.md ----------------------------------------------------------- */

/* "ends at or after 2^64" */
#define WRAPS(e)	((u128)(e).addr + (e).size > U64_MAX)
/* "clipped, and RAM is taken as empty" */
#define CLIPPED(e)	(!WRAPS(e) ? (e).size : (e).type == 1 ? 0 : U64_MAX - (e).addr)
/* What the kernel has of an entry, if it takes nothing from limit on */
#define USED(e, limit)							\
	((e).addr >= (limit) ? 0 :					\
	 (e).type == 1 && CLIPPED(e) > (limit) - (e).addr ? (limit) - (e).addr : CLIPPED(e))
#define AS_TAKEN(o, e, limit)						\
	((o).addr == (e).addr && (o).type == (e).type && (o).size == USED(e, limit))

/* -- The loader's map ------------------------------------------------------ */

/*
 * Not a byte more than the entries that there are. What the code reads is not there, but in
 * now: an iteration of a loop reads one entry, whose values are any.
 */
static const entry *map;
static u32 a, b;
static entry entry_a, entry_b;

/* The entry that the iteration is about, and what has become of those before it */
static struct {
	u32 i;
	entry e;
	/* Those before it that are counted, of all that are */
	u32 counted;
	/* Calls of take() for it: one if its type is taken */
	u32 calls;
	bool taken_a, taken_b;
	u32 place_a, place_b, from;
} now;
static u32 all_counted;

static u64 read_entry(const volatile void *p)
{
	size_t at = __CPROVER_POINTER_OFFSET(p) - now.i * sizeof(entry);

	PROVE("what is read is the entry of the memory map that is next",
	      __CPROVER_POINTER_OBJECT(p) == __CPROVER_POINTER_OBJECT(map) &&
	      (at == __builtin_offsetof(entry, addr) || at == __builtin_offsetof(entry, size) ||
	       at == __builtin_offsetof(entry, type)));

	return at == __builtin_offsetof(entry, addr) ? now.e.addr :
	       at == __builtin_offsetof(entry, size) ? now.e.size : now.e.type;
}

#undef READ_ONCE
#define READ_ONCE(x)	((__typeof__(x))read_entry(&(x)))

static void any_map(u32 nr)
{
	/* goto-instrument gives variables any value where there are contracts. */
	now.counted = 0;
	now.taken_a = now.taken_b = false;
	map = malloc(nr * sizeof(*map));
	a = nondet_u32();
	b = nondet_u32();
	ASSUME(map && a != b);
	entry_a.addr = nondet_u64();
	entry_a.size = nondet_u64();
	entry_a.type = nondet_u32();
	entry_b.addr = nondet_u64();
	entry_b.size = nondet_u64();
	entry_b.type = nondet_u32();
	all_counted = nondet_u32();
	/* A count of some entries is not above that of all, and at the end it is that. */
	ASSUME(all_counted <= nr);
}

static void look_at(u32 i)
{
	now.i = i;
	now.e.addr = nondet_u64();
	now.e.size = nondet_u64();
	now.e.type = nondet_u32();
	if (i == a)
		now.e = entry_a;
	if (i == b)
		now.e = entry_b;
}

/* The same as what any_map() says of all_counted, for the first i entries and this one */
static void count(bool counts, u32 nr)
{
	ASSUME(!counts || now.counted < all_counted);
	now.counted += counts;
	ASSUME(now.i + 1 < nr || now.counted == all_counted);
}

/* -- Loops ----------------------------------------------------------------- */

/* find_limit(): reserved ranges that begin below this address, which is any, are counted. */
static u64 address;

static bool count_reserved(u32 i, u32 nr)
{
	look_at(i);
	count(now.e.type != 1 && now.e.addr < address, nr);

	return true;
}

static bool from_the_first(void)
{
	now.counted = 0;

	return true;
}

/* The bits that are still to be found are from bit on. */
#define LOWER_BITS	(bit ? bit | (bit - 1) : 0)

#define LOOP_BIT							\
	__CPROVER_assigns(bit, limit, i, count, now)			\
	__CPROVER_loop_invariant((!bit || !(bit & (bit - 1))) && !(limit & LOWER_BITS)) \
	__CPROVER_loop_invariant(all_counted > max ? address > limit :	\
				 address <= (limit | LOWER_BITS))	\
	__CPROVER_decreases(bit)					\
	if (from_the_first())

#define LOOP_COUNT							\
	__CPROVER_assigns(i, count, now)				\
	__CPROVER_loop_invariant(i <= nr && count <= i)		\
	__CPROVER_loop_invariant(now.counted <= all_counted &&		\
				 (i < nr || now.counted == all_counted)) \
	__CPROVER_loop_invariant(((limit | bit) < address || count >= now.counted) && \
				 ((limit | bit) > address || count <= now.counted)) \
	__CPROVER_decreases(nr - i)					\
	if (count_reserved(i, nr))

/* take_some(): entries of RAM are counted. */
static bool count_ram(u32 i, u32 nr)
{
	look_at(i);
	count(now.e.type == 1, nr);

	return true;
}

#define HALF		(ROOM / 2)

#define LOOP_RAM							\
	__CPROVER_assigns(i, nr_ram, now)				\
	__CPROVER_loop_invariant(i <= nr && nr_ram <= HALF && nr_ram == now.counted) \
	__CPROVER_loop_invariant(now.counted <= all_counted &&		\
				 (i < nr || now.counted == all_counted)) \
	__CPROVER_decreases(nr - i)					\
	if (count_ram(i, nr))

/* take_entries(): entries that are wanted are counted. */
#define OF_TYPE(e)	(take_type != ((e).type == 1 ? TAKE_NOT_RAM : TAKE_RAM))
#define WANTED(e)	(OF_TYPE(e) && (e).addr < s->limit)
/* How many had come out before the loop, and what was at place */
static u32 first;
static struct boot_e820_entry before;
#define HERE		(place >= first && place < NR_OUT)
#define ALL_FIT		(first + (u64)all_counted <= max)

#define LOOP_TAKE							\
	__CPROVER_assigns(i, type, now, out, s->lost, s->ram, s->clipped, s->initrd, \
			  bp.e820_entries, table.nr_entries)		\
	__CPROVER_loop_invariant(i <= nr && COUNTED && first <= NR_OUT && \
				 (NR_OUT <= max || NR_OUT == first))	\
	__CPROVER_loop_invariant(now.counted <= all_counted &&		\
				 (i < nr || now.counted == all_counted)) \
	__CPROVER_loop_invariant(!i || now.calls == OF_TYPE(now.e))	\
	/* No more come out than are wanted, and all of them if there is room for all. */ \
	__CPROVER_loop_invariant(NR_OUT - first <= now.counted &&	\
				 (!ALL_FIT || NR_OUT - first == now.counted)) \
	__CPROVER_loop_invariant(!now.taken_a || (a < i && WANTED(entry_a) &&	\
						  now.place_a >= first && now.place_a < NR_OUT)) \
	__CPROVER_loop_invariant(!now.taken_b || (b < i && WANTED(entry_b) &&	\
						  now.place_b >= first && now.place_b < NR_OUT)) \
	__CPROVER_loop_invariant(now.taken_a || a >= i || !WANTED(entry_a) ||	\
				 (NR_OUT >= max && !ALL_FIT))		\
	__CPROVER_loop_invariant(!now.taken_a || !now.taken_b ||	\
				 (a < b) == (now.place_a < now.place_b))	\
	__CPROVER_loop_invariant((HERE && now.from == a) == (now.taken_a && now.place_a == place)) \
	__CPROVER_loop_invariant(!HERE || now.from < i)			\
	__CPROVER_loop_invariant(!now.taken_a || now.place_a != place || \
				 AS_TAKEN(out, entry_a, s->limit))	\
	__CPROVER_loop_invariant(place >= first ||			\
				 (out.addr == before.addr && out.size == before.size && \
				  out.type == before.type))		\
	__CPROVER_decreases(nr - i)					\
	if (look_at(i), now.calls = 0, count(WANTED(now.e), nr), true)

#include <startup/memmap.c>

/* -- The world ------------------------------------------------------------- */

u32 abi_max_leaf, abi_address_leaf;
unsigned int abi_levels;
static bool room, option;

bool pvh_addressable(u64 paddr, u64 size)
{
	return abi_addressable(paddr, size);
}

const void *pvh_map(u64 paddr, u64 size)
{
	PROVE("pvh_map() is asked for the memory map, all of it",
	      paddr == si.memmap_paddr && size == 24ULL * si.memmap_entries);
	if (!room || !abi_addressable(paddr, size))
		return NULL;

	return map;
}

bool pvh_option(const char *name)
{
	PROVE("the command line is asked for memmap=",
	      name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'm' &&
	      name[4] == 'a' && name[5] == 'p' && name[6] == '=' && !name[7]);

	return option;
}

static u64 initrd_start, initrd_bytes;

static void any_kernel_and_initrd(void)
{
	any_kernel(&k);
	k.params = &bp;
	k.e820_table = &table;
	initrd_start = nondet_u64();
	initrd_bytes = nondet_u64();
	/* convert_initrd() has seen to that. */
	ASSUME((u128)initrd_start + initrd_bytes <= 1ULL << 52);
	bp.hdr.ramdisk_image = (u32)initrd_start;
	bp.ext_ramdisk_image = initrd_start >> 32;
	bp.hdr.ramdisk_size = (u32)initrd_bytes;
	bp.ext_ramdisk_size = initrd_bytes >> 32;
	place = nondet_u32();
}

/* After any entries before */
static void any_selection(struct selection *s)
{
	s->kernel = &k;
	s->ram = nondet_bool();
	s->lost = nondet_u64();
	s->limit = nondet_u64();
	s->clipped = nondet_u64();
	s->initrd = nondet_u64();
	bp.e820_entries = nondet_u8();
	table.nr_entries = nondet_u32();
	ASSUME(COUNTED);
}

/* -- One entry ------------------------------------------------------------- */

void takes(void)
{
	struct selection s, old;
	u32 max = nondet_u32(), n;
	u64 used, start;
	u128 sum, end;
	bool taken;
	entry e;

	any_kernel_and_initrd();
	any_selection(&s);
	e.addr = nondet_u64();
	e.size = nondet_u64();
	e.type = nondet_u32();
	ASSUME(max <= ROOM);
	old = s;
	n = NR_OUT;

	taken = n < max && e.addr < s.limit;
	used = taken ? USED(e, s.limit) : 0;
	ASSUME(place == n);
	take(&s, e.addr, e.size, e.type, max);
	PROVE("one entry more comes out if there is room, and the range begins below the limit",
	      COUNTED && NR_OUT == n + taken);
	PROVE("what comes out is what went in, clipped as docs/abi.md says",
	      !taken || AS_TAKEN(out, e, s.limit));
	sum = (u128)old.lost + (e.type == 1 ? CLIPPED(e) - used : 0);
	PROVE("RAM that is not used is lost, and the sum stops at 2^64 - 1",
	      s.lost == (sum > U64_MAX ? U64_MAX : (u64)sum));
	PROVE("there is RAM if some of it is used", s.ram == (old.ram || (e.type == 1 && used)));
	PROVE("the size of a range that ends at or after 2^64 is noted, and no other",
	      s.clipped == (WRAPS(e) ? e.size : old.clipped));
	start = e.addr > initrd_start ? e.addr : initrd_start;
	end = (u128)e.addr + used;
	if (end > initrd_start + initrd_bytes)
		end = initrd_start + initrd_bytes;
	sum = (u128)old.initrd + (e.type == 1 && start < end ? end - start : 0);
	PROVE("the bytes of the initrd in RAM are counted, and the sum stops at 2^64 - 1",
	      s.initrd == (sum > U64_MAX ? U64_MAX : (u64)sum));
	PROVE("the limit stays", s.limit == old.limit);
	if (taken)
		REACHED("an entry is taken");
	else
		REACHED("an entry is not taken");
}

/* What takes() proves of take() */
void promised_take(struct selection *s, u64 addr, u64 size, u32 type, u32 max)
{
	entry e = { .addr = addr, .size = size, .type = type };
	u32 n = NR_OUT;

	PROVE("an entry is taken with its own values",
	      addr == now.e.addr && size == now.e.size && type == now.e.type);
	now.calls++;
	s->ram = nondet_bool();
	s->lost = nondet_u64();
	s->clipped = nondet_u64();
	s->initrd = nondet_u64();
	if (n >= max || addr >= s->limit)
		return;

	if (bp.e820_entries < 128)
		bp.e820_entries++;
	else
		table.nr_entries++;
	if (n == place) {
		out.addr = addr;
		out.size = USED(e, s->limit);
		out.type = type;
		now.from = now.i;
	}
	if (now.i == a) {
		now.taken_a = true;
		now.place_a = n;
	}
	if (now.i == b) {
		now.taken_b = true;
		now.place_b = n;
	}
}

/* -- All entries ----------------------------------------------------------- */

void takes_all(void)
{
	enum take_type take_type = nondet_bool() ? TAKE_ALL : nondet_bool() ? TAKE_RAM : TAKE_NOT_RAM;
	u32 max = nondet_u32(), nr = nondet_u32();
	struct selection selection, *s = &selection;

	any_kernel_and_initrd();
	any_selection(s);
	any_map(nr);
	ASSUME(max <= ROOM && a < nr && b < nr);
	first = NR_OUT;
	before = out;

	take_entries(s, map, nr, take_type, max);

	PROVE("not more come out than there is room for", COUNTED && (NR_OUT <= max || NR_OUT == first));
	PROVE("an entry comes out only if it is of the right type, and begins below the limit",
	      !now.taken_a || WANTED(entry_a));
	PROVE("each such entry comes out if there is room for all of them",
	      !ALL_FIT || now.taken_a || !WANTED(entry_a));
	PROVE("an entry is left out for lack of room only if there is none",
	      now.taken_a || !WANTED(entry_a) || NR_OUT >= max);
	PROVE("the entries come out in their order",
	      !now.taken_a || !now.taken_b || (a < b) == (now.place_a < now.place_b));
	PROVE("each entry that comes out is one that went in",
	      !HERE || (now.from < nr && (now.from != a || (now.taken_a && now.place_a == place))));
	PROVE("an entry that comes out is what went in, clipped as docs/abi.md says",
	      !now.taken_a || now.place_a != place || AS_TAKEN(out, entry_a, s->limit));
	PROVE("what has come out before stays",
	      place >= first || (out.addr == before.addr && out.size == before.size &&
				 out.type == before.type));
	if (now.taken_a && now.taken_b)
		REACHED("two entries come out");
	if (!now.taken_a && WANTED(entry_a))
		REACHED("there is no room for an entry");
}

/* -- The limit ------------------------------------------------------------- */

void limits(void)
{
	u32 max = nondet_u32(), nr = nondet_u32();
	u64 limit;

	address = nondet_u64();
	any_map(nr);
	ASSUME(max <= ROOM && (address || !all_counted));

	limit = find_limit(map, nr, max);

	PROVE("the limit is the highest address below which so many reserved ranges begin",
	      (address <= limit) == (all_counted <= max));
	if (all_counted > 5)
		REACHED("more than a few ranges are reserved");
	if (limit == U64_MAX)
		REACHED("no range is dropped");
	if (limit && limit < U64_MAX)
		REACHED("a range is dropped");
}

/* -- pvh_convert_memmap() -------------------------------------------------- */

static struct selection end;
static unsigned int passes;
static u32 places;
static u64 limit;
/* Entry a is RAM, and b is reserved: whether they come out. */
static bool out_a, out_b;

/* What limits() proves of find_limit(), for a map in which entry b is reserved */
u64 promised_limit(const entry *from, u32 nr, u32 max)
{
	PROVE("the limit is that of this map", from == map && nr == si.memmap_entries);
	PROVE("RAM keeps as many places as it has entries, up to half, and reserved ranges get the others",
	      max == ROOM - (all_counted < HALF ? all_counted : HALF));
	places = max;
	limit = nondet_u64();

	return limit;
}

/*
 * What takes_all() proves of take_entries(). By limits() there is room for all reserved
 * ranges that begin below the limit.
 */
void promised_entries(struct selection *s, const entry *from, u32 nr, enum take_type type, u32 max)
{
	PROVE("all entries of the map are looked at", from == map && nr == si.memmap_entries);
	if (nr <= ROOM)
		PROVE("a map that fits is taken once, all of it and without a limit",
		      !passes && type == TAKE_ALL && max == ROOM && s->limit == U64_MAX);
	else if (!passes)
		PROVE("of a map that does not fit, reserved ranges are taken first, and all below the limit fit",
		      type == TAKE_NOT_RAM && max >= places && max <= ROOM && s->limit == limit);
	else
		PROVE("then RAM is taken, up to all of the room and to the same limit",
		      passes == 1 && type == TAKE_RAM && max == ROOM && s->limit == end.limit);
	if (type != TAKE_RAM)
		out_b = entry_b.addr < s->limit;
	if (type != TAKE_NOT_RAM)
		out_a = entry_a.addr < s->limit && nondet_bool();
	passes++;
	s->ram = nondet_bool();
	s->lost = nondet_u64();
	s->clipped = nondet_u64();
	s->initrd = nondet_u64();
	end = *s;
}

void converts_memmap(void)
{
	bool absent, wrong, right;
	u32 next = 0;
	int result;

	abi_max_leaf = nondet_u32();
	abi_address_leaf = nondet_u32();
	abi_levels = nondet_bool() ? 5 : 4;
	any_kernel_and_initrd();
	si.memmap_paddr = nondet_u64();
	si.memmap_entries = nondet_u32();
	any_map(si.memmap_entries);
	ASSUME(entry_a.type == 1 && entry_b.type != 1);
	room = nondet_bool();
	option = nondet_bool();
	pvh_nr_warnings = passes = 0;
	out_a = out_b = false;

	result = pvh_convert_memmap(&si, &k, &err);

	absent = !si.memmap_entries || !si.memmap_paddr;
	wrong = !absent && (!abi_addressable(si.memmap_paddr, 24ULL * si.memmap_entries) ||
			    !room || abi_in_contents(&k, si.memmap_paddr, 24ULL * si.memmap_entries));
	PROVE("a memory map is refused if docs/abi.md says so, and not otherwise",
	      (result != 0) == (wrong || (!absent && !end.ram && !option)));
	PROVE("a refusal is -EINVAL", !result || result == -EINVAL);
	PROVE("the field is named, with its value",
	      !result || (wrong ? same(err.field, "memmap_paddr") && err.value == si.memmap_paddr :
			  same(err.field, "memmap_entries") && err.value == si.memmap_entries));
	PROVE("the entries of a memory map are taken, unless it is wrong or absent",
	      passes == (wrong || absent ? 0 : si.memmap_entries > ROOM ? 2 : 1));
	PROVE("no byte of a reserved range becomes RAM because the range is left out",
	      !out_a || out_b ||
	      (u128)entry_a.addr + USED(entry_a, end.limit) <= entry_b.addr);
	if (!result && !absent) {
		right = warned(&next, end.clipped, "memmap size", end.clipped) &&
			warned(&next, si.memmap_entries > ROOM, "memmap_entries", si.memmap_entries) &&
			warned(&next, end.lost, "memmap RAM", end.lost) &&
			warned(&next, end.initrd < initrd_bytes, "module 0 paddr", initrd_start);
		PROVE("what docs/abi.md logs is logged, in its order and with its value, and nothing else",
		      right && next == pvh_nr_warnings);
	}
	if (wrong)
		REACHED("a map that is refused");
	if (result && !wrong)
		REACHED("a map without RAM");
	if (!result && si.memmap_entries > ROOM)
		REACHED("a map that does not fit");
}
