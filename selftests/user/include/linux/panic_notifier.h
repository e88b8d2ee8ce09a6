/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_PANIC_NOTIFIER_H
#define SHIM_LINUX_PANIC_NOTIFIER_H

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action, void *data);
	struct notifier_block *next;
	int priority;
};

struct atomic_notifier_head {
	struct notifier_block *head;
};

extern struct atomic_notifier_head panic_notifier_list;

int atomic_notifier_chain_register(struct atomic_notifier_head *list,
				   struct notifier_block *nb);
int atomic_notifier_chain_unregister(struct atomic_notifier_head *list,
				     struct notifier_block *nb);

#define NOTIFY_DONE	0

#endif
