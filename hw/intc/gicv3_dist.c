/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3 distributor: SPIs, their routing, and the GICD frame. IHI 0069, chapters 4 and 12.9.
 *
 * An SPI is deliverable when pending, enabled, inactive and of an enabled group. A deliverable SPI
 * is presented to one CPU: the one IROUTER names, enabled or not, or the 1-of-N choice.
 */
#include "gicv3_internal.h"

#include <stdint.h>

/* -- Derived state ------------------------------------------------------------------------- */

uint32_t dist_pending_word(const Gicv3 *gic, unsigned w)
{
    return gic->st.latched[w] | (gic->level[w] & ~gic->st.edge[w]);
}

uint32_t dist_deliverable_word(const Gicv3 *gic, unsigned w)
{
    const GicDistState *st = &gic->st;
    uint32_t groups = (st->ctlr & GICD_CTLR_EnableGrp1 ? st->group[w] : 0)
                    | (st->ctlr & GICD_CTLR_EnableGrp0 ? ~st->group[w] : 0);

    return dist_pending_word(gic, w) & st->enabled[w] & ~st->active[w] & groups;
}

void dist_best_for_cpu(const Gicv3 *gic, unsigned cpu, GicHppi best[GIC_GROUPS])
{
    best[GIC_G0] = best[GIC_G1] = GIC_HPPI_NONE;
    for (uint32_t words = gic->cache.nonempty; words; words &= words - 1) {
        unsigned w = ctz64(words);
        for (uint32_t bits = gic->cache.deliverable[w]; bits; bits &= bits - 1) {
            unsigned intid = w * 32 + ctz64(bits);
            if (gic->cache.target[intid - GIC_INTERNAL] != cpu) {
                continue;
            }
            unsigned group = gic->st.group[w] >> intid % 32 & 1;
            if (gic->st.prio[intid] < best[group].prio) { /* ties: the lower INTID */
                best[group] = (GicHppi){ intid, gic->st.prio[intid], group };
            }
        }
    }
}

/*
 * The 1-of-N choice for an SPI now at @current: a CPU that can take it at once (stay, or the
 * lowest index), else one that can take it later (stay, or the lowest index), else none. Other
 * CPUs' offers may change meanwhile; whoever changes one calls dist_reroute_locked() afterwards.
 */
static unsigned choose_1ofn(const Gicv3 *gic, unsigned group, unsigned prio, unsigned current)
{
    unsigned later = GIC_NO_CPU;

    if (current != GIC_NO_CPU) {
        unsigned offer = atomic_load(&gic->cpus[current].offer);
        if (offer & OFFER_GROUP(group)) {
            if (prio < OFFER_THRESHOLD(offer)) {
                return current;
            }
            later = current;
        }
    }
    for (unsigned i = gic_next_enabled(gic, 0); i != GIC_NO_CPU; i = gic_next_enabled(gic, i + 1)) {
        unsigned offer = atomic_load(&gic->cpus[i].offer);
        if (!(offer & OFFER_GROUP(group))) {
            continue;
        }
        if (prio < OFFER_THRESHOLD(offer)) {
            return i;
        }
        if (later == GIC_NO_CPU) {
            later = i;
        }
    }
    return later;
}

static unsigned choose_target(const Gicv3 *gic, unsigned intid)
{
    unsigned w = intid / 32, bit = intid % 32, spi = intid - GIC_INTERNAL;

    if (!(gic->cache.deliverable[w] >> bit & 1)) {
        return GIC_NO_CPU;
    }
    if (gic->cache.irm[w] >> bit & 1) {
        return choose_1ofn(gic, gic->st.group[w] >> bit & 1, gic->st.prio[intid],
                           gic->cache.target[spi]);
    }
    return gic->cache.route[spi];
}

/* -- Publishing ---------------------------------------------------------------------------- */

typedef struct CpuSet {
    uint64_t bits[GIC_MAX_CPUS / 64];
} CpuSet;

static void cpu_set_add(CpuSet *set, unsigned cpu)
{
    if (cpu != GIC_NO_CPU) {
        set->bits[cpu / 64] |= BIT(cpu % 64);
    }
}

static void publish_to_locked(Gicv3 *gic, unsigned cpu)
{
    GicHppi best[GIC_GROUPS];

    dist_best_for_cpu(gic, cpu, best);
    redist_set_spi_best(&gic->cpus[cpu], best);
}

