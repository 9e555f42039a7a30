/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 of the EL1&0 translation regime (D8): VMSAv8-64 with 4, 16 and 64 KiB granules, addresses
 * of up to 52 bits (FEAT_LVA, FEAT_LPA, FEAT_LPA2), small tables (FEAT_TTST), and hardware update
 * of the access flag and dirty state (FEAT_HAFDBS). A function of system registers and tables.
 */
#include "target/arm/internal/pauth.h"

/* -- Registers decoded -- */

#define GRANULE_4K  12
#define GRANULE_16K 14
#define GRANULE_64K 16

static const uint8_t pa_bits_of_ips[8] = { 32, 36, 40, 42, 44, 48, 52, 52 };
/* TG0 and TG1 differ in encoding; a granule the model lacks becomes 4 KiB. */
static uint8_t granule(const ArmModel *m, unsigned half, unsigned tg)
{
    static const uint8_t tg0[4] = { GRANULE_4K, GRANULE_64K, GRANULE_16K, GRANULE_4K };
    static const uint8_t tg1[4] = { GRANULE_4K, GRANULE_16K, GRANULE_4K, GRANULE_64K };
    uint8_t g = half ? tg1[tg] : tg0[tg];

    if ((g == GRANULE_16K && !arm_has(m, FEAT_GRANULE16K))
        || (g == GRANULE_64K && !arm_has(m, FEAT_GRANULE64K))) {
        return GRANULE_4K;
    }
    return g;
}

/* TxSZ within what the features allow: out of it (CONSTRAINED UNPREDICTABLE), the nearest. */
static unsigned valid_txsz(const ArmModel *m, unsigned txsz, unsigned granule_log2, bool ds)
{
    bool wide = granule_log2 == GRANULE_64K ? arm_has(m, FEAT_LVA) : ds;
    unsigned max = !arm_has(m, FEAT_TTST) ? 39 : granule_log2 == GRANULE_64K ? 47 : 48;

    return MIN(MAX(txsz, wide ? 12u : 16u), max);
}

static void decode_half(ArmCpu *cpu, unsigned half)
{
    ArmMmuHalf *h = &cpu->mmu.half[half];
    const ArmModel *m = cpu->cfg.model;
    uint64_t tcr = cpu->sys.tcr_el1;
    unsigned ips = MIN(pa_bits_of_ips[extract64(tcr, 32, 3)], m->pa_bits);

    h->granule_log2 = granule(m, half, extract64(tcr, half ? 30 : 14, 2));
    h->ds = tcr & TCR_DS && h->granule_log2 != GRANULE_64K;
    h->va_bits = 64 - valid_txsz(m, extract64(tcr, half ? 16 : 0, 6), h->granule_log2, h->ds);
    h->no_walk = tcr & (half ? TCR_EPD1 : TCR_EPD0);
    h->tbi = tcr & (half ? TCR_TBI1 : TCR_TBI0);
    h->tbi_insn = h->tbi && !(tcr & (half ? TCR_TBID1 : TCR_TBID0));
    h->hpd = tcr & (half ? TCR_HPD1 : TCR_HPD0);
    h->e0pd = tcr & (half ? TCR_E0PD1 : TCR_E0PD0);
    h->sh = extract64(tcr, half ? 28 : 12, 2);
    /* Only these formats have more than 48 bits of output address. */
    h->wide_pa = h->ds || (h->granule_log2 == GRANULE_64K && m->pa_bits == 52);
    h->pa_bits = h->wide_pa ? ips : MIN(ips, 48u);

    unsigned stride = h->granule_log2 - 3;
    unsigned levels = (h->va_bits - h->granule_log2 - 1) / stride + 1;
    unsigned index_bits = h->va_bits - h->granule_log2 - stride * (levels - 1);

    h->start_level = 4 - (int)levels;
    h->wide_base = h->wide_pa && (h->ds || ips == 52);
    h->base_mask = MASK(47, h->wide_base ? MAX(index_bits + 3, 6u) : index_bits + 3);
    arm_mmu_base_update(cpu, half);
}

void arm_mmu_base_update(ArmCpu *cpu, unsigned half)
{
    ArmMmuHalf *h = &cpu->mmu.half[half];
    uint64_t ttbr = half ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1;

    h->table_pa = (ttbr & h->base_mask) | (h->wide_base ? extract64(ttbr, 2, 4) << 48 : 0);
    h->bad_base = h->table_pa >> h->pa_bits;
}

void arm_mmu_update(ArmCpu *cpu)
{
    ArmMmu *m = &cpu->mmu;

    m->enabled = cpu->sys.sctlr_el1 & SCTLR_M;
    m->wxn = cpu->sys.sctlr_el1 & SCTLR_WXN;
    m->epan = cpu->sys.sctlr_el1 & SCTLR_EPAN;
    m->ha = cpu->sys.tcr_el1 & TCR_HA;
    m->hd = m->ha && cpu->sys.tcr_el1 & TCR_HD;
    decode_half(cpu, 0);
    decode_half(cpu, 1);
    arm_pac_update(cpu);
}

/* -- The walk -- */

