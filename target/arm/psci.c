/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PSCI 1.1 (DEN0022) and the part of SMCCC 1.1 (DEN0028) that its discovery needs: one row a
 * function. What a call means for the machine is the board's (ArmPlatformOps).
 */
#include "target/arm/internal/cpu.h"

#include <inttypes.h>

#include "util/log.h"

typedef struct PsciFn {
    uint32_t id;
    const char *name;
    /* x1..x3 in @arg, truncated for the 32-bit forms. Returns what x0 gets. */
    int64_t (*call)(ArmCpu *cpu, const uint64_t arg[3]);
} PsciFn;

static const PsciFn *find(uint32_t id);

/* -- CPUs -- */

static int64_t cpu_on(ArmCpu *cpu, const uint64_t arg[3])
{
    return cpu->cfg.platform_ops->psci_cpu_on(cpu->cfg.platform, arg[0], arg[1], arg[2]);
}

static int64_t cpu_off(ArmCpu *cpu, const uint64_t arg[3])
{
    cpu->cfg.platform_ops->psci_cpu_off(cpu->cfg.platform, cpu);
    arm_cpu_power_off(cpu);
    return PSCI_SUCCESS;
}

/* Every state is a standby state: the call returns at the next interrupt, nothing is lost. */
static int64_t cpu_suspend(ArmCpu *cpu, const uint64_t arg[3])
{
    if (arg[0] & ~(uint64_t)(BIT(16) | MASK(15, 0))) {   /* no level above the CPU's */
        return PSCI_INVALID_PARAMETERS;
    }
    if (!atomic_load(&cpu->irq_pending)) {
        arm_cpu_halt(cpu, ARM_HALT_WFI, INT64_MAX);
    }
    return PSCI_SUCCESS;
}

static int64_t affinity_info(ArmCpu *cpu, const uint64_t arg[3])
{
    return cpu->cfg.platform_ops->psci_affinity_info(cpu->cfg.platform, arg[0], arg[1]);
}

/* -- System -- */

static int64_t system_off(ArmCpu *cpu, const uint64_t arg[3])
{
    cpu->cfg.platform_ops->system_off(cpu->cfg.platform);
    arm_cpu_power_off(cpu);        /* never returns to the caller */
    return PSCI_SUCCESS;
}

static int64_t system_reset(ArmCpu *cpu, const uint64_t arg[3])
{
    cpu->cfg.platform_ops->system_reset(cpu->cfg.platform);
    arm_cpu_power_off(cpu);
    return PSCI_SUCCESS;
}

/* -- Discovery -- */

static int64_t psci_version(ArmCpu *cpu, const uint64_t arg[3]) { return 0x10001; }
static int64_t smccc_version(ArmCpu *cpu, const uint64_t arg[3]) { return 0x10001; }
static int64_t migrate_info_type(ArmCpu *cpu, const uint64_t arg[3]) { return 2; } /* not needed */

static int64_t psci_features(ArmCpu *cpu, const uint64_t arg[3])
{
    const PsciFn *fn = find(arg[0]);
    uint32_t id = arg[0];

    /* Of the Arm Architecture calls only SMCCC_VERSION may be asked for here. */
    return fn && (id >> 24 != 0x80 || id == 0x80000000) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

/*
 * The workarounds for speculation (1, 2, 3) are "not required": nothing the guest could do
 * before an exception changes what the host's predictors hold.
 */
static int64_t workaround(ArmCpu *cpu, const uint64_t arg[3]) { return PSCI_SUCCESS; }

static int64_t arch_features(ArmCpu *cpu, const uint64_t arg[3])
{
    const PsciFn *fn = find(arg[0]);

    if (!fn || fn->id >> 24 != 0x80) {
        return PSCI_NOT_SUPPORTED;
    }
    return fn->call == workaround ? 1 : PSCI_SUCCESS;
}

/* -- Table and dispatch -- */

#define SMC64 0x40000000u

static const PsciFn functions[] = {
    { 0x80000000, "SMCCC_VERSION", smccc_version },
    { 0x80000001, "SMCCC_ARCH_FEATURES", arch_features },
    { 0x80003fff, "SMCCC_ARCH_WORKAROUND_3", workaround },
    { 0x80007fff, "SMCCC_ARCH_WORKAROUND_2", workaround },
    { 0x80008000, "SMCCC_ARCH_WORKAROUND_1", workaround },
    { 0x84000000, "PSCI_VERSION", psci_version },
    { 0x84000001, "CPU_SUSPEND", cpu_suspend },
    { 0x84000002, "CPU_OFF", cpu_off },
    { 0x84000003, "CPU_ON", cpu_on },
    { 0x84000004, "AFFINITY_INFO", affinity_info },
    { 0x84000006, "MIGRATE_INFO_TYPE", migrate_info_type },
    { 0x84000008, "SYSTEM_OFF", system_off },
    { 0x84000009, "SYSTEM_RESET", system_reset },
    { 0x8400000a, "PSCI_FEATURES", psci_features },
    { 0xc4000001, "CPU_SUSPEND", cpu_suspend },
    { 0xc4000003, "CPU_ON", cpu_on },
    { 0xc4000004, "AFFINITY_INFO", affinity_info },
};

static const PsciFn *find(uint32_t id)
{
    for (unsigned i = 0; i < ARRAY_SIZE(functions); i++) {
        if (functions[i].id == id) {
            return &functions[i];
        }
    }
    return NULL;
}

/* CPU_SUSPEND comes with every idle period, the architecture calls with every early boot. */
static bool is_worth_a_line(const PsciFn *fn)
{
    return fn->call != cpu_suspend && fn->id >> 24 != 0x80;
}

void arm_psci_call(ArmCpu *cpu)
{
    uint32_t id = cpu->x[0];
    uint64_t width = id & SMC64 ? ~UINT64_C(0) : UINT32_MAX;
    uint64_t arg[3] = { cpu->x[1] & width, cpu->x[2] & width, cpu->x[3] & width };
    const PsciFn *fn = find(id);

    if (!fn) {
        log_unimp("psci", "function 0x%08x on CPU %u", id, cpu->cfg.index);
        cpu->x[0] = (int64_t)PSCI_NOT_SUPPORTED;
        return;
    }
    int64_t ret = fn->call(cpu, arg);
    cpu->x[0] = ret;
    if (log_is_on(LOG_HOTPLUG) && is_worth_a_line(fn)) {
        log_hotplug("psci: CPU %u %s(0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ") = %" PRId64,
                    cpu->cfg.index, fn->name, arg[0], arg[1], arg[2], ret);
    }
}
