/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wiring: frame 0 = event select register; irq 0 = GED interrupt (edge). */
#include "hw/acpi/dev/ged.h"

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/log.h"

struct Ged {
    Device dev;
    GMutex lock;
    uint32_t sel;              /* under lock: pending events; the wire is high while not 0 */
};

static void set_sel_locked(Ged *g, uint32_t sel)
{
    g->sel = sel;
    irq_set(&g->dev.irq[0], sel != 0);
}

/* Reading takes the events: each is told to exactly one read. */
static uint64_t sel_read(void *dev, const Reg *reg, unsigned n)
{
    Ged *g = dev;
    uint32_t sel = g->sel;

    set_sel_locked(g, 0);
    log_hotplug("GED: ESEL read 0x%02x", sel);
    return sel;
}

static const Reg ged_regs[] = {
    { "ESEL", 0x0, .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD, .read = sel_read },
};

static GMutex *ged_lock(void *dev) { return &((Ged *)dev)->lock; }

static const RegBlock ged_block = {
    .name = "ged", .rows = ged_regs, .n_rows = 1, .lock = ged_lock,
};

static void ged_reset(Device *dev)
{
    Ged *g = (Ged *)dev;

    g_mutex_lock(&g->lock);
    set_sel_locked(g, 0);
    g_mutex_unlock(&g->lock);
}

static void ged_finalize(Device *dev) { g_mutex_clear(&((Ged *)dev)->lock); }

const DeviceType ged_type = {
    .name = "acpi-ged",
    .description = "ACPI Generic Event Device",
    .size = sizeof(Ged),
    .frames = { { .size_bytes = GED_FRAME_BYTES, .regs = &ged_block } },
    .irqs = { "GED" },
    .reset = ged_reset,
    .finalize = ged_finalize,
};

Ged *ged_new(void)
{
    Ged *g = device_new(&ged_type);

    g_mutex_init(&g->lock);
    return g;
}

Device *ged_device(Ged *ged) { return &ged->dev; }

void ged_raise(Ged *g, GedEvent event)
{
    g_mutex_lock(&g->lock);
    log_hotplug("GED: event 0x%02x, interrupt %s", event, g->sel ? "raised already" : "raised");
    set_sel_locked(g, g->sel | event);
    g_mutex_unlock(&g->lock);
}
