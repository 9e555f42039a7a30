/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the GICv3: state, derived state, and what its files offer each other.
 *
 * Every object is split in inputs (wires as they are now), st/icc (architectural state, what a
 * save lists) and cache (derived; recomputed by one function after every change, never patched):
 *
 *   SPIs --dist_best_for_cpu()--> GicCpu.cache.spi_best --gic_cpu_best()--> cache.best --> wires
 *
 * Locks: Gicv3.lock, then at most one GicCpu.lock. `_locked` functions say which they need.
 * The choice of a 1-of-N target needs other CPUs' state: one atomic word per CPU, GicCpu.offer.
 *
 * INTID X is bit X % 32 of word X / 32 in every bitmap, in the distributor too (word 0 unused).
 */
#ifndef HW_INTC_GICV3_INTERNAL_H
#define HW_INTC_GICV3_INTERNAL_H

#include <stdatomic.h>

#include "hw/core/reg.h"
#include "hw/intc/gicv3.h"
#include "util/bits.h"

enum {
    GIC_MAX_CPUS = 512,
    GIC_MAX_SPIS = 960,
    GIC_INTIDS = 1024,              /* SGIs, PPIs, SPIs and the special ones */
    GIC_WORDS = GIC_INTIDS / 32,
    GIC_ROUTERS = 988,              /* GICD_IROUTER32..1019 */
    GIC_SPURIOUS = 1023,            /* "nothing" wherever an INTID is named */
    GIC_NO_CPU = 0xffff,
};

enum { GIC_G0, GIC_G1, GIC_GROUPS };          /* groups with one security state */

/* Five bits of priority: 32 levels, all of them preemption levels. */
enum {
    GIC_PRI_BITS = 5,
    GIC_PRI_MASK = 0xff & (0xff << (8 - GIC_PRI_BITS)),
    GIC_PRI_IDLE = 0xff,
    GIC_MIN_BPR0 = 7 - GIC_PRI_BITS,          /* ICC_BPR1's minimum is one more */
};

enum {
    GICD_CTLR_EnableGrp0 = 1 << 0,
    GICD_CTLR_EnableGrp1 = 1 << 1,
    GICD_CTLR_ARE = 1 << 4,
    GICD_CTLR_DS = 1 << 6,
};
#define GICD_IROUTER_IRM BIT(31)
#define GIC_AFF_MASK (MASK(39, 32) | MASK(23, 0))   /* Aff3..Aff0 as in MPIDR and GICD_IROUTER */

enum {
    GICR_WAKER_ProcessorSleep = 1 << 1,
    GICR_WAKER_ChildrenAsleep = 1 << 2,
};

/* A pending interrupt worth taking. intid GIC_SPURIOUS: none (prio then GIC_PRI_IDLE). */
typedef struct GicHppi {
    uint16_t intid;
    uint8_t prio;
    uint8_t group;
} GicHppi;

#define GIC_HPPI_NONE ((GicHppi){ .intid = GIC_SPURIOUS, .prio = GIC_PRI_IDLE })

/* -- Redistributor and CPU interface ------------------------------------------------------- */

typedef struct GicRedistState {
    uint32_t waker;
    uint32_t enabled, latched, active, group, edge;
    uint8_t prio[GIC_INTERNAL];
} GicRedistState;

typedef struct GicIccState {
    uint32_t apr[GIC_GROUPS];       /* ICC_APxR0: bit n = priority n << (8 - GIC_PRI_BITS) active */
    uint8_t pmr;
    uint8_t bpr[GIC_GROUPS];
    uint8_t ctlr;                   /* CBPR, EOImode */
    uint8_t grpen;                  /* bit g = ICC_IGRPENg.Enable */
} GicIccState;

struct GicCpu {
    GMutex lock;

    /* Set at realize, then constant. */
    Gicv3 *gic;
    uint64_t typer;                 /* GICR_TYPER */
    uint32_t aff;                   /* Aff3.Aff2.Aff1.Aff0, a byte each */
    uint16_t index;

    /*
     * What a 1-of-N SPI may expect here: OFFER_GROUP(g) bits and the priority that an interrupt
     * must beat. Written under lock, read by anybody.
     */
    _Atomic uint16_t offer;

    /* Under lock. */
    bool enabled;                   /* the slot's CPU interface is live */
    uint32_t level;                 /* PPI wires, SGI bits 0 */
    void *pe;
    ArmSetWireFn *set_wire;
    GicRedistState st;
    GicIccState icc;
    struct {
        GicHppi spi_best[GIC_GROUPS]; /* written with the distributor's lock held too */
        GicHppi best;               /* what ICC_HPPIR reports */
        bool signalled;             /* best passes priority mask and running priority */
        bool wire[2];               /* by ArmIrqWire, as the PE knows it */
        bool reroute;               /* offer has changed: see gic_cpu_unlock() */
    } cache;
};