typedef struct Walk {
    const ArmCpu *cpu;
    const ArmMmuHalf *half;
    uint64_t va;
    TlbAccess access;
    unsigned idx;
    bool update;             /* of access flags and dirty state */
} Walk;

/* @level may be -1, which has codes of its own. */
static MmuResult fault(unsigned fsc, int level)
{
    if (level < 0) {
        fsc = fsc == FSC_TRANSLATION ? 0x2b : fsc == FSC_ADDRESS_SIZE ? 0x29 : 0x13;
        level = 0;
    }
    return (MmuResult) { .ok = false, .fsc = fsc | level };
}

static bool ignores_tag(const ArmMmuHalf *h, TlbAccess access)
{
    return access == TLB_ACCESS_FETCH ? h->tbi_insn : h->tbi;
}

/* MMU off: flat, Device-nGnRnE for data; an address beyond the physical ones is a size fault. */
static MmuResult walk_off(const ArmCpu *cpu, uint64_t va, TlbAccess access)
{
    uint64_t pa = ignores_tag(&cpu->mmu.half[va >> 55 & 1], access) ? va & MASK(55, 0) : va;

    if (pa >> cpu->cfg.model->pa_bits) {
        return fault(FSC_ADDRESS_SIZE, 0);
    }
    return (MmuResult) {
        .ok = true, .sh = 2,
        .fill = { .pa = pa & ~MASK(11, 0), .prot = TLB_READ | TLB_WRITE | TLB_EXEC,
                  .page_log2 = 12, .global = true, .device = true },
    };
}

/* Are the bits above the translated ones all equal to bit 55 (less the tag)? */
static bool va_in_range(const ArmMmuHalf *h, uint64_t va, TlbAccess access)
{
    unsigned top = ignores_tag(h, access) ? 55 : 63;
    uint64_t mask = MASK(top, h->va_bits);

    return (va & mask) == (va >> 55 & 1 ? mask : 0);
}

#define DESC_VALID    BIT(0)
#define DESC_TABLE    BIT(1)           /* level 3: page */
#define DESC_AP_EL0   BIT(6)
#define DESC_AP_RO    BIT(7)
#define DESC_AF       BIT(10)
#define DESC_NG       BIT(11)
#define DESC_GP       BIT(50)
#define DESC_DBM      BIT(51)
#define DESC_PXN      BIT(53)
#define DESC_UXN      BIT(54)
#define TABLE_PXN     BIT(59)
#define TABLE_UXN     BIT(60)
#define TABLE_AP_NOEL0 BIT(61)
#define TABLE_AP_RO   BIT(62)

/*
 * What a leaf with the hierarchical limits @tables allows in mmu index @idx. An address writable at
 * EL0 is never executable at EL1 (D8.4.1.2.3).
 */
static uint8_t permissions(const ArmMmu *m, uint64_t leaf, uint64_t tables, unsigned idx)
{
    bool el0 = leaf & DESC_AP_EL0 && !(tables & TABLE_AP_NOEL0);
    bool writable = !(leaf & DESC_AP_RO) && !(tables & TABLE_AP_RO);
    bool uxn = leaf & DESC_UXN || tables & TABLE_UXN;
    bool pxn = leaf & DESC_PXN || tables & TABLE_PXN;
    uint8_t prot = 0;

    if (idx == ARM_MMU_EL0) {
        prot |= el0 ? TLB_READ | (writable ? TLB_WRITE : 0) : 0;
        prot |= !uxn && !(m->wxn && el0 && writable) ? TLB_EXEC : 0;
        return prot;
    }
    /* With EPAN what EL0 may only execute is not for EL1 either. */
    if (!(idx == ARM_MMU_EL1_PAN && (el0 || (m->epan && !uxn)))) {
        prot |= TLB_READ | (writable ? TLB_WRITE : 0);
    }
    prot |= !pxn && !(el0 && writable) && !(m->wxn && writable) ? TLB_EXEC : 0;
    return prot;
}

static uint64_t *descriptor_at(const ArmCpu *cpu, uint64_t pa)
{
    return (uint64_t *)phys_mem_host(cpu->mem, pa, NULL);
}

/* Address in a descriptor: of the next table, or of what it maps, 1 << @lsb bytes. */
static uint64_t output_address(const ArmMmuHalf *h, uint64_t desc, unsigned lsb)
{
    if (h->ds) {
        return (desc & MASK(49, lsb)) | extract64(desc, 8, 2) << 50;
    }
    if (h->wide_pa) {
        return (desc & MASK(47, lsb)) | extract64(desc, 12, 4) << 48;
    }
    return desc & MASK(47, lsb);
}

/* What @desc becomes by an access that it allows. */
static uint64_t updated(const Walk *w, uint64_t desc)
{
    const ArmMmu *m = &w->cpu->mmu;

    if (m->hd && desc & DESC_DBM && w->access == TLB_ACCESS_WRITE) {
        desc &= ~DESC_AP_RO;
    }
    return m->ha ? desc | DESC_AF : desc;
}

/*
 * A leaf at @level, which maps 1 << @span_log2 bytes. *again: the descriptor has changed in memory
 * since it was read.
 */
