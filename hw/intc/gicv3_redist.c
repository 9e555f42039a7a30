/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3 redistributor: SGIs and PPIs of one CPU, and the GICR frames. IHI 0069, chapters 4, 12.11.
 *
 * GICR_WAKER keeps what the guest writes and decides about 1-of-N; interrupts routed to this very
 * CPU reach it asleep or not, as if the wake request were answered in no time.
 */
#include "gicv3_internal.h"

#include "util/log.h"

/* -- Derived state ------------------------------------------------------------------------- */

static uint32_t redist_pending(const GicCpu *c)
{
    return c->st.latched | (c->level & ~c->st.edge);
}

GicHppi redist_best(const GicCpu *c, uint32_t groups)
{
    uint32_t in_groups = (groups >> GIC_G1 & 1 ? c->st.group : 0)
                       | (groups >> GIC_G0 & 1 ? ~c->st.group : 0);
    uint32_t bits = redist_pending(c) & c->st.enabled & ~c->st.active & in_groups;
    GicHppi best = GIC_HPPI_NONE;

    for (; bits; bits &= bits - 1) {
        unsigned intid = ctz64(bits);
        if (c->st.prio[intid] < best.prio) {    /* ties: the lower INTID */
            best = (GicHppi){ intid, c->st.prio[intid], c->st.group >> intid & 1 };
        }
    }
    return best;
}

GicHppi gic_cpu_best(const GicCpu *c)
{
    if (!c->enabled) {
        return GIC_HPPI_NONE;
    }
    uint32_t grpen = c->icc.grpen;
    GicHppi best = redist_best(c, grpen & atomic_load(&c->gic->groups));

    for (unsigned g = 0; g < GIC_GROUPS; g++) { /* GICD_CTLR has been asked by the distributor */
        GicHppi spi = c->cache.spi_best[g];
        if ((grpen >> g & 1)
            && (spi.prio < best.prio || (spi.prio == best.prio && spi.intid < best.intid))) {
            best = spi;
        }
    }
    return best;
}

static uint16_t cpu_offer(const GicCpu *c)
{
    if (!c->enabled || (c->st.waker & GICR_WAKER_ChildrenAsleep)) {
        return 0;
    }
    unsigned running = cpuif_running_prio(&c->icc);
    return (c->icc.grpen >> GIC_G0 & 1 ? OFFER_GROUP(GIC_G0) : 0)
         | (c->icc.grpen >> GIC_G1 & 1 ? OFFER_GROUP(GIC_G1) : 0)
         | MIN(running, c->icc.pmr);
}

/* -- Publishing ---------------------------------------------------------------------------- */

static void drive_wire(GicCpu *c, ArmIrqWire wire, bool level)
{
    if (c->cache.wire[wire] != level && c->pe) {
        c->cache.wire[wire] = level;
        c->set_wire(c->pe, wire, level);
    }
}

void gic_cpu_update_locked(GicCpu *c)
{
    GicHppi best = gic_cpu_best(c);
    bool signalled = cpuif_is_signalled(&c->icc, best);

    c->cache.best = best;
    c->cache.signalled = signalled;
    drive_wire(c, ARM_WIRE_FIQ, signalled && best.group == GIC_G0);
    drive_wire(c, ARM_WIRE_IRQ, signalled && best.group == GIC_G1);

    /*
     * A change of eligibility must always be seen by the distributor: the reroute takes its lock,
     * so a choice made meanwhile is made again. A change of priority alone is a chance to do
     * better, and may be missed.
     */
    uint16_t old = atomic_load_explicit(&c->offer, memory_order_relaxed), offer = cpu_offer(c);
    if (offer != old) {
        atomic_store_explicit(&c->offer, offer, memory_order_release);
        if ((offer ^ old) & ~0xff
            || atomic_load_explicit(&c->gic->words_1ofn, memory_order_relaxed)) {
            c->cache.reroute = true;
        }
    }
}

bool gic_cpu_unlock(GicCpu *c)
{
    bool reroute = c->cache.reroute;

    c->cache.reroute = false;
    g_mutex_unlock(&c->lock);
    return reroute;
}

void gic_cpu_leave(GicCpu *c)
{
    if (gic_cpu_unlock(c)) {
        g_mutex_lock(&c->gic->lock);
        dist_reroute_locked(c->gic);
        g_mutex_unlock(&c->gic->lock);
    }
}

/* -- State changes ------------------------------------------------------------------------- */

void redist_set_spi_best(GicCpu *c, const GicHppi best[GIC_GROUPS])
{
    g_mutex_lock(&c->lock);
    memcpy(c->cache.spi_best, best, sizeof(c->cache.spi_best));
    gic_cpu_update_locked(c);
    g_mutex_unlock(&c->lock);       /* nothing the offer depends on has changed */
}

