/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A push button on a wire: pressed from outside, released by itself 100 ms of virtual time later,
 * long enough for a guest that debounces. The machine's power button.
 *
 * Main thread only.
 */
#ifndef HW_GPIO_GPIO_KEY_H
#define HW_GPIO_GPIO_KEY_H

#include "event/event.h"
#include "hw/core/irq.h"

typedef struct GpioKey GpioKey;

GpioKey *gpio_key_new(EventLoop *loop, VirtClock *clock, IrqLine line);
void gpio_key_free(GpioKey *key);     /* NULL is fine */
void gpio_key_press(GpioKey *key);    /* again while it is down: it stays down longer */
void gpio_key_reset(GpioKey *key);    /* up at once */

#endif
