// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a kernel: below all that reads one */

#include <stdarg.h>

#include "pvhinfo.h"

bool refuse(struct kernel *k, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(k->error, sizeof(k->error), fmt, args);
	va_end(args);

	return false;
}
