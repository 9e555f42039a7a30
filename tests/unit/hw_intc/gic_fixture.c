/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gic_fixture.h"

#include <inttypes.h>

#include "tests/unit/hw_core/device_bus.h"

/* -- Build --------------------------------------------------------------------------------- */

uint64_t fix_mpidr(unsigned i) { return (i / 16) << 8 | i % 16; }

Fixture *fix_new_sized(unsigned n_cpus, unsigned n_spis, unsigned frames0)
{
    Fixture *f = g_new0(Fixture, 1);
    g_autofree uint64_t *mpidr = g_new(uint64_t, n_cpus);
    Error *err = NULL;

    for (unsigned i = 0; i < n_cpus; i++) {
        mpidr[i] = fix_mpidr(i);
    }
    Gicv3Config cfg = {
        .n_cpus = n_cpus, .mpidr = mpidr, .n_spis = n_spis,
        .n_redist_regions = n_cpus > frames0 ? 2 : 1, .region_frames = { frames0, 512 },
    };
    f->n_cpus = n_cpus;
    f->n_spis = n_spis;
    f->frames0 = frames0;
    f->gic = gicv3_new(&cfg);
    Device *dev = gicv3_device(f->gic);
    if (!device_realize(dev, &err)) {
        g_error("realize: %s", error_text(err));
    }
    f->mem = phys_mem_new();
    device_map(dev, 0, f->mem, GICD_PA);
    device_map(dev, 1, f->mem, GICR0_PA);
    if (cfg.n_redist_regions == 2) {
        device_map(dev, 2, f->mem, GICR1_PA);
    }
    phys_mem_commit(f->mem);
    return f;
}

Fixture *fix_new(void) { return fix_new_sized(4, 64, 123); }

static void set_wire(void *pe, ArmIrqWire wire, bool level)
{
    FakePe *p = pe;

    p->changes++;
    p->redundant += p->wire[wire] == level;
    p->wire[wire] = level;
}

void fix_cpu_up(Fixture *f, unsigned cpu)
{
    gicv3_cpu_attach(f->gic, cpu, &f->pe[cpu], set_wire);
    gicv3_cpu_set_enabled(f->gic, cpu, true);
    gicr_write(f, cpu, 0x14, 4, 0);
    gicr_write(f, cpu, SGI_OFF(0x80), 4, UINT32_MAX);
    gicr_write(f, cpu, SGI_OFF(0x100), 4, UINT32_MAX);
    icc_write(f, cpu, ICC_PMR, 0xff);
    icc_write(f, cpu, ICC_IGRPEN0, 1);
    icc_write(f, cpu, ICC_IGRPEN1, 1);
}

Fixture *fix_new_up(void)
{
    Fixture *f = fix_new();

    gicd_write(f, 0, 4, 3);
    for (unsigned i = 0; i < f->n_cpus; i++) {
        fix_cpu_up(f, i);
    }
    return f;
}

void fix_free(Fixture *f)
{
    for (unsigned i = 0; i < f->n_cpus; i++) {
        g_assert_cmpuint(f->pe[i].redundant, ==, 0);
    }
    phys_mem_free(f->mem);
    device_free(gicv3_device(f->gic));
    g_free(f);
}

/* -- Access -------------------------------------------------------------------------------- */

static uint64_t gicr_pa(Fixture *f, unsigned cpu, uint32_t off)
{
    return cpu < f->frames0 ? GICR0_PA + cpu * (uint64_t)GICR_FRAME_BYTES + off
                            : GICR1_PA + (cpu - f->frames0) * (uint64_t)GICR_FRAME_BYTES + off;
}

uint64_t gicd_read(Fixture *f, uint32_t off, unsigned size)
{
    return bus_read(f->mem, GICD_PA + off, size);
}

void gicd_write(Fixture *f, uint32_t off, unsigned size, uint64_t val)
{
    bus_write(f->mem, GICD_PA + off, size, val);
}

uint64_t gicr_read(Fixture *f, unsigned cpu, uint32_t off, unsigned size)
{
    return bus_read(f->mem, gicr_pa(f, cpu, off), size);
}

