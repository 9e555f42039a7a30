/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Behaviour of the GICv3, rule by rule. */
#include "gic_fixture.h"

#define IRM BIT(31)                 /* GICD_IROUTER */

static bool irq(Fixture *f, unsigned cpu) { return f->pe[cpu].wire[ARM_WIRE_IRQ]; }
static bool fiq(Fixture *f, unsigned cpu) { return f->pe[cpu].wire[ARM_WIRE_FIQ]; }

static uint64_t sgi(unsigned intid, uint64_t aff, uint32_t list)
{
    return (aff >> 24 & 0xff) << 48 | (aff >> 16 & 0xff) << 32 | (aff >> 8 & 0xff) << 16
         | (aff >> 4 & 0xf) << 44 | (uint64_t)intid << 24 | list;
}

/* -- Who signals --------------------------------------------------------------------------- */

/* One interrupt against every condition; the same table for a PPI and an SPI. */
typedef struct SignalCase {
    const char *name;
    bool pending, enabled, active;
    unsigned group, prio;
    uint32_t gicd_ctlr;
    bool igrpen0, igrpen1;
    unsigned pmr;
    uint32_t apr1;                  /* active priorities, bit = level */
    const char *wires;              /* "-", "irq" or "fiq" */
} SignalCase;

static const SignalCase signal_cases[] = {
    { "group 1",             1, 1, 0, 1, 0xa0, 3, 1, 1, 0xf8, 0, "irq" },
    { "group 0",             1, 1, 0, 0, 0xa0, 3, 1, 1, 0xf8, 0, "fiq" },
    { "not pending",         0, 1, 0, 1, 0xa0, 3, 1, 1, 0xf8, 0, "-" },
    { "not enabled",         1, 0, 0, 1, 0xa0, 3, 1, 1, 0xf8, 0, "-" },
    { "active and pending",  1, 1, 1, 1, 0xa0, 3, 1, 1, 0xf8, 0, "-" },
    { "GICD group 1 off",    1, 1, 0, 1, 0xa0, 1, 1, 1, 0xf8, 0, "-" },
    { "GICD group 0 off",    1, 1, 0, 0, 0xa0, 2, 1, 1, 0xf8, 0, "-" },
    { "group 1 needs no EnableGrp0", 1, 1, 0, 1, 0xa0, 2, 1, 1, 0xf8, 0, "irq" },
    { "ICC group 1 off",     1, 1, 0, 1, 0xa0, 3, 1, 0, 0xf8, 0, "-" },
    { "ICC group 0 off",     1, 1, 0, 0, 0xa0, 3, 0, 1, 0xf8, 0, "-" },
    { "group 1 needs no IGRPEN0", 1, 1, 0, 1, 0xa0, 3, 0, 1, 0xf8, 0, "irq" },
    { "masked by PMR",       1, 1, 0, 1, 0xa0, 3, 1, 1, 0x80, 0, "-" },
    { "equal to PMR",        1, 1, 0, 1, 0xa0, 3, 1, 1, 0xa0, 0, "-" },
    { "just above PMR",      1, 1, 0, 1, 0xa0, 3, 1, 1, 0xa8, 0, "irq" },
    { "PMR zero",            1, 1, 0, 1, 0x00, 3, 1, 1, 0x00, 0, "-" },
    { "lowest priority",     1, 1, 0, 1, 0xf8, 3, 1, 1, 0xff, 0, "-" },
    { "running is higher",   1, 1, 0, 1, 0xa0, 3, 1, 1, 0xf8, 1u << 10, "-" },
    { "running is equal",    1, 1, 0, 1, 0xa0, 3, 1, 1, 0xf8, 1u << 20, "-" },
    { "running is lower",    1, 1, 0, 1, 0xa0, 3, 1, 1, 0xf8, 1u << 21, "irq" },
    { "group 0 preempts group 1", 1, 1, 0, 0, 0x20, 3, 1, 1, 0xf8, 1u << 20, "fiq" },
};