void redist_send_sgi(GicCpu *c, unsigned intid, unsigned group)
{
    g_mutex_lock(&c->lock);
    if (c->enabled && (c->st.group >> intid & 1) == group) {
        c->st.latched |= BIT(intid);
        gic_cpu_update_locked(c);
    }
    g_mutex_unlock(&c->lock);
}

void redist_activate_locked(GicCpu *c, unsigned intid)
{
    c->st.latched &= ~BIT(intid);
    c->st.active |= BIT(intid);
}

void redist_ppi_set_level(void *gic_cpu, unsigned intid, bool level)
{
    GicCpu *c = gic_cpu;

    assert(intid >= 16 && intid < GIC_INTERNAL);
    g_mutex_lock(&c->lock);
    if (level != !!(c->level & BIT(intid))) {
        c->level ^= BIT(intid);
        if (level) {
            c->st.latched |= BIT(intid) & c->st.edge;
        }
        gic_cpu_update_locked(c);
    }
    g_mutex_unlock(&c->lock);
}

/* -- Register hooks: all run under c->lock --------------------------------------------------- */

enum { SGI_EDGE = 0xffff };         /* SGIs are edge-triggered, always */

static void update_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    gic_cpu_update_locked(dev);
}

static uint64_t typer_read(void *dev, const Reg *reg, unsigned n)
{
    return ((GicCpu *)dev)->typer;
}

/* Going to sleep and waking take no guest-visible time: ChildrenAsleep follows. */
static void waker_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    GicCpu *c = dev;

    c->st.waker &= ~GICR_WAKER_ChildrenAsleep;
    if (c->st.waker & GICR_WAKER_ProcessorSleep) {
        c->st.waker |= GICR_WAKER_ChildrenAsleep;
    }
    gic_cpu_update_locked(c);
}

static void isenabler_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((GicCpu *)dev)->st.enabled |= val;
    gic_cpu_update_locked(dev);
}

static uint64_t pendr_read(void *dev, const Reg *reg, unsigned n)
{
    return redist_pending(dev);
}

static void ispendr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((GicCpu *)dev)->st.latched |= val;
    gic_cpu_update_locked(dev);
}

static void icpendr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((GicCpu *)dev)->st.latched &= ~val;
    gic_cpu_update_locked(dev);
}

static void isactiver_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((GicCpu *)dev)->st.active |= val;
    gic_cpu_update_locked(dev);
}

static uint64_t icfgr_read(void *dev, const Reg *reg, unsigned n)
{
    return gic_icfgr_from_edge(((GicCpu *)dev)->st.edge >> n * 16 & 0xffff);
}

/* ICFGR0 is read-only. What is pending stays so, as in the distributor. */
static void icfgr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    GicCpu *c = dev;

    if (n == 1) {
        uint32_t edge = gic_edge_from_icfgr(val) << 16 | SGI_EDGE;
        c->st.latched |= c->level & edge & ~c->st.edge;
        c->st.edge = edge;
        gic_cpu_update_locked(c);
    }
}

/* -- Register table: RD_base, then SGI_base -------------------------------------------------- */

#define R(member) offsetof(GicCpu, st.member)
#define SGI_BASE 0x10000
#define ROW_W(name_, off_) .name = (name_), .off = (off_), .width = 4, .access = REG_ACC_W
#define ROW_RAZ_WI_D(name_, off_)                                                                \
    { .name = (name_), .off = (off_), .width = 8, .access = REG_ACC_W | REG_ACC_D,               \
      .field = REG_NO_FIELD }

