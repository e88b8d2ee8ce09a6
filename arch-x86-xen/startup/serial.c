// SPDX-License-Identifier: GPL-2.0
/*
 * The serial port that the command line names as a console, for the one line
 * that is printed if the kernel cannot be booted.
 */

#include <linux/array_size.h>
#include <linux/init.h>
#include <linux/types.h>
#include <linux/serial_reg.h>

#include <asm/shared/io.h>

#include "../pvh.h"

/* Polls of the line status before the port is given up. */
#define TX_TIMEOUT	0xffff

static const u16 ports[] __initconst = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

/* 0 if there is none. */
static u16 port __initdata;

static void __init set_baud(const char *s, const char *end)
{
	unsigned int baud = 0, divisor;
	u8 lcr;

	while (s < end && *s >= '0' && *s <= '9' && baud <= 115200)
		baud = baud * 10 + *s++ - '0';
	if (!baud || baud > 115200)
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
 * A port given by its number is not for this little code.
 */
static bool __init parse_option(const char *s, const char *end)
{
	const char *arg, *tty;
	unsigned int line = 0;
	bool serial = false;

	arg = pvh_after(s, end, "console=");
	if (!arg) {
		arg = pvh_after(s, end, "earlyprintk=");
		if (!arg)
			return false;
		tty = pvh_after(arg, end, "serial");
		if (tty) {
			serial = true;
			arg = pvh_after(tty, end, ",") ?: tty;
		}
	}

	tty = pvh_after(arg, end, "ttyS");
	if (tty) {
		if (tty == end || *tty < '0' || *tty >= '0' + ARRAY_SIZE(ports))
			return false;
		line = *tty++ - '0';
		if (tty < end && *tty >= '0' && *tty <= '9')
			return false;
		arg = pvh_after(tty, end, ",") ?: tty;
	} else if (!serial || pvh_after(arg, end, "0x")) {
		return false;
	}

	port = ports[line];
	set_baud(arg, end);

	return true;
}

/**
 * pvh_serial_init() - Find the serial port to print to
 * @cmdline: command line; need not have an end
 * @size: bytes of it that can be read
 *
 * The first that the command line names is taken. Unless it also says how fast,
 * the port stays set as it is.
 */
void __init pvh_serial_init(const char *cmdline, size_t size)
{
	const char *end = cmdline + size;
	bool start = true;

	for (; cmdline < end && *cmdline; cmdline++) {
		if (start && parse_option(cmdline, end))
			return;
		start = *cmdline == ' ';
	}
}

/*
 * Where there is no port all bits are set, and nothing is waited for. Where
 * nobody takes what is printed, it is not waited for again.
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
