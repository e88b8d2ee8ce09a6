// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes are a file, and each file has to end in a report or a message: for
 * libFuzzer.
 */

#include <stdlib.h>

#include "pvhinfo.h"

/* What is unpacked is limited as ever, to less. */
#define MAX_FUZZ	(4UL << 20)

static void check_line(const char *line)
{
	if (!*line || strchr(line, '\n') || !strstr(line, ": "))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	struct kernel k = {
		.file = { data, size },
		.max_unpacked = MAX_FUZZ,
	};

	if (!null)
		null = fopen("/dev/null", "w");
	if (!null)
		abort();
	if (kernel_read(&k)) {
		if (*k.error || k.elf.end > k.image.size)
			abort();
		report(&k, null);
	} else {
		check_line(k.error);
	}
	kernel_free(&k);

	return 0;
}