static const Reg gicr_regs[] = {
    GIC_ROW_RAZ_WI("GICR_CTLR", 0x0000, 1),                     /* no LPIs, no DPG */
    GIC_ROW_CONST("GICR_IIDR", 0x0004, GIC_IIDR),
    { .name = "GICR_TYPER", .off = 0x0008, .width = 8, .access = REG_ACC_W | REG_ACC_D,
      .field = REG_NO_FIELD, .read = typer_read },
    GIC_ROW_RAZ_WI("GICR_STATUSR", 0x0010, 1),
    { ROW_W("GICR_WAKER", 0x0014), .field = R(waker),
      .reset = GICR_WAKER_ProcessorSleep | GICR_WAKER_ChildrenAsleep,
      .wmask = GICR_WAKER_ProcessorSleep, .written = waker_written },
    GIC_ROW_RAZ_WI("GICR_MPAMIDR", 0x0018, 1),
    GIC_ROW_RAZ_WI("GICR_PARTIDR", 0x001c, 1),
    ROW_RAZ_WI_D("GICR_SETLPIR", 0x0040),                       /* no LPIs, down to SYNCR */
    ROW_RAZ_WI_D("GICR_CLRLPIR", 0x0048),
    ROW_RAZ_WI_D("GICR_PROPBASER", 0x0070),
    ROW_RAZ_WI_D("GICR_PENDBASER", 0x0078),
    ROW_RAZ_WI_D("GICR_INVLPIR", 0x00a0),
    ROW_RAZ_WI_D("GICR_INVALLR", 0x00b0),
    GIC_ROW_RAZ_WI("GICR_SYNCR", 0x00c0, 1),
    GIC_ROWS_ID("GICR", 0),

    { ROW_W("GICR_IGROUPR0", SGI_BASE + 0x0080), .field = R(group), .wmask = UINT32_MAX,
      .written = update_written },
    { ROW_W("GICR_ISENABLER0", SGI_BASE + 0x0100), .field = R(enabled),
      .written = isenabler_written },
    { ROW_W("GICR_ICENABLER0", SGI_BASE + 0x0180), .field = R(enabled), .w1c = UINT32_MAX,
      .written = update_written },
    { ROW_W("GICR_ISPENDR0", SGI_BASE + 0x0200), .field = REG_NO_FIELD, .read = pendr_read,
      .written = ispendr_written },
    { ROW_W("GICR_ICPENDR0", SGI_BASE + 0x0280), .field = REG_NO_FIELD, .read = pendr_read,
      .written = icpendr_written },
    { ROW_W("GICR_ISACTIVER0", SGI_BASE + 0x0300), .field = R(active),
      .written = isactiver_written },
    { ROW_W("GICR_ICACTIVER0", SGI_BASE + 0x0380), .field = R(active), .w1c = UINT32_MAX,
      .written = update_written },
    { .name = "GICR_IPRIORITYR", .off = SGI_BASE + 0x0400, .width = 4,
      .access = REG_ACC_B | REG_ACC_W, .count = GIC_INTERNAL / 4, .field = R(prio),
      .wmask = GIC_PRI_MASK * UINT32_C(0x01010101), .written = update_written },
    { ROW_W("GICR_ICFGR", SGI_BASE + 0x0c00), .count = 2, .field = REG_NO_FIELD,
      .read = icfgr_read, .written = icfgr_written },
    GIC_ROW_RAZ_WI("GICR_IGRPMODR0", SGI_BASE + 0x0d00, 1),     /* RES0: DS = 1 */
    GIC_ROW_RAZ_WI("GICR_NSACR", SGI_BASE + 0x0e00, 1),         /* RES0: DS = 1 */
};

/* No .lock: region_read() and region_write() hold it, to reroute after dropping it. */
const RegBlock gicr_block = {
    .name = "gicv3 redistributor", .rows = gicr_regs, .n_rows = ARRAY_SIZE(gicr_regs),
};

/* -- Frames -------------------------------------------------------------------------------- */

/* The redistributor that answers at @off of @region, or NULL in the room left for more. */
static GicCpu *frame_cpu(Gicv3 *gic, unsigned region, uint64_t off)
{
    uint64_t index = gic->region_first[region] + off / GICR_FRAME_BYTES;

    if (index >= gic->cfg.n_cpus) {
        log_guest("gicv3", "access to redistributor %" G_GUINT64_FORMAT ": there are %u", index,
                  gic->cfg.n_cpus);
        return NULL;
    }
    return &gic->cpus[index];
}

static MemResult region_read(Gicv3 *gic, unsigned region, uint64_t off, uint64_t *val,
                             MemAttrs attrs)
{
    GicCpu *c = frame_cpu(gic, region, off);

    if (!c) {
        *val = 0;
        return MEM_OK;
    }
    g_mutex_lock(&c->lock);
    MemResult res = reg_block_read(&gicr_block, c, off % GICR_FRAME_BYTES, val, attrs);
    g_mutex_unlock(&c->lock);
    return res;
}

static MemResult region_write(Gicv3 *gic, unsigned region, uint64_t off, uint64_t val,
                              MemAttrs attrs)
{
    GicCpu *c = frame_cpu(gic, region, off);

    if (!c) {
        return MEM_OK;
    }
    g_mutex_lock(&c->lock);
    MemResult res = reg_block_write(&gicr_block, c, off % GICR_FRAME_BYTES, val, attrs);
    gic_cpu_leave(c);
    return res;
}

static MemResult region0_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    return region_read(opaque, 0, off, val, attrs);
}

static MemResult region0_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    return region_write(opaque, 0, off, val, attrs);
}

static MemResult region1_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    return region_read(opaque, 1, off, val, attrs);
}

static MemResult region1_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    return region_write(opaque, 1, off, val, attrs);
}

const MmioOps gicr_ops[2] = {
    { .read = region0_read, .write = region0_write, .min_size = 1, .max_size = 8 },
    { .read = region1_read, .write = region1_write, .min_size = 1, .max_size = 8 },
};

/* -- Reset --------------------------------------------------------------------------------- */

void redist_reset_locked(GicCpu *c)
{
    memset(&c->st, 0, sizeof(c->st));
    reg_block_reset(&gicr_block, c);
    c->st.edge = SGI_EDGE;
}
