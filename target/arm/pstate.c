/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PSTATE between its pieces in ArmCpu and the format of SPSR_EL1 (C5.2.19). */
#include "target/arm/internal/cpu.h"

uint32_t arm_pstate_get(const ArmCpu *cpu)
{
    return ir_envflags_to_nzcv(cpu->nzcv) | cpu->pstate_rest | cpu->daif | cpu->el << 2
         | cpu->spsel | cpu->tcg.branch_type << PSTATE_BTYPE_SHIFT;
}

void arm_pstate_set(ArmCpu *cpu, uint32_t spsr)
{
    const uint32_t rest = PSTATE_SSBS | PSTATE_IL | PSTATE_SS | PSTATE_PAN | PSTATE_UAO
                        | PSTATE_DIT;
    uint32_t el = spsr >> 2 & 1;

    spsr &= cpu->spsr_mask;
    cpu->nzcv = ir_nzcv_to_envflags(spsr);
    cpu->daif = spsr & PSTATE_DAIF;
    cpu->pstate_rest = spsr & rest;
    arm_btype_set(cpu, spsr >> PSTATE_BTYPE_SHIFT & 3);
    arm_sp_switch(cpu, el, el & spsr);
    arm_context_switch(cpu);
}
