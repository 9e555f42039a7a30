/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cache maintenance. There is no data cache: what is left of DC are the traps and the faults of the
 * forms by address, which software relies on. Translations notice stores by themselves; IC makes
 * sure of the one case where they cannot (tcg_icache_invalidate_line).
 */
#include "target/arm/internal/sysreg.h"

static SysAccess uci_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || cpu->sys.sctlr_el1 & SCTLR_UCI ? SYS_OK : SYS_TRAP_EL1;
}

static void by_set_way(ArmCpu *cpu, const SysReg *r, uint64_t val) { }

/* .arg: the access the operation needs permission for. Faults are data aborts with CM and WnR. */
static void by_va(ArmCpu *cpu, const SysReg *r, uint64_t va)
{
    TlbAccess access = r->arg;
    unsigned idx = ctx_mmu(cpu->tcg.context);
    bool faulted = false;

    tcg_probe(&cpu->tcg, va, 1, access, idx, true, &faulted);
    if (!faulted) {
        return;
    }
    MmuResult res = arm_mmu_walk(cpu, va, access, idx);
    if (!res.ok) {
        arm_raise_sync_far(cpu, arm_abort_syndrome(cpu, TLB_ACCESS_WRITE, res.fsc) | ISS_CM, va);
    }
}

#define ICACHE_LINE_BYTES 64           /* CTR_EL0.IminLine of every model */

static void ic_ivau(ArmCpu *cpu, const SysReg *r, uint64_t va)
{
    by_va(cpu, r, va);
    tcg_icache_invalidate_line(&cpu->tcg, va, ctx_mmu(cpu->tcg.context), ICACHE_LINE_BYTES);
}

static void ic_all(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    tcg_icache_invalidate_all(&cpu->tcg);
}

/* Prediction restriction: nothing is predicted from. SCTLR_EL1.EnRCTX lets EL0. */
static SysAccess rctx_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || cpu->sys.sctlr_el1 & SCTLR_ENRCTX ? SYS_OK : SYS_TRAP_EL1;
}

static void rctx_write(ArmCpu *cpu, const SysReg *r, uint64_t val) { }

#define RCTX(name, op2) \
    { SYSREG(name, 1, 3, 7, 3, op2), .flags = SR_INSN | SR_WO, .feature = FEAT_SPECRES, \
      .check = rctx_check, .write = rctx_write }
#define WAY(name, crm, op2) \
    { SYSREG(name, 1, 0, 7, crm, op2), .min_el = 1, .flags = SR_INSN | SR_WO, .write = by_set_way }
#define VA(name, crm, op2, feat) \
    { SYSREG(name, 1, 3, 7, crm, op2), .flags = SR_INSN | SR_WO, .feature = feat, \
      .check = uci_check, .write = by_va, .arg = TLB_ACCESS_READ }

static const SysReg cache_rows[] = {
    { SYSREG(IC_IALLUIS, 1, 0, 7, 1, 0), .min_el = 1, .flags = SR_INSN | SR_WO, .write = ic_all },
    { SYSREG(IC_IALLU, 1, 0, 7, 5, 0), .min_el = 1, .flags = SR_INSN | SR_WO, .write = ic_all },
    { SYSREG(DC_IVAC, 1, 0, 7, 6, 1), .min_el = 1, .flags = SR_INSN | SR_WO, .write = by_va,
      .arg = TLB_ACCESS_WRITE },
    WAY(DC_ISW, 6, 2),
    WAY(DC_CSW, 10, 2),
    WAY(DC_CISW, 14, 2),
    RCTX(CFP_RCTX, 4), RCTX(DVP_RCTX, 5), RCTX(CPP_RCTX, 7),
    { SYSREG(IC_IVAU, 1, 3, 7, 5, 1), .flags = SR_INSN | SR_WO, .check = uci_check,
      .write = ic_ivau, .arg = TLB_ACCESS_READ },
    VA(DC_CVAC, 10, 1, FEAT_NONE),
    VA(DC_CVAU, 11, 1, FEAT_NONE),
    VA(DC_CVAP, 12, 1, FEAT_DPB),
    VA(DC_CVADP, 13, 1, FEAT_DPB2),
    VA(DC_CIVAC, 14, 1, FEAT_NONE),
};
SYSREG_GROUP(cache);
