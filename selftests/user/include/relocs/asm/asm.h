/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_ASM_H
#define SHIM_ASM_ASM_H

#define _ASM_MUL	"mulq "

#endif
