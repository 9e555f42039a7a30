/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Performance monitors (D13, FEAT_PMUv3): the counting. The registers are in sysreg/pmu.c.
 *
 * Nothing runs while counters count: what has passed since pmu_synced_ns is added when somebody
 * looks, or when what counts is about to change. The next overflow that interrupts is one of the
 * CPU's deadlines (timer.c). No code of generated blocks or of exceptions knows of a PMU that is
 * not in use; exceptions do when a counter counts in one of EL0 and EL1 only (pmu_by_el).
 */
#include "cpu_internal.h"

static uint64_t bit_of(unsigned n) { return n == ARM_PMU_CYCLE ? PMU_CYCLE_BIT : BIT(n); }

/* May counter @n count at @el? */
static bool is_counting(const ArmCpu *cpu, unsigned n, unsigned el)
{
    return cpu->sys.pmcr & PMCR_E && cpu->sys.pmcnten & bit_of(n)
        && !(cpu->sys.pmtyper[n] & (el ? PMTYPER_P : PMTYPER_U));
}

static bool counts_event(const ArmCpu *cpu, unsigned n, unsigned event)
{
    return (cpu->sys.pmtyper[n] & PMTYPER_EVENT) == event && is_counting(cpu, n, cpu->el);
}

static bool is_chained(const ArmCpu *cpu, unsigned n)
{
    return n < ARM_PMU_EVENTS && !(n & 1) && counts_event(cpu, n + 1, PMU_CHAIN);
}

static void count(ArmCpu *cpu, unsigned n, uint64_t amount)
{
    uint64_t old = cpu->sys.pmcntr[n], val = old + amount;

    if (n == ARM_PMU_CYCLE) {                      /* 64 bits: PMCR_EL0.LC is 1 */
        cpu->sys.pmcntr[n] = val;
        cpu->sys.pmovs |= val < old ? PMU_CYCLE_BIT : 0;
        return;
    }
    cpu->sys.pmcntr[n] = (uint32_t)val;
    if (val >> 32) {
        cpu->sys.pmovs |= bit_of(n);
        if (is_chained(cpu, n)) {
            count(cpu, n + 1, val >> 32);
        }
    }
}

static void update_ppi(ArmCpu *cpu)
{
    bool level = cpu->sys.pmcr & PMCR_E && cpu->sys.pmovs & cpu->sys.pminten;

    if (level != cpu->pmu_level) {
        cpu->pmu_level = level;
        if (cpu->cfg.gic_ops) {
            cpu->cfg.gic_ops->ppi_set_level(cpu->cfg.gic_cpu, ARM_PPI_PMU, level);
        }
    }
}

void arm_pmu_sync(ArmCpu *cpu)
{
    int64_t now_ns = arm_clock_ns(cpu), passed_ns = now_ns - cpu->pmu_synced_ns;
    uint32_t cycling = cpu->halted ? 0 : cpu->pmu_cycling[cpu->el];

    if (passed_ns <= 0) {      /* a clock being stopped may have shown a little more before */
        return;
    }
    cpu->pmu_synced_ns = now_ns;
    for (unsigned n = 0; cycling && n < ARM_PMU_COUNTERS; n++) {
        if (cycling & bit_of(n)) {
            count(cpu, n, (uint64_t)passed_ns);
        }
    }
    update_ppi(cpu);
}

static uint32_t cycling_at(const ArmCpu *cpu, unsigned el)
{
    uint32_t mask = 0;

    for (unsigned n = 0; n < ARM_PMU_COUNTERS; n++) {
        bool cycles = n == ARM_PMU_CYCLE
                   || (cpu->sys.pmtyper[n] & PMTYPER_EVENT) == PMU_CPU_CYCLES;
        mask |= cycles && is_counting(cpu, n, el) ? bit_of(n) : 0;
    }
    return mask;
}

void arm_pmu_changed(ArmCpu *cpu)
{
    for (unsigned el = 0; el < 2; el++) {
        cpu->pmu_cycling[el] = cycling_at(cpu, el);
    }
    cpu->pmu_by_el = cpu->pmu_cycling[0] != cpu->pmu_cycling[1];
    update_ppi(cpu);
    arm_timer_update(cpu);
}

void arm_pmu_software_increment(ArmCpu *cpu, uint32_t mask)
{
    for (unsigned n = 0; n < ARM_PMU_EVENTS; n++) {
        if (mask & bit_of(n) && counts_event(cpu, n, PMU_SW_INCR)) {
            count(cpu, n, 1);
        }
    }
    update_ppi(cpu);
}

/* Would an overflow of counter @n, or one that this brings about, raise the interrupt? */
static bool overflow_interrupts(const ArmCpu *cpu, unsigned n)
{
    uint64_t news = cpu->sys.pminten & ~cpu->sys.pmovs;

    return news & bit_of(n) || (is_chained(cpu, n) && news & bit_of(n + 1));
}

int64_t arm_pmu_next_ns(const ArmCpu *cpu)
{
    uint32_t cycling = cpu->halted ? 0 : cpu->pmu_cycling[cpu->el];
    uint64_t left = UINT64_MAX;

    for (unsigned n = 0; cycling && n < ARM_PMU_COUNTERS; n++) {
        if (cycling & bit_of(n) && overflow_interrupts(cpu, n)) {
            uint64_t top = n == ARM_PMU_CYCLE ? UINT64_MAX : UINT32_MAX;
            left = MIN(left, top - cpu->sys.pmcntr[n]);
        }
    }
    /* The overflow is one step behind the top. */
    return left >> 62 ? INT64_MAX
                      : arm_clock_to_host_ns(cpu, (uint64_t)cpu->pmu_synced_ns + left + 1);
}
