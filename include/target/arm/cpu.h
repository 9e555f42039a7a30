/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AArch64 PE as the board sees it: models, properties, lifecycle, and the hooks PSCI needs.
 *
 * A model (ArmModel) is built once per machine from -cpu and is constant afterwards; every PE of
 * the machine shares it. An ArmCpu exists only for realized vCPUs: a placeholder has none.
 *
 * Threads: as each function says; "own thread" is the vCPU's.
 */
#ifndef TARGET_ARM_CPU_H
#define TARGET_ARM_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "accel/vcpu.h"
#include "accel/tcg/tcg_cpu.h"
#include "event/event.h"
#include "target/arm/cpuif.h"
#include "util/error.h"

typedef struct ArmCpu ArmCpu;
typedef struct ArmModel ArmModel;

/* -- Models -- */

/*
 * Build from the text after -cpu: "max", "cortex-a57,pmu=off", ... Errors name the model or the
 * property: "unable to find CPU model 'x'", "Property 'max-arm-cpu.x' not found".
 */
ArmModel *arm_model_new(const char *cpu_option, Error **errp);
/* The same, in the words of query-cpu-model-expansion: errors without "can't apply global ...". */
ArmModel *arm_model_expand(const char *cpu_option, Error **errp);
void arm_model_free(ArmModel *model);
const char *arm_model_name(const ArmModel *model);              /* "cortex-a57" */
const char *arm_model_fdt_compatible(const ArmModel *model);    /* "arm,cortex-a57" */
unsigned arm_model_pa_bits(const ArmModel *model);
/* What CLIDR and CCSIDR describe, for the device tree. */
typedef struct ArmCache { unsigned bytes, line_bytes, sets; } ArmCache;
typedef struct ArmCaches { ArmCache l1d, l1i, l2; } ArmCaches;
ArmCaches arm_model_caches(const ArmModel *model);
bool arm_model_has_pmu(const ArmModel *model);
/* Name of property @i of the model and whether it is on; NULL after the last. */
const char *arm_model_prop(const ArmModel *model, unsigned i, bool *on);
/* Name of model @i as -cpu help lists them (sorted), NULL after the last. */
const char *arm_model_list(unsigned i);

/* The table tcg_accel_new() takes; @guest is the ArmModel. */
extern const TcgCpuOps arm_tcg_ops;

/* -- What a PE needs of the machine around it -- */

/* PSCI results (DEN0022). */
enum {
    PSCI_SUCCESS = 0, PSCI_NOT_SUPPORTED = -1, PSCI_INVALID_PARAMETERS = -2, PSCI_DENIED = -3,
    PSCI_ALREADY_ON = -4, PSCI_ON_PENDING = -5, PSCI_INTERNAL_FAILURE = -6, PSCI_NOT_PRESENT = -7,
    PSCI_DISABLED = -8, PSCI_INVALID_ADDRESS = -9,
};
/* AFFINITY_INFO results. */
enum { PSCI_AFF_ON = 0, PSCI_AFF_OFF = 1, PSCI_AFF_ON_PENDING = 2 };

/* Filled by the board. All are called on the calling PE's own thread. */
typedef struct ArmPlatformOps {
    /* Returns a PSCI result. The board finds the slot, applies policy, and starts the target. */
    int (*psci_cpu_on)(void *platform, uint64_t mpidr, uint64_t entry, uint64_t context_id);
    /* The caller turns itself off: after this call its arm_cpu_set_power(off) has been done. */
    void (*psci_cpu_off)(void *platform, ArmCpu *self);
    int (*psci_affinity_info)(void *platform, uint64_t mpidr, unsigned level);
    void (*system_off)(void *platform);      /* asynchronous: returns */
    void (*system_reset)(void *platform);
} ArmPlatformOps;

typedef struct ArmCpuConfig {
    unsigned index;                  /* slot */
    uint64_t mpidr;                  /* affinity fields only */
    const ArmModel *model;
    TcgAccel *accel;
    VcpuSet *set;
    const VirtClock *clock;
    const ArmPlatformOps *platform_ops;
    void *platform;
    const CpuIfOps *gic_ops;         /* NULL: no GIC system registers */
    void *gic_cpu;
    bool psci_smc;                   /* conduit SMC instead of HVC */
} ArmCpuConfig;

/*
 * Allocate and initialise, powered off, not started, not reset. @cfg is copied. The caller adds the
 * vCPU to cfg->set, and removes it before arm_cpu_free(). Main thread.
 */
ArmCpu *arm_cpu_new(const ArmCpuConfig *cfg, Error **errp);
/* The thread must have been joined (vcpu_join). */
void arm_cpu_free(ArmCpu *cpu);
Vcpu *arm_cpu_vcpu(ArmCpu *cpu);
ArmCpu *arm_cpu_of(Vcpu *vcpu);
uint64_t arm_cpu_mpidr(const ArmCpu *cpu);

/*
 * Architected cold reset: PC at @entry, x0 = @x0, EL1h, MMU off, interrupts masked. @powered: runs
 * when the thread may; else it sleeps until arm_cpu_power_on(). Own thread or CPU not running.
 */
void arm_cpu_reset(ArmCpu *cpu, uint64_t entry, uint64_t x0, bool powered);
/* PSCI CPU_ON of a powered-off CPU: reset, then run at @entry. Any thread. */
void arm_cpu_power_on(ArmCpu *cpu, uint64_t entry, uint64_t context_id);
/* Own thread: stop executing from the next instruction boundary on. */
void arm_cpu_power_off(ArmCpu *cpu);
bool arm_cpu_is_powered(const ArmCpu *cpu);      /* any thread */

/* ArmSetWireFn for the GIC; @pe is the ArmCpu. */
void arm_cpu_set_wire(void *pe, ArmIrqWire wire, bool level);

/* The virtual clock was started or stopped: renew what was derived from it. Any thread. */
void arm_cpu_clock_changed(ArmCpu *cpu);

/*
 * Text of `info registers` for one CPU, without the "CPU#n" line. Caller frees. While the CPU is
 * stopped, or on its own thread.
 */
char *arm_cpu_describe(ArmCpu *cpu);
uint64_t arm_cpu_pc(const ArmCpu *cpu);          /* approximate unless stopped */
/* Virtual to physical as the CPU's present EL sees it, for debuggers. CPU stopped. */
bool arm_cpu_translate_debug(ArmCpu *cpu, uint64_t va, uint64_t *pa);

/* Frequency of CNTVCT_EL0 and CNTPCT_EL0. */
#define ARM_COUNTER_HZ 62500000

/* PPI INTIDs of the architected sources. */
enum { ARM_PPI_PMU = 23, ARM_PPI_VIRT_TIMER = 27, ARM_PPI_SEC_TIMER = 29, ARM_PPI_PHYS_TIMER = 30 };

#endif
