/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Performance monitors over a clock that the test sets by hand: one cycle is one nanosecond. */
#include "fake_tcg.h"

#define PM(crm, op2)  SYSREG_ENC(3, 3, 9, crm, op2)
#define PMCR          PM(12, 0)
#define PMCNTENSET    PM(12, 1)
#define PMCNTENCLR    PM(12, 2)
#define PMOVSCLR      PM(12, 3)
#define PMSWINC       PM(12, 4)
#define PMSELR        PM(12, 5)
#define PMCEID0       PM(12, 6)
#define PMCEID1       PM(12, 7)
#define PMCCNTR       PM(13, 0)
#define PMXEVTYPER    PM(13, 1)
#define PMXEVCNTR     PM(13, 2)
#define PMUSERENR     PM(14, 0)
#define PMOVSSET      PM(14, 3)
#define PMINTENSET    SYSREG_ENC(3, 0, 9, 14, 1)
#define PMINTENCLR    SYSREG_ENC(3, 0, 9, 14, 2)
#define PMEVCNTR(n)   SYSREG_ENC(3, 3, 14, 8, n)
#define PMEVTYPER(n)  SYSREG_ENC(3, 3, 14, 12, n)
#define PMCCFILTR     SYSREG_ENC(3, 3, 14, 15, 7)

#define CYCLE  BIT(31)
#define NOT_EL1 BIT(31)
#define NOT_EL0 BIT(30)
enum { SW_INCR = 0, CPU_CYCLES = 0x11, CHAIN = 0x1e };
enum { EL0T = 0, EL1H = 5 };

static void set_ns(Rig *r, int64_t ns) { atomic_store(&r->cpu->counter_frozen_ns, ns); }
static void wr(Rig *r, uint16_t enc, uint64_t val) { rig_msr(r, enc, val, NULL); }
static uint64_t rd(Rig *r, uint16_t enc) { return rig_mrs(r, enc, NULL); }

/* -- Identity, reset, absence -- */

static void test_reset_and_identity(void)
{
    static const struct { const char *model; uint64_t pmcr; } models[] = {
        { "cortex-a57", 0x41013040 }, { "cortex-a72", 0x41023040 },
        { "neoverse-n1", 0x410c3040 }, { "max", 0x3040 },
    };
    static const uint16_t zero[] = {
        PMCNTENSET, PMCNTENCLR, PMOVSCLR, PMOVSSET, PMINTENSET, PMINTENCLR, PMUSERENR, PMSELR,
        PMCCNTR, PMCCFILTR, PMEVCNTR(0), PMEVCNTR(5), PMEVTYPER(5), PMCEID1,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(models); i++) {
        Rig r;

        g_test_message("%s", models[i].model);
        rig_init(&r, models[i].model, NULL);
        g_assert_true(arm_model_has_pmu(r.model));
        g_assert_cmphex(rd(&r, SYSREG_ENC(3, 0, 0, 5, 0)) >> 8 & 15, ==, 1);
        g_assert_cmphex(rd(&r, PMCR), ==, models[i].pmcr);
        g_assert_cmphex(rd(&r, PMCEID0), ==, 0x40020101);
        for (unsigned n = 0; n < ARRAY_SIZE(zero); n++) {
            g_assert_cmphex(rd(&r, zero[n]), ==, 0);
        }
        rig_clear(&r);
    }
}

static void test_off(void)
{
    Rig r;

    rig_init(&r, "max,pmu=off", NULL);
    g_assert_false(arm_model_has_pmu(r.model));
    g_assert_cmphex(r.model->id.aa64dfr0, ==, 0x101006);
    for (unsigned i = 0; sysreg_row(i); i++) {
        const SysReg *row = sysreg_row(i);
        if (!strncmp(row->name, "PM", 2)) {
            g_test_message("%s", row->name);
            g_assert_null(sysreg_find(r.model, row->enc));
        }
    }
    rig_clear(&r);
    ArmModel *m = arm_model_new("cortex-a57,pmu=off,pmu=on", NULL);
    g_assert_true(arm_model_has_pmu(m));
    arm_model_free(m);
}