static void check_signal(const SignalCase *t, unsigned intid)
{
    Fixture *f = fix_new();
    unsigned w = intid / 32;
    uint32_t bit = BIT(intid % 32), base = intid < 32 ? SGI_OFF(0) : w * 4;

    fix_cpu_up(f, 2);
    gicr_write(f, 2, SGI_OFF(0x180), 4, UINT32_MAX);
    gicd_write(f, 0, 4, t->gicd_ctlr);
    icc_write(f, 2, ICC_IGRPEN0, t->igrpen0);
    icc_write(f, 2, ICC_IGRPEN1, t->igrpen1);
    icc_write(f, 2, ICC_PMR, t->pmr);
    icc_write(f, 2, ICC_AP1R0, t->apr1);
    if (intid < 32) {
        gicr_write(f, 2, base + 0x80, 4, t->group ? bit : 0);
        gicr_write(f, 2, base + 0x400 + intid, 1, t->prio);
        gicr_write(f, 2, base + 0x100, 4, t->enabled ? bit : 0);
        gicr_write(f, 2, base + 0x300, 4, t->active ? bit : 0);
        ppi(f, 2, intid, t->pending);
    } else {
        gicd_write(f, 0x80 + base, 4, t->group ? bit : 0);
        gicd_write(f, 0x400 + intid, 1, t->prio);
        gicd_write(f, 0x6000 + intid * 8, 8, fix_mpidr(2));
        gicd_write(f, 0x100 + base, 4, t->enabled ? bit : 0);
        gicd_write(f, 0x300 + base, 4, t->active ? bit : 0);
        spi(f, intid - 32, t->pending);
    }
    const char *got = irq(f, 2) ? "irq" : fiq(f, 2) ? "fiq" : "-";
    if (strcmp(got, t->wires)) {
        g_error("%s, INTID %u: wires %s, should be %s", t->name, intid, got, t->wires);
    }
    fix_check(f, t->name);
    fix_free(f);
}

static void test_signal_table(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(signal_cases); i++) {
        check_signal(&signal_cases[i], 27);
        check_signal(&signal_cases[i], 77);
    }
}

static void test_order_of_acknowledge(void)
{
    Fixture *f = fix_new_up();

    gicr_write(f, 0, SGI_OFF(0x400) + 20, 1, 0x80);
    gicr_write(f, 0, SGI_OFF(0x400) + 27, 1, 0x60);
    spi_setup(f, 40, 1, 0x60, 0);
    spi_setup(f, 41, 1, 0x40, 0);
    ppi(f, 0, 20, true);
    ppi(f, 0, 27, true);
    spi(f, 8, true);
    spi(f, 9, true);
    static const unsigned order[] = { 41, 27, 40, 20 };     /* ties: the lower INTID */
    for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
        g_assert_cmpuint(icc_read(f, 0, ICC_HPPIR1), ==, order[i]);
        g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, order[i]);
        fix_check(f, "acknowledge");
        if (order[i] < 32) {
            ppi(f, 0, order[i], false);
        } else {
            spi(f, order[i] - 32, false);
        }
        icc_write(f, 0, ICC_EOIR1, order[i]);
        fix_check(f, "end of interrupt");
    }
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 1023);
    g_assert_false(irq(f, 0));
    fix_free(f);
}

/* A pending interrupt of a group that the CPU interface has off does not hide another. */
static void test_disabled_group_hides_nothing(void)
{
    Fixture *f = fix_new_up();

    gicr_write(f, 0, SGI_OFF(0x80), 4, ~BIT(27));
    gicr_write(f, 0, SGI_OFF(0x400) + 27, 1, 0x10);
    gicr_write(f, 0, SGI_OFF(0x400) + 20, 1, 0x80);
    spi_setup(f, 40, 0, 0x18, 0);
    spi_setup(f, 41, 1, 0x78, 0);
    icc_write(f, 0, ICC_IGRPEN0, 0);
    ppi(f, 0, 27, true);
    ppi(f, 0, 20, true);
    spi(f, 8, true);
    spi(f, 9, true);
    g_assert_true(irq(f, 0) && !fiq(f, 0));
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 41);
    icc_write(f, 0, ICC_IGRPEN0, 1);
    g_assert_true(fiq(f, 0));
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 1023);   /* the other group's turn */
    g_assert_cmpuint(icc_read(f, 0, ICC_HPPIR1), ==, 1023);
    g_assert_cmpuint(icc_read(f, 0, ICC_HPPIR0), ==, 27);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR0), ==, 27);
    fix_check(f, "both groups");
    fix_free(f);
}

/* -- Level and edge --------------------------------------------------------------------------- */

static void drive(Fixture *f, unsigned intid, bool level)
{
    intid < 32 ? ppi(f, 0, intid, level) : spi(f, intid - 32, level);
}

static bool is_pending(Fixture *f, unsigned intid)
{
    uint32_t bits = intid < 32 ? gicr_read(f, 0, SGI_OFF(0x200), 4)
                               : gicd_read(f, 0x200 + intid / 32 * 4, 4);
    return bits >> intid % 32 & 1;
}

static void poke(Fixture *f, unsigned intid, uint32_t off)
{
    if (intid < 32) {
        gicr_write(f, 0, SGI_OFF(off), 4, BIT(intid));
    } else {
        gicd_write(f, off + intid / 32 * 4, 4, BIT(intid % 32));
    }
}

