/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translation control, and the address translation instructions (AT). */
#include "target/arm/internal/sysreg.h"

static void flush_all(ArmCpu *cpu)
{
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { .kind = TLBI_ALL,
                                       .idx_mask = (1u << ARM_MMU_INDEXES) - 1 });
}

static void ttbr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    *(r->arg ? &cpu->sys.ttbr1_el1 : &cpu->sys.ttbr0_el1) = val;
    arm_mmu_base_update(cpu, r->arg);
    arm_asid_update(cpu);
}

/* T0SZ, EPD0, IRGN0..TG0, T1SZ, A1, EPD1, IRGN1..TG1, IPS, AS, TBI0, TBI1 */
#define TCR_ALWAYS (MASK(5, 0) | MASK(31, 7) | MASK(34, 32) | TCR_AS | TCR_TBI0 | TCR_TBI1)

static void tcr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    const ArmModel *m = cpu->cfg.model;
    uint64_t writable = TCR_ALWAYS;

    writable |= arm_has(m, FEAT_HPDS) ? TCR_HPD0 | TCR_HPD1 : 0;
    writable |= arm_has(m, FEAT_HAFDBS) ? TCR_HA | TCR_HD : 0;
    writable |= arm_has(m, FEAT_LPA2) ? TCR_DS : 0;
    writable |= arm_has(m, FEAT_PAUTH) ? TCR_TBID0 | TCR_TBID1 : 0;
    writable |= arm_has(m, FEAT_HPDS2) ? MASK(50, 43) : 0;            /* HWU: nothing uses them */
    writable |= arm_has(m, FEAT_E0PD) ? TCR_E0PD0 | TCR_E0PD1 : 0;
    val &= writable;
    if (val == cpu->sys.tcr_el1) {
        return;
    }
    cpu->sys.tcr_el1 = val;
    arm_mmu_update(cpu);
    arm_asid_update(cpu);
    flush_all(cpu);
    arm_context_update(cpu);
}

/* Entries of the soft TLB remember whether the page is Device memory. */
static void mair_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    if (val != cpu->sys.mair_el1) {
        cpu->sys.mair_el1 = val;
        flush_all(cpu);
    }
}

/* -- AT: .arg is mmu index | write << 8; AT_PAN: the index follows PSTATE.PAN -- */

#define AT_WRITE 0x100u
#define AT_PAN   0x200u

#define PAR_F    BIT(0)
#define PAR_RES1 BIT(11)

static void at_write(ArmCpu *cpu, const SysReg *r, uint64_t va)
{
    unsigned idx = r->arg & 0xff;
    TlbAccess access = r->arg & AT_WRITE ? TLB_ACCESS_WRITE : TLB_ACCESS_READ;

    if (r->arg & AT_PAN && cpu->pstate_rest & PSTATE_PAN) {
        idx = ARM_MMU_EL1_PAN;
    }
    MmuResult res = arm_mmu_walk(cpu, va, access, idx);
    if (res.ok) {
        cpu->sys.par_el1 = (res.fill.pa & MASK(51, 12)) | PAR_RES1 | (uint64_t)res.attr << 56
                         | (uint64_t)res.sh << 7;
    } else if ((res.fsc & ~3u) == FSC_EXTERNAL_WALK || res.fsc == 0x13) {
        arm_raise_sync_far(cpu, arm_abort_syndrome(cpu, access, res.fsc) | ISS_CM, va);
    } else {
        cpu->sys.par_el1 = PAR_F | PAR_RES1 | res.fsc << 1;
    }
}

#define AT(name, crm, op2, feat, how) \
    { SYSREG(name, 1, 0, 7, crm, op2), .min_el = 1, .flags = SR_INSN | SR_WO, .feature = feat, \
      .write = at_write, .arg = how }

static const SysReg mmu_rows[] = {
    AT(AT_S1E1R, 8, 0, FEAT_NONE, ARM_MMU_EL1),
    AT(AT_S1E1W, 8, 1, FEAT_NONE, ARM_MMU_EL1 | AT_WRITE),
    AT(AT_S1E0R, 8, 2, FEAT_NONE, ARM_MMU_EL0),
    AT(AT_S1E0W, 8, 3, FEAT_NONE, ARM_MMU_EL0 | AT_WRITE),
    AT(AT_S1E1RP, 9, 0, FEAT_PAN2, ARM_MMU_EL1 | AT_PAN),
    AT(AT_S1E1WP, 9, 1, FEAT_PAN2, ARM_MMU_EL1 | AT_PAN | AT_WRITE),
    { SYSREG(TTBR0_EL1, 3, 0, 2, 0, 0), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(ttbr0_el1), .write = ttbr_write, .arg = 0 },
    { SYSREG(TTBR1_EL1, 3, 0, 2, 0, 1), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(ttbr1_el1), .write = ttbr_write, .arg = 1 },
    { SYSREG(TCR_EL1, 3, 0, 2, 0, 2), .min_el = 1, .flags = SR_END_BLOCK, .field = ST(tcr_el1),
      .write = tcr_write },
    { SYSREG(PAR_EL1, 3, 0, 7, 4, 0), .min_el = 1, .field = ST(par_el1) },
    { SYSREG(MAIR_EL1, 3, 0, 10, 2, 0), .min_el = 1, .flags = SR_END_BLOCK, .field = ST(mair_el1),
      .write = mair_write },
    { SYSREG(AMAIR_EL1, 3, 0, 10, 3, 0), .min_el = 1, .flags = SR_NOP },
};
SYSREG_GROUP(mmu);