#define OFFER_THRESHOLD(offer) ((offer) & 0xff)
#define OFFER_GROUP(g) (0x100u << (g))

/* -- Distributor --------------------------------------------------------------------------- */

typedef struct GicDistState {
    uint32_t ctlr;
    uint32_t enabled[GIC_WORDS], latched[GIC_WORDS], active[GIC_WORDS];
    uint32_t group[GIC_WORDS], edge[GIC_WORDS];
    uint8_t prio[GIC_INTIDS];
    uint64_t irouter[GIC_ROUTERS];  /* by SPI index */
} GicDistState;

struct Gicv3 {
    Device dev;

    /* Set at new and realize, then constant. */
    Gicv3Config cfg;                /* .mpidr is not kept */
    GicCpu *cpus;                   /* cfg.n_cpus of them */
    unsigned n_words;               /* 32-bit words of implemented INTIDs */
    unsigned region_first[2];       /* CPU index of a region's first frame */
    uint32_t aff_sorted[GIC_MAX_CPUS];
    uint16_t aff_cpu[GIC_MAX_CPUS]; /* index of the CPU with affinity aff_sorted[i] */

    /* Written under lock, read by anybody. */
    _Atomic uint64_t enabled_cpus[GIC_MAX_CPUS / 64];
    _Atomic uint32_t groups;        /* bit g: group enabled in GICD_CTLR */
    _Atomic uint32_t words_1ofn;    /* bit w: word w has a deliverable 1-of-N SPI */

    GMutex lock;
    uint32_t level[GIC_WORDS];      /* SPI wires */
    GicDistState st;
    struct {
        uint32_t deliverable[GIC_WORDS]; /* pending, enabled, inactive, group enabled */
        uint32_t nonempty;          /* bit w: deliverable[w] != 0 */
        uint32_t irm[GIC_WORDS];    /* 1-of-N */
        uint16_t route[GIC_MAX_SPIS];   /* CPU named by IROUTER, or GIC_NO_CPU */
        uint16_t target[GIC_MAX_SPIS];  /* CPU a deliverable SPI is presented to, or GIC_NO_CPU */
    } cache;

};

/* -- gicv3.c ------------------------------------------------------------------------------- */

extern const DeviceType gicv3_type;

/* First i with aff_sorted[i] >= @aff; cfg.n_cpus when none. */
unsigned gic_aff_lower_bound(const Gicv3 *gic, uint32_t aff);
/* CPU with affinity @aff, or GIC_NO_CPU. */
unsigned gic_cpu_by_aff(const Gicv3 *gic, uint32_t aff);
/* The lowest enabled CPU with index >= @from, or GIC_NO_CPU. */
unsigned gic_next_enabled(const Gicv3 *gic, unsigned from);

static inline bool gic_cpu_is_enabled(const Gicv3 *gic, unsigned cpu)
{
    return atomic_load_explicit(&gic->enabled_cpus[cpu / 64], memory_order_relaxed) >> cpu % 64 & 1;
}

/* GICx_ICFGR<n>'s odd bits from 16 bits of an edge bitmap, and back. */
uint32_t gic_icfgr_from_edge(uint32_t edge16);
uint32_t gic_edge_from_icfgr(uint32_t icfgr);

/* A register (or @n_ of them) that reads as zero and ignores writes: stated, not absent. */
#define GIC_ROW_RAZ_WI(name_, off_, n_)                                                         \
    { .name = (name_), .off = (off_), .width = 4, .access = REG_ACC_W, .count = (n_),           \
      .field = REG_NO_FIELD }
#define GIC_ROW_CONST(name_, off_, val_)                                                        \
    { .name = (name_), .off = (off_), .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD,   \
      .reset = (val_) }
/* Identification at the end of every frame: GICv3, an Arm part number, as in a GIC-500. */
#define GIC_ROWS_ID(prefix_, base_)                                                             \
    GIC_ROW_CONST(prefix_ "_PIDR4", (base_) + 0xffd0, 0x44),                                    \
    GIC_ROW_RAZ_WI(prefix_ "_PIDR5", (base_) + 0xffd4, 3),                                      \
    GIC_ROW_CONST(prefix_ "_PIDR0", (base_) + 0xffe0, 0x92),                                    \
    GIC_ROW_CONST(prefix_ "_PIDR1", (base_) + 0xffe4, 0xb4),                                    \
    GIC_ROW_CONST(prefix_ "_PIDR2", (base_) + 0xffe8, 0x3b),                                    \
    GIC_ROW_RAZ_WI(prefix_ "_PIDR3", (base_) + 0xffec, 1),                                      \
    GIC_ROW_CONST(prefix_ "_CIDR0", (base_) + 0xfff0, 0x0d),                                    \
    GIC_ROW_CONST(prefix_ "_CIDR1", (base_) + 0xfff4, 0xf0),                                    \
    GIC_ROW_CONST(prefix_ "_CIDR2", (base_) + 0xfff8, 0x05),                                    \
    GIC_ROW_CONST(prefix_ "_CIDR3", (base_) + 0xfffc, 0xb1)
