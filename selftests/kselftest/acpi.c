// SPDX-License-Identifier: GPL-2.0
/*
 * start_info gives the RSDP. A kernel that drops it still finds ACPI where
 * there is a BIOS to search in, and has none where there is not: check what
 * boot_params holds and what was used, not only that there are tables.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "pvh_common.h"

#define ACPI_TABLES	"/sys/firmware/acpi/tables"
#define ACPI_VERSION	"/sys/module/acpi/parameters/acpica_version"

FIXTURE(acpi)
{
	struct boot_params bp;
};

FIXTURE_SETUP(acpi)
{
	int ret = read_boot_params(&self->bp);

	if (ret == -ENOENT)
		SKIP(return, "no " PVH_BOOT_PARAMS);
	ASSERT_EQ(0, ret);

	if (cmdline_has("acpi=off"))
		SKIP(return, "booted with acpi=off");
	/* It is there even if the kernel has found no tables. */
	if (access(ACPI_VERSION, F_OK))
		SKIP(return, "a kernel without CONFIG_ACPI");
	if (!self->bp.acpi_rsdp_addr && access(ACPI_TABLES, F_OK))
		SKIP(return, "loader gave no RSDP and there is no ACPI");
}

FIXTURE_TEARDOWN(acpi)
{
}

TEST_F(acpi, tables)
{
	/* The fixed hardware: no machine with ACPI is without. */
	EXPECT_EQ(0, access(ACPI_TABLES "/FACP", F_OK));
}

/* The address in the kernel's message, 0 or a negative errno. */
static int logged_rsdp(__u64 *addr)
{
	static const char key[] = "ACPI: RSDP 0x";
	char record[8192];
	int ret = -ENODATA;
	const char *p;
	ssize_t n;
	int fd;

	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	/* One record at a time; EPIPE says some were overwritten meanwhile. */
	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		p = strstr(record, key);
		if (!p)
			continue;
		p += strlen(key);
		ret = parse_number(&p, 16, addr) ? 0 : -EINVAL;
		break;
	}
	close(fd);

	return ret;
}

TEST_F(acpi, rsdp)
{
	__u64 addr;
	int ret;

	if (!self->bp.acpi_rsdp_addr)
		SKIP(return, "boot_params has no acpi_rsdp_addr");

	ret = logged_rsdp(&addr);
	if (ret == -ENOENT)
		SKIP(return, "no /dev/kmsg");
	if (ret == -ENODATA)
		SKIP(return, "no \"ACPI: RSDP\" in the kernel's log any more");
	if (ret == -EPERM || ret == -EACCES)
		SKIP(return, "/dev/kmsg is for root only");
	ASSERT_EQ(0, ret)
		TH_LOG("/dev/kmsg: %s", strerror(-ret));
	EXPECT_EQ(self->bp.acpi_rsdp_addr, addr)
		TH_LOG("boot_params has 0x%llx, the kernel used 0x%llx",
		       self->bp.acpi_rsdp_addr,
		       addr);
}

TEST_HARNESS_MAIN
