/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the QEMU TCG plugin interface that count.c uses.
 *
 * Distributions do not all package qemu-plugin.h, so what is needed is
 * declared here.  COUNT_API is the plugin API version the plugin declares; it
 * has to be one the QEMU that loads it accepts:
 *
 *	QEMU		accepts		COUNT_API
 *	6.0 - 8.2	0..1		1
 *	9.0		2..2		2
 *	9.1 and later	2..3+		3
 *
 * Of the functions below only qemu_plugin_insn_data() has changed, in API 3.
 */
#ifndef QEMU_PLUGIN_API_H
#define QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef COUNT_API
#error "COUNT_API is not defined, bench-entry.sh sets it from the QEMU version"
#endif

#define PLUGIN_EXPORT	__attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

/* Named qemu_info_t in QEMU; only the layout matters. */
struct plugin_info {
	const char *target_name;
	struct {
		int min;
		int cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus;
		int max_vcpus;
	} system;
};

enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
};

enum qemu_plugin_mem_rw {
	QEMU_PLUGIN_MEM_R = 1,
	QEMU_PLUGIN_MEM_W,
};

/* qemu_plugin_meminfo_t in QEMU */
typedef uint32_t plugin_meminfo;

typedef void (*plugin_tb_trans_fn)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*plugin_exec_fn)(unsigned int vcpu, void *data);
typedef void (*plugin_mem_fn)(unsigned int vcpu, plugin_meminfo info,
			      uint64_t vaddr, void *data);
typedef void (*plugin_exit_fn)(uint64_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, plugin_tb_trans_fn fn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    plugin_exec_fn fn,
					    enum qemu_plugin_cb_flags flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      plugin_mem_fn fn,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, plugin_exit_fn fn, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
#if COUNT_API >= 3
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest,
			     size_t len);
#else
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
#endif

unsigned int qemu_plugin_mem_size_shift(plugin_meminfo info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(plugin_meminfo info,
						  uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *hwaddr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *hwaddr);

extern PLUGIN_EXPORT int qemu_plugin_version;

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id,
				      const struct plugin_info *info,
				      int argc, char **argv);

#endif /* QEMU_PLUGIN_API_H */
