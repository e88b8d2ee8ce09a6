// SPDX-License-Identifier: GPL-2.0
/*
 * In dom0: reset a domain that has asked for it, SHUTDOWN_soft_reset, so that it goes on into the
 * kernel of its kexec. xl does that for HVM domains only: libxl_domain_soft_reset() fails for the
 * others. The domain's devices stay as they are: its kernel resets them when it finds them connected.
 *
 * The ACPI tables become those of the FILE, made before the domain has run, because the AML in them
 * damages them, and the memory that the kernel gave to Xen comes back: docs/boot.md.
 *
 * usage: softreset save|reset DOMID FILE
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xenstore.h>

/* Where Xen's tools put the tables of a PVH domain, at most that many. Those of 4.17 are 9. */
#define ACPI_FRAME	0xfc000
#define ACPI_FRAMES	16
#define BATCH		1024

static xc_interface *xch;
static xenforeignmemory_handle *memory;
static struct xs_handle *xs;
static uint32_t domid;

/* A new event channel, because the reset has closed all of them. */
static unsigned int new_port(const char *what, int param)
{
	int port = xc_evtchn_alloc_unbound(xch, domid, 0);
	char path[64], text[16];

	snprintf(path, sizeof(path), "/local/domain/%u/%s/port", domid, what);
	snprintf(text, sizeof(text), "%d", port);
	if (port < 0 || xc_hvm_param_set(xch, domid, param, port) ||
	    !xs_write(xs, XBT_NULL, path, text, strlen(text)))
		err(1, "event channel of the %s", what);

	return port;
}

/*
 * Give the domain its memory back: the kernel gave some of it to Xen, and had the grant table there;
 * the next one does not know.
 */
static void fill(void)
{
	xen_pfn_t frame[BATCH], hole[BATCH], first;
	struct gnttab_query_size grants = { .dom = domid };
	int error[BATCH];
	unsigned int i, holes, frames;
	unsigned long end;
	void *p;
	char path[64], *text;

	if (xc_gnttab_query_size(xch, &grants) || grants.status)
		err(1, "grant table");
	/* Xen removes them from where they were. Below the ACPI tables there is neither RAM nor anything else. */
	for (i = 0; i < grants.nr_frames; i++)
		if (xc_domain_add_to_physmap(xch, domid, XENMAPSPACE_grant_table, i, ACPI_FRAME - 0x1000 + i))
			err(1, "frame %u of the grant table", i);

	snprintf(path, sizeof(path), "/local/domain/%u/memory/static-max", domid);
	text = xs_read(xs, XBT_NULL, path, NULL);
	if (!text)
		err(1, "%s", path);
	end = strtoul(text, NULL, 10) / 4;
	for (first = 0x100; first < end; first += frames) {
		frames = end - first < BATCH ? end - first : BATCH;
		for (i = 0; i < frames; i++)
			frame[i] = first + i;
		p = xenforeignmemory_map(memory, domid, PROT_READ, frames, frame, error);
		if (!p)
			err(1, "frames from %#lx", first);
		xenforeignmemory_unmap(memory, p, frames);
		for (i = 0, holes = 0; i < frames; i++)
			if (error[i])
				hole[holes++] = first + i;
		if (holes && xc_domain_populate_physmap_exact(xch, domid, holes, 0, 0, hole))
			err(1, "%u frames from %#lx", holes, hole[0]);
	}
}

static void reset(void)
{
	unsigned int port;
	uint64_t pfn;

	if (xc_domain_soft_reset(xch, domid))
		err(1, "reset of domain %u", domid);
	fill();
	port = new_port("store", HVM_PARAM_STORE_EVTCHN);
	/* xenstored begins anew with a domain that it knows. */
	if (xc_hvm_param_get(xch, domid, HVM_PARAM_STORE_PFN, &pfn) ||
	    !xs_introduce_domain(xs, domid, pfn, port))
		err(1, "xenstore of domain %u", domid);
	new_port("console", HVM_PARAM_CONSOLE_EVTCHN);
}

int main(int argc, char **argv)
{
	int save = argc == 4 && !strcmp(argv[1], "save"), fd, i;
	int error[ACPI_FRAMES];
	ssize_t size = 0;
	xen_pfn_t frames[ACPI_FRAMES];
	void *tables;

	if (!save && (argc != 4 || strcmp(argv[1], "reset")))
		errx(1, "usage: softreset save|reset DOMID FILE");
	domid = strtoul(argv[2], NULL, 10);
	if (!domid)
		errx(1, "no domain \"%s\"", argv[2]);
	xch = xc_interface_open(NULL, NULL, 0);
	xs = xs_open(0);
	memory = xenforeignmemory_open(NULL, 0);
	if (!xch || !xs || !memory)
		err(1, "Xen or xenstore");

	for (i = 0; i < ACPI_FRAMES; i++)
		frames[i] = ACPI_FRAME + i;
	tables = xenforeignmemory_map(memory, domid, PROT_READ | PROT_WRITE, ACPI_FRAMES, frames, error);
	for (i = 0; tables && i < ACPI_FRAMES && !error[i]; i++)
		size += XC_PAGE_SIZE;
	fd = open(argv[3], save ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);
	if (!tables || !size || fd < 0)
		err(1, "ACPI tables, or %s", argv[3]);
	if (xc_domain_pause(xch, domid))
		err(1, "domain %u", domid);
	if ((save ? write(fd, tables, size) : read(fd, tables, size)) != size)
		err(1, "%s", argv[3]);
	if (!save)
		reset();
	if (xc_domain_unpause(xch, domid))
		err(1, "domain %u", domid);

	return 0;
}
