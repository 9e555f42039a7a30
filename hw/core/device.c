/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/device.h"

#include <assert.h>

#include "hw/core/reg.h"
#include "util/bits.h"

void *device_new(const DeviceType *type)
{
    assert(type->size >= sizeof(Device));
    Device *dev = g_malloc0(type->size);

    dev->type = type;
    for (unsigned n = 0; n < DEVICE_MAX_FRAMES; n++) {
        assert(!type->frames[n].regs || !type->frames[n].ops);
        dev->frame_bytes[n] = type->frames[n].size_bytes;
        dev->frame_ref[n].dev = dev;
        dev->frame_ref[n].regs = type->frames[n].regs;
    }
    return dev;
}

bool device_realize(Device *dev, Error **errp)
{
    assert(!dev->realized);
    if (dev->type->realize && !dev->type->realize(dev, errp)) {
        return false;
    }
    dev->realized = true;
    return true;
}

void device_reset(Device *dev)
{
    const DeviceType *type = dev->type;

    for (unsigned n = 0; n < DEVICE_MAX_FRAMES; n++) {
        if (type->frames[n].regs) {
            reg_block_reset(type->frames[n].regs, dev);
        }
    }
    if (type->reset) {
        type->reset(dev);
    }
}

void device_free(Device *dev)
{
    if (!dev) {
        return;
    }
    if (dev->realized && dev->type->unrealize) {
        dev->type->unrealize(dev);
    }
    if (dev->type->finalize) {
        dev->type->finalize(dev);
    }
    g_free(dev->path);
    g_free(dev);
}

/* -- Frames described by rows ---- */

static MemResult rows_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    const DeviceFrameRef *ref = opaque;

    return reg_block_read(ref->regs, ref->dev, off, val, attrs);
}

static MemResult rows_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    const DeviceFrameRef *ref = opaque;

    return reg_block_write(ref->regs, ref->dev, off, val, attrs);
}

/* The engine answers wrong sizes itself (read as zero, ignored), row by row. */
static const MmioOps rows_ops = { rows_read, rows_write, .min_size = 1, .max_size = 8 };

void device_map(Device *dev, unsigned n, PhysMem *mem, uint64_t base_pa)
{
    assert(dev->realized && n < DEVICE_MAX_FRAMES && dev->frame_bytes[n]);
    const DeviceFrame *frame = &dev->type->frames[n];

    dev->frame_pa[n] = base_pa;
    if (frame->regs) {
        phys_mem_add_mmio(mem, dev->type->name, base_pa, dev->frame_bytes[n], &rows_ops,
                          &dev->frame_ref[n]);
    } else {
        phys_mem_add_mmio(mem, dev->type->name, base_pa, dev->frame_bytes[n], frame->ops, dev);
    }
}

void device_connect_irq(Device *dev, unsigned n, IrqLine line, int intid)
{
    assert(n < DEVICE_MAX_IRQS && dev->type->irqs[n]);
    dev->irq[n] = line;
    dev->irq_intid[n] = intid;
}
