/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Self-hosted debug (D2). Software step works; breakpoint and watchpoint registers are storage that
 * never matches. The debug communications channel is empty for ever.
 */
#include "target/arm/internal/sysreg.h"

static void mdscr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    uint64_t mask = MDSCR_SS | MDSCR_TDCC | MDSCR_KDE | BIT(14) | MDSCR_MDE;

    cpu->sys.mdscr_el1 = val & mask;
    arm_context_update(cpu);
}

#define OSLSR_OSLM BIT(3)      /* the lock is there; RES0, OSLM<0> in bit 0 */

static void oslar_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->sys.oslsr_el1 = OSLSR_OSLM | (val & 1 ? OSLSR_OSLK : 0);
    arm_context_update(cpu);
}

static SysAccess dcc_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return cpu->el > 0 || !(cpu->sys.mdscr_el1 & MDSCR_TDCC) ? SYS_OK : SYS_TRAP_EL1;
}

static void dcc_drop(ArmCpu *cpu, const SysReg *r, uint64_t val) { }

/* All eight claim tags are there: CLAIMSET reads as ones and sets, CLAIMCLR reads and clears. */
static uint64_t claimset_read(ArmCpu *cpu, const SysReg *r) { return 0xff; }
static void claimset_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->sys.dbgclaim |= val & 0xff;
}
static void claimclr_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->sys.dbgclaim &= ~val;
}

/* As many as ID_AA64DFR0_EL1 says; BVR and WVR hold addresses. */
#define POINT(n) \
    { SYSREG(DBGBVR##n##_EL1, 2, 0, 0, n, 4), .min_el = 1, .field = ST(dbgbvr[n]) }, \
    { SYSREG(DBGBCR##n##_EL1, 2, 0, 0, n, 5), .min_el = 1, .field = ST(dbgbcr[n]), \
      .wmask = MASK(23, 20) | MASK(19, 16) | MASK(15, 13) | MASK(8, 5) | MASK(2, 0) }, \
    { SYSREG(DBGWVR##n##_EL1, 2, 0, 0, n, 6), .min_el = 1, .field = ST(dbgwvr[n]), \
      .wmask = MASK(63, 2) }, \
    { SYSREG(DBGWCR##n##_EL1, 2, 0, 0, n, 7), .min_el = 1, .field = ST(dbgwcr[n]), \
      .wmask = MASK(28, 24) | MASK(20, 0) }

static const SysReg debug_rows[] = {
    { SYSREG(OSDTRRX_EL1, 2, 0, 0, 0, 2), .min_el = 1, .field = ST(osdtrrx_el1),
      .wmask = MASK(31, 0) },
    POINT(0),
    POINT(1),
    { SYSREG(MDCCINT_EL1, 2, 0, 0, 2, 0), .min_el = 1, .field = ST(mdccint_el1),
      .wmask = MASK(30, 29) },
    { SYSREG(MDSCR_EL1, 2, 0, 0, 2, 2), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(mdscr_el1), .write = mdscr_write },
    { SYSREG(OSDTRTX_EL1, 2, 0, 0, 3, 2), .min_el = 1, .field = ST(osdtrtx_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(OSECCR_EL1, 2, 0, 0, 6, 2), .min_el = 1, .field = ST(oseccr_el1),
      .wmask = MASK(31, 0) },
    { SYSREG(MDRAR_EL1, 2, 0, 1, 0, 0), .min_el = 1, .flags = SR_RO },
    { SYSREG(OSLAR_EL1, 2, 0, 1, 0, 4), .min_el = 1, .flags = SR_WO | SR_END_BLOCK,
      .write = oslar_write },
    { SYSREG(OSLSR_EL1, 2, 0, 1, 1, 4), .min_el = 1, .flags = SR_RO, .field = ST(oslsr_el1),
      .reset = OSLSR_OSLM | OSLSR_OSLK },
    { SYSREG(OSDLR_EL1, 2, 0, 1, 3, 4), .min_el = 1, .field = ST(osdlr_el1), .wmask = BIT(0) },
    { SYSREG(DBGPRCR_EL1, 2, 0, 1, 4, 4), .min_el = 1, .flags = SR_NOP },
    { SYSREG(DBGCLAIMSET_EL1, 2, 0, 7, 8, 6), .min_el = 1, .read = claimset_read,
      .write = claimset_write },
    { SYSREG(DBGCLAIMCLR_EL1, 2, 0, 7, 9, 6), .min_el = 1, .field = ST(dbgclaim),
      .write = claimclr_write },
    { SYSREG(DBGAUTHSTATUS_EL1, 2, 0, 7, 14, 6), .min_el = 1, .flags = SR_RO },
    { SYSREG(MDCCSR_EL0, 2, 3, 0, 1, 0), .flags = SR_RO, .check = dcc_check },
    { SYSREG(DBGDTR_EL0, 2, 3, 0, 4, 0), .check = dcc_check, .write = dcc_drop },
    { SYSREG(DBGDTRRX_EL0, 2, 3, 0, 5, 0), .check = dcc_check, .write = dcc_drop },
};
SYSREG_GROUP(debug);
