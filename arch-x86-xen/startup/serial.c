// SPDX-License-Identifier: GPL-2.0
/*
 * The serial port that the command line names as a console, for the one line
 * that is printed if the kernel cannot be booted.
 */

#include <linux/array_size.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/types.h>
#include <linux/serial_reg.h>

#include <asm/shared/io.h>

#include "startup.h"

/* Polls of the line status before the port is given up. */
#define TX_TIMEOUT	0xffff

static const u16 ports[] __initconst = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

/* 0 if there is none. */
static u16 port __initdata;

static void __init set_baud(const char *s)
{
	unsigned int baud = 0, divisor;
	u8 lcr;

	while (*s >= '0' && *s <= '9' && baud <= 115200)
		baud = baud * 10 + *s++ - '0';
	/* A smaller number is no speed: "earlyprintk=serial,1". */
	if (baud < 50 || baud > 115200)
		return;

	divisor = 115200 / baud;
	lcr = UART_LCR_WLEN8;
	outb(lcr | UART_LCR_DLAB, port + UART_LCR);
	outb(divisor & 0xff, port + UART_DLL);
	outb(divisor >> 8, port + UART_DLM);
	outb(lcr, port + UART_LCR);
	outb(UART_MCR_DTR | UART_MCR_RTS, port + UART_MCR);
}

/*
 * console=ttyS0[,115200n8], earlyprintk=ttyS0[,115200] and =serial[,ttyS0[,...]].
 * Ports given by their I/O address are not supported.
 */
static bool __init parse_option(const char *s)
{
	const char *arg, *tty;
	unsigned int line = 0;
	bool serial = false;

	arg = pvh_skip_prefix(s, "console=");
	if (!arg) {
		arg = pvh_skip_prefix(s, "earlyprintk=");
		if (!arg)
			return false;
		tty = pvh_skip_prefix(arg, "serial");
		if (tty) {
			serial = true;
			arg = pvh_skip_prefix(tty, ",") ?: tty;
		}
	}

	tty = pvh_skip_prefix(arg, "ttyS");
	if (tty) {
		if (*tty < '0' || *tty >= '0' + ARRAY_SIZE(ports))
			return false;
		line = *tty++ - '0';
		if (*tty >= '0' && *tty <= '9')
			return false;
		arg = pvh_skip_prefix(tty, ",") ?: tty;
	} else if (!serial || pvh_skip_prefix(arg, "0x")) {
		return false;
	}

	port = ports[line];
	set_baud(arg);

	return true;
}

static bool __init find_port(const char *cmdline)
{
	bool start = true;

	for (; *cmdline; cmdline++) {
		if (start && parse_option(cmdline))
			return true;
		start = (u8)*cmdline <= ' ';
	}

	return false;
}

/**
 * pvh_serial_init() - Find the serial port to print to
 *
 * Use the first port that CONFIG_CMDLINE names or, unless that overrides it, the
 * loader's command line. Leave its speed as it is unless the option has one.
 */
void __init pvh_serial_init(void)
{
#ifdef CONFIG_CMDLINE_BOOL
	if (find_port(CONFIG_CMDLINE))
		return;
#endif
	if (!IS_ENABLED(CONFIG_CMDLINE_OVERRIDE))
		find_port(pvh_cmdline);
}

/*
 * An absent port reads as all ones, so this does not wait for one. After a timeout
 * the port is not used any more.
 */
static bool __init wait_for(u8 status)
{
	unsigned int i;

	for (i = 0; port && i < TX_TIMEOUT; i++) {
		if (inb(port + UART_LSR) & status)
			return true;
	}
	port = 0;

	return false;
}

/**
 * pvh_serial_put() - Print a character to the serial port, if there is one
 * @c: what to print
 */
void __init pvh_serial_put(char c)
{
	if (c == '\n')
		pvh_serial_put('\r');

	if (wait_for(UART_LSR_THRE))
		outb(c, port + UART_TX);
}

/**
 * pvh_serial_flush() - Wait until all is on its way, if there is a serial port
 */
void __init pvh_serial_flush(void)
{
	wait_for(UART_LSR_TEMT);
}
