// SPDX-License-Identifier: GPL-2.0
/*
 * The relocations that go with the kernel: the table within the image by which the
 * kernel relocates itself, and the list after it for the decompressor of a bzImage.
 */

#include <elf.h>

#include "pvhinfo.h"

/*
 * asm/kernel_relocs.h of the series, and asm/pvh_relocs.h of it for Linux 6.12, which
 * also say what the rest means. From the sum on the fields are the same.
 */
#define KERNEL_RELOCS_MAGIC	0x4c45524b
#define PVH_RELOCS_MAGIC	0x52485650
#define RELOCS_STEPS		0xff
#define RELOCS_SKIP		0xff
#define PVH_RELOCS_TURN		0x000000ff	/* a whole run, in Linux 6.12 only */
#define RELOCS_MAX_MOVE		0x40000000
#define RELOCS_SUM_ROTATE	7
#define RELOCS_SUM_ALIGN	32
#define RUN_SIZE		4
#define PLACE_SIZE		4

/* From the sum on; the text is 8 bytes before it. */
#define TEXT_SIZE		8
#define AT_SUM			0
#define AT_MAGIC		8
#define AT_SIZE			12
#define AT_SPAN			16
#define AT_COUNT		20
#define AT_RUNS			24
#define TABLE_ALIGN		8

const struct table_field table_fields[] = {
	{ "sum", AT_SUM, AT_MAGIC - AT_SUM },
	{ "magic", AT_MAGIC, AT_SIZE - AT_MAGIC },
	{ "size", AT_SIZE, AT_SPAN - AT_SIZE },
	{ "span", AT_SPAN, AT_COUNT - AT_SPAN },
	{ "count", AT_COUNT, AT_RUNS - AT_COUNT },
	{ "runs", AT_RUNS, 0 },
	{ NULL }
};

struct header {
	bool text;		/* as in asm/kernel_relocs.h */
	uint64_t sum;
	uint32_t size;
	uint32_t span;
	uint32_t count;
};

static void get_header(const uint8_t *p, struct header *h)
{
	h->text = le32(p + AT_MAGIC) == KERNEL_RELOCS_MAGIC;
	h->sum = le64(p + AT_SUM);
	h->size = le32(p + AT_SIZE);
	h->span = le32(p + AT_SPAN);
	h->count = le32(p + AT_COUNT);
}

/*
 * Without symbols there is only the magic to find a table by, and the code that
 * compares with that has it, too. So it is one if two of its three numbers go
 * together, and one of them may be damaged.
 */
static bool is_table(const struct elf *elf, const struct header *h, uint64_t room)
{
	uint64_t image = elf->load_end - elf->load_start;
	bool size = h->size && h->size <= room;
	bool span = h->span && h->span <= image;
	bool size_count = h->count && h->count <= h->size && h->size / 5 <= h->count;
	bool span_count = h->count && h->span / PLACE_SIZE >= h->count;

	return (size && span && h->size < h->span) || (size && size_count) ||
		(span && span_count);
}

static uint64_t summed(const struct header *h)
{
	return (AT_RUNS - AT_MAGIC + (uint64_t)h->size + RELOCS_SUM_ALIGN - 1) /
		RELOCS_SUM_ALIGN * RELOCS_SUM_ALIGN;
}

static uint64_t make_sum(const uint8_t *p, const struct header *h)
{
	unsigned int left = h->text ? 64 - RELOCS_SUM_ROTATE : RELOCS_SUM_ROTATE;
	uint64_t sum = 0, i;

	for (i = 0; i < summed(h); i += 8) {
		sum = sum << left | sum >> (64 - left);
		sum ^= le64(p + i);
	}

	return sum;
}

/*
 * A place is 32 bits that are in the file, and that have room for the move, which
 * is in the other direction if @turned.
 */
static bool check_place(struct kernel *k, uint64_t at, bool turned)
{
	const struct elf *elf = &k->elf;
	const struct segment *s = load_at(elf, elf->load_start + at, PLACE_SIZE);
	uint32_t value;

	if (!s)
		return refuse(k, "relocs place 0x%llx: nothing is loaded there",
			      (unsigned long long)(elf->load_start + at));
	value = le32(k->image.p + s->offset + (elf->load_start + at - s->paddr));
	if (turned ? value < RELOCS_MAX_MOVE : value > UINT32_MAX - RELOCS_MAX_MOVE)
		return refuse(k, "relocs place 0x%llx: what is there, 0x%x, has no room to move",
			      (unsigned long long)(elf->load_start + at), value);

	return true;
}

