/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLB maintenance (D8.14). The Inner and Outer Shareable forms are broadcast and complete at the
 * DSB; the others act on this PE. Last-level and any-level forms do the same: nothing but last
 * levels is cached. The TTL hint is not needed.
 */
#include "target/arm/internal/sysreg.h"

#define ALL_INDEXES ((1u << ARM_MMU_INDEXES) - 1)

/* .arg: TlbiKind | one of these */
#define TLBI_BROADCAST 0x100u
#define TLBI_RANGE     0x200u

static uint32_t asid_of(const ArmCpu *cpu, uint64_t val)
{
    return val >> 48 & (cpu->sys.tcr_el1 & TCR_AS ? 0xffff : 0xff);
}

/* TG, SCALE, NUM and BaseADDR of a range operation. False: TG is reserved, nothing to do. */
static bool decode_range(const ArmCpu *cpu, uint64_t val, Tlbi *op)
{
    unsigned tg = extract64(val, 46, 2);

    if (!tg) {
        return false;
    }
    unsigned granule_log2 = 10 + 2 * tg;
    unsigned scale = extract64(val, 44, 2), num = extract64(val, 39, 5);

    /* With TCR_EL1.DS the base is in units of 64 KiB, whatever the granule. */
    op->va = (uint64_t)sextract64(val, 0, 37)
          << (cpu->sys.tcr_el1 & TCR_DS ? 16 : granule_log2);
    op->bytes = (uint64_t)(num + 1) << (5 * scale + 1 + granule_log2);
    return true;
}

static void tlbi_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    Tlbi op = {
        .kind = r->arg & 0xff, .idx_mask = ALL_INDEXES, .asid = asid_of(cpu, val),
        .va = (uint64_t)sextract64(val << 12, 0, 56), .bytes = 4096,
    };

    if (r->arg & TLBI_RANGE && !decode_range(cpu, val, &op)) {
        return;
    }
    if (r->arg & TLBI_BROADCAST) {
        tcg_tlbi_broadcast(&cpu->tcg, &op);
    } else {
        tcg_tlbi_self(&cpu->tcg, &op);
    }
}

/* @crn: 8, or 9 for the nXS forms (FEAT_XS), which do the same. */
#define TLBI(name, crn, crm, op2, feat, how) \
    { SYSREG(name, 1, 0, crn, crm, op2), .min_el = 1, .flags = SR_INSN | SR_WO, \
      .feature = feat, .write = tlbi_write, .arg = how }
#define BY_NAME(suffix, crn, crm, feat, how) \
    TLBI(TLBI_VMALLE1##suffix, crn, crm, 0, feat, TLBI_ALL | (how)), \
    TLBI(TLBI_VAE1##suffix, crn, crm, 1, feat, TLBI_VA | (how)), \
    TLBI(TLBI_ASIDE1##suffix, crn, crm, 2, feat, TLBI_ASID | (how)), \
    TLBI(TLBI_VAAE1##suffix, crn, crm, 3, feat, TLBI_VA_ALL_ASID | (how)), \
    TLBI(TLBI_VALE1##suffix, crn, crm, 5, feat, TLBI_VA | (how)), \
    TLBI(TLBI_VAALE1##suffix, crn, crm, 7, feat, TLBI_VA_ALL_ASID | (how))
#define BY_RANGE(suffix, crn, crm, feat, how) \
    TLBI(TLBI_RVAE1##suffix, crn, crm, 1, feat, TLBI_VA | TLBI_RANGE | (how)), \
    TLBI(TLBI_RVAAE1##suffix, crn, crm, 3, feat, TLBI_VA_ALL_ASID | TLBI_RANGE | (how)), \
    TLBI(TLBI_RVALE1##suffix, crn, crm, 5, feat, TLBI_VA | TLBI_RANGE | (how)), \
    TLBI(TLBI_RVAALE1##suffix, crn, crm, 7, feat, TLBI_VA_ALL_ASID | TLBI_RANGE | (how))

static const SysReg tlbi_rows[] = {
    BY_NAME(OS, 8, 1, FEAT_TLBIOS, TLBI_BROADCAST),
    BY_RANGE(IS, 8, 2, FEAT_TLBIRANGE, TLBI_BROADCAST),
    BY_NAME(IS, 8, 3, FEAT_NONE, TLBI_BROADCAST),
    BY_RANGE(OS, 8, 5, FEAT_TLBIRANGE, TLBI_BROADCAST),
    BY_RANGE(, 8, 6, FEAT_TLBIRANGE, 0),
    BY_NAME(, 8, 7, FEAT_NONE, 0),
    BY_NAME(OSNXS, 9, 1, FEAT_XS, TLBI_BROADCAST),
    BY_RANGE(ISNXS, 9, 2, FEAT_XS, TLBI_BROADCAST),
    BY_NAME(ISNXS, 9, 3, FEAT_XS, TLBI_BROADCAST),
    BY_RANGE(OSNXS, 9, 5, FEAT_XS, TLBI_BROADCAST),
    BY_RANGE(NXS, 9, 6, FEAT_XS, 0),
    BY_NAME(NXS, 9, 7, FEAT_XS, 0),
};
SYSREG_GROUP(tlbi);
