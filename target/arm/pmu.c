/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Performance monitors (D13, FEAT_PMUv3): the counting. The registers are in sysreg/pmu.c.
 *
 * Cycles: nothing runs while counters count; what has passed since pmu_synced_ns is added when
 * somebody looks, or when what counts is about to change. The next overflow that interrupts is one
 * of the CPU's deadlines (timer.c). No code of generated blocks or of exceptions knows of a PMU
 * that is not in use; exceptions do when a counter counts in one of EL0 and EL1 only (pmu_by_el).
 *
 * Instructions: while a counter counts them at an EL, code for it is translated to count
 * (CTX_ICOUNT, a slot, so an addition a block). When an overflow that interrupts is due cannot be
 * known: the CPU looks when it could be at the earliest.
 */
#include "target/arm/internal/cpu.h"

/* Instructions are executed at most that fast; and not looked for more often than that. */
#define INSNS_A_NS 8
#define LOOK_NS    UINT64_C(20000)

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

static void count_all(ArmCpu *cpu, uint32_t mask, uint64_t amount)
{
    for (unsigned n = 0; mask && n < ARM_PMU_COUNTERS; n++) {
        if (mask & bit_of(n)) {
            count(cpu, n, amount);
        }
    }
}

void arm_pmu_sync(ArmCpu *cpu)
{
    int64_t now_ns = arm_clock_ns(cpu), passed_ns = now_ns - cpu->pmu_synced_ns;
    uint64_t insns = cpu->icount - cpu->pmu_synced_icount;

    cpu->pmu_synced_icount = cpu->icount;
    count_all(cpu, cpu->pmu_insns[cpu->el], insns);
    if (passed_ns > 0) {       /* a clock being stopped may have shown a little more before */
        cpu->pmu_synced_ns = now_ns;
        count_all(cpu, cpu->halted ? 0 : cpu->pmu_cycling[cpu->el], (uint64_t)passed_ns);
    }
    update_ppi(cpu);
}

/* Counters of @event at @el; the cycle counter counts cycles. */
static uint32_t counting_at(const ArmCpu *cpu, unsigned event, unsigned el)
{
    uint32_t mask = 0;

    for (unsigned n = 0; n < ARM_PMU_COUNTERS; n++) {
        unsigned counts = n == ARM_PMU_CYCLE ? PMU_CPU_CYCLES
                                             : cpu->sys.pmtyper[n] & PMTYPER_EVENT;
        mask |= counts == event && is_counting(cpu, n, el) ? bit_of(n) : 0;
    }
    return mask;
}

void arm_pmu_changed(ArmCpu *cpu)
{
    for (unsigned el = 0; el < 2; el++) {
        cpu->pmu_cycling[el] = counting_at(cpu, PMU_CPU_CYCLES, el);
        cpu->pmu_insns[el] = counting_at(cpu, PMU_INST_RETIRED, el);
    }
    cpu->pmu_by_el = cpu->pmu_cycling[0] != cpu->pmu_cycling[1]
                  || cpu->pmu_insns[0] != cpu->pmu_insns[1];
    arm_context_update(cpu);
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
    uint32_t insns = cpu->halted ? 0 : cpu->pmu_insns[cpu->el];
    uint64_t left = UINT64_MAX;

    for (unsigned n = 0; cycling | insns && n < ARM_PMU_COUNTERS; n++) {
        if ((cycling | insns) & bit_of(n) && overflow_interrupts(cpu, n)) {
            uint64_t top = n == ARM_PMU_CYCLE ? UINT64_MAX : UINT32_MAX;
            uint64_t events = top - cpu->sys.pmcntr[n];

            left = MIN(left, insns & bit_of(n) ? MAX(events / INSNS_A_NS, LOOK_NS) : events);
        }
    }
    /* The overflow is one step behind the top. */
    return left >> 62 ? INT64_MAX
                      : arm_clock_to_host_ns(cpu, (uint64_t)cpu->pmu_synced_ns + left + 1);
}
