/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generic timers (D12): the counter derived from the virtual clock, the timers' conditions as PPIs,
 * and the time at which the next one becomes true or the PMU's interrupt is due.
 *
 * While the CPU runs, vcpu_set_deadline() kicks it then; while it sleeps, wake_deadline_ns does.
 */
#include "target/arm/internal/cpu.h"

#define NS_PER_TICK_LOG2 4             /* 62.5 MHz */
_Static_assert(ARM_COUNTER_HZ == 1000000000 >> NS_PER_TICK_LOG2, "counter frequency");

void arm_timer_clock_changed(ArmCpu *cpu)
{
    if (virt_clock_is_running(cpu->cfg.clock)) {
        atomic_store(&cpu->counter_origin_ns, virt_clock_offset_ns(cpu->cfg.clock));
    } else {
        atomic_store(&cpu->counter_frozen_ns, virt_clock_ns(cpu->cfg.clock));
        atomic_store(&cpu->counter_origin_ns, INT64_MIN);
    }
}

int64_t arm_clock_ns(const ArmCpu *cpu)
{
    int64_t origin_ns = atomic_load_explicit(&cpu->counter_origin_ns, memory_order_relaxed);

    return origin_ns == INT64_MIN ? atomic_load(&cpu->counter_frozen_ns)
                                  : host_clock_ns() - origin_ns;
}

int64_t arm_clock_to_host_ns(const ArmCpu *cpu, uint64_t ns)
{
    int64_t origin_ns = atomic_load_explicit(&cpu->counter_origin_ns, memory_order_relaxed);

    return origin_ns == INT64_MIN || ns >> 62 ? INT64_MAX : origin_ns + (int64_t)ns;
}

uint64_t arm_counter_now(const ArmCpu *cpu)
{
    return (uint64_t)arm_clock_ns(cpu) >> NS_PER_TICK_LOG2;
}

static uint64_t offset_of(const ArmCpu *cpu, const ArmTimer *t)
{
    return t == &cpu->sys.virt_timer ? cpu->sys.cntvoff : 0;
}

static bool condition_at(const ArmCpu *cpu, const ArmTimer *t, uint64_t count)
{
    return t->ctl & CNT_CTL_ENABLE && count - offset_of(cpu, t) >= t->cval;
}

bool arm_timer_condition(const ArmCpu *cpu, const ArmTimer *t)
{
    return condition_at(cpu, t, arm_counter_now(cpu));
}

int64_t arm_counter_to_host_ns(const ArmCpu *cpu, uint64_t count)
{
    if (count >> (62 - NS_PER_TICK_LOG2)) {
        return INT64_MAX;
    }
    return arm_clock_to_host_ns(cpu, count << NS_PER_TICK_LOG2);
}

/* When @t will next interrupt; a timer that is masked or has expired will not. */
static int64_t expiry_ns(const ArmCpu *cpu, const ArmTimer *t, uint64_t now)
{
    if ((t->ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) != CNT_CTL_ENABLE
        || condition_at(cpu, t, now)) {
        return INT64_MAX;
    }
    return arm_counter_to_host_ns(cpu, t->cval + offset_of(cpu, t));
}

static int64_t next_ns(const ArmCpu *cpu, uint64_t now)
{
    int64_t next = MIN(expiry_ns(cpu, &cpu->sys.virt_timer, now),
                       expiry_ns(cpu, &cpu->sys.phys_timer, now));

    return arm_pmu_is_counting(cpu) ? MIN(next, arm_pmu_next_ns(cpu)) : next;
}

/* Has @t become true since its PPI was last driven? */
static bool is_overdue(const ArmCpu *cpu, unsigned n, const ArmTimer *t, uint64_t now)
{
    return condition_at(cpu, t, now) && !(t->ctl & CNT_CTL_IMASK) && !cpu->ppi_level[n];
}

/*
 * For a CPU about to sleep. A timer that expired between the last arm_timer_update() and now has no
 * expiry ahead and has not driven its PPI: the CPU must look again at once, or sleeps through it.
 */
int64_t arm_timer_next_ns(ArmCpu *cpu)
{
    uint64_t now = arm_counter_now(cpu);

    if (is_overdue(cpu, 0, &cpu->sys.virt_timer, now)
        || is_overdue(cpu, 1, &cpu->sys.phys_timer, now)) {
        return host_clock_ns();
    }
    return next_ns(cpu, now);
}

static void update_ppi(ArmCpu *cpu, unsigned n, const ArmTimer *t, uint64_t now)
{
    static const unsigned intid[] = { ARM_PPI_VIRT_TIMER, ARM_PPI_PHYS_TIMER };
    bool level = condition_at(cpu, t, now) && !(t->ctl & CNT_CTL_IMASK);

    if (level != cpu->ppi_level[n]) {
        cpu->ppi_level[n] = level;
        if (cpu->cfg.gic_ops) {
            cpu->cfg.gic_ops->ppi_set_level(cpu->cfg.gic_cpu, intid[n], level);
        }
    }
}

void arm_timer_update(ArmCpu *cpu)
{
    uint64_t now = arm_counter_now(cpu);

    update_ppi(cpu, 0, &cpu->sys.virt_timer, now);
    update_ppi(cpu, 1, &cpu->sys.phys_timer, now);
    if (arm_pmu_is_counting(cpu)) {
        arm_pmu_sync(cpu);
    }

    /*
     * An earlier deadline that is still ahead stays: its kick comes to nothing and leads here
     * again. Guests push their next tick back far more often than they pull it in.
     */
    int64_t next = next_ns(cpu, now);
    bool armed_ahead = cpu->armed_deadline_ns != INT64_MAX
                    && cpu->armed_deadline_ns > arm_counter_to_host_ns(cpu, now);
    if (armed_ahead ? next < cpu->armed_deadline_ns : next != cpu->armed_deadline_ns) {
        cpu->armed_deadline_ns = next;
        vcpu_set_deadline(cpu->cfg.set, &cpu->tcg.vcpu, next);
    }
}

int64_t arm_event_stream_next_ns(const ArmCpu *cpu)
{
    uint64_t ctl = cpu->sys.cntkctl_el1;

    if (!(ctl & CNTKCTL_EVNTEN)) {
        return INT64_MAX;
    }
    unsigned bit = extract64(ctl, 4, 4) + (ctl & CNTKCTL_EVNTIS ? 8 : 0);
    uint64_t count = arm_counter_now(cpu) - cpu->sys.cntvoff;
    /* The bit goes to 1 at odd multiples of 2^bit, to 0 at even ones. */
    uint64_t phase = ctl & CNTKCTL_EVNTDIR ? 0 : BIT(bit);
    uint64_t next = ((count - phase) >> (bit + 1) << (bit + 1)) + BIT(bit + 1) + phase;

    return arm_counter_to_host_ns(cpu, next + cpu->sys.cntvoff);
}
