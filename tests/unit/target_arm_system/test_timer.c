/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generic timers over a counter that the test sets by hand (the virtual clock stands still). */
#include "fake_tcg.h"

#define CNTV(op2) SYSREG_ENC(3, 3, 14, 3, op2)
#define CNTP(op2) SYSREG_ENC(3, 3, 14, 2, op2)
enum { TVAL, CTL, CVAL };
#define CNTVCT SYSREG_ENC(3, 3, 14, 0, 2)

static void set_count(Rig *r, uint64_t count)
{
    atomic_store(&r->cpu->counter_frozen_ns, (int64_t)(count << 4));
}

static void test_counter_stands_still(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    g_assert_cmpuint(rig_mrs(&r, CNTVCT, NULL), ==, 0);
    set_count(&r, 12345);
    g_assert_cmpuint(rig_mrs(&r, CNTVCT, NULL), ==, 12345);
    g_assert_cmpuint(rig_mrs(&r, SYSREG_ENC(3, 3, 14, 0, 1), NULL), ==, 12345);
    g_assert_cmpuint(rig_mrs(&r, SYSREG_ENC(3, 3, 14, 0, 0), NULL), ==, 62500000);
    rig_clear(&r);
}

static void test_counter_runs_and_stops(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    uint64_t a = rig_mrs(&r, CNTVCT, NULL);
    g_usleep(2000);
    uint64_t b = rig_mrs(&r, CNTVCT, NULL);
    g_assert_cmpuint(b - a, >=, 2000 * 1000 / 16);
    g_assert_cmpuint(b, <=, virt_clock_ns(r.clock) / 16);
    virt_clock_stop(r.clock);
    arm_cpu_clock_changed(r.cpu);
    b = rig_mrs(&r, CNTVCT, NULL);
    g_usleep(2000);
    g_assert_cmpuint(rig_mrs(&r, CNTVCT, NULL), ==, b);
    g_assert_cmpuint(b, ==, virt_clock_ns(r.clock) / 16);
    rig_clear(&r);
}

static void test_condition_and_ppi(void)
{
    static const struct { uint16_t ctl, cval; unsigned intid; } timers[] = {
        { CNTV(CTL), CNTV(CVAL), 27 }, { CNTP(CTL), CNTP(CVAL), 30 },
    };

    for (unsigned i = 0; i < 2; i++) {
        Rig r;

        rig_init(&r, "max", NULL);
        set_count(&r, 1000);
        rig_msr(&r, timers[i].cval, 2000, NULL);
        rig_msr(&r, timers[i].ctl, 1, NULL);
        g_assert_cmphex(rig_mrs(&r, timers[i].ctl, NULL), ==, 1);
        set_count(&r, 1999);
        arm_poll(&r.cpu->tcg);
        g_assert_false(r.gic.ppi[timers[i].intid]);
        set_count(&r, 2000);
        g_assert_cmphex(rig_mrs(&r, timers[i].ctl, NULL), ==, 5);
        arm_poll(&r.cpu->tcg);
        g_assert_true(r.gic.ppi[timers[i].intid]);
        rig_msr(&r, timers[i].ctl, 3, NULL);                    /* IMASK: condition stays */
        g_assert_cmphex(rig_mrs(&r, timers[i].ctl, NULL), ==, 7);
        g_assert_false(r.gic.ppi[timers[i].intid]);
        rig_msr(&r, timers[i].ctl, 1, NULL);
        g_assert_true(r.gic.ppi[timers[i].intid]);
        rig_msr(&r, timers[i].cval, 3000, NULL);
        g_assert_false(r.gic.ppi[timers[i].intid]);
        rig_msr(&r, timers[i].ctl, 0, NULL);
        set_count(&r, 4000);
        g_assert_cmphex(rig_mrs(&r, timers[i].ctl, NULL), ==, 0);
        rig_clear(&r);
    }
}

static void test_tval(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    set_count(&r, 5000);
    rig_msr(&r, CNTV(TVAL), 100, NULL);
    g_assert_cmpuint(rig_mrs(&r, CNTV(CVAL), NULL), ==, 5100);
    rig_msr(&r, CNTV(TVAL), 0xffffffff, NULL);                  /* -1 */
    g_assert_cmpuint(rig_mrs(&r, CNTV(CVAL), NULL), ==, 4999);
    g_assert_cmphex(rig_mrs(&r, CNTV(TVAL), NULL), ==, 0xffffffff);
    rig_clear(&r);
}

