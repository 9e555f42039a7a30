/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3 CPU interface: the ICC_* system registers. IHI 0069, chapters 4.8 and 12.2.
 *
 * One security state: Group 0 is FIQ, Group 1 is IRQ. The PE has Non-secure rules for ICC_BPR1:
 * its minimum is one above ICC_BPR0's and its value names the lowest bit of the group priority.
 *
 * Accesses come on the PE's own thread, so what only they change may be read without the lock.
 */
#include "gicv3_internal.h"

#include "util/log.h"

enum {
    ICC_CTLR_CBPR = 1 << 0,
    ICC_CTLR_EOImode = 1 << 1,
    ICC_CTLR_WMASK = ICC_CTLR_CBPR | ICC_CTLR_EOImode,
    ICC_CTLR_PRIbits = (GIC_PRI_BITS - 1) << 8,
    ICC_CTLR_A3V = 1 << 15,
    ICC_CTLR_RSS = 1 << 18,
    ICC_CTLR_RO = ICC_CTLR_PRIbits | ICC_CTLR_A3V | ICC_CTLR_RSS, /* IDbits 0: 16 bits */

    ICC_CTLR_EL3_CBPR_EL1NS = 1 << 1,
    ICC_CTLR_EL3_EOImode_EL1NS = 1 << 4,
    ICC_CTLR_EL3_nDS = 1 << 17,

    ICC_SRE_VALUE = 7,              /* SRE, DFB, DIB: system registers, no bypass */
    ICC_SRE_EL3_VALUE = 15,         /* and Enable */
};
#define ICC_SGIR_IRM BIT(40)

/* -- Derived state ------------------------------------------------------------------------- */

unsigned cpuif_running_prio(const GicIccState *icc)
{
    uint32_t active = icc->apr[GIC_G0] | icc->apr[GIC_G1];

    return active ? ctz64(active) << (8 - GIC_PRI_BITS) : GIC_PRI_IDLE;
}

unsigned cpuif_group_mask(const GicIccState *icc, unsigned group)
{
    unsigned low = group == GIC_G0 || (icc->ctlr & ICC_CTLR_CBPR) ? icc->bpr[GIC_G0] + 1u
                                                                  : icc->bpr[GIC_G1];
    return 0xff & (0xff << low);
}

bool cpuif_is_signalled(const GicIccState *icc, GicHppi hp)
{
    return hp.intid != GIC_SPURIOUS && hp.prio < icc->pmr
        && (hp.prio & cpuif_group_mask(icc, hp.group)) < cpuif_running_prio(icc);
}

/* -- Acknowledge --------------------------------------------------------------------------- */

static bool can_acknowledge(const GicCpu *c, unsigned group)
{
    return c->cache.signalled && c->cache.best.group == group;
}

/* The best interrupt becomes active here: its priority, and, of an SGI or PPI, its state. */
static unsigned acknowledge_locked(GicCpu *c)
{
    GicHppi hp = c->cache.best;
    unsigned group_prio = hp.prio & cpuif_group_mask(&c->icc, hp.group);

    c->icc.apr[hp.group] |= BIT(group_prio >> (8 - GIC_PRI_BITS));
    if (hp.intid < GIC_INTERNAL) {
        redist_activate_locked(c, hp.intid);
    }
    gic_cpu_update_locked(c);
    return hp.intid;
}

/* An SPI was best: its state needs the distributor's lock, and may change before we hold it. */
static unsigned acknowledge_spi(GicCpu *c, unsigned group)
{
    Gicv3 *gic = c->gic;
    unsigned intid = GIC_SPURIOUS;

    g_mutex_lock(&gic->lock);
    g_mutex_lock(&c->lock);
    if (can_acknowledge(c, group)) {
        intid = acknowledge_locked(c);
    }
    bool reroute = gic_cpu_unlock(c);
    if (intid != GIC_SPURIOUS && intid >= GIC_INTERNAL) {
        dist_activate_locked(gic, intid);
    }
    if (reroute) {
        dist_reroute_locked(gic);
    }
    g_mutex_unlock(&gic->lock);
    return intid;
}

static uint64_t iar_read(GicCpu *c, unsigned group)
{
    unsigned intid = GIC_SPURIOUS;

    g_mutex_lock(&c->lock);
    bool can = can_acknowledge(c, group);
    if (can && c->cache.best.intid >= GIC_INTERNAL) {
        g_mutex_unlock(&c->lock);
        return acknowledge_spi(c, group);
    }
    if (can) {
        intid = acknowledge_locked(c);
    }
    gic_cpu_leave(c);
    return intid;
}

