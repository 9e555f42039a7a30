/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cached context word is the computed one after every change of an input. */
#include "fake_tcg.h"

static void check(Rig *r, const char *after)
{
    if (r->cpu->tcg.context != arm_context_compute(r->cpu)) {
        g_error("after %s: context %#" PRIx64 ", computed %#" PRIx64, after, r->cpu->tcg.context,
                arm_context_compute(r->cpu));
    }
}

static void test_cache_follows_registers(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    for (unsigned bit = 1; bit < 45; bit++) {
        rig_msr(&r, ENC_SCTLR, BIT(bit), NULL);
        check(&r, "SCTLR_EL1");
        rig_msr(&r, ENC_TCR, BIT(bit), NULL);
        check(&r, "TCR_EL1");
        rig_msr(&r, ENC_MDSCR, BIT(bit), NULL);
        check(&r, "MDSCR_EL1");
    }
    for (unsigned fpen = 0; fpen < 4; fpen++) {
        rig_msr(&r, ENC_CPACR, (uint64_t)fpen << 20, NULL);
        check(&r, "CPACR_EL1");
        g_assert_cmpint(!!(r.cpu->tcg.context & CTX_FP_TRAP), ==, !(fpen & 1));
        arm_pstate_set(r.cpu, 0);
        check(&r, "EL0");
        g_assert_cmpint(!!(r.cpu->tcg.context & CTX_FP_TRAP), ==, fpen != 3);
        arm_pstate_set(r.cpu, 5);
    }
    rig_clear(&r);
}

static void test_mmu_index(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    g_assert_cmpuint(ctx_mmu(r.cpu->tcg.context), ==, ARM_MMU_EL1);
    rig_msr(&r, SYSREG_ENC(3, 0, 4, 2, 3), PSTATE_PAN, NULL);
    g_assert_cmpuint(ctx_mmu(r.cpu->tcg.context), ==, ARM_MMU_EL1_PAN);
    g_assert_cmpuint(r.cpu->tcg.fetch_idx, ==, ARM_MMU_EL1);
    arm_pstate_set(r.cpu, PSTATE_PAN);
    g_assert_cmpuint(ctx_mmu(r.cpu->tcg.context), ==, ARM_MMU_EL0);
    g_assert_cmpuint(r.cpu->tcg.fetch_idx, ==, ARM_MMU_EL0);
    rig_clear(&r);
}

static void test_msr_immediate(void)
{
    void (*msr)(void *, uint32_t, uint32_t, uint64_t) =
        (void (*)(void *, uint32_t, uint32_t, uint64_t))h_msr_pstate.fn;
    Rig r;

    rig_init(&r, "max", NULL);
    msr(r.cpu, 4, 1, 0x1004);                                   /* PAN */
    g_assert_cmphex(r.cpu->pc, ==, 0x1004);
    g_assert_cmphex(arm_pstate_get(r.cpu) & PSTATE_PAN, ==, PSTATE_PAN);
    check(&r, "MSR PAN");
    msr(r.cpu, 3, 1, 0x1004);                                   /* UAO */
    g_assert_true(r.cpu->tcg.context & CTX_UAO);
    msr(r.cpu, 5, 0, 0x1004);                                   /* SPSel */
    g_assert_cmphex(arm_pstate_get(r.cpu) & 15, ==, 4);
    g_assert_false(r.cpu->tcg.context & CTX_SPSEL);
    msr(r.cpu, 3 << 3 | 2, 1, 0x1004);                          /* DIT */
    msr(r.cpu, 3 << 3 | 1, 1, 0x1004);                          /* SSBS */
    msr(r.cpu, 3 << 3 | 7, 2, 0x1004);                          /* DAIFClr I */
    g_assert_cmphex(arm_pstate_get(r.cpu) & ~UINT32_C(0xf0000000), ==,
                    4 | PSTATE_D | PSTATE_A | PSTATE_F | PSTATE_DIT | PSTATE_SSBS | PSTATE_PAN
                    | PSTATE_UAO);
    msr(r.cpu, 4, 0, 0x1008);
    g_assert_cmphex(arm_pstate_get(r.cpu) & PSTATE_PAN, ==, 0);
    rig_clear(&r);
}

/* FPCR: the bits each model has, and those that translation must know. */
static void test_fpcr(void)
{
    static const struct { const char *model; uint32_t mask; } t[] = {
        { "cortex-a57", 0x07c00000 }, { "neoverse-n1", 0x07c80000 }, { "max", 0x07c82007 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        Rig r;
        rig_init(&r, t[i].model, NULL);
        rig_msr(&r, ENC_CPACR, UINT64_C(3) << 20, NULL);
        const SysReg *fpcr = sysreg_find(r.cpu->cfg.model, SYSREG_ENC(3, 3, 4, 4, 0));
        g_assert_true(fpcr->flags & SR_END_BLOCK);
        for (unsigned bit = 0; bit < 32; bit++) {
            sysreg_write(r.cpu, fpcr, BIT(bit));
            g_assert_cmphex(r.cpu->fpcr, ==, t[i].mask & BIT(bit));
            check(&r, "FPCR");
        }
        sysreg_write(r.cpu, fpcr, UINT32_MAX);
        g_assert_cmphex(sysreg_read(r.cpu, fpcr), ==, t[i].mask);
        g_assert_cmphex(r.cpu->tcg.context & (CTX_FP_AH | CTX_FP_NEP), ==,
                        t[i].mask & 6 ? CTX_FP_AH | CTX_FP_NEP : 0);
        rig_clear(&r);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/context/registers", test_cache_follows_registers);
    g_test_add_func("/arm/context/mmu-index", test_mmu_index);
    g_test_add_func("/arm/context/msr-immediate", test_msr_immediate);
    g_test_add_func("/arm/context/fpcr", test_fpcr);
    return g_test_run();
}
