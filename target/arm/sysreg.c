/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system-register table: look-up, access with checks, reset, and the log of what it lacks. */
#include "target/arm/internal/sysreg.h"

#include <inttypes.h>

#include "util/log.h"

static const SysRegGroup *const groups[] = {
    &sysreg_group_id, &sysreg_group_ctrl, &sysreg_group_mmu, &sysreg_group_tlbi,
    &sysreg_group_cache, &sysreg_group_timer, &sysreg_group_debug, &sysreg_group_gic,
    &sysreg_group_pmu,
};

/* -- Look-up -- */

const SysRegGroup *sysreg_group(unsigned i)
{
    return i < ARRAY_SIZE(groups) ? groups[i] : NULL;
}

/* Number of rows of @g below @enc. */
static unsigned group_rank(const SysRegGroup *g, uint16_t enc)
{
    unsigned lo = 0, hi = g->n;

    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (g->rows[mid].enc < enc) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

const SysReg *sysreg_find(const ArmModel *m, uint16_t enc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
        unsigned n = group_rank(groups[i], enc);
        if (n < groups[i]->n && groups[i]->rows[n].enc == enc) {
            const SysReg *r = &groups[i]->rows[n];
            return arm_has(m, r->feature) ? r : NULL;
        }
    }
    return NULL;
}

static unsigned table_rank(uint16_t enc)
{
    unsigned rank = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
        rank += group_rank(groups[i], enc);
    }
    return rank;
}

const SysReg *sysreg_row(unsigned i)
{
    for (unsigned g = 0; g < ARRAY_SIZE(groups); g++) {
        for (unsigned n = 0; n < groups[g]->n; n++) {
            const SysReg *r = &groups[g]->rows[n];
            if (table_rank(r->enc) == i) {
                return r;
            }
        }
    }
    return NULL;
}

/* -- Access -- */

/* ISS of EC 0x18 but for Rt, which arm_fault_deliver() takes from the instruction. */
static uint32_t trap_iss(uint16_t enc, bool write)
{
    uint32_t op0 = enc >> 14, op1 = enc >> 11 & 7, crn = enc >> 7 & 15, crm = enc >> 3 & 15;
    uint32_t op2 = enc & 7;

    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1 | !write;
}

static bool access_is_ok(ArmCpu *cpu, const SysReg *r, bool write)
{
    SysAccess what = SYS_OK;

    if (cpu->el < r->min_el || (write && r->flags & SR_EL0_RO && cpu->el == 0)) {
        what = SYS_UNDEF;
    } else if (r->check) {
        what = r->check(cpu, r, write);
    }
    switch (what) {
    case SYS_OK:
        return true;
    case SYS_UNDEF:
        arm_raise_sync(cpu, syn_make(EC_UNKNOWN, 0));
        return false;
    case SYS_TRAP_EL1:
        arm_raise_sync(cpu, syn_make(EC_SYSREG, trap_iss(r->enc, write)));
        return false;
    case SYS_TRAP_FP:
        arm_raise_sync(cpu, syn_make(EC_FP_TRAP, 1u << 24 | 0xe << 20));
        return false;
    }
    return true;
}

static uint64_t *storage(ArmCpu *cpu, const SysReg *r)
{
    return (uint64_t *)((char *)cpu + r->field);
}

uint64_t sysreg_read(ArmCpu *cpu, const SysReg *r)
{
    if (!access_is_ok(cpu, r, false)) {
        return 0;
    }
    if (r->read) {
        return r->read(cpu, r);
    }
    return r->field ? *storage(cpu, r) : r->reset;
}

void sysreg_write(ArmCpu *cpu, const SysReg *r, uint64_t val)
{
    if (!access_is_ok(cpu, r, true)) {
        return;
    }
    if (r->write) {
        r->write(cpu, r, val);
    } else if (r->field) {
        uint64_t mask = r->wmask ? r->wmask : ~UINT64_C(0);
        uint64_t *p = storage(cpu, r);
        *p = (*p & ~mask) | (val & mask);
    }
}

static uint64_t read_helper(void *env, uint64_t row)
{
    return sysreg_read(env, (const SysReg *)(uintptr_t)row);
}

static void write_helper(void *env, uint64_t row, uint64_t val)
{
    sysreg_write(env, (const SysReg *)(uintptr_t)row, val);
}

const IrHelper h_sysreg_read = {
    .name = "sysreg_read", .fn = (void *)read_helper,
    .flags = IRH_ENV | IRH_READS | IRH_FAULTS, .ret = IR_I64, .n_args = 1, .args = { IR_I64 },
};
const IrHelper h_sysreg_write = {
    .name = "sysreg_write", .fn = (void *)write_helper,
    .flags = IRH_ENV | IRH_READS | IRH_WRITES | IRH_FAULTS, .ret = IR_NONE, .n_args = 2,
    .args = { IR_I64, IR_I64 },
};

/* -- Reset, log -- */

void sysreg_reset(ArmCpu *cpu)
{
    memset(&cpu->sys, 0, sizeof(cpu->sys));
    for (unsigned g = 0; g < ARRAY_SIZE(groups); g++) {
        for (unsigned n = 0; n < groups[g]->n; n++) {
            const SysReg *r = &groups[g]->rows[n];
            if (r->field) {
                *storage(cpu, r) = r->reset;
            }
        }
    }
}

void sysreg_log_unknown(uint16_t enc, bool write, uint64_t pc)
{
    log_unimp("cpu", "%s at 0x%016" PRIx64 ": no row { SYSREG(S%u_%u_C%u_C%u_%u, %u, %u, %u, %u, "
              "%u) }", write ? "MSR" : "MRS", pc, enc >> 14, enc >> 11 & 7, enc >> 7 & 15,
              enc >> 3 & 15, enc & 7, enc >> 14, enc >> 11 & 7, enc >> 7 & 15, enc >> 3 & 15,
              enc & 7);
}