static uint64_t hppir_read(GicCpu *c, unsigned group)
{
    g_mutex_lock(&c->lock);
    GicHppi best = c->cache.best;
    g_mutex_unlock(&c->lock);
    return best.group == group ? best.intid : GIC_SPURIOUS;
}

/* -- Priority drop and deactivation ----------------------------------------------------------- */

static bool intid_exists(const GicCpu *c, unsigned intid)
{
    return intid < c->gic->n_words * 32;
}

static void deactivate(GicCpu *c, unsigned intid)
{
    if (intid >= GIC_INTERNAL) {
        dist_deactivate(c->gic, intid);
        return;
    }
    g_mutex_lock(&c->lock);
    c->st.active &= ~BIT(intid);
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

/* The running priority's group loses it. Writing the wrong EOIR is UNPREDICTABLE: ignored. */
static bool drop_priority_locked(GicCpu *c, unsigned group)
{
    uint32_t *apr = c->icc.apr;

    if (!apr[group] || (apr[!group] && ctz64(apr[!group]) < ctz64(apr[group]))) {
        return false;
    }
    apr[group] &= apr[group] - 1;
    return true;
}

static void eoir_write(GicCpu *c, unsigned group, uint64_t val)
{
    unsigned intid = extract64(val, 0, 24);

    if (!intid_exists(c, intid)) {  /* 1023 is what a spurious IAR gave: harmless */
        if (intid != GIC_SPURIOUS) {
            log_guest("gicv3", "cpu %u: write of %u to ICC_EOIR%u: no such interrupt", c->index,
                      intid, group);
        }
        return;
    }
    bool split = c->icc.ctlr & ICC_CTLR_EOImode;
    g_mutex_lock(&c->lock);
    bool dropped = drop_priority_locked(c, group);
    if (dropped && !split && intid < GIC_INTERNAL) {
        c->st.active &= ~BIT(intid);
    }
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
    if (!dropped) {
        log_guest("gicv3", "cpu %u: write of %u to ICC_EOIR%u: the running priority is not of "
                  "group %u", c->index, intid, group, group);
    } else if (!split && intid >= GIC_INTERNAL) {
        dist_deactivate(c->gic, intid);
    }
}

static void dir_write(GicCpu *c, unsigned unused, uint64_t val)
{
    unsigned intid = extract64(val, 0, 24);

    if (!intid_exists(c, intid)) {
        log_guest("gicv3", "cpu %u: write of %u to ICC_DIR: no such interrupt", c->index, intid);
    } else if (!(c->icc.ctlr & ICC_CTLR_EOImode)) {
        log_guest("gicv3", "cpu %u: write of %u to ICC_DIR with EOImode 0: ignored", c->index,
                  intid);
    } else {
        deactivate(c, intid);
    }
}

static uint64_t rpr_read(GicCpu *c, unsigned unused) { return cpuif_running_prio(&c->icc); }

/* -- SGIs ---------------------------------------------------------------------------------- */

static void sgi_to_list(Gicv3 *gic, unsigned intid, unsigned group, uint64_t val)
{
    uint32_t aff = extract64(val, 48, 8) << 24 | extract64(val, 32, 8) << 16
                 | extract64(val, 16, 8) << 8 | extract64(val, 44, 4) << 4;
    uint32_t list = extract64(val, 0, 16);

    for (unsigned i = gic_aff_lower_bound(gic, aff);
         i < gic->cfg.n_cpus && gic->aff_sorted[i] - aff < 16; i++) {
        unsigned cpu = gic->aff_cpu[i];
        if ((list >> (gic->aff_sorted[i] - aff) & 1) && gic_cpu_is_enabled(gic, cpu)) {
            redist_send_sgi(&gic->cpus[cpu], intid, group);
        }
    }
}

/* ICC_SGI<group>R. Targets that do not exist or are not enabled are left out, silently. */
static void sgir_write(GicCpu *c, unsigned group, uint64_t val)
{
    Gicv3 *gic = c->gic;
    unsigned intid = extract64(val, 24, 4);

    if (!gic_cpu_is_enabled(gic, c->index)) {
        return;
    }
    if (!(val & ICC_SGIR_IRM)) {
        sgi_to_list(gic, intid, group, val);
        return;
    }
    for (unsigned i = gic_next_enabled(gic, 0); i != GIC_NO_CPU; i = gic_next_enabled(gic, i + 1)) {
        if (i != c->index) {
            redist_send_sgi(&gic->cpus[i], intid, group);
        }
    }
}

/* -- Control registers --------------------------------------------------------------------- */

static uint64_t pmr_read(GicCpu *c, unsigned unused) { return c->icc.pmr; }

static void pmr_write(GicCpu *c, unsigned unused, uint64_t val)
{
    g_mutex_lock(&c->lock);
    c->icc.pmr = val & GIC_PRI_MASK;
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

static uint64_t bpr_read(GicCpu *c, unsigned group)
{
    if (group == GIC_G1 && (c->icc.ctlr & ICC_CTLR_CBPR)) {
        return MIN(c->icc.bpr[GIC_G0] + 1, 7);
    }
    return c->icc.bpr[group];
}

static void bpr_write(GicCpu *c, unsigned group, uint64_t val)
{
    unsigned min = GIC_MIN_BPR0 + group;

    if (group == GIC_G1 && (c->icc.ctlr & ICC_CTLR_CBPR)) {
        return;                     /* read-only alias of ICC_BPR0 */
    }
    g_mutex_lock(&c->lock);
    c->icc.bpr[group] = MAX(extract64(val, 0, 3), min);
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

static uint64_t ctlr_read(GicCpu *c, unsigned unused) { return ICC_CTLR_RO | c->icc.ctlr; }

static void ctlr_write(GicCpu *c, unsigned unused, uint64_t val)
{
    g_mutex_lock(&c->lock);
    c->icc.ctlr = val & ICC_CTLR_WMASK;
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

/* One security state: EL3 sees the fields of Non-secure EL1, and that DS cannot be cleared. */
static uint64_t ctlr_el3_read(GicCpu *c, unsigned unused)
{
    return ICC_CTLR_RO | ICC_CTLR_EL3_nDS
         | (c->icc.ctlr & ICC_CTLR_CBPR ? ICC_CTLR_EL3_CBPR_EL1NS : 0)
         | (c->icc.ctlr & ICC_CTLR_EOImode ? ICC_CTLR_EL3_EOImode_EL1NS : 0);
}

static void ctlr_el3_write(GicCpu *c, unsigned unused, uint64_t val)
{
    ctlr_write(c, 0, (val & ICC_CTLR_EL3_CBPR_EL1NS ? ICC_CTLR_CBPR : 0)
                   | (val & ICC_CTLR_EL3_EOImode_EL1NS ? ICC_CTLR_EOImode : 0));
}

static uint64_t igrpen_read(GicCpu *c, unsigned group) { return c->icc.grpen >> group & 1; }

static void igrpen_write(GicCpu *c, unsigned group, uint64_t val)
{
    g_mutex_lock(&c->lock);
    c->icc.grpen = deposit64(c->icc.grpen, group, 1, val & 1);
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

static uint64_t apr_read(GicCpu *c, unsigned group) { return c->icc.apr[group]; }

static void apr_write(GicCpu *c, unsigned group, uint64_t val)
{
    g_mutex_lock(&c->lock);
    c->icc.apr[group] = val;
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

static uint64_t const_read(GicCpu *c, unsigned value) { return value; }
static void ignored_write(GicCpu *c, unsigned unused, uint64_t val) { }

/* -- Register table ------------------------------------------------------------------------ */

/* A NULL hook: the register is write-only or read-only, and the PE should not have let it pass. */
typedef struct IccRow {
    const char *name;
    unsigned arg;                   /* for the hooks: the group, mostly */
    uint64_t (*read)(GicCpu *c, unsigned arg);
    void (*write)(GicCpu *c, unsigned arg, uint64_t val);
} IccRow;

static const IccRow icc_rows[ICC_REG_COUNT] = {
    [ICC_IAR0]   = { "ICC_IAR0_EL1", GIC_G0, iar_read, NULL },
    [ICC_IAR1]   = { "ICC_IAR1_EL1", GIC_G1, iar_read, NULL },
    [ICC_EOIR0]  = { "ICC_EOIR0_EL1", GIC_G0, NULL, eoir_write },
    [ICC_EOIR1]  = { "ICC_EOIR1_EL1", GIC_G1, NULL, eoir_write },
    [ICC_HPPIR0] = { "ICC_HPPIR0_EL1", GIC_G0, hppir_read, NULL },
    [ICC_HPPIR1] = { "ICC_HPPIR1_EL1", GIC_G1, hppir_read, NULL },
    [ICC_DIR]    = { "ICC_DIR_EL1", 0, NULL, dir_write },
    [ICC_RPR]    = { "ICC_RPR_EL1", 0, rpr_read, NULL },
    [ICC_PMR]    = { "ICC_PMR_EL1", 0, pmr_read, pmr_write },
    [ICC_BPR0]   = { "ICC_BPR0_EL1", GIC_G0, bpr_read, bpr_write },
    [ICC_BPR1]   = { "ICC_BPR1_EL1", GIC_G1, bpr_read, bpr_write },
    [ICC_CTLR]   = { "ICC_CTLR_EL1", 0, ctlr_read, ctlr_write },
    [ICC_CTLR_EL3]    = { "ICC_CTLR_EL3", 0, ctlr_el3_read, ctlr_el3_write },
    [ICC_IGRPEN0]     = { "ICC_IGRPEN0_EL1", GIC_G0, igrpen_read, igrpen_write },
    [ICC_IGRPEN1]     = { "ICC_IGRPEN1_EL1", GIC_G1, igrpen_read, igrpen_write },
    [ICC_IGRPEN1_EL3] = { "ICC_IGRPEN1_EL3", GIC_G1, igrpen_read, igrpen_write },
    [ICC_SRE]     = { "ICC_SRE_EL1", ICC_SRE_VALUE, const_read, ignored_write },
    [ICC_SRE_EL3] = { "ICC_SRE_EL3", ICC_SRE_EL3_VALUE, const_read, ignored_write },
    [ICC_SGI0R]   = { "ICC_SGI0R_EL1", GIC_G0, NULL, sgir_write },
    [ICC_SGI1R]   = { "ICC_SGI1R_EL1", GIC_G1, NULL, sgir_write },
    /* For the Security state that is not the current one, and there is no other. */
    [ICC_ASGI1R]  = { "ICC_ASGI1R_EL1", 0, NULL, ignored_write },
    [ICC_AP0R0]   = { "ICC_AP0R0_EL1", GIC_G0, apr_read, apr_write },
    [ICC_AP0R1]   = { "ICC_AP0R1_EL1", 0, const_read, ignored_write },
    [ICC_AP0R2]   = { "ICC_AP0R2_EL1", 0, const_read, ignored_write },
    [ICC_AP0R3]   = { "ICC_AP0R3_EL1", 0, const_read, ignored_write },
    [ICC_AP1R0]   = { "ICC_AP1R0_EL1", GIC_G1, apr_read, apr_write },
    [ICC_AP1R1]   = { "ICC_AP1R1_EL1", 0, const_read, ignored_write },
    [ICC_AP1R2]   = { "ICC_AP1R2_EL1", 0, const_read, ignored_write },
    [ICC_AP1R3]   = { "ICC_AP1R3_EL1", 0, const_read, ignored_write },
};

static uint64_t cpuif_read(void *gic_cpu, IccReg reg)
{
    GicCpu *c = gic_cpu;

    assert(reg < ICC_REG_COUNT);
    const IccRow *row = &icc_rows[reg];
    if (!row->read) {
        log_guest("gicv3", "cpu %u: read of write-only %s", c->index, row->name);
        return 0;
    }
    return row->read(c, row->arg);
}

static void cpuif_write(void *gic_cpu, IccReg reg, uint64_t val)
{
    GicCpu *c = gic_cpu;

    assert(reg < ICC_REG_COUNT);
    const IccRow *row = &icc_rows[reg];
    if (!row->write) {
        log_guest("gicv3", "cpu %u: write to read-only %s", c->index, row->name);
        return;
    }
    row->write(c, row->arg, val);
}

/* -- Reset --------------------------------------------------------------------------------- */

void cpuif_reset_locked(GicCpu *c)
{
    c->icc = (GicIccState){ .bpr = { GIC_MIN_BPR0, GIC_MIN_BPR0 + 1 } };
}

static void cpuif_reset(void *gic_cpu)
{
    GicCpu *c = gic_cpu;

    g_mutex_lock(&c->lock);
    cpuif_reset_locked(c);
    gic_cpu_update_locked(c);
    gic_cpu_leave(c);
}

const CpuIfOps gicv3_cpuif_ops = {
    .icc_read = cpuif_read,
    .icc_write = cpuif_write,
    .ppi_set_level = redist_ppi_set_level,
    .reset = cpuif_reset,
};
