/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU slots of a machine: one for each possible CPU, one state machine for both user
 * interfaces, PSCI and ACPI.
 *
 *      EMPTY --realize--> ENABLED --eject by the guest--> LEAVING --main loop--> EMPTY
 *
 * EMPTY: a placeholder (this struct and a GIC CPU interface that is inert). ENABLED: an ArmCpu with
 * its thread. LEAVING: the guest has written the eject bit; from that moment _STA, PSCI and the GIC
 * treat the CPU as gone, while its thread is stopped and freed on the main loop (the write runs on
 * another vCPU's thread, which must not wait for it).
 *
 * Administrative state changes at the eject, never at the request: a request is only an event
 * pending in the ACPI registers, and a refusal leaves everything as it was.
 *
 * Threads: add, remove, reset and the walk on the main thread; the PSCI and ACPI sides on any vCPU
 * thread. slots->lock guards state, power and cpu pointers; under it only the GIC's locks and a
 * vCPU's own lock are taken (docs/devel/locking.md).
 */
#ifndef HW_ARM_CPU_SLOTS_H
#define HW_ARM_CPU_SLOTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "accel/tcg/tcg_cpu.h"
#include "hw/arm/virt.h"
#include "hw/intc/gicv3.h"
#include "target/arm/cpu.h"

typedef enum SlotState { SLOT_EMPTY, SLOT_ENABLED, SLOT_LEAVING } SlotState;

typedef struct CpuSlot {
    unsigned index;
    uint64_t mpidr;
    VirtCpuProps props;
    bool cold;                   /* Enabled in the MADT: there at boot, never unplugged */
    char *id;                    /* of device_add; NULL without */
    char *qom_path;
    /* under slots->lock */
    SlotState state;
    bool on_pending;             /* CPU_ON accepted, not yet running */
    ArmCpu *cpu;                 /* ENABLED and LEAVING */
} CpuSlot;

typedef struct CpuSlots {
    GMutex lock;
    CpuSlot *slot;
    unsigned n;
    VirtTopology topology;
    const ArmModel *model;
    char *driver;                /* "<model>-arm-cpu" */
    TcgAccel *accel;
    VcpuSet *set;
    VirtClock *clock;
    Gicv3 *gic;
    EventLoop *loop;
    const ArmPlatformOps *platform_ops;
    void *platform;
    /* On the main thread, when a LEAVING slot has become EMPTY. @id may be NULL. */
    void (*removed)(void *opaque, unsigned index, const char *id, const char *path);
    void *opaque;
} CpuSlots;

/* MPIDR of CPU @index: 16 CPUs to an Aff1, as GICv3's SGI target lists want. */
uint64_t cpu_slot_mpidr(unsigned index);

/* Make @n placeholders; the other members of @s are set by the caller before. */
void cpu_slots_init(CpuSlots *s, unsigned n);
/* Stop and free every CPU. */
void cpu_slots_clear(CpuSlots *s);

/* Realize slot @index: a powered-off vCPU with its thread. @id is copied, may be NULL. */
bool cpu_slot_realize(CpuSlots *s, unsigned index, const char *id, bool running, Error **errp)
    MUST_CHECK;
/* The guest has ejected @index (any thread). False: nothing to eject there. */
bool cpu_slot_eject(CpuSlots *s, unsigned index);

bool cpu_slot_is_enabled(CpuSlots *s, unsigned index);       /* any thread */

/*
 * Find the slot for a device_add, by the rules and with the errors of docs/devel/hotplug.md.
 * Returns the index or -1.
 */
int cpu_slots_match(CpuSlots *s, const VirtCpuRequest *req, Error **errp);
/* Slot whose device id or path is @id, or -1. */
int cpu_slots_by_id(CpuSlots *s, const char *id);

/* PSCI (any vCPU thread). */
int cpu_slots_psci_on(CpuSlots *s, uint64_t mpidr, uint64_t entry, uint64_t context_id);
void cpu_slots_psci_off(CpuSlots *s, ArmCpu *cpu);      /* the CPU itself, powering off */
int cpu_slots_psci_affinity(CpuSlots *s, uint64_t mpidr, unsigned level);

/* Call fn, without the lock, for every slot that is enabled. Main thread. */
void cpu_slots_foreach(CpuSlots *s, void (*fn)(CpuSlot *slot, void *opaque), void *opaque);

/* Let every enabled CPU run. Main thread. */
void cpu_slots_run(CpuSlots *s);
/* Stop every CPU, leaving ones too; on return all are out of guest code. Main thread. */
void cpu_slots_stop(CpuSlots *s);
/* Reset every enabled CPU: CPU 0 starts at @entry, the others are off. Main thread, stopped. */
void cpu_slots_reset(CpuSlots *s, uint64_t entry, uint64_t x0);

#endif
