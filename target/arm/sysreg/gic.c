/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The GIC's CPU interface: every access goes to the interrupt controller (CpuIfOps). */
#include "target/arm/internal/sysreg.h"

static SysAccess icc_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->cfg.gic_ops ? SYS_OK : SYS_UNDEF;
}

static uint64_t icc_read(ArmCpu *cpu, const SysReg *r)
{
    return cpu->cfg.gic_ops->icc_read(cpu->cfg.gic_cpu, r->arg);
}

static void icc_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->cfg.gic_ops->icc_write(cpu->cfg.gic_cpu, r->arg, val);
}

#define ICC_RW(name, crn, crm, op2) \
    { SYSREG(ICC_##name##_EL1, 3, 0, crn, crm, op2), .min_el = 1, .check = icc_check, \
      .read = icc_read, .write = icc_write, .arg = ICC_##name }
#define ICC_RO(name, crn, crm, op2) \
    { SYSREG(ICC_##name##_EL1, 3, 0, crn, crm, op2), .min_el = 1, .flags = SR_RO, \
      .check = icc_check, .read = icc_read, .arg = ICC_##name }
#define ICC_WO(name, crn, crm, op2) \
    { SYSREG(ICC_##name##_EL1, 3, 0, crn, crm, op2), .min_el = 1, .flags = SR_WO, \
      .check = icc_check, .write = icc_write, .arg = ICC_##name }

static const SysReg gic_rows[] = {
    ICC_RW(PMR, 4, 6, 0),
    ICC_RO(IAR0, 12, 8, 0),
    ICC_WO(EOIR0, 12, 8, 1),
    ICC_RO(HPPIR0, 12, 8, 2),
    ICC_RW(BPR0, 12, 8, 3),
    ICC_RW(AP0R0, 12, 8, 4),
    ICC_RW(AP0R1, 12, 8, 5),
    ICC_RW(AP0R2, 12, 8, 6),
    ICC_RW(AP0R3, 12, 8, 7),
    ICC_RW(AP1R0, 12, 9, 0),
    ICC_RW(AP1R1, 12, 9, 1),
    ICC_RW(AP1R2, 12, 9, 2),
    ICC_RW(AP1R3, 12, 9, 3),
    ICC_WO(DIR, 12, 11, 1),
    ICC_RO(RPR, 12, 11, 3),
    ICC_WO(SGI1R, 12, 11, 5),
    ICC_WO(ASGI1R, 12, 11, 6),
    ICC_WO(SGI0R, 12, 11, 7),
    ICC_RO(IAR1, 12, 12, 0),
    ICC_WO(EOIR1, 12, 12, 1),
    ICC_RO(HPPIR1, 12, 12, 2),
    ICC_RW(BPR1, 12, 12, 3),
    ICC_RW(CTLR, 12, 12, 4),
    ICC_RW(SRE, 12, 12, 5),
    ICC_RW(IGRPEN0, 12, 12, 6),
    ICC_RW(IGRPEN1, 12, 12, 7),
};
SYSREG_GROUP(gic);
