/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generic timers (D12): the registers. What follows from them is in ../timer.c. */
#include "target/arm/internal/sysreg.h"

/* .arg of a timer's rows: which one. */
enum { PHYS, VIRT };

static ArmTimer *timer_of(ArmCpu *cpu, const SysReg *r)
{
    return r->arg == VIRT ? &cpu->sys.virt_timer : &cpu->sys.phys_timer;
}

static uint64_t count_of(const ArmCpu *cpu, const SysReg *r)
{
    return arm_counter_now(cpu) - (r->arg == VIRT ? cpu->sys.cntvoff : 0);
}

static SysAccess el0_needs(const ArmCpu *cpu, uint64_t bits)
{
    return cpu->el > 0 || cpu->sys.cntkctl_el1 & bits ? SYS_OK : SYS_TRAP_EL1;
}

static SysAccess frq_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, CNTKCTL_EL0PCTEN | CNTKCTL_EL0VCTEN);
}

static SysAccess count_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, r->arg == VIRT ? CNTKCTL_EL0VCTEN : CNTKCTL_EL0PCTEN);
}

static SysAccess timer_check(ArmCpu *cpu, const SysReg *r, bool write)
{
    return el0_needs(cpu, r->arg == VIRT ? CNTKCTL_EL0VTEN : CNTKCTL_EL0PTEN);
}

static uint64_t count_read(ArmCpu *cpu, const SysReg *r) { return count_of(cpu, r); }

static uint64_t tval_read(ArmCpu *cpu, const SysReg *r)
{
    return (uint32_t)(timer_of(cpu, r)->cval - count_of(cpu, r));
}

static void tval_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    timer_of(cpu, r)->cval = count_of(cpu, r) + (int64_t)(int32_t)val;
    arm_timer_update(cpu);
}

static uint64_t ctl_read(ArmCpu *cpu, const SysReg *r)
{
    const ArmTimer *t = timer_of(cpu, r);

    return t->ctl | (arm_timer_condition(cpu, t) ? CNT_CTL_ISTATUS : 0);
}

static void ctl_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    timer_of(cpu, r)->ctl = val & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
    arm_timer_update(cpu);
}

static void cval_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    timer_of(cpu, r)->cval = val;
    arm_timer_update(cpu);
}

static void cntkctl_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    cpu->sys.cntkctl_el1 = val & (MASK(9, 0) |
                                  (arm_has(cpu->cfg.model, FEAT_ECV) ? CNTKCTL_EVNTIS : 0));
}

#define TIMER(n, crm, which, member) \
    { SYSREG(CNT##n##_TVAL_EL0, 3, 3, 14, crm, 0), .check = timer_check, .read = tval_read, \
      .write = tval_write, .arg = which }, \
    { SYSREG(CNT##n##_CTL_EL0, 3, 3, 14, crm, 1), .check = timer_check, \
      .field = ST(member.ctl), .read = ctl_read, .write = ctl_write, .arg = which }, \
    { SYSREG(CNT##n##_CVAL_EL0, 3, 3, 14, crm, 2), .check = timer_check, \
      .field = ST(member.cval), .write = cval_write, .arg = which }

static const SysReg timer_rows[] = {
    { SYSREG(CNTKCTL_EL1, 3, 0, 14, 1, 0), .min_el = 1, .field = ST(cntkctl_el1),
      .write = cntkctl_write },
    { SYSREG(CNTFRQ_EL0, 3, 3, 14, 0, 0), .flags = SR_NOP | SR_EL0_RO, .check = frq_check,
      .reset = ARM_COUNTER_HZ },
    { SYSREG(CNTPCT_EL0, 3, 3, 14, 0, 1), .flags = SR_RO, .check = count_check,
      .read = count_read, .arg = PHYS },
    { SYSREG(CNTVCT_EL0, 3, 3, 14, 0, 2), .flags = SR_RO, .check = count_check,
      .read = count_read, .arg = VIRT },
    { SYSREG(CNTPCTSS_EL0, 3, 3, 14, 0, 5), .flags = SR_RO, .feature = FEAT_ECV,
      .check = count_check, .read = count_read, .arg = PHYS },
    { SYSREG(CNTVCTSS_EL0, 3, 3, 14, 0, 6), .flags = SR_RO, .feature = FEAT_ECV,
      .check = count_check, .read = count_read, .arg = VIRT },
    TIMER(P, 2, PHYS, phys_timer),
    TIMER(V, 3, VIRT, virt_timer),
};
SYSREG_GROUP(timer);
