// SPDX-License-Identifier: GPL-2.0
/*
 * The page tables have as many levels as the kernel says: a program that asks
 * for memory where only five levels reach gets it there, or it does not.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

/* Where what does not ask for more ends. */
#define WINDOW_END		0x800000000000ULL

/* Each of these is another entry of the fifth level, but for the first two. */
static const __u64 hints[] = {
	1ULL << 47,
	(1ULL << 48) - (1ULL << 30),
	1ULL << 48,
	1ULL << 49,
	1ULL << 52,
	1ULL << 55,
	(1ULL << 56) - (1ULL << 30),
};

FIXTURE(paging)
{
	bool five;
	size_t size;		/* two pages */
	__u64 *at[ARRAY_SIZE(hints)];
};

FIXTURE_SETUP(paging)
{
	char guest[32];
	unsigned int i;
	int la57;

	if (sizeof(void *) < sizeof(__u64))
		SKIP(return, "a 32-bit program has no addresses to ask for");

	/* A PV guest's are Xen's, whatever the CPU has. */
	if (read_text("/sys/hypervisor/guest_type", guest, sizeof(guest)) > 0 &&
	    !strcmp(guest, "PV\n"))
		SKIP(return, "Xen PV has page tables of its own");

	/* The kernel clears the flag if it runs with four levels. */
	la57 = cpu_has("la57");
	ASSERT_LE(0, la57)
		TH_LOG("/proc/cpuinfo: %s", strerror(-la57));
	self->five = la57;
	self->size = 2 * sysconf(_SC_PAGESIZE);

	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		self->at[i] = mmap((void *)(unsigned long)hints[i], self->size,
				   PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_TRUE(self->at[i] != MAP_FAILED)
			TH_LOG("0x%llx: %s", hints[i], strerror(errno));
	}
}

FIXTURE_TEARDOWN(paging)
{
}

TEST_F(paging, hint)
{
	unsigned int i;
	__u64 at;

	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		at = (unsigned long)self->at[i];
		if (self->five) {
			EXPECT_EQ(hints[i], at)
				TH_LOG("five levels, and no memory there");
		} else {
			EXPECT_GT(WINDOW_END, at)
				TH_LOG("four levels, asked for 0x%llx",
				       hints[i]);
		}
	}
}

/* What is written at one address is not found at another. */
TEST_F(paging, memory)
{
	size_t words = self->size / sizeof(__u64);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		ASSERT_EQ(0, self->at[i][0]);
		self->at[i][0] = hints[i];
		self->at[i][words - 1] = ~hints[i];
	}
	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		EXPECT_EQ(hints[i], self->at[i][0]);
		EXPECT_EQ(~hints[i], self->at[i][words - 1]);
	}
}

/* Nobody gets what they may not know how to use. */
TEST_F(paging, no_hint)
{
	void *at = mmap(NULL, self->size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(at != MAP_FAILED);
	EXPECT_GT(WINDOW_END, (unsigned long)at);
}

/* The end of what can be had, whoever insists. */
TEST_F(paging, fixed)
{
	__u64 end = self->five ? 1ULL << 56 : WINDOW_END;
	void *at;

	at = mmap((void *)(unsigned long)end, self->size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	EXPECT_TRUE(at == MAP_FAILED);
	EXPECT_EQ(ENOMEM, errno);
}

TEST_HARNESS_MAIN
