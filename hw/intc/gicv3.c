/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3: the device. Its parts are gicv3_dist.c, gicv3_redist.c and gicv3_cpuif.c.
 *
 * Wiring: frame 0 = GICD, 1 and 2 = GICR regions. Inputs: gicv3_spi_line() per SPI, PPIs by
 * CpuIfOps.ppi_set_level. Outputs: IRQ and FIQ of each PE by gicv3_cpu_attach().
 */
#include "gicv3_internal.h"

#include <inttypes.h>

/* -- Who is who ---------------------------------------------------------------------------- */

unsigned gic_aff_lower_bound(const Gicv3 *gic, uint32_t aff)
{
    unsigned lo = 0, hi = gic->cfg.n_cpus;

    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (gic->aff_sorted[mid] < aff) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

unsigned gic_cpu_by_aff(const Gicv3 *gic, uint32_t aff)
{
    unsigned i = gic_aff_lower_bound(gic, aff);

    return i < gic->cfg.n_cpus && gic->aff_sorted[i] == aff ? gic->aff_cpu[i] : GIC_NO_CPU;
}

unsigned gic_next_enabled(const Gicv3 *gic, unsigned from)
{
    for (unsigned i = from / 64, lo = from % 64; i < ARRAY_SIZE(gic->enabled_cpus); i++, lo = 0) {
        uint64_t bits = atomic_load_explicit(&gic->enabled_cpus[i], memory_order_relaxed)
                      & MASK(63, lo);
        if (bits) {
            return i * 64 + ctz64(bits);
        }
    }
    return GIC_NO_CPU;
}

/* -- Parts of register hooks ----------------------------------------------------------------- */

uint32_t gic_icfgr_from_edge(uint32_t edge16)
{
    uint32_t icfgr = 0;

    for (unsigned i = 0; i < 16; i++) {
        icfgr |= (edge16 >> i & 1) << (2 * i + 1);
    }
    return icfgr;
}

uint32_t gic_edge_from_icfgr(uint32_t icfgr)
{
    uint32_t edge16 = 0;

    for (unsigned i = 0; i < 16; i++) {
        edge16 |= (icfgr >> (2 * i + 1) & 1) << i;
    }
    return edge16;
}

/* -- CPUs come and go -------------------------------------------------------------------------- */

GicCpu *gicv3_cpu(Gicv3 *gic, unsigned index)
{
    assert(index < gic->cfg.n_cpus);
    return &gic->cpus[index];
}

void gicv3_cpu_attach(Gicv3 *gic, unsigned index, void *pe, ArmSetWireFn *set_wire)
{
    GicCpu *c = gicv3_cpu(gic, index);

    g_mutex_lock(&c->lock);
    for (ArmIrqWire wire = ARM_WIRE_IRQ; wire <= ARM_WIRE_FIQ; wire++) {
        if (c->cache.wire[wire]) {
            c->cache.wire[wire] = false;
            c->set_wire(c->pe, wire, false);
        }
    }
    c->pe = pe;
    c->set_wire = set_wire;
    c->level = 0;                   /* the wires of the old PE's timers are gone with it */
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

void gicv3_cpu_set_enabled(Gicv3 *gic, unsigned index, bool enabled)
{
    GicCpu *c = gicv3_cpu(gic, index);
    uint64_t bit = BIT(index % 64);

    g_mutex_lock(&gic->lock);
    if (enabled) {
        atomic_fetch_or(&gic->enabled_cpus[index / 64], bit);
    } else {
        atomic_fetch_and(&gic->enabled_cpus[index / 64], ~bit);
    }
    g_mutex_lock(&c->lock);
    c->enabled = enabled;
    gic_cpu_update_locked(c);
    if (gic_cpu_unlock(c)) {
        dist_reroute_locked(gic);
    }
    g_mutex_unlock(&gic->lock);
}

IrqLine gicv3_spi_line(Gicv3 *gic, unsigned spi_index)
{
    assert(spi_index < gic->cfg.n_spis);
    return (IrqLine){ .set = dist_spi_set_level, .opaque = gic, .n = spi_index };
}

char *gicv3_describe_cpu(Gicv3 *gic, unsigned index)
{
    GicCpu *c = gicv3_cpu(gic, index);
    GString *text = g_string_new(NULL);

    g_mutex_lock(&c->lock);
    g_string_append_printf(text, "cpu %u: affinity %u.%u.%u.%u, %s, %s\n", index, c->aff >> 24,
                           c->aff >> 16 & 0xff, c->aff >> 8 & 0xff, c->aff & 0xff,
                           c->enabled ? "enabled" : "disabled",
                           c->st.waker & GICR_WAKER_ChildrenAsleep ? "asleep" : "awake");
    g_string_append_printf(text, "  SGI/PPI: group1 %08" PRIx32 " enabled %08" PRIx32
                           " latched %08" PRIx32 " level %08" PRIx32 " active %08" PRIx32
                           " edge %08" PRIx32 "\n", c->st.group, c->st.enabled, c->st.latched,
                           c->level, c->st.active, c->st.edge);
    g_string_append_printf(text, "  ICC: PMR %02x BPR0 %u BPR1 %u CTLR %x IGRPEN %x AP0R0 %08"
                           PRIx32 " AP1R0 %08" PRIx32 " RPR %02x\n", c->icc.pmr,
                           c->icc.bpr[GIC_G0], c->icc.bpr[GIC_G1], c->icc.ctlr, c->icc.grpen,
                           c->icc.apr[GIC_G0], c->icc.apr[GIC_G1], cpuif_running_prio(&c->icc));
    if (c->cache.best.intid == GIC_SPURIOUS) {
        g_string_append(text, "  best pending: none");
    } else {
        g_string_append_printf(text, "  best pending: INTID %u priority %02x group %u",
                               c->cache.best.intid, c->cache.best.prio, c->cache.best.group);
    }
    g_string_append_printf(text, "; IRQ %s, FIQ %s\n", c->cache.wire[ARM_WIRE_IRQ] ? "high" : "low",
                           c->cache.wire[ARM_WIRE_FIQ] ? "high" : "low");
    g_mutex_unlock(&c->lock);
    return g_string_free(text, FALSE);
}

/* -- Lifecycle ----------------------------------------------------------------------------- */

static void gicv3_reset(Device *dev)
{
    Gicv3 *gic = (Gicv3 *)dev;
    bool reroute = false;

    g_mutex_lock(&gic->lock);
    for (unsigned i = 0; i < gic->cfg.n_cpus; i++) {
        GicCpu *c = &gic->cpus[i];
        g_mutex_lock(&c->lock);
        redist_reset_locked(c);
        cpuif_reset_locked(c);
        gic_cpu_update_locked(c);
        reroute |= gic_cpu_unlock(c);
    }
    dist_reset_locked(gic);
    if (reroute) {
        dist_reroute_locked(gic);
    }
    g_mutex_unlock(&gic->lock);
}

static bool config_check(const Gicv3Config *cfg, Error **errp)
{
    if (cfg->n_cpus < 1 || cfg->n_cpus > GIC_MAX_CPUS) {
        return error_set(errp, "GICv3: %u CPUs: 1 to %u are possible", cfg->n_cpus, GIC_MAX_CPUS);
    }
    if (cfg->n_spis < 32 || cfg->n_spis > GIC_MAX_SPIS || cfg->n_spis % 32) {
        return error_set(errp, "GICv3: %u SPIs: must be a multiple of 32 from 32 to %u",
                         cfg->n_spis, GIC_MAX_SPIS);
    }
    if (cfg->n_redist_regions < 1 || cfg->n_redist_regions > 2) {
        return error_set(errp, "GICv3: %u redistributor regions: must be 1 or 2",
                         cfg->n_redist_regions);
    }
    uint64_t frames = 0;
    for (unsigned i = 0; i < cfg->n_redist_regions; i++) {
        frames += cfg->region_frames[i];
    }
    if (frames < cfg->n_cpus) {
        return error_set(errp, "GICv3: %u CPUs do not fit in redistributor regions of %" PRIu64
                         " frames", cfg->n_cpus, frames);
    }
    return true;
}

/* Fill aff_sorted and aff_cpu. False when two CPUs have one affinity. */
static bool index_affinities(Gicv3 *gic, Error **errp)
{
    for (unsigned n = 0; n < gic->cfg.n_cpus; n++) {
        uint32_t aff = gic->cpus[n].aff;
        unsigned at = n;
        while (at > 0 && gic->aff_sorted[at - 1] > aff) {
            at--;
        }
        if (at > 0 && gic->aff_sorted[at - 1] == aff) {
            return error_set(errp, "GICv3: CPUs %u and %u have one affinity, 0x%08" PRIx32,
                             gic->aff_cpu[at - 1], n, aff);
        }
        memmove(&gic->aff_sorted[at + 1], &gic->aff_sorted[at], (n - at) * sizeof(uint32_t));
        memmove(&gic->aff_cpu[at + 1], &gic->aff_cpu[at], (n - at) * sizeof(uint16_t));
        gic->aff_sorted[at] = aff;
        gic->aff_cpu[at] = n;
    }
    return true;
}

/* GICR_TYPER is final from here on, whatever is plugged later. */
static uint64_t make_typer(const Gicv3 *gic, unsigned index)
{
    enum { LAST = 1 << 4 };
    bool last = index + 1 == gic->cfg.n_cpus
             || (gic->cfg.n_redist_regions == 2 && index + 1 == gic->region_first[1]);

    return (uint64_t)gic->cpus[index].aff << 32 | index << 8 | (last ? LAST : 0);
}

static bool gicv3_realize(Device *dev, Error **errp)
{
    Gicv3 *gic = (Gicv3 *)dev;

    if (!config_check(&gic->cfg, errp) || !index_affinities(gic, errp)) {
        return false;
    }
    gic->n_words = (gic->cfg.n_spis + GIC_INTERNAL) / 32;
    gic->region_first[1] = gic->cfg.region_frames[0];
    for (unsigned i = 0; i < gic->cfg.n_cpus; i++) {
        gic->cpus[i].typer = make_typer(gic, i);
    }
    for (unsigned i = 0; i < gic->cfg.n_redist_regions; i++) {
        dev->frame_bytes[1 + i] = gic->cfg.region_frames[i] * (uint64_t)GICR_FRAME_BYTES;
    }
    device_reset(dev);
    return true;
}

static void gicv3_finalize(Device *dev)
{
    Gicv3 *gic = (Gicv3 *)dev;

    for (unsigned i = 0; i < gic->cfg.n_cpus; i++) {
        g_mutex_clear(&gic->cpus[i].lock);
    }
    g_mutex_clear(&gic->lock);
    g_free(gic->cpus);
}

Gicv3 *gicv3_new(const Gicv3Config *cfg)
{
    Gicv3 *gic = device_new(&gicv3_type);

    gic->cfg = *cfg;
    gic->cfg.mpidr = NULL;
    gic->cpus = g_new0(GicCpu, cfg->n_cpus);
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        GicCpu *c = &gic->cpus[i];
        c->gic = gic;
        c->index = i;
        c->aff = extract64(cfg->mpidr[i], 32, 8) << 24 | extract64(cfg->mpidr[i], 0, 24);
        g_mutex_init(&c->lock);
    }
    g_mutex_init(&gic->lock);
    return gic;
}

Device *gicv3_device(Gicv3 *gic) { return &gic->dev; }

/* -- Descriptor ---------------------------------------------------------------------------- */

/* The board writes the nodes of the GIC itself, so there is no describe. */
const DeviceType gicv3_type = {
    .name = "arm-gicv3",
    .description = "Arm GICv3 interrupt controller",
    .size = sizeof(Gicv3),
    .frames = {
        { .size_bytes = 0x10000, .regs = &gicd_block },
        { .ops = &gicr_ops[0] },        /* realize knows the size */
        { .ops = &gicr_ops[1] },
    },
    .realize = gicv3_realize,
    .reset = gicv3_reset,
    .finalize = gicv3_finalize,
};
