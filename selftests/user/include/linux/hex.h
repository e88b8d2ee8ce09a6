/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_HEX_H
#define SHIM_LINUX_HEX_H

#define hex_asc_lo(x)	("0123456789abcdef"[(x) & 15])
#define hex_asc_hi(x)	("0123456789abcdef"[((x) & 0xf0) >> 4])

#endif
