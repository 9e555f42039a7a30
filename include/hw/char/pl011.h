/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell UART PL011 r1p5 (DDI 0183G): 32-deep FIFOs, no DMA, no IrDA.
 *
 * Baud rate has no effect: bytes go to the chardev at once, and the transmit FIFO fills only while
 * the chardev's buffer is full. Received bytes wait in the chardev while the FIFO is full.
 *
 * Threads: registers on any thread, chardev callbacks on the main thread. One lock per UART; under
 * it only the interrupt wire and the any-thread functions of the chardev are called.
 */
#ifndef HW_CHAR_PL011_H
#define HW_CHAR_PL011_H

#include "chardev/chardev.h"
#include "hw/core/device.h"

typedef struct Pl011 Pl011;

/* IRQ 0: UARTINTR. */
extern const DeviceType pl011_type;

/* @chr may be NULL (output dropped); not owned, must outlive the device. Free with device_free. */
Pl011 *pl011_new(Chardev *chr);
Device *pl011_device(Pl011 *uart);

#endif