/* Bits that MSR of all ones leaves readable. */
static void test_masks(void)
{
    static const struct { const char *what; uint16_t write, read; uint64_t val; } rows[] = {
        { "PMCNTENSET", PMCNTENSET, PMCNTENCLR, 0x8000003f },
        { "PMINTENSET", PMINTENSET, PMINTENCLR, 0x8000003f },
        { "PMOVSSET", PMOVSSET, PMOVSCLR, 0x8000003f },
        { "PMUSERENR", PMUSERENR, PMUSERENR, 0xf },
        { "PMSELR", PMSELR, PMSELR, 0x1f },
        { "PMEVTYPER0", PMEVTYPER(0), PMEVTYPER(0), 0xc00003ff },
        { "PMCCFILTR", PMCCFILTR, PMCCFILTR, 0xc0000000 },
        { "PMEVCNTR3", PMEVCNTR(3), PMEVCNTR(3), 0xffffffff },
        { "PMCCNTR", PMCCNTR, PMCCNTR, ~UINT64_C(0) },
        { "PMCR", PMCR, PMCR, 0x3041 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        Rig r;

        g_test_message("%s", rows[i].what);
        rig_init(&r, "max", NULL);
        wr(&r, rows[i].write, ~UINT64_C(0));
        g_assert_cmphex(rd(&r, rows[i].read), ==, rows[i].val);
        rig_clear(&r);
    }
}

static void test_set_and_clear(void)
{
    static const struct { uint16_t set, clear; } pairs[] = {
        { PMCNTENSET, PMCNTENCLR }, { PMINTENSET, PMINTENCLR }, { PMOVSSET, PMOVSCLR },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
        Rig r;

        rig_init(&r, "max", NULL);
        wr(&r, pairs[i].set, 0x35);
        wr(&r, pairs[i].set, 0x02);
        g_assert_cmphex(rd(&r, pairs[i].set), ==, 0x37);
        wr(&r, pairs[i].clear, 0x11);
        g_assert_cmphex(rd(&r, pairs[i].clear), ==, 0x26);
        rig_clear(&r);
    }
}

/* -- Counting -- */

/* What one cycle counter and event counter 1 show after 1000 ns at EL1 and 300 ns at EL0. */
typedef struct Count {
    const char *what;
    uint64_t pmcr, enabled, filter, type1;
    uint64_t cycles, events;
} Count;

static const Count counts[] = {
    { "all", 1, CYCLE | 2, 0, CPU_CYCLES, 1300, 1300 },
    { "PMCR.E = 0", 0, CYCLE | 2, 0, CPU_CYCLES, 0, 0 },
    { "cycle counter off", 1, 2, 0, CPU_CYCLES, 0, 1300 },
    { "event counter off", 1, CYCLE, 0, CPU_CYCLES, 1300, 0 },
    { "other event", 1, CYCLE | 2, 0, 0x08, 1300, 0 },
    { "EL0 only", 1, CYCLE | 2, NOT_EL1, CPU_CYCLES | NOT_EL1, 300, 300 },
    { "EL1 only", 1, CYCLE | 2, NOT_EL0, CPU_CYCLES | NOT_EL0, 1000, 1000 },
    { "nowhere", 1, CYCLE | 2, NOT_EL0 | NOT_EL1, CPU_CYCLES | NOT_EL0 | NOT_EL1, 0, 0 },
    { "each its own", 1, CYCLE | 2, NOT_EL0, CPU_CYCLES | NOT_EL1, 1000, 300 },
};

static void test_counting(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(counts); i++) {
        const Count *c = &counts[i];
        Rig r;

        g_test_message("%s", c->what);
        rig_init(&r, "max", NULL);
        set_ns(&r, 5000);
        wr(&r, PMEVTYPER(1), c->type1);
        wr(&r, PMCCFILTR, c->filter);
        wr(&r, PMCNTENSET, c->enabled);
        wr(&r, PMCR, c->pmcr);
        set_ns(&r, 5600);
        r.cpu->sys.spsr_el1 = EL0T;
        arm_exception_return(r.cpu, r.cpu->sys.elr_el1);
        set_ns(&r, 5900);
        arm_take_exception(r.cpu, VECTOR_IRQ, 0, 0);
        set_ns(&r, 6300);
        g_assert_cmpuint(rd(&r, PMCCNTR), ==, c->cycles);
        g_assert_cmpuint(rd(&r, PMEVCNTR(1)), ==, c->events);
        wr(&r, PMCR, 0);                                       /* and no more */
        set_ns(&r, 9000);
        g_assert_cmpuint(rd(&r, PMCCNTR), ==, c->cycles);
        g_assert_cmpuint(rd(&r, PMEVCNTR(1)), ==, c->events);
        rig_clear(&r);
    }
}

