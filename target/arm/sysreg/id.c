/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identification registers. Their values are made of the model's features in model.c. */
#include "target/arm/internal/sysreg.h"

#define PFR0_GIC MASK(27, 24)

/* FEAT_IDST: EL0 accesses to the ID space trap to EL1; without it they are UNDEFINED. */
static SysAccess id_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    if (cpu->el > 0) {
        return SYS_OK;
    }
    return arm_has(cpu->cfg.model, FEAT_IDST) && !write ? SYS_TRAP_EL1 : SYS_UNDEF;
}

static uint64_t id_read(ArmCpu *cpu, const SysReg *r)
{
    return *(const uint64_t *)((const char *)cpu->cfg.model + r->arg);
}

static uint64_t pfr0_read(ArmCpu *cpu, const SysReg *r)
{
    uint64_t val = id_read(cpu, r);

    return cpu->cfg.gic_ops ? val : val & ~PFR0_GIC;
}

static uint64_t mpidr_read(ArmCpu *cpu, const SysReg *r)
{
    return BIT(31) | cpu->cfg.mpidr;
}

static uint64_t ccsidr_read(ArmCpu *cpu, const SysReg *r)
{
    unsigned n = cpu->sys.csselr_el1 & 15;

    return n < ARRAY_SIZE(cpu->cfg.model->id.ccsidr) ? cpu->cfg.model->id.ccsidr[n] : 0;
}

static SysAccess ctr_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || cpu->sys.sctlr_el1 & SCTLR_UCT ? SYS_OK : SYS_TRAP_EL1;
}

static uint64_t dczid_read(ArmCpu *cpu, const SysReg *r)
{
    bool prohibited = cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_DZE);

    return cpu->cfg.model->id.dczid | (prohibited ? BIT(4) : 0);
}

#define ID(name, crm, op2, member) \
    { SYSREG(name, 3, 0, 0, crm, op2), .flags = SR_RO, .check = id_check, .read = id_read, \
      .arg = offsetof(ArmModel, member) }
/* Reserved, AArch32, or of an extension that no model has: reads as zero (D23.3.1). */
#define RAZ(name, crm, op2) \
    { SYSREG(name, 3, 0, 0, crm, op2), .flags = SR_RO, .check = id_check }

static const SysReg id_rows[] = {
    ID(MIDR_EL1, 0, 0, midr),
    { SYSREG(MPIDR_EL1, 3, 0, 0, 0, 5), .flags = SR_RO, .check = id_check, .read = mpidr_read },
    ID(REVIDR_EL1, 0, 6, id.revidr),
    RAZ(ID_PFR0_EL1, 1, 0), RAZ(ID_PFR1_EL1, 1, 1), RAZ(ID_DFR0_EL1, 1, 2),
    RAZ(ID_AFR0_EL1, 1, 3), RAZ(ID_MMFR0_EL1, 1, 4), RAZ(ID_MMFR1_EL1, 1, 5),
    RAZ(ID_MMFR2_EL1, 1, 6), RAZ(ID_MMFR3_EL1, 1, 7),
    RAZ(ID_ISAR0_EL1, 2, 0), RAZ(ID_ISAR1_EL1, 2, 1), RAZ(ID_ISAR2_EL1, 2, 2),
    RAZ(ID_ISAR3_EL1, 2, 3), RAZ(ID_ISAR4_EL1, 2, 4), RAZ(ID_ISAR5_EL1, 2, 5),
    RAZ(ID_MMFR4_EL1, 2, 6), RAZ(ID_ISAR6_EL1, 2, 7),
    RAZ(MVFR0_EL1, 3, 0), RAZ(MVFR1_EL1, 3, 1), RAZ(MVFR2_EL1, 3, 2),
    RAZ(S3_0_C0_C3_3, 3, 3), RAZ(ID_PFR2_EL1, 3, 4), RAZ(ID_DFR1_EL1, 3, 5),
    RAZ(ID_MMFR5_EL1, 3, 6), RAZ(S3_0_C0_C3_7, 3, 7),
    { SYSREG(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0), .flags = SR_RO, .check = id_check,
      .read = pfr0_read, .arg = offsetof(ArmModel, id.aa64pfr0) },
    ID(ID_AA64PFR1_EL1, 4, 1, id.aa64pfr1),
    RAZ(ID_AA64PFR2_EL1, 4, 2), RAZ(S3_0_C0_C4_3, 4, 3), RAZ(ID_AA64ZFR0_EL1, 4, 4),
    RAZ(ID_AA64SMFR0_EL1, 4, 5), RAZ(S3_0_C0_C4_6, 4, 6), RAZ(ID_AA64FPFR0_EL1, 4, 7),
    ID(ID_AA64DFR0_EL1, 5, 0, id.aa64dfr0),
    ID(ID_AA64DFR1_EL1, 5, 1, id.aa64dfr1),
    RAZ(ID_AA64DFR2_EL1, 5, 2), RAZ(S3_0_C0_C5_3, 5, 3), RAZ(ID_AA64AFR0_EL1, 5, 4),
    RAZ(ID_AA64AFR1_EL1, 5, 5), RAZ(S3_0_C0_C5_6, 5, 6), RAZ(S3_0_C0_C5_7, 5, 7),
    ID(ID_AA64ISAR0_EL1, 6, 0, id.aa64isar0),
    ID(ID_AA64ISAR1_EL1, 6, 1, id.aa64isar1),
    ID(ID_AA64ISAR2_EL1, 6, 2, id.aa64isar2),
    RAZ(ID_AA64ISAR3_EL1, 6, 3), RAZ(S3_0_C0_C6_4, 6, 4), RAZ(S3_0_C0_C6_5, 6, 5),
    RAZ(S3_0_C0_C6_6, 6, 6), RAZ(S3_0_C0_C6_7, 6, 7),
    ID(ID_AA64MMFR0_EL1, 7, 0, id.aa64mmfr0),
    ID(ID_AA64MMFR1_EL1, 7, 1, id.aa64mmfr1),
    ID(ID_AA64MMFR2_EL1, 7, 2, id.aa64mmfr2),
    RAZ(ID_AA64MMFR3_EL1, 7, 3), RAZ(ID_AA64MMFR4_EL1, 7, 4), RAZ(S3_0_C0_C7_5, 7, 5),
    RAZ(S3_0_C0_C7_6, 7, 6), RAZ(S3_0_C0_C7_7, 7, 7),
    { SYSREG(CCSIDR_EL1, 3, 1, 0, 0, 0), .flags = SR_RO, .check = id_check, .read = ccsidr_read },
    { SYSREG(CLIDR_EL1, 3, 1, 0, 0, 1), .flags = SR_RO, .check = id_check, .read = id_read,
      .arg = offsetof(ArmModel, id.clidr) },
    { SYSREG(AIDR_EL1, 3, 1, 0, 0, 7), .flags = SR_RO, .check = id_check },
    { SYSREG(CSSELR_EL1, 3, 2, 0, 0, 0), .check = id_check, .field = ST(csselr_el1),
      .wmask = MASK(3, 0) },
    { SYSREG(CTR_EL0, 3, 3, 0, 0, 1), .flags = SR_RO, .check = ctr_check, .read = id_read,
      .arg = offsetof(ArmModel, id.ctr) },
    { SYSREG(DCZID_EL0, 3, 3, 0, 0, 7), .flags = SR_RO, .read = dczid_read },
};
SYSREG_GROUP(id);
