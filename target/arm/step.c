/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers of the translator's own: see step.h. */
#include "target/arm/internal/step.h"

static void step_advance(void *env)
{
    ArmCpu *cpu = env;

    cpu->pstate_rest &= ~PSTATE_SS;
    arm_btype_set(cpu, cpu->tcg.branch_type);
    arm_context_update(cpu);
}

static void align_fault(void *env, uint64_t pc, uint64_t base, uint32_t info)
{
    ArmCpu *cpu = env;
    uint64_t size = UINT64_C(1) << (info >> ALIGN_SIZE_SHIFT & 0xff);
    bool misplaced = info & ALIGN_WITHIN16 ? (base & 15) + size > 16 : base & (size - 1);

    if (info & ALIGN_SP && base & 15) {
        arm_raise_sync(cpu, syn_make(EC_SP_ALIGN, 0));
    } else if (info & ALIGN_EXCLUSIVE && misplaced) {
        cpu->tcg.ops->unaligned_fault(&cpu->tcg, base,
                                      info & ALIGN_STORE ? TLB_ACCESS_WRITE : TLB_ACCESS_READ,
                                      info >> ALIGN_MMU_SHIFT & 7);
        tcg_raise(&cpu->tcg);
    } else {
        ((void (*)(void *, uint64_t))h_pc_align.fn)(env, pc);
    }
}

const IrHelper h_step_advance = {
    .name = "step_advance", .fn = (void *)step_advance, .flags = IRH_ENV | IRH_READS | IRH_WRITES,
    .ret = IR_NONE,
};
const IrHelper h_align_fault = {
    .name = "align_fault", .fn = (void *)align_fault, .flags = IRH_ENV | IRH_FAULTS,
    .ret = IR_NONE, .n_args = 3, .args = { IR_I64, IR_I64, IR_I32 },
};
