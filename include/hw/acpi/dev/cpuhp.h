/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU hot-plug register block (12 bytes): selector, flags, command, data. What the guest's
 * AML reads and writes; docs/devel/hotplug.md has the registers.
 *
 * The block keeps what is pending for each CPU and the last _OST; whether a CPU is enabled is asked
 * of the board, and an eject is told to it.
 */
#ifndef HW_ACPI_DEV_CPUHP_H
#define HW_ACPI_DEV_CPUHP_H

#include "hw/core/device.h"

#define CPUHP_FRAME_BYTES 12

typedef struct CpuHp CpuHp;

/* Filled by the board; called on a vCPU's thread, with the block's lock *not* held. */
typedef struct CpuHpOps {
    bool (*is_enabled)(void *opaque, unsigned cpu);
    void (*eject)(void *opaque, unsigned cpu);       /* the board may ignore it (boot CPU, empty) */
    void (*ost)(void *opaque, unsigned cpu, uint32_t event, uint32_t status);
    uint64_t (*arch_id)(void *opaque, unsigned cpu); /* MPIDR affinity */
} CpuHpOps;

extern const DeviceType cpuhp_type;

CpuHp *cpuhp_new(unsigned n_cpus, const CpuHpOps *ops, void *opaque);
Device *cpuhp_device(CpuHp *hp);

/* Mark an event pending for @cpu; the caller then raises GED_CPU. Any thread. */
void cpuhp_set_inserting(CpuHp *hp, unsigned cpu);
void cpuhp_set_removing(CpuHp *hp, unsigned cpu);
/* Drop what is pending for @cpu: it has left. Any thread. */
void cpuhp_clear_pending(CpuHp *hp, unsigned cpu);
/* Pending now? For tests, `info hotplug` and a repeated device_del. */
bool cpuhp_is_inserting(CpuHp *hp, unsigned cpu);
bool cpuhp_is_removing(CpuHp *hp, unsigned cpu);
/* Last _OST, of whoever was in the slot; false: none yet. */
bool cpuhp_last_ost(CpuHp *hp, unsigned cpu, uint32_t *event, uint32_t *status);

#endif
