/* SPDX-License-Identifier: GPL-2.0 */
/* lib/cmdline.c includes it, and uses nothing of it but the next line. */
