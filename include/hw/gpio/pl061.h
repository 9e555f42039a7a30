/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell General Purpose I/O PL061 r1p0 (DDI 0190): 8 pins, each input or output, with
 * interrupts on levels or edges. Inputs that nobody drives are low (pulled down).
 *
 * Threads: registers and input wires on any thread. One lock; under it only the interrupt wire and
 * the output wires are driven.
 */
#ifndef HW_GPIO_PL061_H
#define HW_GPIO_PL061_H

#include "hw/core/device.h"

#define PL061_PINS 8

typedef struct Pl061 Pl061;

/* IRQ 0: GPIOINTR. */
extern const DeviceType pl061_type;

Pl061 *pl061_new(void);                 /* free with device_free */
Device *pl061_device(Pl061 *gpio);

/* The outside end of a pin as an input: drive the returned wire. @pin: 0..7, asserted. */
IrqLine pl061_input(Pl061 *gpio, unsigned pin);
/* Where a pin's level goes while it is an output. Main thread, before vCPUs run. */
void pl061_connect_output(Pl061 *gpio, unsigned pin, IrqLine line);

#endif
