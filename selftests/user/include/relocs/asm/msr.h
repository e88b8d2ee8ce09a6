/* SPDX-License-Identifier: GPL-2.0 */
/* Where Linux 6.12 has rdtsc() */
#include <asm/tsc.h>