/* Exceptions cost nothing unless a counter tells the two levels apart. */
static void test_unfiltered_is_not_by_el(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMCNTENSET, CYCLE);
    wr(&r, PMCR, 1);
    g_assert_true(arm_pmu_is_counting(r.cpu));
    g_assert_false(r.cpu->pmu_by_el);
    wr(&r, PMCCFILTR, NOT_EL0);
    g_assert_true(r.cpu->pmu_by_el);
    wr(&r, PMCNTENCLR, CYCLE);
    g_assert_false(r.cpu->pmu_by_el);
    g_assert_false(arm_pmu_is_counting(r.cpu));
    rig_clear(&r);
}

static void test_pmcr_resets_counters(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMEVCNTR(0), 10);
    wr(&r, PMEVCNTR(5), 50);
    wr(&r, PMCCNTR, 70);
    wr(&r, PMOVSSET, 0x21);
    wr(&r, PMCR, 2);
    g_assert_cmpuint(rd(&r, PMEVCNTR(0)), ==, 0);
    g_assert_cmpuint(rd(&r, PMEVCNTR(5)), ==, 0);
    g_assert_cmpuint(rd(&r, PMCCNTR), ==, 70);
    wr(&r, PMCR, 4);
    g_assert_cmpuint(rd(&r, PMCCNTR), ==, 0);
    g_assert_cmphex(rd(&r, PMOVSCLR), ==, 0x21);
    rig_clear(&r);
}

static void test_selected(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMSELR, 3);
    wr(&r, PMXEVTYPER, CPU_CYCLES | NOT_EL0);
    wr(&r, PMXEVCNTR, 33);
    g_assert_cmphex(rd(&r, PMEVTYPER(3)), ==, CPU_CYCLES | NOT_EL0);
    g_assert_cmpuint(rd(&r, PMEVCNTR(3)), ==, 33);
    g_assert_cmpuint(rd(&r, PMXEVCNTR), ==, 33);
    wr(&r, PMSELR, 31);
    wr(&r, PMXEVTYPER, NOT_EL1 | CPU_CYCLES);
    wr(&r, PMXEVCNTR, 44);                                     /* no such event counter */
    g_assert_cmphex(rd(&r, PMCCFILTR), ==, NOT_EL1);
    g_assert_cmphex(rd(&r, PMXEVTYPER), ==, NOT_EL1);
    g_assert_cmpuint(rd(&r, PMXEVCNTR), ==, 0);
    g_assert_cmpuint(rd(&r, PMCCNTR), ==, 0);
    for (unsigned n = 6; n < 31; n++) {
        wr(&r, PMSELR, n);
        wr(&r, PMXEVTYPER, ~UINT64_C(0));
        wr(&r, PMXEVCNTR, ~UINT64_C(0));
        g_assert_cmphex(rd(&r, PMXEVTYPER), ==, 0);
        g_assert_cmphex(rd(&r, PMXEVCNTR), ==, 0);
    }
    rig_clear(&r);
}

static void test_not_while_halted(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMCCNTR, -UINT64_C(1000));
    wr(&r, PMINTENSET, CYCLE);
    wr(&r, PMCNTENSET, CYCLE);
    wr(&r, PMCR, 1);
    set_ns(&r, 100);
    arm_cpu_halt(r.cpu, ARM_HALT_WFI, INT64_MAX);
    set_ns(&r, 50000);
    g_assert_false(arm_poll(&r.cpu->tcg));
    g_assert_cmpint(arm_pmu_next_ns(r.cpu), ==, INT64_MAX);
    g_assert_cmphex(rd(&r, PMCCNTR), ==, -UINT64_C(900));
    arm_cpu_set_wire(r.cpu, ARM_WIRE_IRQ, true);
    g_assert_true(arm_poll(&r.cpu->tcg));
    set_ns(&r, 50899);
    g_assert_cmphex(rd(&r, PMOVSCLR), ==, 0);
    set_ns(&r, 50900);
    g_assert_cmphex(rd(&r, PMOVSCLR), ==, CYCLE);
    rig_clear(&r);
}

static void test_power(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMINTENSET, CYCLE);
    wr(&r, PMOVSSET, CYCLE);
    wr(&r, PMCNTENSET, CYCLE);
    wr(&r, PMCR, 1);
    g_assert_true(r.gic.ppi[23]);
    arm_cpu_power_off(r.cpu);
    g_assert_false(r.gic.ppi[23]);
    g_assert_false(arm_pmu_is_counting(r.cpu));
    wr(&r, PMCR, 1);
    arm_cpu_reset(r.cpu, RAM_BASE, 0, true);
    g_assert_false(r.gic.ppi[23]);
    g_assert_false(arm_pmu_is_counting(r.cpu));
    g_assert_cmphex(rd(&r, PMCR), ==, 0x3040);
    g_assert_cmphex(rd(&r, PMOVSSET) | rd(&r, PMCNTENSET) | rd(&r, PMCCNTR), ==, 0);
    rig_clear(&r);
}