static MmuResult finish(const Walk *w, uint64_t *where, uint64_t desc, uint64_t tables, int level,
                        unsigned span_log2, bool *again)
{
    static const uint8_t needs[] = {
        [TLB_ACCESS_READ] = TLB_READ, [TLB_ACCESS_WRITE] = TLB_WRITE, [TLB_ACCESS_FETCH] = TLB_EXEC,
    };
    const ArmCpu *cpu = w->cpu;
    const ArmMmuHalf *h = w->half;
    uint64_t out = output_address(h, desc, span_log2);
    bool by_hardware = cpu->mmu.hd && desc & DESC_DBM;

    if (out >> h->pa_bits) {
        return fault(FSC_ADDRESS_SIZE, level);
    }
    if (!(desc & DESC_AF) && !cpu->mmu.ha) {
        return fault(FSC_ACCESS_FLAG, level);
    }
    /* With DBM what is read-only is writable and clean: the first write comes here. */
    uint8_t prot = permissions(&cpu->mmu, by_hardware ? desc & ~DESC_AP_RO : desc, tables, w->idx);
    if (!(prot & needs[w->access])) {
        return fault(FSC_PERMISSION, level);
    }
    uint64_t now = updated(w, desc);
    if (w->update && now != desc
        && !__atomic_compare_exchange_n(where, &desc, now, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
        *again = true;
        return fault(FSC_TRANSLATION, level);
    }
    if (by_hardware && now & DESC_AP_RO) {
        prot &= ~TLB_WRITE;
    }
    uint8_t attr = cpu->sys.mair_el1 >> (8 * extract64(desc, 2, 3));
    bool device = !(attr & 0xf0);

    return (MmuResult) {
        .ok = true, .attr = attr, .sh = device ? 2 : h->ds ? h->sh : extract64(desc, 8, 2),
        .fill = { .pa = out | (w->va & MASK(span_log2 - 1, 0) & ~MASK(11, 0)), .prot = prot,
                  .page_log2 = span_log2, .global = !(desc & DESC_NG), .device = device,
                  .guarded = desc & DESC_GP && arm_has(cpu->cfg.model, FEAT_BTI) },
    };
}

/*
 * 1 GiB and 2 MiB blocks with 4 KiB pages, 32 MiB with 16, 512 MiB with 64; formats with addresses
 * of 52 bits have one level more.
 */
static bool block_is_allowed(const ArmMmuHalf *h, int level)
{
    if (h->granule_log2 == GRANULE_4K) {
        return level == 1 || level == 2 || (h->ds && level == 0);
    }
    return level == 2 || (h->wide_pa && level == 1);
}

static MmuResult walk_tables(const Walk *w, bool *again)
{
    const ArmMmuHalf *h = w->half;
    unsigned stride = h->granule_log2 - 3;
    uint64_t table = h->table_pa, tables = 0;
    uint64_t input = w->va & MASK(h->va_bits - 1, 0);

    for (int level = h->start_level; ; level++) {
        unsigned span_log2 = h->granule_log2 + stride * (3 - level);
        uint64_t index = input >> span_log2;

        if (level != h->start_level) {
            index &= MASK(stride - 1, 0);
        }
        uint64_t *where = descriptor_at(w->cpu, table + index * 8);
        if (!where) {
            return fault(FSC_EXTERNAL_WALK, level);
        }
        uint64_t desc = __atomic_load_n(where, __ATOMIC_RELAXED);
        if (!(desc & DESC_VALID) || (level == 3 && !(desc & DESC_TABLE))
            || (level < 3 && !(desc & DESC_TABLE) && !block_is_allowed(h, level))) {
            return fault(FSC_TRANSLATION, level);
        }
        if (level == 3 || !(desc & DESC_TABLE)) {
            return finish(w, where, desc, tables, level, span_log2, again);
        }
        table = output_address(h, desc, h->granule_log2);
        if (table >> h->pa_bits) {
            return fault(FSC_ADDRESS_SIZE, level);
        }
        tables |= h->hpd ? 0 : desc;
    }
}

static MmuResult walk(const Walk *w)
{
    const ArmMmuHalf *h = w->half;

    if (!w->cpu->mmu.enabled) {
        return walk_off(w->cpu, w->va, w->access);
    }
    if (!va_in_range(h, w->va, w->access) || h->no_walk || (h->e0pd && w->idx == ARM_MMU_EL0)) {
        return fault(FSC_TRANSLATION, 0);
    }
    if (h->bad_base) {
        return fault(FSC_ADDRESS_SIZE, 0);
    }
    for (;;) {
        bool again = false;
        MmuResult r = walk_tables(w, &again);

        if (!again) {
            return r;
        }
    }
}

MmuResult arm_mmu_walk(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx)
{
    return walk(&(Walk) { cpu, &cpu->mmu.half[va >> 55 & 1], va, access, idx, false });
}

MmuResult arm_mmu_access(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx)
{
    return walk(&(Walk) { cpu, &cpu->mmu.half[va >> 55 & 1], va, access, idx, true });
}