static void set_edge(Fixture *f, unsigned intid, bool edge)
{
    uint32_t val = edge ? UINT32_MAX : 0;

    if (intid < 32) {
        gicr_write(f, 0, SGI_OFF(0xc04), 4, val);
    } else {
        gicd_write(f, 0xc00 + intid / 16 * 4, 4, val);
    }
}

static void check_level(unsigned intid)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 50, 1, 0, 0);
    drive(f, intid, true);
    g_assert_true(irq(f, 0));
    drive(f, intid, false);                                 /* withdrawn */
    g_assert_false(irq(f, 0) || is_pending(f, intid));
    drive(f, intid, true);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    g_assert_true(is_pending(f, intid));                    /* active and pending */
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_true(irq(f, 0));                               /* still asserted: again */
    poke(f, intid, 0x280);
    g_assert_true(irq(f, 0));                               /* the wire is what pends */
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    drive(f, intid, false);
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_false(irq(f, 0));
    poke(f, intid, 0x200);                                  /* ISPENDR latches, wire low */
    g_assert_true(irq(f, 0));
    drive(f, intid, true);
    drive(f, intid, false);
    g_assert_true(irq(f, 0));
    poke(f, intid, 0x280);
    g_assert_false(irq(f, 0));
    poke(f, intid, 0x200);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_false(irq(f, 0));
    fix_check(f, "level");
    fix_free(f);
}

static void check_edge(unsigned intid)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 50, 1, 0, 0);
    set_edge(f, intid, true);
    drive(f, intid, true);
    drive(f, intid, false);
    g_assert_true(irq(f, 0));                               /* latched */
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    g_assert_false(is_pending(f, intid));
    drive(f, intid, true);                                  /* again while active */
    drive(f, intid, false);
    g_assert_true(is_pending(f, intid) && !irq(f, 0));
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_true(irq(f, 0));
    poke(f, intid, 0x280);
    g_assert_false(irq(f, 0));
    drive(f, intid, true);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_false(irq(f, 0));                              /* high, but no new edge */
    drive(f, intid, true);
    g_assert_false(irq(f, 0));
    set_edge(f, intid, false);                              /* high and level-sensitive now */
    g_assert_true(irq(f, 0));
    set_edge(f, intid, true);                               /* still: what is pending stays so */
    g_assert_true(irq(f, 0));
    drive(f, intid, false);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    icc_write(f, 0, ICC_EOIR1, intid);
    set_edge(f, intid, false);
    set_edge(f, intid, true);                               /* low: nothing to keep */
    g_assert_false(irq(f, 0));
    fix_check(f, "edge");
    fix_free(f);
}

static void test_level(void) { check_level(27); check_level(50); }
static void test_edge(void) { check_edge(27); check_edge(50); }

/* -- End of interrupt ----------------------------------------------------------------------- */

static bool is_active(Fixture *f, unsigned intid)
{
    uint32_t bits = intid < 32 ? gicr_read(f, 0, SGI_OFF(0x300), 4)
                               : gicd_read(f, 0x300 + intid / 32 * 4, 4);
    return bits >> intid % 32 & 1;
}

static void check_eoimode(unsigned intid, bool split)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 50, 1, 0x80, 0);
    gicr_write(f, 0, SGI_OFF(0x400) + 27, 1, 0x80);
    gicr_write(f, 0, SGI_OFF(0x400) + 5, 1, 0x80);
    icc_write(f, 0, ICC_CTLR, split ? 2 : 0);
    poke(f, intid, 0x200);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, intid);
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0x80);
    g_assert_cmphex(icc_read(f, 0, ICC_AP1R0), ==, 1u << 16);
    poke(f, intid, 0x200);                                  /* pends while active */
    if (!split) {
        icc_write(f, 0, ICC_DIR, intid);                    /* ignored */
        g_assert_true(is_active(f, intid));
    }
    icc_write(f, 0, ICC_EOIR0, intid);                      /* wrong group: ignored */
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0x80);
    icc_write(f, 0, ICC_EOIR1, 1023);
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0x80);
    icc_write(f, 0, ICC_EOIR1, intid);
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0xff);
    g_assert_true(is_active(f, intid) == split);
    g_assert_true(irq(f, 0) == !split);
    if (split) {
        icc_write(f, 0, ICC_DIR, intid);
        g_assert_false(is_active(f, intid));
        g_assert_true(irq(f, 0));
    }
    fix_check(f, "EOImode");
    fix_free(f);
}

static void test_eoimode(void)
{
    for (unsigned split = 0; split < 2; split++) {
        check_eoimode(5, split);
        check_eoimode(27, split);
        check_eoimode(50, split);
    }
}