/* -- Overflow -- */

typedef struct Overflow {
    const char *what;
    unsigned counter;                  /* 6: the cycle counter */
    uint64_t start;
    int64_t passed;
    uint64_t value, pmovs;
} Overflow;

static const Overflow overflows[] = {
    { "event, one short", 0, 0xffffff00, 0xff, 0xffffffff, 0 },
    { "event, just", 0, 0xffffff00, 0x100, 0, 1 },
    { "event, more than once", 4, 0, 0x300000005, 5, 0x10 },
    { "cycles, one short", 6, -UINT64_C(500), 499, ~UINT64_C(0), 0 },
    { "cycles, just", 6, -UINT64_C(500), 500, 0, CYCLE },
    { "cycles, past 32 bits", 6, 0xffffff00, 0x200, 0x100000100, 0 },
};

static void test_overflow(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(overflows); i++) {
        const Overflow *o = &overflows[i];
        uint16_t enc = o->counter == 6 ? PMCCNTR : PMEVCNTR(o->counter);
        uint64_t bit = o->counter == 6 ? CYCLE : BIT(o->counter);
        Rig r;

        g_test_message("%s", o->what);
        rig_init(&r, "max", NULL);
        if (o->counter < 6) {
            wr(&r, PMEVTYPER(o->counter), CPU_CYCLES);
        }
        wr(&r, enc, o->start);
        wr(&r, PMINTENSET, bit);
        wr(&r, PMCNTENSET, bit);
        wr(&r, PMCR, 1);
        set_ns(&r, o->passed);
        arm_poll(&r.cpu->tcg);                                 /* as when the deadline kicks */
        g_assert_cmpint(r.gic.ppi[23], ==, o->pmovs != 0);
        g_assert_cmphex(rd(&r, enc), ==, o->value);
        g_assert_cmphex(rd(&r, PMOVSSET), ==, o->pmovs);
        wr(&r, PMOVSCLR, bit);
        g_assert_false(r.gic.ppi[23]);
        rig_clear(&r);
    }
}

/* The level is PMCR.E and an overflow that is enabled. */
static void test_interrupt_level(void)
{
    static const struct { uint64_t e, inten, ovs; bool level; } rows[] = {
        { 1, 2, 2, true }, { 0, 2, 2, false }, { 1, 4, 2, false }, { 1, 2, 0, false },
        { 1, CYCLE, CYCLE, true }, { 1, 0x3f, CYCLE, false }, { 1, 6, 0x14, true },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        Rig r;

        rig_init(&r, "max", NULL);
        wr(&r, PMCR, 1);
        wr(&r, PMOVSSET, rows[i].ovs);
        wr(&r, PMINTENSET, rows[i].inten);
        wr(&r, PMCR, rows[i].e);
        g_assert_cmpint(r.gic.ppi[23], ==, rows[i].level);
        wr(&r, PMINTENCLR, ~UINT64_C(0));
        g_assert_false(r.gic.ppi[23]);
        rig_clear(&r);
    }
}

static void test_software_increment(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMEVTYPER(0), SW_INCR);
    wr(&r, PMEVTYPER(1), SW_INCR | NOT_EL1);
    wr(&r, PMEVTYPER(2), CPU_CYCLES);
    wr(&r, PMEVTYPER(4), SW_INCR);
    wr(&r, PMEVCNTR(4), UINT32_MAX);
    wr(&r, PMINTENSET, 0x10);
    wr(&r, PMSWINC, 0x3f);                                     /* nothing is enabled */
    g_assert_cmpuint(rd(&r, PMEVCNTR(0)), ==, 0);
    wr(&r, PMCNTENSET, 0x1f);
    wr(&r, PMCR, 1);
    wr(&r, PMSWINC, 0x0f);
    wr(&r, PMSWINC, 0x11);
    g_assert_cmpuint(rd(&r, PMEVCNTR(0)), ==, 2);
    g_assert_cmpuint(rd(&r, PMEVCNTR(1)), ==, 0);
    g_assert_cmpuint(rd(&r, PMEVCNTR(2)), ==, 0);
    g_assert_cmpuint(rd(&r, PMEVCNTR(3)), ==, 1);              /* event 0 after reset */
    g_assert_cmpuint(rd(&r, PMEVCNTR(4)), ==, 0);
    g_assert_cmphex(rd(&r, PMOVSSET), ==, 0x10);
    g_assert_true(r.gic.ppi[23]);
    rig_clear(&r);
}

