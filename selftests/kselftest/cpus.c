// SPDX-License-Identifier: GPL-2.0
/*
 * All CPUs come up: the other ones start in low memory that must be neither
 * the loader's nor firmware's, and are found by the tables start_info led to.
 */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

#define CPU_ONLINE	"/sys/devices/system/cpu/online"

/* The number of CPUs in a list as "0-3,8", -EINVAL if it is no such list. */
static long count_cpus(const char *list)
{
	__u64 first, last;
	long count = 0;

	for (;;) {
		if (!parse_number(&list, 10, &first))
			return -EINVAL;
		last = first;
		if (*list == '-') {
			list++;
			if (!parse_number(&list, 10, &last))
				return -EINVAL;
		}
		if (last < first)
			return -EINVAL;
		count += last - first + 1;
		if (!*list)
			return count;
		if (*list++ != ',')
			return -EINVAL;
	}
}

TEST(online)
{
	char buf[4096];
	__u64 want;
	const char *p;
	ssize_t n;

	n = expect_file("cpus", buf, sizeof(buf));
	if (n == -ENOENT)
		SKIP(return, "no %s/cpus", expect_dir());
	ASSERT_LE(0, n);
	p = buf;
	ASSERT_TRUE(parse_number(&p, 10, &want) && !*p)
		TH_LOG("%s/cpus is not a decimal number", expect_dir());

	n = read_text(CPU_ONLINE, buf, sizeof(buf));
	if (n == -ENOENT)
		SKIP(return, "no " CPU_ONLINE);
	ASSERT_LT(0, n);

	EXPECT_EQ(want, count_cpus(buf))
		TH_LOG("online is %s", buf);
}

TEST_HARNESS_MAIN
