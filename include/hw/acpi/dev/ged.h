/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generic Event Device: one 32-bit register that names the pending events and is cleared by being
 * read, and one interrupt (irq 0) that the guest takes on its rising edge. ACPI 6.5, 5.6.9;
 * docs/devel/hotplug.md.
 *
 * The wire goes up with the first event and down when the register is read, so an event of before
 * the guest has set its interrupt controller up for the edge is still on the wire then.
 */
#ifndef HW_ACPI_DEV_GED_H
#define HW_ACPI_DEV_GED_H

#include "hw/core/device.h"

typedef enum GedEvent {
    GED_MEMORY = 0x01, GED_POWER_DOWN = 0x02, GED_NVDIMM = 0x04, GED_CPU = 0x08,
} GedEvent;

typedef struct Ged Ged;
extern const DeviceType ged_type;     /* frame 0: 4 bytes; reset clears what is pending */

Ged *ged_new(void);
Device *ged_device(Ged *ged);
/* Latch @event and raise the interrupt. Any thread. */
void ged_raise(Ged *ged, GedEvent event);

#define GED_FRAME_BYTES 4

#endif