static void publish_locked(Gicv3 *gic, const CpuSet *set)
{
    for (unsigned i = 0; i < ARRAY_SIZE(set->bits); i++) {
        for (uint64_t bits = set->bits[i]; bits; bits &= bits - 1) {
            publish_to_locked(gic, i * 64 + ctz64(bits));
        }
    }
}

static void derive_word(Gicv3 *gic, unsigned w, uint32_t mask, CpuSet *touched)
{
    uint32_t now = dist_deliverable_word(gic, w);
    uint32_t words_1ofn = atomic_load(&gic->words_1ofn);

    gic->cache.deliverable[w] = now;
    gic->cache.nonempty = deposit64(gic->cache.nonempty, w, 1, now != 0);
    words_1ofn = deposit64(words_1ofn, w, 1, (now & gic->cache.irm[w]) != 0);
    atomic_store(&gic->words_1ofn, words_1ofn);
    for (; mask; mask &= mask - 1) {
        unsigned intid = w * 32 + ctz64(mask);
        uint16_t *target = &gic->cache.target[intid - GIC_INTERNAL];
        cpu_set_add(touched, *target);
        *target = choose_target(gic, intid);
        cpu_set_add(touched, *target);
    }
}

void dist_update_locked(Gicv3 *gic, unsigned w, uint32_t mask)
{
    CpuSet touched = { 0 };

    derive_word(gic, w, mask, &touched);
    publish_locked(gic, &touched);
}

void dist_update_all_locked(Gicv3 *gic)
{
    CpuSet touched = { 0 };

    /* SGIs and PPIs depend on GICD_CTLR as well, so every CPU is published to. */
    atomic_store(&gic->groups, gic->st.ctlr & (GICD_CTLR_EnableGrp0 | GICD_CTLR_EnableGrp1));
    for (unsigned w = 1; w < gic->n_words; w++) {
        derive_word(gic, w, UINT32_MAX, &touched);
    }
    for (unsigned i = 0; i < gic->cfg.n_cpus; i++) {
        publish_to_locked(gic, i);
    }
}

void dist_reroute_locked(Gicv3 *gic)
{
    for (uint32_t words = atomic_load(&gic->words_1ofn); words; words &= words - 1) {
        unsigned w = ctz64(words);
        dist_update_locked(gic, w, gic->cache.deliverable[w] & gic->cache.irm[w]);
    }
}

/* -- State changes ------------------------------------------------------------------------- */

void dist_spi_set_level(void *opaque, unsigned n, bool level)
{
    Gicv3 *gic = opaque;
    unsigned w = (n + GIC_INTERNAL) / 32;
    uint32_t bit = BIT(n % 32);

    g_mutex_lock(&gic->lock);
    if (level != !!(gic->level[w] & bit)) {
        gic->level[w] ^= bit;
        if (level) {
            gic->st.latched[w] |= bit & gic->st.edge[w];
        }
        dist_update_locked(gic, w, bit);
    }
    g_mutex_unlock(&gic->lock);
}

void dist_activate_locked(Gicv3 *gic, unsigned intid)
{
    unsigned w = intid / 32;
    uint32_t bit = BIT(intid % 32);

    gic->st.latched[w] &= ~bit;
    gic->st.active[w] |= bit;
    dist_update_locked(gic, w, bit);
}

void dist_deactivate(Gicv3 *gic, unsigned intid)
{
    unsigned w = intid / 32;
    uint32_t bit = BIT(intid % 32);

    g_mutex_lock(&gic->lock);
    if (gic->st.active[w] & bit) {
        gic->st.active[w] &= ~bit;
        dist_update_locked(gic, w, bit);
    }
    g_mutex_unlock(&gic->lock);
}

/* -- Register hooks: all run under gic->lock ------------------------------------------------ */

/* Which interrupts of word @n are SPIs that exist; the others are RAZ/WI. */
static uint32_t spi_mask(const Gicv3 *gic, unsigned n)
{
    return n == 0 || n >= gic->n_words ? 0 : UINT32_MAX;
}

static void ctlr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    dist_update_all_locked(dev);
}

/*
 * IDbits: 16 bits of INTID, as ICC_CTLR_EL1 says. RSS: affinity 0 up to 255 by range selector.
 * No LPIs, no message-based SPIs, no extended SPIs; 1-of-N is there (No1N = 0).
 */
static uint64_t typer_read(void *dev, const Reg *reg, unsigned n)
{
    const Gicv3 *gic = dev;
    enum { A3V = 1 << 24, RSS = 1 << 26 };

    return (gic->n_words - 1) | 15 << 19 | A3V | RSS;
}

