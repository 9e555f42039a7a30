/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire between a PE and the interrupt controller's CPU interface; the one header of
 * target/arm that hw/intc sees. It knows neither side's structs.
 *
 * The CPU calls the controller through CpuIfOps (system register accesses, own thread). The
 * controller calls the CPU through arm_cpuif_set_irq() below, on any thread.
 */
#ifndef TARGET_ARM_CPUIF_H
#define TARGET_ARM_CPUIF_H

#include <stdbool.h>
#include <stdint.h>

/* Interrupt wires into the PE. */
typedef enum ArmIrqWire { ARM_WIRE_IRQ, ARM_WIRE_FIQ } ArmIrqWire;

/* ICC_* registers the PE forwards; the PE has done the traps and privilege checks. */
typedef enum IccReg {
    ICC_IAR0, ICC_IAR1, ICC_EOIR0, ICC_EOIR1, ICC_HPPIR0, ICC_HPPIR1, ICC_DIR, ICC_RPR,
    ICC_PMR, ICC_BPR0, ICC_BPR1, ICC_CTLR, ICC_CTLR_EL3, ICC_IGRPEN0, ICC_IGRPEN1,
    ICC_IGRPEN1_EL3, ICC_SRE, ICC_SRE_EL3, ICC_SGI0R, ICC_SGI1R, ICC_ASGI1R,
    ICC_AP0R0, ICC_AP0R1, ICC_AP0R2, ICC_AP0R3, ICC_AP1R0, ICC_AP1R1, ICC_AP1R2, ICC_AP1R3,
    ICC_REG_COUNT
} IccReg;

typedef struct CpuIfOps {
    uint64_t (*icc_read)(void *gic_cpu, IccReg reg);
    void (*icc_write)(void *gic_cpu, IccReg reg, uint64_t val);
    /* Level of PPI @intid (16..31): the generic timers, the PMU. Any thread. */
    void (*ppi_set_level)(void *gic_cpu, unsigned intid, bool level);
    /* The PE has been reset: the CPU interface takes its reset state. */
    void (*reset)(void *gic_cpu);
} CpuIfOps;

/*
 * Drive a wire into the PE. @pe is what the PE gave at attach. Any thread, with the controller's
 * locks held: the PE only sets an atomic word and kicks itself.
 */
typedef void ArmSetWireFn(void *pe, ArmIrqWire wire, bool level);

#endif
