/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Performance monitors (D13, D24.5): the registers. The counting is in ../pmu.c.
 *
 * PMUv3 without EL2, EL3 and AArch32: PMCR_EL0.LC is RES1 and D, DP are RES0, PMEVTYPER has P and U
 * for filters. X is RAZ/WI: no event bus. Events: SW_INCR, INST_RETIRED, CPU_CYCLES, CHAIN. What
 * may start to count instructions ends the block.
 */
#include "target/arm/internal/sysreg.h"

#define PMCR_P       BIT(1)
#define PMCR_C       BIT(2)
#define PMCR_LC      BIT(6)
#define PMCR_N_SHIFT 11

#define PMUSERENR_EN BIT(0)
#define PMUSERENR_SW BIT(1)
#define PMUSERENR_CR BIT(2)
#define PMUSERENR_ER BIT(3)

#define PMCEID0_EVENTS \
    (BIT(PMU_SW_INCR) | BIT(PMU_INST_RETIRED) | BIT(PMU_CPU_CYCLES) | BIT(PMU_CHAIN))

/* -- Access from EL0 -- */

static SysAccess el0_needs(const ArmCpu *cpu, uint64_t bits)
{
    return cpu->el > 0 || cpu->sys.pmuserenr & bits ? SYS_OK : SYS_TRAP_EL1;
}

static SysAccess en_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, PMUSERENR_EN);
}

static SysAccess swinc_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, PMUSERENR_EN | PMUSERENR_SW);
}

static SysAccess selr_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, PMUSERENR_EN | PMUSERENR_ER);
}

static SysAccess cycles_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, PMUSERENR_EN | (write ? 0 : PMUSERENR_CR));
}

static SysAccess counter_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, PMUSERENR_EN | (write ? 0 : PMUSERENR_ER));
}

/* -- Control -- */

static uint64_t pmcr_read(ArmCpu *cpu, const SysReg *r)
{
    return cpu->cfg.model->pmcr_id | ARM_PMU_EVENTS << PMCR_N_SHIFT | PMCR_LC | cpu->sys.pmcr;
}

static void pmcr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    arm_pmu_sync(cpu);
    if (val & PMCR_P) {
        memset(cpu->sys.pmcntr, 0, ARM_PMU_EVENTS * sizeof(cpu->sys.pmcntr[0]));
    }
    if (val & PMCR_C) {
        cpu->sys.pmcntr[ARM_PMU_CYCLE] = 0;
    }
    cpu->sys.pmcr = val & PMCR_E;
    arm_pmu_changed(cpu);
}

/* PMxSET and PMxCLR of one mask: both read it; .arg says which of the two this row is. */
enum { CLEAR, SET };

static uint64_t *mask_of(ArmCpu *cpu, const SysReg *r)
{
    return (uint64_t *)((char *)cpu + r->field);
}

static uint64_t mask_read(ArmCpu *cpu, const SysReg *r)
{
    arm_pmu_sync(cpu);
    return *mask_of(cpu, r);
}

static void mask_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    uint64_t *mask = mask_of(cpu, r);

    arm_pmu_sync(cpu);
    *mask = r->arg == SET ? *mask | (val & PMU_COUNTER_BITS) : *mask & ~val;
    arm_pmu_changed(cpu);
}

static void swinc_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    arm_pmu_software_increment(cpu, val);
}

/* -- Counters and their types; .arg: which, or the one PMSELR_EL0 selects -- */

enum { SELECTED = 0xff, NO_COUNTER };

/* PMSELR_EL0.SEL of 31 is the cycle counter's filter; it selects no event counter. */
static unsigned counter_of(const ArmCpu *cpu, const SysReg *r)
{
    if (r->arg != SELECTED) {
        return r->arg;
    }
    return cpu->sys.pmselr < ARM_PMU_EVENTS ? cpu->sys.pmselr : NO_COUNTER;
}

static unsigned type_of(const ArmCpu *cpu, const SysReg *r)
{
    return r->arg == SELECTED && cpu->sys.pmselr == 31 ? ARM_PMU_CYCLE : counter_of(cpu, r);
}

static uint64_t counter_read(ArmCpu *cpu, const SysReg *r)
{
    unsigned n = counter_of(cpu, r);

    arm_pmu_sync(cpu);
    return n == NO_COUNTER ? 0 : cpu->sys.pmcntr[n];
}

static void counter_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    unsigned n = counter_of(cpu, r);

    if (n != NO_COUNTER) {
        arm_pmu_sync(cpu);
        cpu->sys.pmcntr[n] = n == ARM_PMU_CYCLE ? val : (uint32_t)val;
        arm_pmu_changed(cpu);
    }
}