static bool check_runs(struct kernel *k, const uint8_t *runs, const struct header *h)
{
	uint64_t at = 0, places = 0, i = 0, end = 0, span = 0;
	bool turned = false;

	while (i < h->size) {
		uint32_t run, steps, n;

		if (h->size - i < RUN_SIZE)
			return refuse(k, "relocs size %u: ends in a run", h->size);
		run = le32(runs + i);
		i += RUN_SIZE;
		at += run >> 8;
		steps = run & RELOCS_STEPS;
		if (run == PVH_RELOCS_TURN && !turned) {
			turned = true;
			at = 0;
			end = 0;
		}
		if (steps == RELOCS_SKIP)
			continue;
		if (h->size - i < steps)
			return refuse(k, "relocs size %u: ends in a run", h->size);
		for (n = 0; ; n++) {
			if (at < end)
				return refuse(k, "relocs place 0x%llx: within the one before",
					      (unsigned long long)(k->elf.load_start + at));
			if (at + PLACE_SIZE > h->span)
				return refuse(k,
					      "relocs place 0x%llx: beyond the end that the table says, 0x%llx",
					      (unsigned long long)(k->elf.load_start + at),
					      (unsigned long long)(k->elf.load_start + h->span));
			if (!check_place(k, at, turned))
				return false;
			places++;
			end = at + PLACE_SIZE;
			if (end > span)
				span = end;
			if (n == steps)
				break;
			at += runs[i++];
		}
	}
	if (places != h->count)
		return refuse(k, "relocs count %u: there are %llu", h->count,
			      (unsigned long long)places);
	if (places && span != h->span)
		return refuse(k, "relocs span 0x%x: the last place ends at 0x%llx", h->span,
			      (unsigned long long)span);

	return true;
}

static bool check_table(struct kernel *k, const uint8_t *p, const struct header *h, uint64_t room)
{
	uint64_t image = k->elf.load_end - k->elf.load_start;

	if (h->size > room || summed(h) > room - AT_MAGIC)
		return refuse(k, "relocs size %u: the segment ends ahead of that", h->size);
	if (CHECKSUMS && make_sum(p + AT_MAGIC, h) != h->sum)
		return refuse(k,
			      "relocs sum 0x%llx: not that of the relocation table, so the kernel is damaged",
			      (unsigned long long)h->sum);
	if (h->span > image)
		return refuse(k, "relocs span 0x%x: the kernel is of 0x%llx bytes", h->span,
			      (unsigned long long)image);

	return check_runs(k, p + AT_RUNS, h);
}

/* As the kernel has it. Without the note the lowest base is not known. */
static uint64_t virtual_places(const struct kernel *k)
{
	uint64_t size = k->elf.load_end - k->elf.load_start;

	if (!k->notes.has_reloc || k->notes.reloc_min + size > RELOCS_MAX_MOVE)
		return 1;

	return 1 + (RELOCS_MAX_MOVE - k->notes.reloc_min - size) / k->notes.reloc_align;
}

static bool find_table(struct kernel *k, const struct segment *s)
{
	const uint8_t *p = k->image.p + s->offset;
	uint64_t at = (TABLE_ALIGN - s->paddr % TABLE_ALIGN) % TABLE_ALIGN;
	struct header h;

	for (; s->filesz >= AT_RUNS && at <= s->filesz - AT_RUNS; at += TABLE_ALIGN) {
		uint64_t room = s->filesz - at;
		uint32_t magic = le32(p + at + AT_MAGIC);

		if (magic != PVH_RELOCS_MAGIC && (magic != KERNEL_RELOCS_MAGIC || at < TEXT_SIZE))
			continue;
		get_header(p + at, &h);
		if (!is_table(&k->elf, &h, room))
			continue;
		if (!check_table(k, p + at, &h, room))
			return false;
		k->table = (struct table) {
			.found = true,
			.paddr = s->paddr + at - (h.text ? TEXT_SIZE : 0),
			.before_sum = h.text ? TEXT_SIZE : 0,
			.size = (h.text ? TEXT_SIZE : 0) + AT_RUNS + (uint64_t)h.size,
			.count = h.count,
			.places = virtual_places(k),
		};
		break;
	}

	return true;
}

bool read_table(struct kernel *k)
{
	unsigned int i;

	if (!k->notes.has_entry || !k->elf.is64)
		return true;
	for (i = 0; i < k->elf.nr_loads && !k->table.found; i++) {
		if (!find_table(k, k->elf.loads[i]))
			return false;
	}

	return true;
}

/*
 * Whether 32 bits are those of an address in a segment, of which the upper half
 * is all ones in a 64-bit kernel.
 */
static bool is_place(const struct elf *elf, uint32_t low)
{
	uint64_t addr = elf->is64 ? (uint64_t)(int32_t)low : low;
	unsigned int i;

	for (i = 0; i < elf->nr_loads; i++) {
		const struct segment *s = elf->loads[i];

		/* In the kernel mapping, which p_vaddr of per-CPU data need not be in */
		if (addr - (elf->loads[0]->vaddr + s->paddr - elf->load_start) < s->memsz)
			return true;
	}

	return false;
}

/*
 * arch/x86/boot/compressed/misc.c: lists of 32-bit numbers, each behind a 0,
 * the last one at the very end.
 */
bool read_list(struct kernel *k)
{
	const uint8_t *p = k->image.p;
	uint64_t size = k->image.size - k->elf.end, i;
	uint32_t first;

	if (!size)
		return true;
	if (size % 4)
		return refuse(k, "bzImage relocations of %llu bytes: not of whole 32-bit numbers",
			      (unsigned long long)size);
	p += k->elf.end;
	first = le32(p);
	if (first)
		return refuse(k, "bzImage relocations 0x%x: no 0 at their beginning", first);
	for (i = 4; i < size; i += 4) {
		uint32_t place = le32(p + i);

		if (!place)
			continue;
		if (!is_place(&k->elf, place))
			return refuse(k, "bzImage relocations 0x%x: outside of the kernel", place);
		k->list.count++;
	}
	k->list.found = true;

	return true;
}
