// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes make a guest, and each guest has to end as it should: for libFuzzer,
 * and for replay.c.
 */

#include "test.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	decode(data, size);
	run();

	return 0;
}