void gicr_write(Fixture *f, unsigned cpu, uint32_t off, unsigned size, uint64_t val)
{
    bus_write(f->mem, gicr_pa(f, cpu, off), size, val);
}

uint64_t icc_read(Fixture *f, unsigned cpu, IccReg reg)
{
    return gicv3_cpuif_ops.icc_read(gicv3_cpu(f->gic, cpu), reg);
}

void icc_write(Fixture *f, unsigned cpu, IccReg reg, uint64_t val)
{
    gicv3_cpuif_ops.icc_write(gicv3_cpu(f->gic, cpu), reg, val);
}

void ppi(Fixture *f, unsigned cpu, unsigned intid, bool level)
{
    gicv3_cpuif_ops.ppi_set_level(gicv3_cpu(f->gic, cpu), intid, level);
}

void spi(Fixture *f, unsigned spi_index, bool level)
{
    IrqLine line = gicv3_spi_line(f->gic, spi_index);

    irq_set(&line, level);
}

void spi_setup(Fixture *f, unsigned intid, unsigned group, unsigned prio, uint64_t router)
{
    uint32_t word = intid / 32 * 4, bit = BIT(intid % 32);
    uint64_t groups = gicd_read(f, 0x80 + word, 4);

    gicd_write(f, 0x80 + word, 4, group ? groups | bit : groups & ~bit);
    gicd_write(f, 0x400 + intid, 1, prio);
    gicd_write(f, 0x6000 + intid * 8, 8, router);
    gicd_write(f, 0x100 + word, 4, bit);
}

/* -- Oracle -------------------------------------------------------------------------------- */

/* What a guest reads about 32 interrupts. */
typedef struct Bits {
    uint32_t pending, enabled, active, group;
} Bits;

static GicHppi better(GicHppi a, unsigned intid, unsigned prio, unsigned group)
{
    bool wins = a.intid == GIC_SPURIOUS || prio < a.prio || (prio == a.prio && intid < a.intid);

    return wins ? (GicHppi){ intid, prio, group } : a;
}

static bool may_be_best(const Bits *b, unsigned bit, unsigned groups)
{
    unsigned group = b->group >> bit & 1;

    return (b->pending >> bit & 1) && (b->enabled >> bit & 1) && !(b->active >> bit & 1)
        && (groups >> group & 1);
}

static bool spi_is_for(Fixture *f, unsigned intid, unsigned cpu)
{
    uint64_t router = gicd_read(f, 0x6000 + intid * 8, 8);

    if (router & BIT(31)) {         /* the choice is the GIC's: check_1ofn() checks it */
        return f->gic->cache.target[intid - 32] == cpu;
    }
    return (router & 0xff00ffffff) == fix_mpidr(cpu);
}

static GicHppi oracle_best(Fixture *f, unsigned cpu)
{
    GicHppi best = { GIC_SPURIOUS, 0xff, 0 };
    unsigned groups = gicd_read(f, 0, 4) & (icc_read(f, cpu, ICC_IGRPEN0)
                                            | icc_read(f, cpu, ICC_IGRPEN1) << 1);
    if (!f->gic->cpus[cpu].enabled) {
        return best;
    }
    Bits b = { gicr_read(f, cpu, SGI_OFF(0x200), 4), gicr_read(f, cpu, SGI_OFF(0x100), 4),
               gicr_read(f, cpu, SGI_OFF(0x300), 4), gicr_read(f, cpu, SGI_OFF(0x80), 4) };
    for (unsigned i = 0; i < 32; i++) {
        if (may_be_best(&b, i, groups)) {
            best = better(best, i, gicr_read(f, cpu, SGI_OFF(0x400) + i, 1), b.group >> i & 1);
        }
    }
    for (unsigned w = 1; w <= f->n_spis / 32; w++) {
        b = (Bits){ gicd_read(f, 0x200 + w * 4, 4), gicd_read(f, 0x100 + w * 4, 4),
                    gicd_read(f, 0x300 + w * 4, 4), gicd_read(f, 0x80 + w * 4, 4) };
        for (unsigned i = 0; i < 32; i++) {
            unsigned intid = w * 32 + i;
            if (may_be_best(&b, i, groups) && spi_is_for(f, intid, cpu)) {
                best = better(best, intid, gicd_read(f, 0x400 + intid, 1), b.group >> i & 1);
            }
        }
    }
    return best;
}

