// SPDX-License-Identifier: GPL-2.0
/*
 * The command line has no length in start_info, and there is a copy or two
 * between the loader's string and /proc/cmdline: compare it byte for byte.
 */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

FIXTURE(cmdline)
{
	char want[CMDLINE_MAX];
	char got[CMDLINE_MAX];
	size_t want_len;
	size_t got_len;
};

FIXTURE_SETUP(cmdline)
{
	ssize_t n;

	n = expect_file("cmdline", self->want, sizeof(self->want));
	if (n == -ENOENT)
		SKIP(return, "no %s/cmdline", expect_dir());
	ASSERT_LE(0, n);
	self->want_len = n;

	n = read_text("/proc/cmdline", self->got, sizeof(self->got));
	ASSERT_LT(0, n);
	/* One newline is the kernel's, any before it would be the loader's. */
	ASSERT_EQ('\n', self->got[n - 1]);
	self->got_len = n - 1;
}

FIXTURE_TEARDOWN(cmdline)
{
}

TEST_F(cmdline, length)
{
	EXPECT_EQ(self->want_len, self->got_len);
}

TEST_F(cmdline, bytes)
{
	size_t i;

	for (i = 0; i < self->want_len && i < self->got_len; i++) {
		ASSERT_EQ(self->want[i], self->got[i])
			TH_LOG("differs from byte %zu on", i);
	}
}

TEST_HARNESS_MAIN
