// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "pvh_common.h"

int kallsyms_for_each(int (*fn)(const struct kallsym *sym, void *data),
		      void *data)
{
	struct kallsym sym;
	bool shown = false;
	char *line = NULL;
	size_t size = 0;
	int ret = 0;
	FILE *f;

	f = fopen("/proc/kallsyms", "re");
	if (!f)
		return -errno;

	while (!ret && getline(&line, &size, f) > 0) {
		const char *p = line;

		/* A tab sets off the name of the module. */
		if (strchr(line, '\t'))
			continue;

		line[strcspn(line, "\n")] = '\0';
		if (!parse_number(&p, 16, &sym.addr) || !p[0] || p[1] != ' ') {
			ret = -EINVAL;
			break;
		}
		sym.type = p[0];
		sym.name = p + 2;
		shown |= sym.addr != 0;
		ret = fn(&sym, data);
	}
	free(line);
	fclose(f);

	/* Per-CPU symbols may well be at 0, but not all there is. */
	if (!ret && !shown)
		ret = -EPERM;

	return ret;
}

struct lookup {
	struct kallsym_want *want;
	unsigned int nr;
};

static int lookup_one(const struct kallsym *sym, void *data)
{
	struct lookup *l = data;
	unsigned int i;

	for (i = 0; i < l->nr; i++) {
		if (!strcmp(sym->name, l->want[i].name))
			l->want[i].addr = sym->addr;
	}

	return 0;
}

int kallsyms_lookup(struct kallsym_want *want, unsigned int nr)
{
	struct lookup l = { .want = want, .nr = nr };
	unsigned int i;

	for (i = 0; i < nr; i++)
		want[i].addr = 0;

	return kallsyms_for_each(lookup_one, &l);
}
