// SPDX-License-Identifier: GPL-2.0
/*
 * relocate_for_kaslr() of boot/compressed/kaslr.c, which the Makefile copies from it,
 * around kaslr-shared.c: the rest of the decompressor does not run in user space.
 */

#include <linux/types.h>

#include <asm/bootparam.h>
#include <asm/cpufeatures.h>
#include <asm/page_types.h>

#include "relocs.h"

/* startup/kaslr.c has one, too. */
#define kaslr_get_random_long	decompressor_get_random_long

static struct boot_params *boot_params_ptr;
static const char build_str[] = "";

static bool has_cpuflag(int flag)
{
	return true;
}

static inline void debug_putstr(const char *s)
{
}

/* .. such as what calls find_random_virt_addr() */
#pragma GCC diagnostic ignored "-Wunused-function"
#include <kaslr-shared.c>
#include <relocate-for-kaslr.c>