/* Ends without a beginning, and of interrupts that do not exist, change nothing. */
static void test_eoi_strays(void)
{
    static const uint64_t ids[] = { 0, 31, 32, 96, 991, 1019, 1020, 1023, 1024, 8192, 0xffffff,
                                    UINT64_MAX };
    Fixture *f = fix_new_up();

    for (unsigned split = 0; split < 2; split++) {
        icc_write(f, 0, ICC_CTLR, split << 1);
        for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
            icc_write(f, 0, ICC_EOIR0, ids[i]);
            icc_write(f, 0, ICC_EOIR1, ids[i]);
            icc_write(f, 0, ICC_DIR, ids[i]);
            g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0xff);
            fix_check(f, "stray EOI");
        }
    }
    fix_free(f);
}

/* The running priority belongs to one group; the other group's EOIR must not end it. */
static void test_eoi_nested_groups(void)
{
    Fixture *f = fix_new_up();

    gicr_write(f, 0, SGI_OFF(0x80), 4, ~BIT(3));
    gicr_write(f, 0, SGI_OFF(0x400) + 3, 1, 0x20);
    gicr_write(f, 0, SGI_OFF(0x400) + 9, 1, 0x80);
    poke(f, 9, 0x200);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 9);
    poke(f, 3, 0x200);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR0), ==, 3);
    icc_write(f, 0, ICC_EOIR1, 9);
    g_assert_true(is_active(f, 9));
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0x20);
    icc_write(f, 0, ICC_EOIR0, 3);
    g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0x80);
    icc_write(f, 0, ICC_EOIR1, 9);
    g_assert_false(is_active(f, 9) || is_active(f, 3));
    poke(f, 9, 0x300);              /* active, but not by an acknowledge: nothing is running */
    icc_write(f, 0, ICC_EOIR1, 9);
    g_assert_true(is_active(f, 9));
    fix_check(f, "nested groups");
    fix_free(f);
}

/* -- Preemption ------------------------------------------------------------------------------ */

static void test_preemption(void)
{
    static const struct {
        unsigned group; bool cbpr; unsigned bpr0, bpr1, running, next; bool preempts; unsigned rpr;
    } cases[] = {
        { 1, 0, 2, 3, 0x88, 0x80, true, 0x88 },
        { 1, 0, 2, 3, 0x80, 0x88, false, 0x80 },
        { 1, 0, 2, 4, 0x88, 0x80, false, 0x80 },    /* one group priority: <7:4> */
        { 1, 0, 2, 4, 0x90, 0x88, true, 0x90 },
        { 1, 0, 2, 7, 0x78, 0x08, false, 0x00 },
        { 1, 0, 2, 7, 0x80, 0x78, true, 0x80 },     /* <7:7> */
        { 1, 1, 3, 7, 0x98, 0x90, false, 0x90 },    /* CBPR: BPR0 = 3 is <7:4> */
        { 1, 1, 2, 7, 0x98, 0x90, true, 0x98 },
        { 0, 0, 2, 7, 0x88, 0x80, true, 0x88 },
        { 0, 0, 3, 3, 0x88, 0x80, false, 0x80 },
        { 0, 0, 7, 3, 0xf0, 0x00, false, 0x00 },    /* no preemption at all */
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        Fixture *f = fix_new_up();
        IccReg iar = cases[i].group ? ICC_IAR1 : ICC_IAR0;
        IccReg eoir = cases[i].group ? ICC_EOIR1 : ICC_EOIR0;
        gicr_write(f, 0, SGI_OFF(0x80), 4, cases[i].group ? UINT32_MAX : 0);
        icc_write(f, 0, ICC_BPR0, cases[i].bpr0);
        icc_write(f, 0, ICC_BPR1, cases[i].bpr1);
        icc_write(f, 0, ICC_CTLR, cases[i].cbpr);
        gicr_write(f, 0, SGI_OFF(0x400) + 3, 1, cases[i].running);
        gicr_write(f, 0, SGI_OFF(0x400) + 9, 1, cases[i].next);
        poke(f, 3, 0x200);
        g_assert_cmpuint(icc_read(f, 0, iar), ==, 3);
        g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, cases[i].rpr);
        poke(f, 9, 0x200);
        bool wire = cases[i].group ? irq(f, 0) : fiq(f, 0);
        if (wire != cases[i].preempts) {
            g_error("case %u: %02x over %02x: wire is %d", i, cases[i].next, cases[i].running,
                    wire);
        }
        g_assert_cmpuint(icc_read(f, 0, iar), ==, cases[i].preempts ? 9 : 1023);
        fix_check(f, "preemption");
        if (cases[i].preempts) {
            icc_write(f, 0, eoir, 9);
        }
        g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, cases[i].rpr);
        icc_write(f, 0, eoir, 3);
        g_assert_cmphex(icc_read(f, 0, ICC_RPR), ==, 0xff);
        fix_check(f, "priority drop");
        fix_free(f);
    }
}

