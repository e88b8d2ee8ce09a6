// SPDX-License-Identifier: GPL-2.0
/* pvhinfo FILE: whether and how a kernel boots by PVH */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "pvhinfo.h"

enum {
	STATUS_PVH = 0,
	STATUS_NO_PVH = 1,
	STATUS_ERROR = 2,
};

static const char usage[] =
	"usage: pvhinfo [-q | --table] [-x OUT] FILE\n"
	"Say whether and how the kernel FILE boots by PVH: vmlinux, bzImage, vmlinuz\n"
	"or vmlinuz.elf.\n"
	"\n"
	"  -q, --quiet        only the exit status, and what is wrong\n"
	"  -x, --extract=OUT  write the ELF file that is in it to OUT, too\n"
	"      --table        only the fields of its table of PVH relocations: for each the\n"
	"                     name, the offset in the table and the size, both in bytes\n"
	"      --help         this\n"
	"      --version      the version\n"
	"\n"
	"FILE may be -, the standard input; OUT may be -, the standard output, which\n"
	"then has nothing else.\n"
	"\n"
	"The exit status is 0 for a kernel that boots by PVH, or with --table for one that has\n"
	"a table; 1 for a sound one that does not or has none; and 2 for one that is damaged,\n"
	"for what is no kernel, and if FILE cannot be read or OUT not be written.\n"
	"docs/pvhinfo.md has what the lines mean.\n";

/* One line, whatever is in the name */
static void complain(const char *name, const char *why)
{
	fputs("pvhinfo: ", stderr);
	for (; *name; name++)
		putc((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name, stderr);
	fprintf(stderr, ": %s\n", why);
}

static int wrong_use(const char *why)
{
	if (why)
		fprintf(stderr, "pvhinfo: %s\n", why);
	fputs("pvhinfo: see pvhinfo --help\n", stderr);

	return STATUS_ERROR;
}

static bool flushed(FILE *out)
{
	errno = 0;
	if (!ferror(out) && !fflush(out))
		return true;
	complain("standard output", errno ? strerror(errno) : "cannot be written");

	return false;
}

enum output { REPORT, QUIET, TABLE };

static int look(const char *name, enum output output, const char *out)
{
	struct kernel k = { .max_unpacked = MAX_UNPACKED };
	int status = STATUS_ERROR;

	if (!read_file(name, &k.file, k.error, sizeof(k.error))) {
		complain(name, k.error);
		return STATUS_ERROR;
	}
	if (!kernel_read(&k)) {
		complain(name, k.error);
		goto out;
	}
	if (out) {
		const struct kernel *v = vmlinux_of(&k);
		const struct bytes elf = { v->image.p, v->elf.end };

		if (!write_file(out, &elf, k.error, sizeof(k.error))) {
			complain(out, k.error);
			goto out;
		}
	}
	if (output != QUIET && !(out && !strcmp(out, "-"))) {
		if (output == REPORT)
			report(&k, stdout);
		else if (vmlinux_of(&k)->table.found)
			report_table(&vmlinux_of(&k)->table, stdout);
		if (!flushed(stdout))
			goto out;
	}
	status = (output == TABLE ? vmlinux_of(&k)->table.found : k.pvh) ? STATUS_PVH : STATUS_NO_PVH;
out:
	kernel_free(&k);
	free((void *)k.file.p);

	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "extract", required_argument, NULL, 'x' },
		{ "table", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL },
	};
	const char *out = NULL;
	enum output output = REPORT;
	int c;

	while ((c = getopt_long(argc, argv, "qx:", options, NULL)) != -1) {
		switch (c) {
		case 'q':
			output = QUIET;
			break;
		case 't':
			output = TABLE;
			break;
		case 'x':
			out = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return flushed(stdout) ? 0 : STATUS_ERROR;
		case 'v':
			puts("pvhinfo " PVHINFO_VERSION);
			return flushed(stdout) ? 0 : STATUS_ERROR;
		default:
			return wrong_use(NULL);
		}
	}
	if (argc - optind != 1)
		return wrong_use(argc == optind ? "no FILE" : "more than one FILE");
	if (out && !*out)
		return wrong_use("-x '': no name");

	return look(argv[optind], output, out);
}
