/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cache maintenance. There is no cache: what is left are the traps and the faults of the forms by
 * address, which software relies on. Translations of code notice stores by themselves, so the IC
 * forms have nothing to do either.
 */
#include "../sysreg.h"

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

#define WAY(name, crm, op2) \
    { SYSREG(name, 1, 0, 7, crm, op2), .min_el = 1, .flags = SR_INSN | SR_WO, .write = by_set_way }
#define VA(name, crm, op2, feat) \
    { SYSREG(name, 1, 3, 7, crm, op2), .flags = SR_INSN | SR_WO, .feature = feat, \
      .check = uci_check, .write = by_va, .arg = TLB_ACCESS_READ }

static const SysReg cache_rows[] = {
    WAY(IC_IALLUIS, 1, 0),
    WAY(IC_IALLU, 5, 0),
    { SYSREG(DC_IVAC, 1, 0, 7, 6, 1), .min_el = 1, .flags = SR_INSN | SR_WO, .write = by_va,
      .arg = TLB_ACCESS_WRITE },
    WAY(DC_ISW, 6, 2),
    WAY(DC_CSW, 10, 2),
    WAY(DC_CISW, 14, 2),
    VA(IC_IVAU, 5, 1, FEAT_NONE),
    VA(DC_CVAC, 10, 1, FEAT_NONE),
    VA(DC_CVAU, 11, 1, FEAT_NONE),
    VA(DC_CVAP, 12, 1, FEAT_DPB),
    VA(DC_CVADP, 13, 1, FEAT_DPB2),
    VA(DC_CIVAC, 14, 1, FEAT_NONE),
};
SYSREG_GROUP(cache);