/* -- SGIs ---------------------------------------------------------------------------------- */

/* 40 CPUs in clusters of 16; all but 5, 17 and 33 are up. */
static Fixture *sgi_fixture(void)
{
    Fixture *f = fix_new_sized(40, 32, 123);

    gicd_write(f, 0, 4, 3);
    for (unsigned i = 0; i < 40; i++) {
        if (i != 5 && i != 17 && i != 33) {
            fix_cpu_up(f, i);
        }
    }
    return f;
}

static void test_sgi_targets(void)
{
    static const struct { const char *name; unsigned from; uint64_t val; uint64_t targets; } t[] = {
        { "one", 0, 0x0000000003000002, BIT(1) },
        { "self", 3, 0x0000000003000008, BIT(3) },
        { "a list with a disabled slot", 0, 0x000000000300ffff, 0xffdf },
        { "second cluster", 0, 0x0000000003010006, BIT(18) },
        { "third cluster: 8 CPUs", 0, 0x000000000302ffff, MASK(39, 32) & ~BIT(33) },
        { "no such cluster", 0, 0x000000000303ffff, 0 },
        { "no such Aff2", 0, 0x000000010300ffff, 0 },
        { "no such Aff3", 0, 0x000100000300ffff, 0 },
        { "range selector beyond", 0, 0x000010000300ffff, 0 },
        { "empty list", 0, 0x0000000003000000, 0 },
        { "all but self", 2, 0x0000010003000000,
          MASK(39, 0) & ~(BIT(2) | BIT(5) | BIT(17) | BIT(33)) },
        { "all but self ignores the list", 2, 0x00ff01ff03ffffff,
          MASK(39, 0) & ~(BIT(2) | BIT(5) | BIT(17) | BIT(33)) },
        { "from a disabled slot", 5, 0x000000000300ffff, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        Fixture *f = sgi_fixture();
        icc_write(f, t[i].from, ICC_SGI1R, t[i].val);
        for (unsigned cpu = 0; cpu < 40; cpu++) {
            uint32_t pend = gicr_read(f, cpu, SGI_OFF(0x200), 4);
            if (pend != (bit64(t[i].targets, cpu) ? BIT(3) : 0)
                || irq(f, cpu) != bit64(t[i].targets, cpu)) {
                g_error("%s: CPU %u has pending %08x, IRQ %d", t[i].name, cpu, pend, irq(f, cpu));
            }
        }
        fix_check(f, t[i].name);
        fix_free(f);
    }
}

/* SGI<g>R makes Group <g> SGIs only; ASGI1R means a Security state that is not there. */
static void test_sgi_groups(void)
{
    static const struct { IccReg reg; unsigned group; bool arrives; } t[] = {
        { ICC_SGI1R, 1, true }, { ICC_SGI1R, 0, false }, { ICC_SGI0R, 0, true },
        { ICC_SGI0R, 1, false }, { ICC_ASGI1R, 1, false }, { ICC_ASGI1R, 0, false },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        Fixture *f = fix_new_up();
        gicr_write(f, 1, SGI_OFF(0x80), 4, t[i].group ? UINT32_MAX : 0);
        icc_write(f, 0, t[i].reg, sgi(7, 0, 2));
        g_assert_cmphex(gicr_read(f, 1, SGI_OFF(0x200), 4), ==, t[i].arrives ? BIT(7) : 0);
        g_assert_true(irq(f, 1) == (t[i].arrives && t[i].group == 1));
        g_assert_true(fiq(f, 1) == (t[i].arrives && t[i].group == 0));
        fix_free(f);
    }
}

/* Affinity 0 above 15 is reached by the range selector. */
static void test_sgi_range_selector(void)
{
    static const uint64_t mpidr[] = { 0x0, 0xf, 0x10, 0x1f, 0xf5, 0xff000000f5 };
    Gicv3Config cfg = { ARRAY_SIZE(mpidr), mpidr, 32, 1, { 8 } };
    Gicv3 *gic = gicv3_new(&cfg);
    Error *err = NULL;

    g_assert_true(device_realize(gicv3_device(gic), &err));
    for (unsigned i = 0; i < ARRAY_SIZE(mpidr); i++) {
        gicv3_cpu_set_enabled(gic, i, true);
        gic->cpus[i].st.group = UINT32_MAX;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(mpidr); i++) {
        uint64_t val = sgi(i, mpidr[i], BIT(mpidr[i] % 16)) | (mpidr[i] >> 32) << 48;
        gicv3_cpuif_ops.icc_write(gicv3_cpu(gic, 0), ICC_SGI1R, val);
        for (unsigned j = 0; j < ARRAY_SIZE(mpidr); j++) {
            g_assert_cmphex(gic->cpus[j].st.latched, ==, j <= i ? BIT(j) : 0);
        }
    }
    device_free(gicv3_device(gic));
}

/* -- Routing ------------------------------------------------------------------------------- */

static void test_irouter(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, fix_mpidr(1));
    spi(f, 8, true);
    g_assert_true(irq(f, 1) && !irq(f, 0));
    gicd_write(f, 0x6000 + 40 * 8, 8, fix_mpidr(3));        /* moves while pending */
    g_assert_true(irq(f, 3) && !irq(f, 1));
    fix_check(f, "rerouted");
    gicd_write(f, 0x6000 + 40 * 8, 8, 0x77);                /* nobody: stays pending */
    g_assert_false(irq(f, 0) || irq(f, 1) || irq(f, 2) || irq(f, 3));
    g_assert_true(is_pending(f, 40));
    fix_check(f, "absent affinity");
    gicd_write(f, 0x6000 + 40 * 8, 8, fix_mpidr(0));
    g_assert_true(irq(f, 0));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 1023);
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 40);
    fix_check(f, "acknowledged");
    fix_free(f);
}

