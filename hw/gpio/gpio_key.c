/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/gpio/gpio_key.h"

#define PRESS_NS (100 * INT64_C(1000000))

struct GpioKey {
    VirtClock *clock;
    EventTimer *timer;
    IrqLine line;
};

static void release(void *opaque) { irq_set(&((GpioKey *)opaque)->line, false); }

GpioKey *gpio_key_new(EventLoop *loop, VirtClock *clock, IrqLine line)
{
    GpioKey *key = g_new0(GpioKey, 1);

    key->clock = clock;
    key->line = line;
    key->timer = event_timer_new(loop, release, key);
    return key;
}

void gpio_key_free(GpioKey *key)
{
    if (key) {
        event_timer_free(key->timer);
        g_free(key);
    }
}

void gpio_key_press(GpioKey *key)
{
    irq_set(&key->line, true);
    event_timer_set(key->timer, virt_clock_ns(key->clock) + PRESS_NS);
}

void gpio_key_reset(GpioKey *key)
{
    event_timer_cancel(key->timer);
    release(key);
}
