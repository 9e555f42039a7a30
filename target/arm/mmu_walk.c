/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 of the EL1&0 translation regime (D8): VMSAv8-64 with 4, 16 and 64 KiB granules and 48-bit
 * addresses. A pure function of the system registers and the tables in memory.
 */
#include "pauth.h"

/* -- Registers decoded -- */

#define GRANULE_4K  12
#define GRANULE_16K 14
#define GRANULE_64K 16

static const uint8_t pa_bits_of_ips[8] = { 32, 36, 40, 42, 44, 48, 48, 48 };

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

static void decode_half(const ArmCpu *cpu, unsigned half, unsigned pa_bits, ArmMmuHalf *h)
{
    uint64_t tcr = cpu->sys.tcr_el1;
    uint64_t ttbr = half ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1;
    unsigned txsz = extract64(tcr, half ? 16 : 0, 6);
    unsigned tg = extract64(tcr, half ? 30 : 14, 2);

    txsz = MIN(MAX(txsz, 16), 39);                 /* the range without FEAT_LVA and FEAT_TTST */
    h->va_bits = 64 - txsz;
    h->granule_log2 = granule(cpu->cfg.model, half, tg);
    h->no_walk = tcr & (half ? TCR_EPD1 : TCR_EPD0);
    h->tbi = tcr & (half ? TCR_TBI1 : TCR_TBI0);
    h->tbi_insn = h->tbi && !(tcr & (half ? TCR_TBID1 : TCR_TBID0));
    h->hpd = tcr & (half ? TCR_HPD1 : TCR_HPD0);
    h->e0pd = tcr & (half ? TCR_E0PD1 : TCR_E0PD0);

    unsigned stride = h->granule_log2 - 3;
    unsigned levels = (h->va_bits - h->granule_log2 - 1) / stride + 1;
    unsigned index_bits = h->va_bits - h->granule_log2 - stride * (levels - 1);

    h->start_level = 4 - levels;
    h->table_pa = ttbr & MASK(47, index_bits + 3);
    h->bad_base = pa_bits < 48 && h->table_pa >> pa_bits;
}

void arm_mmu_update(ArmCpu *cpu)
{
    ArmMmu *m = &cpu->mmu;
    unsigned ips = pa_bits_of_ips[extract64(cpu->sys.tcr_el1, 32, 3)];

    m->enabled = cpu->sys.sctlr_el1 & SCTLR_M;
    m->wxn = cpu->sys.sctlr_el1 & SCTLR_WXN;
    m->pa_bits = MIN(ips, cpu->cfg.model->pa_bits);
    decode_half(cpu, 0, m->pa_bits, &m->half[0]);
    decode_half(cpu, 1, m->pa_bits, &m->half[1]);
    arm_pac_update(cpu);
}

/* -- The walk -- */

static MmuResult fault(unsigned fsc) { return (MmuResult) { .ok = false, .fsc = fsc }; }

static bool ignores_tag(const ArmMmuHalf *h, TlbAccess access)
{
    return access == TLB_ACCESS_FETCH ? h->tbi_insn : h->tbi;
}

