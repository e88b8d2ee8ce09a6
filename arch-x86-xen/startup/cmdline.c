// SPDX-License-Identifier: GPL-2.0
/*
 * Command line parsing for the PVH entry.
 */

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/types.h>

#include <asm/setup.h>

#include "startup.h"

char pvh_cmdline[COMMAND_LINE_SIZE] __initzero;

/**
 * pvh_copy_cmdline() - Copy the loader's command line
 * @from: where it can be read, for COMMAND_LINE_SIZE bytes
 * @paddr: its physical address
 *
 * All code reads the copy, so later changes of the loader's memory do not matter.
 * The kernel cuts longer command lines on all boot paths.
 *
 * Return: bytes of the loader's command line with its NUL, COMMAND_LINE_SIZE if
 * it is cut
 */
u32 __init pvh_copy_cmdline(const char *from, u64 paddr)
{
	char c;
	u32 i;

	for (i = 0; i < COMMAND_LINE_SIZE; i++) {
		c = READ_ONCE(from[i]);
		pvh_cmdline[i] = c;
		if (!c)
			return i + 1;
	}
	pvh_cmdline[i - 1] = '\0';

	pvh_warn("cmdline_paddr", paddr,
		 "the command line is cut to COMMAND_LINE_SIZE - 1 bytes");

	return COMMAND_LINE_SIZE;
}

/**
 * pvh_skip_prefix() - Skip a prefix of a string
 * @s: the string
 * @prefix: the prefix
 *
 * Return: the rest of @s, NULL if @s does not begin with @prefix
 */
const char * __init pvh_skip_prefix(const char *s, const char *prefix)
{
	while (*prefix) {
		if (*s++ != *prefix++)
			return NULL;
	}

	return s;
}

static bool __init has_word(const char *s, const char *word)
{
	const char *rest;
	bool start = true;

	for (; *s; s++) {
		rest = start ? pvh_skip_prefix(s, word) : NULL;
		if (rest && ((u8)*rest <= ' ' || rest[-1] == '='))
			return true;
		start = (u8)*s <= ' ';
	}

	return false;
}

/**
 * pvh_option() - Look for an option
 * @option: name of the option, with "=" if it has a value
 *
 * Looks where the EFI stub does: in CONFIG_CMDLINE, and in the loader's command
 * line unless CONFIG_CMDLINE overrides that. As in cmdline_find_option_bool(),
 * any character up to and including the blank separates options.
 *
 * Return: true if it is there
 */
bool __init pvh_option(const char *option)
{
#ifdef CONFIG_CMDLINE_BOOL
	if (has_word(CONFIG_CMDLINE, option))
		return true;
#endif
	if (IS_ENABLED(CONFIG_CMDLINE_OVERRIDE))
		return false;

	return has_word(pvh_cmdline, option);
}
