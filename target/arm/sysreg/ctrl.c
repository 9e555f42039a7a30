/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General control: PSTATE as registers, exception state, SCTLR and friends, thread registers. */
#include "target/arm/internal/sysreg.h"

#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/pauth.h"

/* -- PSTATE -- */

static uint64_t currentel_read(ArmCpu *cpu, const SysReg *r) { return cpu->el << 2; }
static uint64_t spsel_read(ArmCpu *cpu, const SysReg *r) { return cpu->spsel; }
static uint64_t daif_read(ArmCpu *cpu, const SysReg *r) { return cpu->daif; }

static void spsel_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    arm_sp_switch(cpu, cpu->el, val & 1);
    arm_context_switch(cpu);
}

static SysAccess daif_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || cpu->sys.sctlr_el1 & SCTLR_UMA ? SYS_OK : SYS_TRAP_EL1;
}

static void daif_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->daif = val & PSTATE_DAIF;
    arm_context_switch(cpu);       /* PSTATE.D may switch software step on */
    arm_irq_notice(cpu);
}

static uint64_t nzcv_read(ArmCpu *cpu, const SysReg *r) { return ir_envflags_to_nzcv(cpu->nzcv); }
static void nzcv_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->nzcv = ir_nzcv_to_envflags(val);
}

/* PAN, UAO, DIT, SSBS: .arg is the bit, at the same place in the register and in PSTATE. */
static uint64_t pstate_bit_read(ArmCpu *cpu, const SysReg *r) { return cpu->pstate_rest & r->arg; }
static void pstate_bit_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->pstate_rest = (cpu->pstate_rest & ~r->arg) | (val & r->arg);
    arm_context_switch(cpu);
}

/* -- Floating-point control -- */

static SysAccess fp_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    unsigned fpen = cpu->sys.cpacr_el1 >> CPACR_FPEN_SHIFT & 3;

    return fpen == 3 || (fpen == 1 && cpu->el > 0) ? SYS_OK : SYS_TRAP_FP;
}

#define FPCR_BITS   (MASK(26, 22))         /* AHP, DN, FZ, RMode */
#define FPSR_BITS   (BIT(27) | BIT(7) | MASK(4, 0))   /* QC, IDC, IXC UFC OFC DZC IOC */

static uint64_t fpcr_read(ArmCpu *cpu, const SysReg *r) { return cpu->fpcr; }
static uint64_t fpsr_read(ArmCpu *cpu, const SysReg *r) { return arm_fpsr_get(cpu); }
static void fpsr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    arm_fpsr_set(cpu, val & FPSR_BITS);
    if (cpu->fpcr & FPCR_FZ) {
        arm_context_switch(cpu);
    }
}
static void fpcr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    const ArmModel *m = cpu->cfg.model;
    uint32_t mask = FPCR_BITS;

    mask |= arm_has(m, FEAT_FP16) ? FPCR_FZ16 : 0;
    mask |= arm_has(m, FEAT_AFP) ? FPCR_AH | FPCR_FIZ | FPCR_NEP : 0;
    mask |= arm_has(m, FEAT_EBF16) ? FPCR_EBF : 0;
    arm_fpcr_set(cpu, val & mask);
    arm_context_switch(cpu);
}

/* -- SP_EL0, ISR -- */

static SysAccess sp_el0_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->spsel ? SYS_OK : SYS_UNDEF;
}

static uint64_t isr_read(ArmCpu *cpu, const SysReg *r)
{
    uint32_t pending = atomic_load(&cpu->irq_pending);

    return (pending & IRQ_PENDING_IRQ ? PSTATE_I : 0) | (pending & IRQ_PENDING_FIQ ? PSTATE_F : 0);
}

/* -- SCTLR, CPACR -- */

#define SCTLR_ALWAYS (SCTLR_M | SCTLR_A | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_UMA | BIT(12) | \
                      SCTLR_DZE | SCTLR_UCT | SCTLR_NTWI | SCTLR_NTWE | SCTLR_WXN | SCTLR_UCI)
/* ITD, SED, EOS, EIS, nTLSMD, LSMAOE, and SPAN and TSCXT where their features lack. */
#define SCTLR_RES1   (BIT(7) | BIT(8) | BIT(11) | BIT(22) | BIT(28) | BIT(29))

