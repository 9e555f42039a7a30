/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device tells the tables: its resources once, from which the device tree and ACPI are both
 * written. Filled by DeviceType.describe; strings are static. A HwDesc keeps no reference.
 */
#ifndef HW_CORE_HWDESC_H
#define HW_CORE_HWDESC_H

#include <stdbool.h>
#include <stdint.h>

#define HWDESC_MAX 4

typedef enum IrqTrigger { IRQ_LEVEL_HIGH, IRQ_EDGE_RISING } IrqTrigger;

struct HwDesc {
    const char *fdt_name;            /* node name without unit address; NULL: not in the FDT */
    const char *fdt_compatible;      /* NUL-separated list, ends with an empty string */
    const char *fdt_clocks;          /* "uartclk\0apb_pclk\0": names; all the one 24 MHz clock */
    const char *acpi_name;           /* 4-character NameSeg, NULL: not in the DSDT */
    const char *acpi_hid;
    unsigned acpi_uid;
    struct { uint64_t base_pa, size_bytes; } mmio[HWDESC_MAX];
    unsigned n_mmio;
    struct { unsigned intid; IrqTrigger trigger; } irq[HWDESC_MAX];
    unsigned n_irq;
};
typedef struct HwDesc HwDesc;

#endif
