/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device kernel. A device is one const DeviceType and one struct whose first member is a
 * Device; there is no inheritance and no registration. Lifecycle: new -> (wire) -> realize ->
 * reset ... -> free. Only realize can fail.
 *
 * Threads: lifecycle on the main thread with all vCPUs stopped or not yet started; register hooks
 * on any thread, so a device with state has a lock of its own.
 */
#ifndef HW_CORE_DEVICE_H
#define HW_CORE_DEVICE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/core/irq.h"
#include "memory/memory.h"
#include "util/error.h"

#define DEVICE_MAX_FRAMES 4
#define DEVICE_MAX_IRQS   4

typedef struct Device Device;
typedef struct DeviceType DeviceType;
typedef struct HwDesc HwDesc;
typedef struct RegBlock RegBlock;

/*
 * A frame: behaviour by rows (regs) or by hooks (ops, which get the Device as opaque), never both.
 */
typedef struct DeviceFrame {
    uint64_t size_bytes;
    const RegBlock *regs;
    const MmioOps *ops;
} DeviceFrame;

struct DeviceType {
    const char *name;             /* as in -device help and logs */
    const char *description;
    size_t size;                  /* of the device struct */
    DeviceFrame frames[DEVICE_MAX_FRAMES];
    const char *irqs[DEVICE_MAX_IRQS];                      /* names, in order */
    bool (*realize)(Device *dev, Error **errp);             /* may be NULL */
    void (*reset)(Device *dev);                             /* may be NULL */
    void (*unrealize)(Device *dev);                         /* may be NULL: undoes realize */
    void (*finalize)(Device *dev);                          /* may be NULL: frees what _new made */
    void (*describe)(const Device *dev, HwDesc *desc);      /* may be NULL: not in the tables */
};

/* What a frame of rows gets as its opaque. Private to device.c. */
typedef struct DeviceFrameRef {
    Device *dev;
    const RegBlock *regs;
} DeviceFrameRef;

struct Device {
    const DeviceType *type;
    char *path;                   /* "/machine/unattached/device[3]", "/machine/peripheral/ID" */
    IrqLine irq[DEVICE_MAX_IRQS];
    uint64_t frame_pa[DEVICE_MAX_FRAMES];  /* set by device_map */
    uint64_t frame_bytes[DEVICE_MAX_FRAMES]; /* the type's size_bytes, unless realize says other */
    DeviceFrameRef frame_ref[DEVICE_MAX_FRAMES];
    int irq_intid[DEVICE_MAX_IRQS];        /* GIC INTID the board wired, 0 = none */
    bool realized;
};

/* Zeroed struct of type->size with type set. Free with device_free(). Never fails. */
void *device_new(const DeviceType *type);
bool device_realize(Device *dev, Error **errp) MUST_CHECK;
/* Rows to their reset values, then type->reset. */
void device_reset(Device *dev);
void device_free(Device *dev);    /* unrealizes first; NULL is fine */

/* Place frame @n of a realized device; visible after phys_mem_commit(). */
void device_map(Device *dev, unsigned n, PhysMem *mem, uint64_t base_pa);
void device_connect_irq(Device *dev, unsigned n, IrqLine line, int intid);

#endif