static void sctlr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    const ArmModel *m = cpu->cfg.model;
    uint64_t writable = SCTLR_ALWAYS, res1 = SCTLR_RES1;
    uint64_t old = cpu->sys.sctlr_el1;

    *(arm_has(m, FEAT_PAN) ? &writable : &res1) |= SCTLR_SPAN;
    *(arm_has(m, FEAT_CSV2_2) ? &writable : &res1) |= SCTLR_TSCXT;
    writable |= arm_has(m, FEAT_LSE2) ? SCTLR_NAA : 0;
    writable |= arm_has(m, FEAT_SSBS) ? SCTLR_DSSBS : 0;
    writable |= arm_has(m, FEAT_SPECRES) ? SCTLR_ENRCTX : 0;
    writable |= arm_has(m, FEAT_IESB) ? SCTLR_IESB : 0;
    writable |= arm_has(m, FEAT_MOPS) ? SCTLR_MSCEN : 0;
    writable |= arm_has(m, FEAT_PAN3) ? SCTLR_EPAN : 0;
    writable |= arm_has(m, FEAT_TIDCP1) ? SCTLR_TIDCP : 0;
    writable |= arm_has(m, FEAT_PAUTH) ? SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | SCTLR_ENDB : 0;
    writable |= arm_has(m, FEAT_BTI) ? SCTLR_BT0 | SCTLR_BT1 : 0;
    cpu->sys.sctlr_el1 = (val & writable) | res1;
    if ((old ^ cpu->sys.sctlr_el1) & (SCTLR_M | SCTLR_WXN | SCTLR_EPAN)) {
        arm_mmu_update(cpu);
        tcg_tlbi_self(&cpu->tcg, &(Tlbi) { .kind = TLBI_ALL,
                                           .idx_mask = (1u << ARM_MMU_INDEXES) - 1 });
    }
    arm_context_update(cpu);
}

static void cpacr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->sys.cpacr_el1 = val & UINT64_C(3) << CPACR_FPEN_SHIFT;
    arm_context_update(cpu);
}

static SysAccess scxtnum_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || !(cpu->sys.sctlr_el1 & SCTLR_TSCXT) ? SYS_OK : SYS_TRAP_EL1;
}

#define KEY_HALF(name, crm, op2, key, half) \
    { SYSREG(name, 3, 0, 2, crm, op2), .min_el = 1, .feature = FEAT_PAUTH, \
      .field = ST(apkey[key][half]) }