static void igroupr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;

    gic->st.group[n] &= spi_mask(gic, n);
    dist_update_locked(gic, n, gic->st.group[n] ^ old);
}

static void isenabler_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;

    gic->st.enabled[n] |= val & spi_mask(gic, n);
    dist_update_locked(gic, n, gic->st.enabled[n] ^ old);
}

static void icenabler_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;

    dist_update_locked(gic, n, gic->st.enabled[n] ^ old);
}

static uint64_t pendr_read(void *dev, const Reg *reg, unsigned n)
{
    return dist_pending_word(dev, n);
}

static void ispendr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;
    uint32_t set = val & spi_mask(gic, n);

    gic->st.latched[n] |= set;
    dist_update_locked(gic, n, set);
}

/* A level-sensitive interrupt stays pending while its wire is high. */
static void icpendr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;
    uint32_t cleared = val & gic->st.latched[n];

    gic->st.latched[n] &= ~cleared;
    dist_update_locked(gic, n, cleared);
}

static void isactiver_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;

    gic->st.active[n] |= val & spi_mask(gic, n);
    dist_update_locked(gic, n, gic->st.active[n] ^ old);
}

static void icactiver_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;

    dist_update_locked(gic, n, gic->st.active[n] ^ old);
}

static void ipriorityr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;
    unsigned intid = n * 4;

    if (!spi_mask(gic, intid / 32)) {
        memset(&gic->st.prio[intid], 0, 4);
        return;
    }
    dist_update_locked(gic, intid / 32, UINT32_C(0xf) << intid % 32);
}

static uint64_t icfgr_read(void *dev, const Reg *reg, unsigned n)
{
    const Gicv3 *gic = dev;

    return gic_icfgr_from_edge(gic->st.edge[n / 2] >> n % 2 * 16 & 0xffff);
}

/*
 * What is pending stays so when the configuration changes (the architecture leaves it UNKNOWN). A
 * driver that sets up an edge-triggered interrupt thereby gets the edge of before.
 */
static void icfgr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;
    unsigned w = n / 2, shift = n % 2 * 16;
    uint32_t edge = deposit64(gic->st.edge[w], shift, 16, gic_edge_from_icfgr(val))
                  & spi_mask(gic, w);

    gic->st.latched[w] |= gic->level[w] & edge & ~gic->st.edge[w];
    gic->st.edge[w] = edge;
    dist_update_locked(gic, w, UINT32_C(0xffff) << shift & spi_mask(gic, w));
}

static void irouter_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Gicv3 *gic = dev;
    unsigned w = (n + GIC_INTERNAL) / 32;

    if (n >= gic->cfg.n_spis) {
        gic->st.irouter[n] = 0;
        return;
    }
    uint64_t router = gic->st.irouter[n];
    uint32_t aff = extract64(router, 32, 8) << 24 | extract64(router, 0, 24);
    gic->cache.route[n] = gic_cpu_by_aff(gic, aff);
    gic->cache.irm[w] = deposit64(gic->cache.irm[w], n % 32, 1, (router & GICD_IROUTER_IRM) != 0);
    dist_update_locked(gic, w, BIT(n % 32));
}

/* -- Register table ------------------------------------------------------------------------ */

#define D(member) offsetof(Gicv3, st.member)
#define ROW_BITS(name_, off_, field_, w1c_, written_)                                            \
    { .name = (name_), .off = (off_), .width = 4, .access = REG_ACC_W, .count = GIC_WORDS,       \
      .field = (field_), .w1c = (w1c_), .written = (written_) }