/* CHAIN: the odd counter counts the even one's overflows. */
static void test_chain(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMEVTYPER(2), CPU_CYCLES);
    wr(&r, PMEVTYPER(3), CHAIN);
    wr(&r, PMEVTYPER(5), CHAIN);
    wr(&r, PMEVCNTR(2), UINT32_MAX - 9);
    wr(&r, PMEVCNTR(3), UINT32_MAX - 1);
    wr(&r, PMINTENSET, 8);
    wr(&r, PMCNTENSET, 0x2c);
    wr(&r, PMCR, 1);
    set_ns(&r, 10);
    g_assert_cmphex(rd(&r, PMEVCNTR(3)), ==, UINT32_MAX);
    g_assert_cmphex(rd(&r, PMOVSSET), ==, 4);
    set_ns(&r, 10 + (INT64_C(1) << 32) + 7);
    arm_poll(&r.cpu->tcg);
    g_assert_true(r.gic.ppi[23]);
    g_assert_cmphex(rd(&r, PMEVCNTR(2)), ==, 7);
    g_assert_cmphex(rd(&r, PMEVCNTR(3)), ==, 0);
    g_assert_cmphex(rd(&r, PMEVCNTR(5)), ==, 0);
    g_assert_cmphex(rd(&r, PMOVSSET), ==, 0xc);
    set_ns(&r, 10 + (INT64_C(4) << 32) + 9);                   /* three times at once */
    g_assert_cmphex(rd(&r, PMEVCNTR(2)), ==, 9);
    g_assert_cmphex(rd(&r, PMEVCNTR(3)), ==, 3);
    wr(&r, PMEVTYPER(2), SW_INCR);
    wr(&r, PMEVCNTR(2), UINT32_MAX);
    wr(&r, PMSWINC, 0xc);
    g_assert_cmphex(rd(&r, PMEVCNTR(3)), ==, 4);
    rig_clear(&r);
}

