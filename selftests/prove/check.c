// SPDX-License-Identifier: GPL-2.0
/* check.c: whether ranges overlap; refusals and warnings */

#include <startup/check.c>

#include "abi.h"

void overlaps(void)
{
	struct pvh_kernel k;
	u64 paddr = nondet_u64(), size = nondet_u64();

	any_kernel(&k);
	ASSUME(size && size <= ~paddr);
	PROVE("a range overlaps the kernel if they share a byte",
	      pvh_overlaps_kernel(&k, paddr, size) == abi_in_kernel(&k, paddr, size));
	PROVE("a range overlaps the contents if it shares a byte with code, read-only data or data",
	      pvh_overlaps_contents(&k, paddr, size) == abi_in_contents(&k, paddr, size));
	REACHED("the predicates return");
}

static const char field[] = "field", reason[] = "reason";

void refuses(void)
{
	struct pvh_error err;
	u64 value = nondet_u64();

	PROVE("a refusal is an error", pvh_refuse(&err, field, value, reason) == -EINVAL);
	PROVE("a refusal names field, value and reason",
	      err.field == field && err.value == value && err.reason == reason);
	REACHED("pvh_refuse() returns");
}

/* Any number of warnings before: what pvh_warn() does depends on that number only. */
void warns(void)
{
	u64 value = nondet_u64();
	u32 nr = nondet_u32(), other = nondet_u32();
	struct pvh_error before;

	ASSUME(nr <= PVH_MAX_WARNINGS && other < PVH_MAX_WARNINGS);
	pvh_nr_warnings = nr;
	pvh_warnings[other].value = nondet_u64();
	pvh_warnings[other].field = reason;
	pvh_warnings[other].reason = field;
	before = pvh_warnings[other];

	pvh_warn(field, value, reason);

	PROVE("a warning is counted if there is room for it",
	      pvh_nr_warnings == (nr < PVH_MAX_WARNINGS ? nr + 1 : nr));
	if (nr < PVH_MAX_WARNINGS)
		PROVE("a warning names field, value and reason",
		      pvh_warnings[nr].field == field && pvh_warnings[nr].value == value &&
		      pvh_warnings[nr].reason == reason);
	if (other != nr)
		PROVE("a warning leaves the others alone",
		      pvh_warnings[other].field == before.field &&
		      pvh_warnings[other].value == before.value &&
		      pvh_warnings[other].reason == before.reason);
	REACHED("pvh_warn() returns");
}
