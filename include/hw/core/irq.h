/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A wire from a device's output to somebody's input. Level-based; an edge is level 1 then 0.
 * Set on any thread; the sink locks itself and must not call back into the source.
 */
#ifndef HW_CORE_IRQ_H
#define HW_CORE_IRQ_H

#include <stdbool.h>
#include <stddef.h>

typedef struct IrqLine {
    void (*set)(void *opaque, unsigned n, bool level); /* NULL: not connected */
    void *opaque;
    unsigned n;
} IrqLine;

static inline void irq_set(const IrqLine *line, bool level)
{
    if (line->set) {
        line->set(line->opaque, line->n, level);
    }
}

static inline void irq_pulse(const IrqLine *line)
{
    irq_set(line, true);
    irq_set(line, false);
}

#endif
