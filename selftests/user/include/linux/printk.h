/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_PRINTK_H
#define SHIM_LINUX_PRINTK_H

void shim_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define KERN_WARNING
#define printk(fmt, ...)	shim_log(fmt, ##__VA_ARGS__)
#define pr_notice(fmt, ...)	shim_log(pr_fmt(fmt), ##__VA_ARGS__)

#endif
