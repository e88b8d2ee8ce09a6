/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the harnesses share. A function nondet_...() has no body: cbmc takes each value
 * that its type has for what it returns.
 */
#ifndef PROVE_H
#define PROVE_H

#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/e820/types.h>
#include <xen/interface/hvm/start_info.h>

#include "startup.h"

#define PROVE(fact, condition)	__CPROVER_assert(condition, fact)
#define ASSUME(condition)	__CPROVER_assume(condition)
/* A proof about a point that no path reaches says nothing: run.sh wants this one to fail. */
#define REACHED(point)		__CPROVER_assert(0, "REACHED: " point)

typedef unsigned __int128 u128;

bool nondet_bool(void);
u8 nondet_u8(void);
u32 nondet_u32(void);
u64 nondet_u64(void);
char nondet_char(void);
size_t nondet_size(void);

void *malloc(size_t size);

#define GIB		(1ULL << 30)

/*
 * A kernel image anywhere below 4 GiB. The linker script and pvh_boot() make the order of
 * these addresses. That the image ends below 4 GiB is what check_memory() looks at first.
 */
static inline void any_kernel(struct pvh_kernel *k)
{
	k->start = nondet_u64();
	k->rodata_end = nondet_u64();
	k->data = nondet_u64();
	k->bss = nondet_u64();
	k->end = nondet_u64();
	ASSUME(k->start < k->rodata_end && k->rodata_end <= k->data && k->data < k->bss &&
	       k->bss < k->end && k->end <= 4 * GIB);
}

/* Equal strings of one program may be one, or not. */
static inline bool same(const char *s, const char *t)
{
	for (; *s && *s == *t; s++, t++)
		;

	return *s == *t;
}

/* The next of pvh_warnings[] is this, if there is to be one. */
static inline bool warned(u32 *next, bool wanted, const char *field, u64 value)
{
	u32 i = *next;

	if (!wanted)
		return true;
	*next = i + 1;

	return i < pvh_nr_warnings && same(pvh_warnings[i].field, field) &&
	       pvh_warnings[i].value == value;
}

#endif