static void test_1ofn(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, IRM);
    spi(f, 8, true);
    g_assert_true(irq(f, 0) && !irq(f, 1) && !irq(f, 2) && !irq(f, 3)); /* exactly one */
    icc_write(f, 0, ICC_IGRPEN1, 0);                        /* no longer eligible */
    g_assert_true(!irq(f, 0) && irq(f, 1));
    fix_check(f, "IGRPEN1");
    gicr_write(f, 1, 0x14, 4, 2);                           /* goes to sleep */
    g_assert_true(!irq(f, 1) && irq(f, 2));
    fix_check(f, "WAKER");
    gicv3_cpu_set_enabled(f->gic, 2, false);
    g_assert_true(!irq(f, 2) && irq(f, 3));
    gicv3_cpuif_ops.reset(gicv3_cpu(f->gic, 3));
    g_assert_false(irq(f, 0) || irq(f, 1) || irq(f, 2) || irq(f, 3));
    g_assert_true(is_pending(f, 40));
    fix_check(f, "nobody");
    gicr_write(f, 1, 0x14, 4, 0);                           /* wakes: it has a taker again */
    g_assert_true(irq(f, 1));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 40);
    spi(f, 8, false);
    icc_write(f, 1, ICC_EOIR1, 40);
    fix_check(f, "done");
    fix_free(f);
}

/* A CPU handling something more urgent is passed over, and relieved when another gets free. */
static void test_1ofn_prefers_free(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, IRM);
    for (unsigned i = 0; i < 4; i++) {
        gicr_write(f, i, SGI_OFF(0x400) + 1, 1, 0x40);
        icc_write(f, i, ICC_SGI1R, sgi(1, 0, 1 << i));
    }
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 1);
    spi(f, 8, true);
    g_assert_cmpuint(f->gic->cache.target[8], ==, 1);       /* CPU 1 has only pending ones */
    for (unsigned i = 1; i < 4; i++) {
        g_assert_cmpuint(icc_read(f, i, ICC_IAR1), ==, 1);
        fix_check(f, "one more busy");
    }
    g_assert_cmpuint(f->gic->cache.target[8], ==, 3);       /* all are busy: it stays */
    icc_write(f, 2, ICC_EOIR1, 1);
    g_assert_cmpuint(f->gic->cache.target[8], ==, 2);
    g_assert_true(irq(f, 2));
    g_assert_cmpuint(icc_read(f, 2, ICC_IAR1), ==, 40);
    fix_check(f, "taken");
    fix_free(f);
}

/* Of two SPIs that may go anywhere, the one left waiting by an acknowledge moves on. */
static void test_1ofn_two(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, IRM);
    spi_setup(f, 41, 1, 0x40, IRM);
    spi(f, 8, true);
    spi(f, 9, true);
    g_assert_cmpuint(icc_read(f, 0, ICC_HPPIR1), ==, 41);
    g_assert_false(irq(f, 1));
    g_assert_cmpuint(icc_read(f, 0, ICC_IAR1), ==, 41);
    g_assert_true(irq(f, 1));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 40);
    fix_check(f, "both taken");
    fix_free(f);
}