#define GIC_IIDR 0x0000043b                     /* implementer Arm, product 0, revision 0 */

/* -- gicv3_dist.c -------------------------------------------------------------------------- */

extern const RegBlock gicd_block;

/* Pure. Pending SPIs of word @w: latched, or a level-sensitive wire that is high. */
uint32_t dist_pending_word(const Gicv3 *gic, unsigned w);
/* Pure. What may be signalled of word @w if its target lets it. */
uint32_t dist_deliverable_word(const Gicv3 *gic, unsigned w);
/* Pure. The best deliverable SPI of each group presented to @cpu. */
void dist_best_for_cpu(const Gicv3 *gic, unsigned cpu, GicHppi best[GIC_GROUPS]);

/* SPIs @mask of word @w have changed: derive and publish. Distributor's lock; no GicCpu.lock. */
void dist_update_locked(Gicv3 *gic, unsigned w, uint32_t mask);
/* Everything has changed, the group enables included. Locks as above. */
void dist_update_all_locked(Gicv3 *gic);
/* Give 1-of-N SPIs to better targets if there are any now. Locks as above. */
void dist_reroute_locked(Gicv3 *gic);
/* @intid, an SPI, becomes active. Locks as above. */
void dist_activate_locked(Gicv3 *gic, unsigned intid);
/* Takes the distributor's lock. @intid: an implemented SPI. */
void dist_deactivate(Gicv3 *gic, unsigned intid);
/* What no row of gicd_block stores, and all derived state. Locks as above. */
void dist_reset_locked(Gicv3 *gic);
/* IrqLine.set; @n is the SPI index. */
void dist_spi_set_level(void *opaque, unsigned n, bool level);

/* -- gicv3_redist.c ------------------------------------------------------------------------ */

extern const RegBlock gicr_block;               /* one frame of GICR_FRAME_BYTES; dev = GicCpu */
extern const MmioOps gicr_ops[2];               /* one region each; opaque = Gicv3 */

/* Pure. The best pending SGI or PPI of the groups in bit set @groups. */
GicHppi redist_best(const GicCpu *c, uint32_t groups);
/* Pure. The best of SGIs, PPIs and SPIs that the CPU interface sees. */
GicHppi gic_cpu_best(const GicCpu *c);
/* Derive and publish: cache.best, the wires, the offer. CPU's lock. */
void gic_cpu_update_locked(GicCpu *c);

/*
 * Drop the CPU's lock. True: its offer to 1-of-N SPIs has changed, and the caller owes a
 * dist_reroute_locked(). gic_cpu_leave() does both, for callers without the distributor's lock.
 */
bool gic_cpu_unlock(GicCpu *c) MUST_CHECK;
void gic_cpu_leave(GicCpu *c);

/* The distributor's new best SPIs for @c. Distributor's lock; takes the CPU's. */
void redist_set_spi_best(GicCpu *c, const GicHppi best[GIC_GROUPS]);
/* SGI @intid arrives for @group. Takes the CPU's lock. No effect on a disabled slot. */
void redist_send_sgi(GicCpu *c, unsigned intid, unsigned group);
/* SGI or PPI @intid becomes active. CPU's lock; the caller updates. */
void redist_activate_locked(GicCpu *c, unsigned intid);
void redist_ppi_set_level(void *gic_cpu, unsigned intid, bool level);
/* The redistributor's registers; wires keep their level. CPU's lock; the caller updates. */
void redist_reset_locked(GicCpu *c);

/* -- gicv3_cpuif.c ------------------------------------------------------------------------- */

/* Pure. The highest active priority (a group priority), GIC_PRI_IDLE when idle. */
unsigned cpuif_running_prio(const GicIccState *icc);
/* Pure. The bits of a priority that count for preemption in @group. */
unsigned cpuif_group_mask(const GicIccState *icc, unsigned group);
/* Pure. Is @hp signalled to the PE? */
bool cpuif_is_signalled(const GicIccState *icc, GicHppi hp);
/* Reset values of the ICC_* registers. CPU's lock; the caller updates. */
void cpuif_reset_locked(GicCpu *c);

#endif
