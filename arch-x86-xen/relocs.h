/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XEN_PVH_RELOCS_H
#define _XEN_PVH_RELOCS_H

#include <linux/types.h>

/*
 * The relocation table that vmlinux carries for the PVH entry: the places that
 * change with the virtual address of the kernel. arch/x86/tools/pvh_relocs.c
 * writes it after the link, startup/kaslr.c applies it.
 *
 * A place is 32 bits, to which the distance is added by which the kernel moves.
 * That serves 64-bit places as well: what they hold is within the GiB of the
 * kernel mapping before and after, so nothing is ever carried into their upper
 * halves.
 *
 * The places are in ascending order, in runs. A run begins with 32 bits:
 *
 *  bits 31 to 8	bytes from the place before (from _text for the first one)
 *			to the first place of the run
 *  bits 7 to 0		how many bytes follow, each the distance in bytes from
 *			one place of the run to the next one
 *
 * A run of PVH_RELOCS_SKIP is a distance that no 24 bits hold: nothing follows
 * it, and there is no place at its end. There is no padding between runs.
 */
#define PVH_RELOCS_MAGIC	0x52485650	/* "PVHR" */
#define PVH_RELOCS_STEPS	0xff		/* bits 7 to 0 */
#define PVH_RELOCS_SKIP		0xff
#define PVH_RELOCS_MAX_STEPS	0xfe
#define PVH_RELOCS_MAX_STEP	0xff		/* bytes */
#define PVH_RELOCS_MAX_DISTANCE	0xffffff	/* bytes */

/*
 * The checksum is of the header from the magic on and of the runs, with zeroes
 * behind up to a multiple of PVH_RELOCS_SUM_ALIGN bytes: for each 64 bits it is
 * rotated to the left, and these are xored to it.
 */
#define PVH_RELOCS_SUM_ROTATE	7
#define PVH_RELOCS_SUM_ALIGN	32		/* bytes */

/**
 * struct pvh_relocs - Relocation table of the kernel image
 * @sum: checksum of all that follows
 * @magic: PVH_RELOCS_MAGIC
 * @size: bytes of @runs
 * @span: bytes from _text to the end of the last place
 * @count: number of places
 * @runs: see above
 */
struct pvh_relocs {
	__u64 sum;
	__u32 magic;
	__u32 size;
	__u32 span;
	__u32 count;
	__u8 runs[];
};

#endif /* _XEN_PVH_RELOCS_H */
