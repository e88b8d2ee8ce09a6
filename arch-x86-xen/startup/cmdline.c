// SPDX-License-Identifier: GPL-2.0
/*
 * What the PVH entry wants to know of the command line.
 */

#include <linux/init.h>
#include <linux/types.h>

#include "../pvh.h"

/**
 * pvh_after() - Tell whether a string begins with another one
 * @s: the string; need not have an end
 * @end: the byte after the last that can be read of it
 * @prefix: what it may begin with, NUL terminated
 *
 * Return: what is behind @prefix in @s, NULL if @s does not begin so
 */
const char * __init pvh_after(const char *s, const char *end,
			      const char *prefix)
{
	while (*prefix) {
		if (s == end || *s++ != *prefix++)
			return NULL;
	}

	return s;
}

/**
 * pvh_cmdline_has() - Look for an option without a value
 * @cmdline: command line; need not have an end
 * @size: bytes of it that can be read
 * @option: the option
 *
 * As in cmdline_find_option_bool(), whatever is not above a blank separates
 * options.
 *
 * Return: whether it is there
 */
bool __init pvh_cmdline_has(const char *cmdline, size_t size,
			    const char *option)
{
	const char *end = cmdline + size;
	const char *rest;
	bool start = true;

	for (; cmdline < end && *cmdline; cmdline++) {
		rest = start ? pvh_after(cmdline, end, option) : NULL;
		if (rest && (rest == end || (u8)*rest <= ' '))
			return true;
		start = (u8)*cmdline <= ' ';
	}

	return false;
}