/* Group 0 SPIs go by IGRPEN0. */
static void test_1ofn_group0(void)
{
    Fixture *f = fix_new_up();

    icc_write(f, 0, ICC_IGRPEN0, 0);
    spi_setup(f, 40, 0, 0x80, IRM);
    spi(f, 8, true);
    g_assert_true(!fiq(f, 0) && fiq(f, 1));
    fix_check(f, "group 0");
    fix_free(f);
}

/* -- Slots --------------------------------------------------------------------------------- */

static void test_disabled_slot(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, fix_mpidr(1));
    spi(f, 8, true);
    ppi(f, 1, 27, true);
    g_assert_true(irq(f, 1));
    gicv3_cpu_set_enabled(f->gic, 1, false);
    g_assert_false(irq(f, 1));
    g_assert_true(is_pending(f, 40));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 1023);
    g_assert_cmpuint(icc_read(f, 1, ICC_HPPIR1), ==, 1023);
    /* Its frame answers and stores; nothing of it reaches a wire. */
    gicr_write(f, 1, SGI_OFF(0x200), 4, UINT32_MAX);
    g_assert_cmphex(gicr_read(f, 1, SGI_OFF(0x200), 4), ==, UINT32_MAX);
    icc_write(f, 1, ICC_PMR, 0xf0);
    spi(f, 8, false);
    spi(f, 8, true);
    gicd_write(f, 0, 4, 0);
    gicd_write(f, 0, 4, 3);
    g_assert_false(irq(f, 1) || fiq(f, 1));
    fix_check(f, "disabled");
    gicr_write(f, 1, SGI_OFF(0x280), 4, UINT32_MAX);
    ppi(f, 1, 27, false);
    gicv3_cpu_set_enabled(f->gic, 1, true);
    g_assert_true(irq(f, 1));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 40);     /* what was pending is still there */
    fix_check(f, "enabled again");
    fix_free(f);
}

/* As gicv3_new() leaves them, slots are disabled, whatever the guest writes. */
static void test_slots_start_disabled(void)
{
    Fixture *f = fix_new();

    gicd_write(f, 0, 4, 3);
    gicr_write(f, 1, 0x14, 4, 0);
    gicr_write(f, 1, SGI_OFF(0x80), 4, UINT32_MAX);
    gicr_write(f, 1, SGI_OFF(0x100), 4, UINT32_MAX);
    gicr_write(f, 1, SGI_OFF(0x200), 4, UINT32_MAX);
    g_assert_cmpuint(f->gic->cpus[1].cache.best.intid, ==, 1023);
    spi_setup(f, 40, 1, 0x80, IRM);
    spi(f, 8, true);
    g_assert_cmpuint(f->gic->cache.target[8], ==, GIC_NO_CPU);
    fix_check(f, "no slot enabled");
    fix_free(f);
}

static void count_wire(void *pe, ArmIrqWire wire, bool level)
{
    ((int *)pe)[wire] += level ? 1 : -1;
}

static void test_attach(void)
{
    Fixture *f = fix_new_up();
    int wires[2] = { 0 };

    ppi(f, 1, 27, true);
    gicr_write(f, 1, SGI_OFF(0x200), 4, BIT(2));
    g_assert_true(irq(f, 1));
    gicv3_cpu_attach(f->gic, 1, NULL, NULL);
    g_assert_false(irq(f, 1));                              /* the old PE is told */
    g_assert_cmphex(gicr_read(f, 1, SGI_OFF(0x200), 4), ==, BIT(2)); /* its timer is gone */
    ppi(f, 1, 27, true);                                    /* nobody to tell */
    gicv3_cpu_attach(f->gic, 1, wires, count_wire);
    g_assert_cmpint(wires[ARM_WIRE_IRQ], ==, 1);            /* the new PE is told at once */
    g_assert_cmpint(wires[ARM_WIRE_FIQ], ==, 0);
    gicv3_cpu_attach(f->gic, 1, NULL, NULL);
    g_assert_cmpint(wires[ARM_WIRE_IRQ], ==, 0);
    fix_free(f);
}

/* -- Reset --------------------------------------------------------------------------------- */

