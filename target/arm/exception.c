/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exception entry and return between EL0 and EL1 (D1.3). Lean: the path of every syscall. */
#include "target/arm/internal/cpu.h"

#include <inttypes.h>

#include "util/log.h"

/* -- Entry -- */

static const char *vector_name(ArmVector vector)
{
    switch (vector) {
    case VECTOR_SYNC: return "synchronous";
    case VECTOR_IRQ: return "IRQ";
    case VECTOR_FIQ: return "FIQ";
    case VECTOR_SERROR: return "SError";
    }
    return "?";
}

static void log_entry(const ArmCpu *cpu, ArmVector vector)
{
    log_printf(LOG_INT, "CPU %u: %s exception from EL%u: ESR 0x%08" PRIx64 " (EC 0x%02x) FAR 0x%"
               PRIx64 " ELR 0x%" PRIx64 " SPSR 0x%08" PRIx64 " to PC 0x%" PRIx64 "\n",
               cpu->cfg.index, vector_name(vector), (unsigned)(cpu->sys.spsr_el1 >> 2 & 3),
               vector == VECTOR_SYNC ? cpu->sys.esr_el1 : 0,
               vector == VECTOR_SYNC ? (unsigned)(cpu->sys.esr_el1 >> 26) : 0, cpu->sys.far_el1,
               cpu->sys.elr_el1, cpu->sys.spsr_el1, cpu->pc);
}

void arm_take_exception(ArmCpu *cpu, ArmVector vector, uint32_t syndrome, uint64_t ret_pc)
{
    struct ArmSysregs *s = &cpu->sys;
    uint32_t rest = cpu->pstate_rest & ~(PSTATE_IL | PSTATE_SS | PSTATE_UAO | PSTATE_SSBS);
    unsigned from = cpu->el == 0 ? 0x400 : cpu->spsel ? 0x200 : 0;

    s->spsr_el1 = arm_pstate_get(cpu);
    s->elr_el1 = ret_pc;
    if (vector == VECTOR_SYNC || vector == VECTOR_SERROR) {
        s->esr_el1 = syndrome;
    }
    rest |= s->sctlr_el1 & SCTLR_SPAN ? 0 : PSTATE_PAN;
    rest |= s->sctlr_el1 & SCTLR_DSSBS ? PSTATE_SSBS : 0;
    cpu->pstate_rest = rest;
    cpu->daif = PSTATE_DAIF;
    cpu->tcg.branch_type = 0;
    arm_sp_switch(cpu, 1, 1);
    cpu->pc = s->vbar_el1 + from + vector;
    arm_context_switch(cpu);
    if (__builtin_expect(log_is_on(LOG_INT), 0)) {
        log_entry(cpu, vector);
    }
}

/* -- Synchronous exceptions raised by helpers and by the soft TLB -- */

void arm_raise_sync(ArmCpu *cpu, uint32_t syndrome)
{
    cpu->pending = (ArmPendingFault) { .syndrome = syndrome };
    tcg_raise(&cpu->tcg);
}

void arm_raise_sync_far(ArmCpu *cpu, uint32_t syndrome, uint64_t far)
{
    cpu->pending = (ArmPendingFault) { .syndrome = syndrome, .far = far, .far_valid = true };
    tcg_raise(&cpu->tcg);
}

void arm_fault_deliver(TcgCpu *tcg, uint32_t insn)
{
    ArmCpu *cpu = (ArmCpu *)tcg;
    ArmPendingFault f = cpu->pending;
    unsigned ec = f.syndrome >> 26;

    if (insn && tcg->context & CTX_ICOUNT) {
        cpu->icount--;                             /* counted, but not executed */
    }
    if (ec == EC_SYSREG) {
        f.syndrome |= (insn & 31) << 5;            /* Rt */
    }
    if (tcg->context & CTX_STEP && ec != EC_STEP_SAME && ec != EC_STEP_LOWER) {
        cpu->pstate_rest |= PSTATE_SS;             /* not completed: it will be stepped again */
    }
    if (f.far_valid) {
        cpu->sys.far_el1 = f.far;
    }
    arm_take_exception(cpu, VECTOR_SYNC, f.syndrome, f.elr_valid ? f.elr : cpu->pc);
}

/* -- Return -- */

/* M[4:0] that ERET from EL1 may return to: EL0t, EL1t, EL1h. No AArch32, no EL2, no EL3. */
static bool return_is_legal(uint64_t spsr)
{
    unsigned mode = spsr & 0x1f;

    return mode == 0 || mode == 4 || mode == 5;
}

/* D2.4: PSTATE.SS := SPSR.SS only when stepping is disabled here and enabled at the target. */
static bool return_sets_ss(const ArmCpu *cpu, uint64_t spsr)
{
    bool here = cpu->ctx_base[1] & CTX_STEP && !(cpu->daif & PSTATE_D);
    bool there = spsr & 4 ? cpu->ctx_base[1] & CTX_STEP && !(spsr & PSTATE_D)
                          : cpu->ctx_base[0] & CTX_STEP;

    return !here && there && spsr & PSTATE_SS;
}

/* AArch64.BranchAddr: drop the tag where top-byte-ignore holds. */
static uint64_t branch_address(const ArmCpu *cpu, uint64_t pc)
{
    bool upper = pc >> 55 & 1;
    bool tbi = cpu->ctx_base[0] & (upper ? CTX_TBI1 : CTX_TBI0);

    return tbi ? (uint64_t)sextract64(pc, 0, 56) : pc;
}

static void return_illegally(ArmCpu *cpu, uint64_t spsr)
{
    cpu->nzcv = ir_nzcv_to_envflags(spsr);
    cpu->daif = spsr & PSTATE_DAIF;
    cpu->pstate_rest |= PSTATE_IL;
    cpu->pstate_rest &= ~PSTATE_SS;
    cpu->tcg.branch_type = 0;
}

void arm_exception_return(ArmCpu *cpu, uint64_t pc)
{
    uint64_t spsr = cpu->sys.spsr_el1 & cpu->spsr_mask;

    cpu->excl_addr = ~UINT64_C(0);
    atomic_store_explicit(&cpu->event_register, true, memory_order_relaxed);
    if (__builtin_expect(log_is_on(LOG_INT), 0)) {
        log_printf(LOG_INT, "CPU %u: exception return to PC 0x%" PRIx64 " SPSR 0x%08" PRIx64 "\n",
                   cpu->cfg.index, pc, spsr);
    }
    if (__builtin_expect(!return_is_legal(spsr), 0)) {
        return_illegally(cpu, spsr);
    } else {
        uint32_t el = spsr >> 2 & 1;
        uint32_t mask = PSTATE_IL | PSTATE_DIT | PSTATE_UAO | PSTATE_PAN | PSTATE_SSBS;

        cpu->pstate_rest = (spsr & mask) | (return_sets_ss(cpu, spsr) ? PSTATE_SS : 0);
        cpu->nzcv = ir_nzcv_to_envflags(spsr);
        cpu->daif = spsr & PSTATE_DAIF;
        arm_btype_set(cpu, spsr >> PSTATE_BTYPE_SHIFT & 3);
        arm_sp_switch(cpu, el, spsr & 1);
        pc = branch_address(cpu, pc);
    }
    cpu->pc = pc;
    arm_context_switch(cpu);
    arm_irq_notice(cpu);
}
