// SPDX-License-Identifier: GPL-2.0
/*
 * cmdline.c, and the search that the kernel and startup/kaslr.c use: command lines of
 * all lengths and all bytes. COMMAND_LINE_SIZE is LENGTH here: 2,048 bytes, or fewer
 * where a proof of each place in the command line would take too long.
 */

#include "prove.h"

#include <asm/setup.h>

#undef COMMAND_LINE_SIZE
#define COMMAND_LINE_SIZE	LENGTH

#include <startup/cmdline.c>

static u32 warnings;

void pvh_warn(const char *field, u64 value, const char *reason)
{
	warnings++;
}

/* Where the loader's command line can be read: not a byte more */
static char from[LENGTH];

void copies(void)
{
	size_t at = nondet_size(), len;
	u32 size;

	__CPROVER_havoc_object(from);
	__CPROVER_havoc_object(pvh_cmdline);
	ASSUME(at < LENGTH);

	size = pvh_copy_cmdline(from, 0);

	PROVE("the size is that of the command line with its NUL, and at most COMMAND_LINE_SIZE",
	      size >= 1 && size <= LENGTH);
	len = size == LENGTH ? LENGTH - 1 : size - 1;
	PROVE("the copy ends with a NUL", !pvh_cmdline[len]);
	PROVE("each byte before it is the loader's",
	      at >= len || (pvh_cmdline[at] == from[at] && from[at]));
	PROVE("nothing is left out but what is over COMMAND_LINE_SIZE - 1 bytes",
	      size == LENGTH || !from[len]);
	PROVE("a cut is logged, and nothing else", warnings == (size == LENGTH && from[LENGTH - 1]));
	if (warnings)
		REACHED("a command line that is cut");
	REACHED("a command line");
}

static const char word[] = WORD;

/* The word is at this place: between characters up to the blank, or at an end */
static bool abi_word_at(size_t at)
{
	size_t i;

	if (at && (u8)pvh_cmdline[at - 1] > ' ')
		return false;
	for (i = 0; i < sizeof(word) - 1; i++) {
		if (at + i >= LENGTH || pvh_cmdline[at + i] != word[i])
			return false;
	}

	return word[sizeof(word) - 2] == '=' || at + i >= LENGTH || (u8)pvh_cmdline[at + i] <= ' ';
}

void finds(void)
{
	size_t i, nul = nondet_size();
	bool there = false;

	__CPROVER_havoc_object(pvh_cmdline);
	/* As pvh_copy_cmdline() leaves it */
	ASSUME(nul < LENGTH && !pvh_cmdline[nul]);
	for (i = 0; i < LENGTH && pvh_cmdline[i]; i++)
		there = there || abi_word_at(i);

	PROVE("an option is found if it is a word of the command line, or has a value",
	      pvh_option(WORD) == there);
	if (there)
		REACHED("an option");
	else
		REACHED("none");
}
