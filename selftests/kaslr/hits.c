// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU TCG plugin: count how often the guest executes certain instructions, wherever
 * in memory they are.
 *
 *	-plugin ./hits.so,at=NAME:OFFSET:HEX,...,out=FILE
 *
 *	at=NAME:OFFSET:HEX	the instruction at this OFFSET of any page, where the bytes
 *				HEX are
 *	out=FILE		gets a line "NAME N" for each of them when QEMU ends
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin-api.h"

#define MAX_POINTS	8
#define MAX_BYTES	16
#define GUEST_PAGE	4096

int qemu_plugin_version = COUNT_API;

static struct point {
	char name[32];
	char hex[2 * MAX_BYTES + 1];
	unsigned int offset;
	uint8_t bytes[MAX_BYTES];
	size_t nr_bytes;
	unsigned long hits;
} points[MAX_POINTS];
static unsigned int nr_points;
static const char *out_name;

static void hit(unsigned int vcpu, void *data)
{
	((struct point *)data)->hits++;
}

static void translate_tb(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	unsigned int p;

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned int offset = qemu_plugin_insn_vaddr(insn) % GUEST_PAGE;
		const void *host = qemu_plugin_insn_haddr(insn);

		for (p = 0; p < nr_points; p++) {
			if (host && offset == points[p].offset &&
			    !memcmp(host, points[p].bytes, points[p].nr_bytes))
				qemu_plugin_register_vcpu_insn_exec_cb(insn, hit, QEMU_PLUGIN_CB_NO_REGS,
								       &points[p]);
		}
	}
}

static void at_exit(uint64_t id, void *data)
{
	FILE *f = fopen(out_name, "w");
	unsigned int p;

	for (p = 0; f && p < nr_points; p++)
		fprintf(f, "%s %lu\n", points[p].name, points[p].hits);
	if (!f || fclose(f))
		perror(out_name);
}

/* NAME:OFFSET:HEX, which do not go beyond a page */
static int parse_point(const char *s)
{
	struct point *p = &points[nr_points];
	size_t i;

	if (nr_points == MAX_POINTS ||
	    sscanf(s, "%31[^:]:%i:%32[0-9a-f]", p->name, (int *)&p->offset, p->hex) != 3)
		return -1;
	p->nr_bytes = strlen(p->hex) / 2;
	if (!p->nr_bytes || p->offset + p->nr_bytes > GUEST_PAGE)
		return -1;
	for (i = 0; i < p->nr_bytes; i++) {
		const char digits[] = { p->hex[2 * i], p->hex[2 * i + 1], '\0' };

		p->bytes[i] = strtoul(digits, NULL, 16);
	}
	nr_points++;

	return 0;
}

int qemu_plugin_install(uint64_t id, const struct plugin_info *info, int argc,
			char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4)) {
			out_name = argv[i] + 4;
		} else if (strncmp(argv[i], "at=", 3) || parse_point(argv[i] + 3)) {
			fprintf(stderr, "hits: bad argument \"%s\"\n", argv[i]);
			return -1;
		}
	}
	if (!out_name || !nr_points) {
		fprintf(stderr, "hits: needs out= and at=\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_tb);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);

	return 0;
}