static uint64_t type_read(ArmCpu *cpu, const SysReg *r)
{
    unsigned n = type_of(cpu, r);

    return n == NO_COUNTER ? 0 : cpu->sys.pmtyper[n];
}

static void type_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    unsigned n = type_of(cpu, r);

    if (n != NO_COUNTER) {
        arm_pmu_sync(cpu);
        cpu->sys.pmtyper[n] = val & (PMTYPER_P | PMTYPER_U |
                                     (n == ARM_PMU_CYCLE ? 0 : PMTYPER_EVENT));
        arm_pmu_changed(cpu);
    }
}

/* -- The table -- */

#define PM(name, op1, crn, crm, op2) \
    SYSREG(name, 3, op1, crn, crm, op2), .feature = FEAT_PMUV3
#define COUNTER(n) \
    { PM(PMEVCNTR##n##_EL0, 3, 14, 8, n), .check = counter_check, .field = ST(pmcntr[n]), \
      .read = counter_read, .write = counter_write, .arg = n }
#define TYPE(n) \
    { PM(PMEVTYPER##n##_EL0, 3, 14, 12, n), .flags = SR_END_BLOCK, .check = en_check, \
      .field = ST(pmtyper[n]), .read = type_read, .write = type_write, .arg = n }

static const SysReg pmu_rows[] = {
    { PM(PMINTENSET_EL1, 0, 9, 14, 1), .min_el = 1, .field = ST(pminten), .read = mask_read,
      .write = mask_write, .arg = SET },
    { PM(PMINTENCLR_EL1, 0, 9, 14, 2), .min_el = 1, .field = ST(pminten), .read = mask_read,
      .write = mask_write, .arg = CLEAR },
    { PM(PMCR_EL0, 3, 9, 12, 0), .flags = SR_END_BLOCK, .check = en_check,
      .field = ST(pmcr), .read = pmcr_read, .write = pmcr_write },
    { PM(PMCNTENSET_EL0, 3, 9, 12, 1), .flags = SR_END_BLOCK, .check = en_check,
      .field = ST(pmcnten), .read = mask_read, .write = mask_write, .arg = SET },
    { PM(PMCNTENCLR_EL0, 3, 9, 12, 2), .flags = SR_END_BLOCK, .check = en_check,
      .field = ST(pmcnten), .read = mask_read, .write = mask_write, .arg = CLEAR },
    { PM(PMOVSCLR_EL0, 3, 9, 12, 3), .check = en_check, .field = ST(pmovs), .read = mask_read,
      .write = mask_write, .arg = CLEAR },
    { PM(PMSWINC_EL0, 3, 9, 12, 4), .flags = SR_WO, .check = swinc_check, .write = swinc_write },
    { PM(PMSELR_EL0, 3, 9, 12, 5), .check = selr_check, .field = ST(pmselr), .wmask = MASK(4, 0) },
    { PM(PMCEID0_EL0, 3, 9, 12, 6), .flags = SR_RO, .check = en_check, .reset = PMCEID0_EVENTS },
    { PM(PMCEID1_EL0, 3, 9, 12, 7), .flags = SR_RO, .check = en_check },
    { PM(PMCCNTR_EL0, 3, 9, 13, 0), .check = cycles_check, .field = ST(pmcntr[ARM_PMU_CYCLE]),
      .read = counter_read, .write = counter_write, .arg = ARM_PMU_CYCLE },
    { PM(PMXEVTYPER_EL0, 3, 9, 13, 1), .flags = SR_END_BLOCK, .check = en_check,
      .read = type_read, .write = type_write, .arg = SELECTED },
    { PM(PMXEVCNTR_EL0, 3, 9, 13, 2), .check = counter_check, .read = counter_read,
      .write = counter_write, .arg = SELECTED },
    { PM(PMUSERENR_EL0, 3, 9, 14, 0), .flags = SR_EL0_RO, .field = ST(pmuserenr),
      .wmask = PMUSERENR_EN | PMUSERENR_SW | PMUSERENR_CR | PMUSERENR_ER },
    { PM(PMOVSSET_EL0, 3, 9, 14, 3), .check = en_check, .field = ST(pmovs), .read = mask_read,
      .write = mask_write, .arg = SET },
    COUNTER(0), COUNTER(1), COUNTER(2), COUNTER(3), COUNTER(4), COUNTER(5),
    TYPE(0), TYPE(1), TYPE(2), TYPE(3), TYPE(4), TYPE(5),
    { PM(PMCCFILTR_EL0, 3, 14, 15, 7), .check = en_check, .field = ST(pmtyper[ARM_PMU_CYCLE]),
      .read = type_read, .write = type_write, .arg = ARM_PMU_CYCLE },
};
SYSREG_GROUP(pmu);