static void test_deadline(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    Vcpu *vcpu = arm_cpu_vcpu(r.cpu);
    g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
    uint64_t now = arm_counter_now(r.cpu);
    rig_msr(&r, CNTV(CVAL), now + 62500000, NULL);              /* one second */
    rig_msr(&r, CNTP(CVAL), now + 125000000, NULL);
    rig_msr(&r, CNTV(CTL), 1, NULL);
    rig_msr(&r, CNTP(CTL), 1, NULL);
    int64_t due = arm_timer_next_ns(r.cpu);
    g_assert_cmpint(llabs(due - host_clock_ns() - NS_PER_SEC), <, 100000000);
    g_assert_cmpint(vcpu->kick_deadline_ns, ==, due);
    g_assert_cmpint(vcpu->ops->wake_deadline_ns(vcpu), ==, due);
    rig_msr(&r, CNTV(CTL), 3, NULL);                            /* masked: the other one */
    g_assert_cmpint(arm_timer_next_ns(r.cpu) - due, ==, NS_PER_SEC);
    rig_msr(&r, CNTP(CVAL), ~UINT64_C(0), NULL);                /* centuries away */
    g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
    /* Nearer than what is armed: armed anew. */
    rig_msr(&r, CNTP(CVAL), now + 6250000, NULL);
    g_assert_cmpint(vcpu->kick_deadline_ns, <, due);
    virt_clock_stop(r.clock);
    arm_cpu_clock_changed(r.cpu);
    g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
    rig_clear(&r);
}

/*
 * A timer that expires after the last update and before the CPU sleeps: it has no expiry ahead any
 * more and has not driven its PPI, so the CPU must not sleep at all.
 */
static void test_expired_before_sleep(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    uint64_t cval = arm_counter_now(r.cpu) + 62500;             /* 1 ms */
    rig_msr(&r, CNTV(CVAL), cval, NULL);
    rig_msr(&r, CNTV(CTL), 1, NULL);
    while (arm_counter_now(r.cpu) < cval) {
        g_usleep(200);
    }
    if (!r.cpu->ppi_level[0]) {
        g_assert_cmpint(arm_timer_next_ns(r.cpu), <=, host_clock_ns());
    }
    arm_timer_update(r.cpu);
    g_assert_true(r.cpu->ppi_level[0]);
    g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
    rig_clear(&r);
}

/* The timer's own thread kicks the CPU, and poll then raises the PPI. */
static void test_deadline_kicks(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    atomic_store(&arm_cpu_vcpu(r.cpu)->exit_request, 0);
    rig_msr(&r, CNTV(TVAL), 62500, NULL);                       /* 1 ms */
    rig_msr(&r, CNTV(CTL), 1, NULL);
    for (unsigned i = 0; i < 2000 && !atomic_load(&arm_cpu_vcpu(r.cpu)->exit_request); i++) {
        g_usleep(1000);
    }
    g_assert_true(atomic_load(&arm_cpu_vcpu(r.cpu)->exit_request));
    arm_poll(&r.cpu->tcg);
    g_assert_true(r.gic.ppi[27]);
    rig_clear(&r);
}

static void test_event_stream(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    g_assert_cmpint(arm_event_stream_next_ns(r.cpu), ==, INT64_MAX);
    for (unsigned bit = 8; bit < 16; bit++) {
        for (unsigned dir = 0; dir < 2; dir++) {
            rig_msr(&r, ENC_CNTKCTL, 4 | dir << 3 | bit << 4, NULL);
            int64_t next = arm_event_stream_next_ns(r.cpu);
            uint64_t at = (uint64_t)(next - atomic_load(&r.cpu->counter_origin_ns)) >> 4;
            g_assert_cmpuint(at & MASK(bit - 1, 0), ==, 0);     /* the bit changes just then */
            g_assert_cmpuint(at >> bit & 1, ==, !dir);
            g_assert_cmpint(next - host_clock_ns(), <=, (int64_t)(UINT64_C(32) << bit));
        }
    }
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/timer/frozen", test_counter_stands_still);
    g_test_add_func("/arm/timer/runs", test_counter_runs_and_stops);
    g_test_add_func("/arm/timer/condition", test_condition_and_ppi);
    g_test_add_func("/arm/timer/tval", test_tval);
    g_test_add_func("/arm/timer/deadline", test_deadline);
    g_test_add_func("/arm/timer/expired-before-sleep", test_expired_before_sleep);
    g_test_add_func("/arm/timer/kick", test_deadline_kicks);
    g_test_add_func("/arm/timer/event-stream", test_event_stream);
    return g_test_run();
}
