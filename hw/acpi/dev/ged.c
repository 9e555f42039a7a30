/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wiring: frame 0 = event select register; irq 0 = GED interrupt (edge). */
#include "hw/acpi/dev/ged.h"

#include <stdatomic.h>

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/log.h"

struct Ged {
    Device dev;
    _Atomic uint32_t sel;      /* pending events */
};

/* Reading takes the events: each is told to exactly one read. */
static uint64_t sel_read(void *dev, const Reg *reg, unsigned n)
{
    Ged *g = dev;
    uint32_t sel = atomic_exchange(&g->sel, 0);

    log_hotplug("GED: ESEL read 0x%02x", sel);
    return sel;
}

static const Reg ged_regs[] = {
    { "ESEL", 0x0, .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD, .read = sel_read },
};

static const RegBlock ged_block = {
    .name = "ged", .rows = ged_regs, .n_rows = 1,
};

static void ged_reset(Device *dev)
{
    atomic_store(&((Ged *)dev)->sel, 0);
}

const DeviceType ged_type = {
    .name = "acpi-ged",
    .description = "ACPI Generic Event Device",
    .size = sizeof(Ged),
    .frames = { { .size_bytes = GED_FRAME_BYTES, .regs = &ged_block } },
    .irqs = { "GED" },
    .reset = ged_reset,
};

Ged *ged_new(void) { return device_new(&ged_type); }
Device *ged_device(Ged *ged) { return &ged->dev; }

void ged_raise(Ged *ged, GedEvent event)
{
    atomic_fetch_or(&ged->sel, event);
    log_hotplug("GED: event 0x%02x, interrupt pulsed", event);
    irq_pulse(&ged->dev.irq[0]);
}
