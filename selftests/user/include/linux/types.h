/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

/* Standard headers of the C library that have these names too are not used. */
typedef unsigned char u8, __u8, uint8_t;
typedef unsigned short u16, __u16, uint16_t;
typedef unsigned int u32, __u32, uint32_t;
typedef unsigned long long u64, __u64, uint64_t;
typedef signed char s8, __s8;
typedef short s16, __s16;
typedef int s32, __s32;
typedef long long s64, __s64;
typedef __SIZE_TYPE__ size_t;
typedef __u16 __le16, __be16, __sum16;
typedef __u32 __le32, __be32;
typedef __u64 __le64, __be64;

#define __aligned_u64	__u64 __attribute__((aligned(8)))

#ifndef __bool_true_false_are_defined
#define __bool_true_false_are_defined	1
#define bool	_Bool
#define true	1
#define false	0
#endif

#ifndef NULL
#define NULL	((void *)0)
#endif

#endif
