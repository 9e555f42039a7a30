/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System registers and system instructions as rows. MRS, MSR (register), SYS, SYSL, DC, IC, AT,
 * TLBI all go through this table; MSR (immediate) and DC ZVA do not.
 */
#ifndef TARGET_ARM_INTERNAL_SYSREG_H
#define TARGET_ARM_INTERNAL_SYSREG_H

#include "target/arm/internal/cpu.h"

/* Encoding as in the instruction: op0:2 op1:3 CRn:4 CRm:4 op2:3. SYS instructions have op0 = 1. */
#define SYSREG_ENC(op0, op1, crn, crm, op2) \
    ((uint16_t)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))
#define SYSREG(name, op0, op1, crn, crm, op2) \
    #name, SYSREG_ENC(op0, op1, crn, crm, op2)
#define ST(member) offsetof(ArmCpu, sys.member)

enum SysRegFlags {
    SR_RO          = 1,    /* MSR is UNDEFINED */
    SR_WO          = 2,    /* MRS is UNDEFINED */
    SR_END_BLOCK   = 4,    /* a write may change the context or the address space */
    SR_CONST       = 8,    /* MRS gives the same value for the life of the machine: folded */
    SR_NOP         = 16,   /* accepted, does nothing (writes ignored, reads .reset) */
    SR_INSN        = 32,   /* a SYS instruction: write() executes it with Xt */
    SR_EL0_RO      = 64,   /* EL0 may read only */
};

typedef enum SysAccess {
    SYS_OK,
    SYS_UNDEF,             /* EC 0 */
    SYS_TRAP_EL1,          /* EC 0x18 to EL1 */
    SYS_TRAP_FP,           /* EC 0x07 to EL1: CPACR_EL1.FPEN */
} SysAccess;

typedef struct SysReg SysReg;
struct SysReg {
    const char *name;
    uint16_t enc;
    uint8_t min_el;        /* below it: UNDEFINED */
    uint8_t flags;
    uint8_t feature;       /* ArmFeature that brings it; FEAT_NONE: always */
    uint32_t field;        /* offset of u64 storage in ArmCpu; 0: hooks or .reset only */
    uint64_t reset;        /* value at reset of `field`; value read when there is no storage */
    uint32_t arg;          /* for the row's hooks */
    uint64_t wmask;        /* bits MSR may change in `field`; 0 means all */
    SysAccess (*check)(ArmCpu *cpu, const SysReg *r, bool write);  /* trap rules; NULL: none */
    uint64_t (*read)(ArmCpu *cpu, const SysReg *r);                /* replaces the stored value */
    void (*write)(ArmCpu *cpu, const SysReg *r, uint64_t val);     /* replaces the store */
    uint64_t (*const_value)(const ArmModel *m, const SysReg *r);   /* SR_CONST */
};

/*
 * The table is kept in groups, one a file of target/arm/sysreg; each is sorted by encoding and no
 * encoding is in two.
 */
typedef struct SysRegGroup {
    const char *name;
    const SysReg *rows;
    unsigned n;
} SysRegGroup;
#define SYSREG_GROUP(file) \
    const SysRegGroup sysreg_group_##file = { #file, file##_rows, ARRAY_SIZE(file##_rows) }
extern const SysRegGroup sysreg_group_id, sysreg_group_ctrl, sysreg_group_mmu, sysreg_group_tlbi,
    sysreg_group_cache, sysreg_group_timer, sysreg_group_debug, sysreg_group_gic,
    sysreg_group_pmu;

/* The row for @enc visible in @m, or NULL. */
const SysReg *sysreg_find(const ArmModel *m, uint16_t enc);
/* Row @i of all, in the order of encodings; NULL after the last. Slow: for tests. */
const SysReg *sysreg_row(unsigned i);
/* Group @i; NULL after the last. */
const SysRegGroup *sysreg_group(unsigned i);
/* Reset values into storage. */
void sysreg_reset(ArmCpu *cpu);
/* Log the encoding of an unknown register in the shape of a row (-d unimp). */
void sysreg_log_unknown(uint16_t enc, bool write, uint64_t pc);

/* What MRS and MSR (register) do, checks included: the bodies of h_sysreg_read and _write. */
uint64_t sysreg_read(ArmCpu *cpu, const SysReg *r);
void sysreg_write(ArmCpu *cpu, const SysReg *r, uint64_t val);

#endif
