// SPDX-License-Identifier: GPL-2.0
/*
 * The PVH entry runs once. Its code and data, and what of it is built position
 * independent for use before the kernel's mapping, must be in the sections
 * that are freed when init is started. The function that a loader enters may
 * stay: it has to run, and say so, where the end of the image is not in memory.
 */
#include <errno.h>
#include <string.h>

#include "kallsyms.h"
#include "kselftest_harness.h"
#include "pvh_common.h"

struct init_range {
	struct __test_metadata *metadata;
	__u64 begin;
	__u64 end;
	unsigned int checked;
	unsigned int entered;
	unsigned int kept;
};

/* True for a symbol of the PVH entry, of which xen_pvh_*() is no part. */
static bool is_pvh_symbol(const char *name)
{
	static const char * const prefixes[] = { "__pfx_", "__pi_" };
	size_t i;

	/* Padding before functions, and the position independent copies. */
	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			name += strlen(prefixes[i]);
	}

	return !strncmp(name, "pvh_", strlen("pvh_"));
}

static int check_symbol(const struct kallsym *sym, void *data)
{
	struct init_range *init = data;
	struct __test_metadata *_metadata = init->metadata;

	if (!is_pvh_symbol(sym->name))
		return 0;

	init->checked++;
	if (sym->addr >= init->begin && sym->addr < init->end)
		return 0;
	/* The one symbol, and not a copy of it or the padding before it. */
	if (!strcmp(sym->name, "pvh_start_xen") && !init->entered++)
		return 0;

	TH_LOG("%s at 0x%llx is not freed", sym->name, sym->addr);
	init->kept++;

	return 0;
}

TEST(init_freed)
{
	struct kallsym_want want[] = {
		{ .name = "__init_begin" },
		{ .name = "__init_end" },
		{ .name = "_sinittext" },
		{ .name = "_einittext" },
	};
	struct init_range init = { .metadata = _metadata };
	int ret;

	ret = kallsyms_lookup(want, ARRAY_SIZE(want));
	if (ret == -EPERM)
		SKIP(return, "/proc/kallsyms hides the addresses");
	if (ret == -ENOENT)
		SKIP(return, "no /proc/kallsyms");
	ASSERT_EQ(0, ret);

	/*
	 * Without CONFIG_KALLSYMS_ALL there are symbols of text only, and
	 * .init.text is the range to be in.
	 */
	init.begin = want[0].addr ? want[0].addr : want[2].addr;
	init.end = want[1].addr ? want[1].addr : want[3].addr;
	if (!init.begin || !init.end)
		SKIP(return, "/proc/kallsyms does not have the range of init");
	if (!want[0].addr)
		TH_LOG("no CONFIG_KALLSYMS_ALL, data is not checked");

	ASSERT_EQ(0, kallsyms_for_each(check_symbol, &init));
	if (!init.checked)
		SKIP(return, "no pvh_ symbol, is this kernel built with CONFIG_PVH?");
	TH_LOG("%u symbols checked, pvh_start_xen is %sfreed", init.checked,
	       init.entered ? "not " : "");
	EXPECT_EQ(0, init.kept);
}

TEST_HARNESS_MAIN