static void test_deadline(void)
{
    static const struct {
        const char *what;
        uint64_t inten, filter;
        int64_t left_ns;               /* -1: never */
    } rows[] = {
        { "both", CYCLE | 1, 0, 1000000000 }, { "cycles", CYCLE, 0, 2000000000 },
        { "none enabled", 4, 0, -1 }, { "filtered away", CYCLE, NOT_EL1, -1 },
        { "event alone", 1, NOT_EL1, 1000000000 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        Rig r;

        g_test_message("%s", rows[i].what);
        rig_init(&r, "max", NULL);
        virt_clock_start(r.clock);
        arm_cpu_clock_changed(r.cpu);
        wr(&r, PMEVTYPER(0), CPU_CYCLES);
        wr(&r, PMCCFILTR, rows[i].filter);
        wr(&r, PMEVCNTR(0), (uint32_t)-1000000000);
        wr(&r, PMCCNTR, -UINT64_C(2000000000));
        wr(&r, PMINTENSET, rows[i].inten);
        wr(&r, PMCNTENSET, CYCLE | 1);
        g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
        int64_t from = host_clock_ns();
        wr(&r, PMCR, 1);
        int64_t next = arm_timer_next_ns(r.cpu), to = host_clock_ns();
        g_assert_cmpint(arm_cpu_vcpu(r.cpu)->kick_deadline_ns, ==, next);
        if (rows[i].left_ns < 0) {
            g_assert_cmpint(next, ==, INT64_MAX);
        } else {
            g_assert_cmpint(next, >=, from + rows[i].left_ns);
            g_assert_cmpint(next, <=, to + rows[i].left_ns);
        }
        virt_clock_stop(r.clock);
        arm_cpu_clock_changed(r.cpu);
        g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
        rig_clear(&r);
    }
}

/* A chained pair: the lower half's overflows are waited for on behalf of the upper. */
static void test_chain_deadline(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    virt_clock_start(r.clock);
    arm_cpu_clock_changed(r.cpu);
    wr(&r, PMEVTYPER(0), CPU_CYCLES);
    wr(&r, PMEVTYPER(1), CHAIN);
    wr(&r, PMINTENSET, 2);
    wr(&r, PMOVSSET, 1);
    wr(&r, PMCNTENSET, 1);
    wr(&r, PMCR, 1);
    g_assert_cmpint(arm_timer_next_ns(r.cpu), ==, INT64_MAX);
    wr(&r, PMCNTENSET, 2);
    g_assert_cmpint(arm_timer_next_ns(r.cpu), <, INT64_MAX);
    rig_clear(&r);
}

/* -- EL0 -- */

enum { EN = 1, SW = 2, CR = 4, ER = 8 };

/* Bits of PMUSERENR_EL0 each of which lets EL0 in; ALWAYS and NEVER (UNDEFINED) besides. */
enum { ALWAYS = 0x100, NEVER = 0x200 };
static const struct { const char *what; uint16_t enc; unsigned read, write; } access_rows[] = {
    { "PMCR", PMCR, EN, EN }, { "PMCNTENSET", PMCNTENSET, EN, EN },
    { "PMCNTENCLR", PMCNTENCLR, EN, EN }, { "PMOVSCLR", PMOVSCLR, EN, EN },
    { "PMOVSSET", PMOVSSET, EN, EN }, { "PMSWINC", PMSWINC, 0, EN | SW },
    { "PMSELR", PMSELR, EN | ER, EN | ER }, { "PMCEID0", PMCEID0, EN, 0 },
    { "PMCEID1", PMCEID1, EN, 0 }, { "PMCCNTR", PMCCNTR, EN | CR, EN },
    { "PMXEVTYPER", PMXEVTYPER, EN, EN }, { "PMXEVCNTR", PMXEVCNTR, EN | ER, EN },
    { "PMEVCNTR2", PMEVCNTR(2), EN | ER, EN }, { "PMEVTYPER2", PMEVTYPER(2), EN, EN },
    { "PMCCFILTR", PMCCFILTR, EN, EN }, { "PMUSERENR", PMUSERENR, ALWAYS, NEVER },
    { "PMINTENSET", PMINTENSET, NEVER, NEVER }, { "PMINTENCLR", PMINTENCLR, NEVER, NEVER },
};

static void assert_el0_access(uint16_t enc, bool write, unsigned userenr, unsigned lets)
{
    bool trapped;
    Rig r;

    rig_init(&r, "max", NULL);
    wr(&r, PMUSERENR, userenr);
    arm_pstate_set(r.cpu, EL0T);
    if (write) {
        rig_msr(&r, enc, 0, &trapped);
    } else {
        rig_mrs(&r, enc, &trapped);
    }
    g_assert_cmpint(trapped, ==, !(lets & (userenr | ALWAYS)));
    if (trapped) {
        rig_deliver(&r, 0);
        g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, lets & NEVER ? EC_UNKNOWN : EC_SYSREG);
    }
    rig_clear(&r);
}

static void test_el0(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(access_rows); i++) {
        for (unsigned userenr = 0; userenr < 16; userenr++) {
            g_test_message("%s with PMUSERENR 0x%x", access_rows[i].what, userenr);
            if (access_rows[i].read) {
                assert_el0_access(access_rows[i].enc, false, userenr, access_rows[i].read);
            }
            if (access_rows[i].write) {
                assert_el0_access(access_rows[i].enc, true, userenr, access_rows[i].write);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/pmu/reset", test_reset_and_identity);
    g_test_add_func("/arm/pmu/off", test_off);
    g_test_add_func("/arm/pmu/masks", test_masks);
    g_test_add_func("/arm/pmu/set-clear", test_set_and_clear);
    g_test_add_func("/arm/pmu/counting", test_counting);
    g_test_add_func("/arm/pmu/by-el", test_unfiltered_is_not_by_el);
    g_test_add_func("/arm/pmu/pmcr", test_pmcr_resets_counters);
    g_test_add_func("/arm/pmu/selected", test_selected);
    g_test_add_func("/arm/pmu/halted", test_not_while_halted);
    g_test_add_func("/arm/pmu/power", test_power);
    g_test_add_func("/arm/pmu/overflow", test_overflow);
    g_test_add_func("/arm/pmu/level", test_interrupt_level);
    g_test_add_func("/arm/pmu/software", test_software_increment);
    g_test_add_func("/arm/pmu/chain", test_chain);
    g_test_add_func("/arm/pmu/deadline", test_deadline);
    g_test_add_func("/arm/pmu/chain-deadline", test_chain_deadline);
    g_test_add_func("/arm/pmu/el0", test_el0);
    return g_test_run();
}