/* MMU off: flat, Device-nGnRnE for data; an address beyond the physical ones is a size fault. */
static MmuResult walk_off(const ArmCpu *cpu, uint64_t va, TlbAccess access)
{
    uint64_t pa = ignores_tag(&cpu->mmu.half[va >> 55 & 1], access) ? va & MASK(55, 0) : va;

    if (pa >> cpu->cfg.model->pa_bits) {
        return fault(FSC_ADDRESS_SIZE);
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
    if (!(idx == ARM_MMU_EL1_PAN && el0)) {
        prot |= TLB_READ | (writable ? TLB_WRITE : 0);
    }
    prot |= !pxn && !(el0 && writable) && !(m->wxn && writable) ? TLB_EXEC : 0;
    return prot;
}

static bool read_descriptor(const ArmCpu *cpu, uint64_t pa, uint64_t *desc)
{
    const uint8_t *host = phys_mem_host(cpu->mem, pa, NULL);

    if (!host) {
        return false;
    }
    *desc = __atomic_load_n((const uint64_t *)host, __ATOMIC_RELAXED);
    return true;
}

/* A leaf at @level, which maps @span_log2 bytes. */
static MmuResult finish(const ArmCpu *cpu, uint64_t va, uint64_t desc, uint64_t tables,
                        unsigned level, unsigned span_log2, TlbAccess access, unsigned idx)
{
    static const uint8_t needs[] = {
        [TLB_ACCESS_READ] = TLB_READ, [TLB_ACCESS_WRITE] = TLB_WRITE, [TLB_ACCESS_FETCH] = TLB_EXEC,
    };
    uint64_t out = desc & MASK(47, span_log2);

    if (cpu->mmu.pa_bits < 48 && out >> cpu->mmu.pa_bits) {
        return fault(FSC_ADDRESS_SIZE | level);
    }
    if (!(desc & DESC_AF)) {
        return fault(FSC_ACCESS_FLAG | level);
    }
    uint8_t prot = permissions(&cpu->mmu, desc, tables, idx);
    if (!(prot & needs[access])) {
        return fault(FSC_PERMISSION | level);
    }
    uint8_t attr = cpu->sys.mair_el1 >> (8 * extract64(desc, 2, 3));
    bool device = !(attr & 0xf0);

    return (MmuResult) {
        .ok = true, .attr = attr, .sh = device ? 2 : extract64(desc, 8, 2),
        .fill = { .pa = out | (va & MASK(span_log2 - 1, 0) & ~MASK(11, 0)), .prot = prot,
                  .page_log2 = span_log2, .global = !(desc & DESC_NG), .device = device,
                  .guarded = desc & DESC_GP && arm_has(cpu->cfg.model, FEAT_BTI) },
    };
}

/* Without FEAT_LPA2: 1 GiB and 2 MiB blocks with 4 KiB pages, 32 MiB with 16, 512 MiB with 64. */
static bool block_is_allowed(unsigned granule_log2, unsigned level)
{
    return level == 2 || (level == 1 && granule_log2 == GRANULE_4K);
}

MmuResult arm_mmu_walk(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx)
{
    const ArmMmuHalf *h = &cpu->mmu.half[va >> 55 & 1];

    if (!cpu->mmu.enabled) {
        return walk_off(cpu, va, access);
    }
    if (!va_in_range(h, va, access) || h->no_walk || (h->e0pd && idx == ARM_MMU_EL0)) {
        return fault(FSC_TRANSLATION | 0);
    }
    if (h->bad_base) {
        return fault(FSC_ADDRESS_SIZE | 0);
    }
    unsigned stride = h->granule_log2 - 3;
    uint64_t table = h->table_pa, tables = 0;
    uint64_t input = va & MASK(h->va_bits - 1, 0);

    for (unsigned level = h->start_level; ; level++) {
        unsigned span_log2 = h->granule_log2 + stride * (3 - level);
        uint64_t index = input >> span_log2;
        uint64_t desc;

        if (level != h->start_level) {
            index &= MASK(stride - 1, 0);
        }
        if (!read_descriptor(cpu, table + index * 8, &desc)) {
            return fault(FSC_EXTERNAL_WALK | level);
        }
        if (!(desc & DESC_VALID) || (level == 3 && !(desc & DESC_TABLE))
            || (level < 3 && !(desc & DESC_TABLE) && !block_is_allowed(h->granule_log2, level))) {
            return fault(FSC_TRANSLATION | level);
        }
        if (level == 3 || !(desc & DESC_TABLE)) {
            return finish(cpu, va, desc, tables, level, span_log2, access, idx);
        }
        table = desc & MASK(47, h->granule_log2);
        if (cpu->mmu.pa_bits < 48 && table >> cpu->mmu.pa_bits) {
            return fault(FSC_ADDRESS_SIZE | level);
        }
        tables |= h->hpd ? 0 : desc;
    }
}
