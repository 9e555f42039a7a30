/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's struct, shared by virt.c (build), virt_boot.c (tables), virt_hotplug.c. */
#ifndef HW_ARM_VIRT_INTERNAL_H
#define HW_ARM_VIRT_INTERNAL_H

#include "cpu_slots.h"
#include "hw/acpi/dev/cpuhp.h"
#include "hw/acpi/dev/ged.h"
#include "hw/arm/boot.h"
#include "hw/arm/virt.h"
#include "hw/arm/virt_fdt.h"
#include "hw/arm/virt_memmap.h"
#include "hw/char/pl011.h"
#include "hw/gpio/gpio_key.h"
#include "hw/gpio/pl061.h"
#include "hw/intc/gicv3.h"
#include "hw/rtc/pl031.h"

#define VIRT_MAX_DEVICES 8

/* What device_del asked and the guest has not answered; by slot, main thread. */
typedef struct Unplug { bool requested; } Unplug;

struct VirtMachine {
    VirtConfig cfg;                  /* strings owned */
    EventLoop *loop;
    VirtClock *clock;
    const VirtEvents *events;
    void *opaque;

    VirtMemmap map;
    PhysMem *mem;
    VcpuSet *set;
    ArmModel *model;
    TcgAccel *accel;
    Gicv3 *gic;
    CpuSlots slots;
    bool slots_ready;
    Unplug *unplug;

    Device *device[VIRT_MAX_DEVICES];
    unsigned n_devices;
    Device *uart1;                   /* NULL: none */
    Pl061 *gpio;
    GpioKey *power_key;
    Ged *ged;                        /* NULL without ACPI */
    CpuHp *cpuhp;

    bool has_kernel;
    Boot boot;
    bool boots_acpi;
    uint64_t acpi_pa, efi_pa;        /* room set aside for the tables */
    uint8_t *user_dtb;
    size_t user_dtb_bytes;

    bool running;
    bool has_run;
};

/* virt_boot.c: load the files and decide how to boot; then write the tables, at each reset. */
bool virt_boot_load(VirtMachine *m, Error **errp) MUST_CHECK;
bool virt_boot_place_tables(VirtMachine *m, Error **errp) MUST_CHECK;
bool virt_boot_write(VirtMachine *m, Error **errp) MUST_CHECK;

/* virt_hotplug.c */
extern const CpuHpOps virt_cpuhp_ops;
void virt_slot_removed(void *opaque, unsigned index, const char *id, const char *path);

#endif