static const Reg gicd_regs[] = {
    { .name = "GICD_CTLR", .off = 0x0000, .width = 4, .access = REG_ACC_W, .field = D(ctlr),
      .reset = GICD_CTLR_ARE | GICD_CTLR_DS,
      .wmask = GICD_CTLR_EnableGrp0 | GICD_CTLR_EnableGrp1, .written = ctlr_written },
    { .name = "GICD_TYPER", .off = 0x0004, .width = 4, .access = REG_ACC_W,
      .field = REG_NO_FIELD, .read = typer_read },
    GIC_ROW_CONST("GICD_IIDR", 0x0008, GIC_IIDR),
    GIC_ROW_RAZ_WI("GICD_TYPER2", 0x000c, 1),
    GIC_ROW_RAZ_WI("GICD_STATUSR", 0x0010, 1),
    GIC_ROW_RAZ_WI("GICD_SETSPI_NSR", 0x0040, 1),
    GIC_ROW_RAZ_WI("GICD_CLRSPI_NSR", 0x0048, 1),
    GIC_ROW_RAZ_WI("GICD_SETSPI_SR", 0x0050, 1),
    GIC_ROW_RAZ_WI("GICD_CLRSPI_SR", 0x0058, 1),
    { .name = "GICD_IGROUPR", .off = 0x0080, .width = 4, .access = REG_ACC_W, .count = GIC_WORDS,
      .field = D(group), .wmask = UINT32_MAX, .written = igroupr_written },
    ROW_BITS("GICD_ISENABLER", 0x0100, D(enabled), 0, isenabler_written),
    ROW_BITS("GICD_ICENABLER", 0x0180, D(enabled), UINT32_MAX, icenabler_written),
    { .name = "GICD_ISPENDR", .off = 0x0200, .width = 4, .access = REG_ACC_W, .count = GIC_WORDS,
      .field = REG_NO_FIELD, .read = pendr_read, .written = ispendr_written },
    { .name = "GICD_ICPENDR", .off = 0x0280, .width = 4, .access = REG_ACC_W, .count = GIC_WORDS,
      .field = REG_NO_FIELD, .read = pendr_read, .written = icpendr_written },
    ROW_BITS("GICD_ISACTIVER", 0x0300, D(active), 0, isactiver_written),
    ROW_BITS("GICD_ICACTIVER", 0x0380, D(active), UINT32_MAX, icactiver_written),
    { .name = "GICD_IPRIORITYR", .off = 0x0400, .width = 4, .access = REG_ACC_B | REG_ACC_W,
      .count = 255, .field = D(prio), .wmask = GIC_PRI_MASK * UINT32_C(0x01010101),
      .written = ipriorityr_written },
    { .name = "GICD_ITARGETSR", .off = 0x0800, .width = 4, .access = REG_ACC_B | REG_ACC_W,
      .count = 255, .field = REG_NO_FIELD },    /* RES0 with affinity routing */
    { .name = "GICD_ICFGR", .off = 0x0c00, .width = 4, .access = REG_ACC_W, .count = 64,
      .field = REG_NO_FIELD, .read = icfgr_read, .written = icfgr_written },
    GIC_ROW_RAZ_WI("GICD_IGRPMODR", 0x0d00, GIC_WORDS),         /* RES0: DS = 1 */
    GIC_ROW_RAZ_WI("GICD_NSACR", 0x0e00, 64),                   /* RES0: DS = 1 */
    GIC_ROW_RAZ_WI("GICD_SGIR", 0x0f00, 1),                     /* these three: RES0 with ARE */
    { .name = "GICD_CPENDSGIR", .off = 0x0f10, .width = 4, .access = REG_ACC_B | REG_ACC_W,
      .count = 4, .field = REG_NO_FIELD },
    { .name = "GICD_SPENDSGIR", .off = 0x0f20, .width = 4, .access = REG_ACC_B | REG_ACC_W,
      .count = 4, .field = REG_NO_FIELD },
    { .name = "GICD_IROUTER", .off = 0x6100, .width = 8, .access = REG_ACC_W | REG_ACC_D,
      .count = GIC_ROUTERS, .field = D(irouter), .wmask = GIC_AFF_MASK | GICD_IROUTER_IRM,
      .written = irouter_written },
    GIC_ROWS_ID("GICD", 0),
};

static GMutex *gicd_lock(void *dev) { return &((Gicv3 *)dev)->lock; }

const RegBlock gicd_block = {
    .name = "gicv3 distributor", .rows = gicd_regs, .n_rows = ARRAY_SIZE(gicd_regs),
    .lock = gicd_lock,
};

/* -- Reset --------------------------------------------------------------------------------- */

void dist_reset_locked(Gicv3 *gic)
{
    memset(gic->st.latched, 0, sizeof(gic->st.latched));
    memset(gic->st.edge, 0, sizeof(gic->st.edge));
    memset(&gic->cache, 0, sizeof(gic->cache));
    /* IROUTER resets to affinity 0.0.0.0. */
    unsigned route = gic_cpu_by_aff(gic, 0);
    for (unsigned i = 0; i < GIC_MAX_SPIS; i++) {
        gic->cache.route[i] = route;
        gic->cache.target[i] = GIC_NO_CPU;
    }
    dist_update_all_locked(gic);
}