static bool oracle_signals(Fixture *f, unsigned cpu, GicHppi best)
{
    if (best.intid == GIC_SPURIOUS || best.prio >= icc_read(f, cpu, ICC_PMR)) {
        return false;
    }
    /* ICC_BPR0 = n: bits <7:n+1>; ICC_BPR1 = n, Non-secure view: bits <7:n>. */
    unsigned bpr0 = icc_read(f, cpu, ICC_BPR0), bpr1 = icc_read(f, cpu, ICC_BPR1);
    bool cbpr = icc_read(f, cpu, ICC_CTLR) & 1;
    unsigned low = best.group == 0 || cbpr ? bpr0 + 1 : bpr1;
    return (uint64_t)best.prio >> low << low < icc_read(f, cpu, ICC_RPR);
}

/* A deliverable 1-of-N SPI is with an eligible CPU whenever there is one. */
static void check_1ofn(Fixture *f, unsigned intid, const char *after)
{
    const Gicv3 *gic = f->gic;
    unsigned group = gic->st.group[intid / 32] >> intid % 32 & 1;
    unsigned target = gic->cache.target[intid - 32];
    bool any = false, right = false;

    for (unsigned i = 0; i < f->n_cpus; i++) {
        const GicCpu *c = &gic->cpus[i];
        bool can = c->enabled && !(c->st.waker & 4) && (c->icc.grpen >> group & 1);
        any |= can;
        right |= can && target == i;
    }
    if (any ? !right : target != GIC_NO_CPU) {
        g_error("after %s: 1-of-N INTID %u of group %u is with CPU %d", after, intid, group,
                (int16_t)target);
    }
}

static void check_spis(Fixture *f, const char *after)
{
    const Gicv3 *gic = f->gic;

    for (unsigned w = 1; w < gic->n_words; w++) {
        uint32_t want = dist_deliverable_word(gic, w), got = gic->cache.deliverable[w];
        if (want != got || (got != 0) != (gic->cache.nonempty >> w & 1)) {
            g_error("after %s: deliverable[%u] is %08" PRIx32 ", should be %08" PRIx32, after, w,
                    got, want);
        }
        for (unsigned i = 0; i < 32; i++) {
            unsigned intid = w * 32 + i;
            if (!(got >> i & 1)) {
                g_assert_cmpuint(gic->cache.target[intid - 32], ==, GIC_NO_CPU);
            } else if (gicd_read(f, 0x6000 + intid * 8, 8) & BIT(31)) {
                check_1ofn(f, intid, after);
            }
        }
    }
}

void fix_check(Fixture *f, const char *after)
{
    check_spis(f, after);
    for (unsigned i = 0; i < f->n_cpus; i++) {
        const GicCpu *c = &f->gic->cpus[i];
        GicHppi spis[GIC_GROUPS], best = oracle_best(f, i), got = c->cache.best;
        bool signals = oracle_signals(f, i, best);
        dist_best_for_cpu(f->gic, i, spis);
        bool same = !memcmp(spis, c->cache.spi_best, sizeof(spis)) && got.intid == best.intid
            && (got.intid == GIC_SPURIOUS || !memcmp(&got, &best, sizeof(best)));
        bool wires = !c->pe || (f->pe[i].wire[ARM_WIRE_FIQ] == (signals && best.group == 0)
                                && f->pe[i].wire[ARM_WIRE_IRQ] == (signals && best.group == 1));
        if (!same || !wires || signals != c->cache.signalled) {
            g_autofree char *text = gicv3_describe_cpu(f->gic, i);
            g_error("after %s: best should be INTID %u priority %02x group %u, %ssignalled;"
                    " PE has IRQ %d FIQ %d\n%s", after, best.intid, best.prio, best.group,
                    signals ? "" : "not ", f->pe[i].wire[ARM_WIRE_IRQ],
                    f->pe[i].wire[ARM_WIRE_FIQ], text);
        }
    }
}
