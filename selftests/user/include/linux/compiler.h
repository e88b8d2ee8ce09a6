/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#define __noreturn	__attribute__((noreturn))
#define noinline	__attribute__((noinline))
#define __aligned(x)	__attribute__((aligned(x)))
/* The only use is for init data, in startup/. */
#define __section(name)	__initdata
#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
/* With a message or without, as the kernel has it */
#define static_assert(expr, ...)	_Static_assert(expr, "" __VA_ARGS__)
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#endif