static void test_device_reset(void)
{
    Fixture *f = fix_new_up();

    spi_setup(f, 40, 1, 0x80, fix_mpidr(3));
    spi_setup(f, 41, 1, 0x80, IRM);
    gicd_write(f, 0xc08, 4, UINT32_MAX);
    spi(f, 8, true);
    spi(f, 9, true);
    spi(f, 20, true);
    gicr_write(f, 0, SGI_OFF(0x200), 4, UINT32_MAX);
    icc_read(f, 0, ICC_IAR1);
    device_reset(gicv3_device(f->gic));
    fix_check(f, "reset");
    for (unsigned i = 0; i < 4; i++) {
        g_assert_false(irq(f, i) || fiq(f, i));
        g_assert_cmphex(gicr_read(f, i, SGI_OFF(0x200), 4), ==, 0);
        g_assert_cmphex(gicr_read(f, i, 0x14, 4), ==, 6);
        g_assert_cmphex(icc_read(f, i, ICC_RPR), ==, 0xff);
        g_assert_cmphex(icc_read(f, i, ICC_PMR), ==, 0);
        g_assert_true(f->gic->cpus[i].enabled);
    }
    g_assert_cmphex(gicd_read(f, 0, 4), ==, 0x50);
    /* Wires are as they were: level-sensitive again, so pending; no edge, so not latched. */
    g_assert_cmphex(gicd_read(f, 0x204, 4), ==, BIT(8) | BIT(9) | BIT(20));
    spi(f, 8, false);
    spi(f, 9, false);
    spi(f, 20, false);
    g_assert_cmphex(gicd_read(f, 0x204, 4), ==, 0);
    fix_free(f);
}

/* A reset of one PE resets its CPU interface and nothing else. */
static void test_cpu_reset(void)
{
    Fixture *f = fix_new_up();

    gicr_write(f, 1, SGI_OFF(0x200), 4, BIT(4));
    g_assert_cmpuint(icc_read(f, 1, ICC_IAR1), ==, 4);
    gicv3_cpuif_ops.reset(gicv3_cpu(f->gic, 1));
    g_assert_cmphex(icc_read(f, 1, ICC_RPR), ==, 0xff);
    g_assert_cmphex(icc_read(f, 1, ICC_IGRPEN1), ==, 0);
    g_assert_cmphex(gicr_read(f, 1, SGI_OFF(0x300), 4), ==, BIT(4));
    g_assert_cmphex(gicr_read(f, 1, SGI_OFF(0x100), 4), ==, UINT32_MAX);
    fix_check(f, "CPU reset");
    fix_free(f);
}

static void test_describe(void)
{
    Fixture *f = fix_new_up();

    gicr_write(f, 3, SGI_OFF(0x200), 4, BIT(4));
    g_autofree char *text = gicv3_describe_cpu(f->gic, 3);
    g_assert_nonnull(strstr(text, "cpu 3: affinity 0.0.0.3, enabled, awake\n"));
    g_assert_nonnull(strstr(text, "best pending: INTID 4 priority 00 group 1; IRQ high, FIQ low"));
    fix_free(f);
}

/* What 512 possible CPUs cost: the promise is 8 KiB a disabled one for everything. */
static void test_footprint(void)
{
    g_assert_cmpuint(sizeof(GicCpu), <=, 256);
    g_assert_cmpuint(sizeof(Gicv3), <=, 32 * KiB);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gicv3/signal/table", test_signal_table);
    g_test_add_func("/gicv3/signal/order", test_order_of_acknowledge);
    g_test_add_func("/gicv3/signal/group-off", test_disabled_group_hides_nothing);
    g_test_add_func("/gicv3/pending/level", test_level);
    g_test_add_func("/gicv3/pending/edge", test_edge);
    g_test_add_func("/gicv3/eoi/mode", test_eoimode);
    g_test_add_func("/gicv3/eoi/strays", test_eoi_strays);
    g_test_add_func("/gicv3/eoi/nested-groups", test_eoi_nested_groups);
    g_test_add_func("/gicv3/preemption", test_preemption);
    g_test_add_func("/gicv3/sgi/targets", test_sgi_targets);
    g_test_add_func("/gicv3/sgi/groups", test_sgi_groups);
    g_test_add_func("/gicv3/sgi/range-selector", test_sgi_range_selector);
    g_test_add_func("/gicv3/route/irouter", test_irouter);
    g_test_add_func("/gicv3/route/1-of-n", test_1ofn);
    g_test_add_func("/gicv3/route/1-of-n-free", test_1ofn_prefers_free);
    g_test_add_func("/gicv3/route/1-of-n-two", test_1ofn_two);
    g_test_add_func("/gicv3/route/1-of-n-group0", test_1ofn_group0);
    g_test_add_func("/gicv3/slot/disabled", test_disabled_slot);
    g_test_add_func("/gicv3/slot/start", test_slots_start_disabled);
    g_test_add_func("/gicv3/slot/attach", test_attach);
    g_test_add_func("/gicv3/reset/device", test_device_reset);
    g_test_add_func("/gicv3/reset/cpu", test_cpu_reset);
    g_test_add_func("/gicv3/describe", test_describe);
    g_test_add_func("/gicv3/footprint", test_footprint);
    return g_test_run();
}
