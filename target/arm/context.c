/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The context word. Its system-register part is kept per EL in cpu->ctx_base, so that exception
 * entry and return only add PSTATE's part.
 */
#include "target/arm/internal/cpu.h"
#include "target/arm/internal/fp_mode.h"

static uint32_t fp_trap(const ArmCpu *cpu, unsigned el)
{
    unsigned fpen = cpu->sys.cpacr_el1 >> CPACR_FPEN_SHIFT & 3;

    return fpen == 3 || (fpen == 1 && el == 1) ? 0 : CTX_FP_TRAP;
}

/* D2.4: may a software step exception be taken from @el to EL1? PSTATE.D apart. */
static bool step_enabled(const ArmCpu *cpu, unsigned el)
{
    return cpu->sys.mdscr_el1 & MDSCR_SS && !(cpu->sys.oslsr_el1 & OSLSR_OSLK)
        && (el == 0 || cpu->sys.mdscr_el1 & MDSCR_KDE);
}

static uint64_t base_word(const ArmCpu *cpu, unsigned el)
{
    uint64_t sctlr = cpu->sys.sctlr_el1, tcr = cpu->sys.tcr_el1;
    uint64_t ctx = el << CTX_EL_SHIFT | fp_trap(cpu, el);

    ctx |= sctlr & SCTLR_A ? CTX_ALIGN : 0;
    ctx |= sctlr & SCTLR_NAA ? CTX_NAA : 0;
    ctx |= sctlr & (el ? SCTLR_SA : SCTLR_SA0) ? CTX_SP_ALIGN : 0;
    ctx |= tcr & TCR_TBI0 && !(tcr & TCR_TBID0) ? CTX_TBI0 : 0;
    ctx |= tcr & TCR_TBI1 && !(tcr & TCR_TBID1) ? CTX_TBI1 : 0;
    ctx |= sctlr & SCTLR_ENIA ? CTX_EN_IA : 0;
    ctx |= sctlr & (el ? SCTLR_BT1 : SCTLR_BT0) ? CTX_BTI : 0;
    ctx |= step_enabled(cpu, el) ? CTX_STEP : 0;
    ctx |= cpu->pmu_insns[el] ? CTX_ICOUNT : 0;
    if (el == 0) {
        ctx |= sctlr & SCTLR_UCI ? CTX_EL0_UCI : 0;
        ctx |= sctlr & SCTLR_UCT ? CTX_EL0_UCT : 0;
        ctx |= sctlr & SCTLR_DZE ? CTX_EL0_DZE : 0;
        ctx |= sctlr & SCTLR_NTWI ? CTX_EL0_NTWI : 0;
        ctx |= sctlr & SCTLR_NTWE ? CTX_EL0_NTWE : 0;
        ctx |= sctlr & SCTLR_MSCEN ? CTX_EL0_MSCEN : 0;
        ctx |= sctlr & SCTLR_TIDCP ? CTX_EL0_TIDCP : 0;
        ctx |= sctlr & SCTLR_UMA ? CTX_EL0_UMA : 0;
    }
    return ctx;
}

static inline uint64_t fp_bits(const ArmCpu *cpu)
{
    uint32_t fpcr = cpu->fpcr;

    if (__builtin_expect(!fpcr, 1)) {
        return CTX_FP_PLAIN;
    }
    return (arm_fpcr_is_plain(fpcr) ? CTX_FP_PLAIN : 0) | (fpcr & FPCR_AH ? CTX_FP_AH : 0)
         | (fpcr & FPCR_NEP ? CTX_FP_NEP : 0) | (cpu->fp_flush ? CTX_FP_FLUSH : 0);
}

static inline uint64_t add_pstate(const ArmCpu *cpu, uint64_t ctx)
{
    uint32_t rest = cpu->pstate_rest;
    uint32_t idx = cpu->el ? (rest & PSTATE_PAN ? ARM_MMU_EL1_PAN : ARM_MMU_EL1) : ARM_MMU_EL0;

    ctx |= idx << CTX_MMU_SHIFT;
    ctx |= cpu->spsel * CTX_SPSEL;
    ctx |= fp_bits(cpu);
    if (__builtin_expect(rest & (PSTATE_IL | PSTATE_UAO), 0)) {
        ctx |= rest & PSTATE_IL ? CTX_IL : 0;
        ctx |= rest & PSTATE_UAO ? CTX_UAO : 0;
    }
    if (__builtin_expect((ctx & CTX_STEP) != 0, 0)) {
        if (cpu->el && cpu->daif & PSTATE_D) {
            ctx ^= CTX_STEP | CTX_STEP_MASKED;
        } else if (!(rest & PSTATE_SS)) {
            ctx |= CTX_STEP_PEND;
        }
    }
    return ctx;
}

uint64_t arm_context_compute(const ArmCpu *cpu)
{
    return add_pstate(cpu, base_word(cpu, cpu->el));
}

void arm_context_switch(ArmCpu *cpu)
{
    tcg_cpu_set_context(&cpu->tcg, add_pstate(cpu, cpu->ctx_base[cpu->el]),
                        cpu->el ? ARM_MMU_EL1 : ARM_MMU_EL0);
}

void arm_context_update(ArmCpu *cpu)
{
    cpu->ctx_base[0] = base_word(cpu, 0);
    cpu->ctx_base[1] = base_word(cpu, 1);
    arm_context_switch(cpu);
}

/*
 * Translations are tagged by the ASID alone, as the architecture does: software that changes tables
 * under an ASID in use invalidates it. (A key made of the table bases would give a bank to every
 * half-way state of an address space switch.)
 */
void arm_asid_update(ArmCpu *cpu)
{
    uint64_t tcr = cpu->sys.tcr_el1;
    uint64_t ttbr = tcr & TCR_A1 ? cpu->sys.ttbr1_el1 : cpu->sys.ttbr0_el1;

    tcg_cpu_set_asid(&cpu->tcg, (1u << ARM_MMU_INDEXES) - 1,
                     ttbr >> 48 & (tcr & TCR_AS ? 0xffff : 0xff), 0);
}