#define KEY(k, crm, op2) \
    KEY_HALF(AP##k##KeyLo_EL1, crm, op2, PAC_##k, 0), \
    KEY_HALF(AP##k##KeyHi_EL1, crm, (op2) + 1, PAC_##k, 1)

static const SysReg ctrl_rows[] = {
    { SYSREG(SCTLR_EL1, 3, 0, 1, 0, 0), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(sctlr_el1), .reset = SCTLR_RES1 | SCTLR_SPAN | SCTLR_TSCXT,
      .write = sctlr_write },
    { SYSREG(ACTLR_EL1, 3, 0, 1, 0, 1), .min_el = 1, .flags = SR_NOP },
    { SYSREG(CPACR_EL1, 3, 0, 1, 0, 2), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(cpacr_el1), .write = cpacr_write },
    KEY(IA, 1, 0), KEY(IB, 1, 2), KEY(DA, 2, 0), KEY(DB, 2, 2), KEY(GA, 3, 0),
    { SYSREG(SPSR_EL1, 3, 0, 4, 0, 0), .min_el = 1, .field = ST(spsr_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(ELR_EL1, 3, 0, 4, 0, 1), .min_el = 1, .field = ST(elr_el1) },
    { SYSREG(SP_EL0, 3, 0, 4, 1, 0), .min_el = 1, .check = sp_el0_check, .field = ST(sp_el[0]) },
    { SYSREG(SPSel, 3, 0, 4, 2, 0), .min_el = 1, .flags = SR_END_BLOCK, .read = spsel_read,
      .write = spsel_write },
    { SYSREG(CurrentEL, 3, 0, 4, 2, 2), .min_el = 1, .flags = SR_RO, .read = currentel_read },
    { SYSREG(PAN, 3, 0, 4, 2, 3), .min_el = 1, .flags = SR_END_BLOCK, .feature = FEAT_PAN,
      .read = pstate_bit_read, .write = pstate_bit_write, .arg = PSTATE_PAN },
    { SYSREG(UAO, 3, 0, 4, 2, 4), .min_el = 1, .flags = SR_END_BLOCK, .feature = FEAT_UAO,
      .read = pstate_bit_read, .write = pstate_bit_write, .arg = PSTATE_UAO },
    { SYSREG(AFSR0_EL1, 3, 0, 5, 1, 0), .min_el = 1, .field = ST(afsr0_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(AFSR1_EL1, 3, 0, 5, 1, 1), .min_el = 1, .field = ST(afsr1_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(ESR_EL1, 3, 0, 5, 2, 0), .min_el = 1, .field = ST(esr_el1), .wmask = MASK(31, 0) },
    /* FEAT_RAS without error records */
    { SYSREG(ERRIDR_EL1, 3, 0, 5, 3, 0), .min_el = 1, .flags = SR_RO, .feature = FEAT_RAS },
    { SYSREG(ERRSELR_EL1, 3, 0, 5, 3, 1), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(ERXFR_EL1, 3, 0, 5, 4, 0), .min_el = 1, .flags = SR_RO, .feature = FEAT_RAS },
    { SYSREG(ERXCTLR_EL1, 3, 0, 5, 4, 1), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(ERXSTATUS_EL1, 3, 0, 5, 4, 2), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(ERXADDR_EL1, 3, 0, 5, 4, 3), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(ERXMISC0_EL1, 3, 0, 5, 5, 0), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(ERXMISC1_EL1, 3, 0, 5, 5, 1), .min_el = 1, .flags = SR_NOP, .feature = FEAT_RAS },
    { SYSREG(FAR_EL1, 3, 0, 6, 0, 0), .min_el = 1, .field = ST(far_el1) },
    { SYSREG(VBAR_EL1, 3, 0, 12, 0, 0), .min_el = 1, .field = ST(vbar_el1),
      .wmask = MASK(63, 11) },
    { SYSREG(RVBAR_EL1, 3, 0, 12, 0, 1), .min_el = 1, .flags = SR_RO },
    { SYSREG(ISR_EL1, 3, 0, 12, 1, 0), .min_el = 1, .flags = SR_RO, .read = isr_read },
    /* No SError is ever deferred: it shows what was written. */
    { SYSREG(DISR_EL1, 3, 0, 12, 1, 1), .min_el = 1, .feature = FEAT_RAS, .field = ST(disr_el1),
      .wmask = BIT(31) | MASK(24, 0) },
    { SYSREG(CONTEXTIDR_EL1, 3, 0, 13, 0, 1), .min_el = 1, .field = ST(contextidr_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(TPIDR_EL1, 3, 0, 13, 0, 4), .min_el = 1, .field = ST(tpidr_el1) },
    { SYSREG(SCXTNUM_EL1, 3, 0, 13, 0, 7), .min_el = 1, .feature = FEAT_CSV2_2,
      .field = ST(scxtnum_el1) },
    { SYSREG(NZCV, 3, 3, 4, 2, 0), .read = nzcv_read, .write = nzcv_write },
    { SYSREG(DAIF, 3, 3, 4, 2, 1), .flags = SR_END_BLOCK, .check = daif_check, .read = daif_read,
      .write = daif_write },
    { SYSREG(DIT, 3, 3, 4, 2, 5), .feature = FEAT_DIT, .read = pstate_bit_read,
      .write = pstate_bit_write, .arg = PSTATE_DIT },
    { SYSREG(SSBS, 3, 3, 4, 2, 6), .feature = FEAT_SSBS2, .read = pstate_bit_read,
      .write = pstate_bit_write, .arg = PSTATE_SSBS },
    /* Writes end the block: equal operations before and behind them are not the same. */
    { SYSREG(FPCR, 3, 3, 4, 4, 0), .flags = SR_END_BLOCK, .check = fp_check, .read = fpcr_read,
      .write = fpcr_write },
    { SYSREG(FPSR, 3, 3, 4, 4, 1), .flags = SR_END_BLOCK, .check = fp_check, .read = fpsr_read,
      .write = fpsr_write },
    { SYSREG(TPIDR_EL0, 3, 3, 13, 0, 2), .field = ST(tpidr_el0) },
    { SYSREG(TPIDRRO_EL0, 3, 3, 13, 0, 3), .flags = SR_EL0_RO, .field = ST(tpidrro_el0) },
    { SYSREG(SCXTNUM_EL0, 3, 3, 13, 0, 7), .feature = FEAT_CSV2_2, .check = scxtnum_check,
      .field = ST(scxtnum_el0) },
};
SYSREG_GROUP(ctrl);
