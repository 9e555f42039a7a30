/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches, exceptions, hints, PSTATE, system registers, software step, ends of blocks. */
#include <glib.h>
#include <inttypes.h>

#include "harness.h"

#define NEXT (CODE_VA + 4)
#define UNDEFINED 0x02000000u

/* -- Branches -- */

static void test_direct(void)
{
    Harness *h = harness_new();

    harness_run1(h, 0x14000004);                          /* b . + 16 */
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 16);
    harness_run1(h, 0x16000000);                          /* b . - 128 MiB */
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA - 0x8000000);
    harness_run1(h, 0x94000004);                          /* bl . + 16 */
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 16);
    g_assert_cmphex(h->cpu->x[30], ==, NEXT);
    h->cpu->x[0] = 0x1234;
    harness_run1(h, 0xd61f0000);                          /* br x0 */
    g_assert_cmphex(h->cpu->pc, ==, 0x1234);
    h->cpu->x[30] = 0x5678;
    harness_run1(h, 0xd65f03c0);                          /* ret */
    g_assert_cmphex(h->cpu->pc, ==, 0x5678);
    harness_run1(h, 0xd63f03c0);                          /* blr x30: reads before it writes */
    g_assert_cmphex(h->cpu->pc, ==, 0x5678);
    g_assert_cmphex(h->cpu->x[30], ==, NEXT);
    harness_free(h);
}

static bool cond_holds(unsigned cond, unsigned nzcv)
{
    bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1, r;

    switch (cond >> 1) {
    case 0: r = z; break;
    case 1: r = c; break;
    case 2: r = n; break;
    case 3: r = v; break;
    case 4: r = c && !z; break;
    case 5: r = n == v; break;
    case 6: r = n == v && !z; break;
    default: return true;
    }
    return cond & 1 ? !r : r;
}

static void test_conditions(void)
{
    Harness *h = harness_new();

    for (unsigned step = 0; step < 2; step++) {
        h->context = CTX_EL1 | (step ? CTX_STEP : 0);
        for (unsigned cond = 0; cond < 16; cond++) {
            for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
                harness_set_nzcv(h, nzcv);
                harness_run1(h, 0x54000100 | cond);       /* b.cond . + 32 */
                g_assert_cmphex(h->cpu->pc, ==, CODE_VA + (cond_holds(cond, nzcv) ? 32 : 4));
            }
        }
    }
    harness_free(h);
}

static void test_compare_branches(void)
{
    static const struct { uint32_t word; uint64_t x0; bool taken; } t[] = {
        { 0xb4000100, 0, true }, { 0xb4000100, UINT64_C(1) << 32, false },       /* cbz x0 */
        { 0x34000100, UINT64_C(1) << 32, true }, { 0x34000100, 1, false },       /* cbz w0 */
        { 0xb5000100, 0, false }, { 0xb5000100, UINT64_C(1) << 32, true },       /* cbnz x0 */
        { 0x35000100, UINT64_C(1) << 32, false },                                /* cbnz w0 */
        { 0xb6f80100, UINT64_C(1) << 63, false }, { 0xb6f80100, 1, true },       /* tbz x0, #63 */
        { 0x37180100, 8, true }, { 0x37180100, ~UINT64_C(8), false },            /* tbnz w0, #3 */
    };
    Harness *h = harness_new();

    for (unsigned step = 0; step < 2; step++) {
        h->context = CTX_EL1 | (step ? CTX_STEP : 0);
        for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
            h->cpu->x[0] = t[i].x0;
            harness_run1(h, t[i].word);
            if (h->cpu->pc != CODE_VA + (t[i].taken ? 32 : 4)) {
                g_test_message("%08x with x0 = %" PRIx64 " goes to %" PRIx64, t[i].word,
                               t[i].x0, h->cpu->pc);
                g_test_fail();
            }
        }
    }
    harness_free(h);
}

/* -- Blocks -- */

static void test_blocks(void)
{
    uint32_t cbz[20];
    Harness *h = harness_new();

    /* Not taken: goes on in the same block. */
    h->cpu->x[0] = 1;
    h->cpu->x[1] = 0;
    RUN(h, 0xb4000100, 0x91000421, 0x91000421);           /* cbz x0; add x1, x1, #1 twice */
    g_assert_cmpuint(h->block->guest_insns, ==, 3);
    g_assert_cmphex(h->cpu->x[1], ==, 2);
    /* Taken: what is behind has no effect. */
    h->cpu->x[0] = 0;
    RUN(h, 0x91000421, 0xb4000100, 0x91000421);
    g_assert_cmphex(h->cpu->x[1], ==, 3);
    g_assert_cmphex(h->cpu->pc, ==, NEXT + 32);
    /* The number of side exits is bounded. */
    for (unsigned i = 0; i < G_N_ELEMENTS(cbz); i++) {
        cbz[i] = 0xb5000100;
    }
    harness_run(h, cbz, G_N_ELEMENTS(cbz));
    g_assert_cmpuint(h->block->guest_insns, <, G_N_ELEMENTS(cbz));
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + h->block->guest_insns * 4);
    /* An undefined word gets a block of its own: it may never be reached. */
    RUN(h, 0x91000421, 0x00000000);
    g_assert_null(h->helper);
    g_assert_cmphex(h->cpu->pc, ==, NEXT);
    g_assert_cmpuint(h->block->guest_insns, ==, 1);
    /* The end of the page ends the block. */
    harness_run_at(h, CODE_VA + 0xff8, (const uint32_t[]){ 0x91000421, 0x91000421, 0x91000421 },
                   3, 8);
    g_assert_cmpuint(h->block->guest_insns, ==, 2);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 0x1000);
    harness_run_at(h, -UINT64_C(4), (const uint32_t[]){ 0x91000421 }, 1, 8);
    g_assert_cmphex(h->cpu->pc, ==, 0);
    harness_free(h);
}

static void test_bad_pc(void)
{
    Harness *h = harness_new();

    for (unsigned i = 1; i < 4; i++) {
        harness_run_at(h, CODE_VA + i, (const uint32_t[]){ 0x91000421, 0x91000421 }, 2, 8);
        g_assert_cmpstr(h->helper, ==, "pc_align");
        g_assert_cmphex(h->args[0], ==, CODE_VA + i);
    }
    /* A tagged address is a jump to the address without its tag. */
    h->context = CTX_EL1 | CTX_TBI0;
    harness_run_at(h, CODE_VA | 0xab00000000000000, (const uint32_t[]){ 0x91000421 }, 1, 8);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA);
    h->context = CTX_EL1 | CTX_TBI1;
    harness_run_at(h, CODE_VA | 0xab80000000000000, (const uint32_t[]){ 0x91000421 }, 1, 8);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA | 0xff80000000000000);
    harness_run_at(h, CODE_VA | 0xab00000000000000, (const uint32_t[]){ 0x91000421 }, 1, 8);
    g_assert_cmphex(h->cpu->pc, ==, (CODE_VA | 0xab00000000000000) + 4);
    harness_free(h);
}

/* -- Exceptions -- */

static void test_exceptions(void)
{
    Harness *h = harness_new();

    harness_run1(h, 0xd4000541);                          /* svc #42 */
    g_assert_cmpstr(h->helper, ==, "svc");
    g_assert_cmphex(h->args[0], ==, 42);
    g_assert_cmphex(h->args[1], ==, NEXT);
    harness_run1(h, 0xd4000002);
    g_assert_cmpstr(h->helper, ==, "hvc");
    harness_run1(h, 0xd4000003);
    g_assert_cmpstr(h->helper, ==, "smc");
    harness_run1(h, 0xd69f03e0);
    g_assert_cmpstr(h->helper, ==, "eret");
    harness_run1(h, 0xd4200020);                          /* brk #1 */
    g_assert_cmphex(h->syndrome, ==, 0xf2000001);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA);
    harness_run1(h, 0x00000000);                          /* udf #0 */
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);
    harness_run1(h, 0xd4400000);                          /* hlt: halting debug is off */
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);

    h->context = ARM_MMU_EL0 << CTX_MMU_SHIFT;            /* EL0 */
    static const uint32_t privileged[] = {
        0xd4000002, 0xd4000003, 0xd69f03e0, 0xd5384100, 0xd5184100, 0xd5384240, 0xd50041bf,
        0xd500419f, 0xd5381000, 0xd508871f, 0xd53be020,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(privileged); i++) {
        harness_run1(h, privileged[i]);
        if (h->syndrome != UNDEFINED) {
            g_test_message("%08x is not UNDEFINED at EL0: syndrome %08x, helper %s", privileged[i],
                           h->syndrome, h->helper ? h->helper : "none");
            g_test_fail();
        }
    }
    h->context = CTX_EL1 | CTX_IL;
    harness_run1(h, 0xd503201f);
    g_assert_cmphex(h->syndrome, ==, 0x3a000000);
    harness_free(h);
}

static void test_step(void)
{
    Harness *h = harness_new();

    h->context = CTX_EL1 | CTX_STEP;
    h->cpu->x[0] = 0;
    RUN(h, 0x91000400, 0x91000400);                       /* add x0, x0, #1 twice */
    g_assert_cmphex(h->cpu->x[0], ==, 1);
    g_assert_cmpstr(h->helper, ==, "step_advance");
    g_assert_cmphex(h->cpu->pc, ==, NEXT);
    harness_run1(h, 0xd61f0000);                          /* br x0 */
    g_assert_cmpstr(h->helper, ==, "step_advance");
    g_assert_cmphex(h->cpu->pc, ==, 1);
    h->context |= CTX_STEP_PEND;
    harness_run1(h, 0x91000400);
    g_assert_cmphex(h->syndrome, ==, 0xce000022);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA);
    h->context = ARM_MMU_EL0 << CTX_MMU_SHIFT | CTX_STEP | CTX_STEP_PEND;
    harness_run1(h, 0x91000400);
    g_assert_cmphex(h->syndrome, ==, 0xca000022);
    harness_free(h);
}

/* -- Hints and barriers -- */

static void test_hints(void)
{
    Harness *h = harness_new();

    static const struct { uint32_t word; const char *helper; } t[] = {
        { 0xd503201f, NULL },        /* nop */
        { 0xd503241f, NULL },        /* bti */
        { 0xd503233f, NULL },        /* paciasp without FEAT_PAuth */
        { 0xd50323ff, NULL },        /* autibsp */
        { 0xd50320ff, NULL },        /* xpaclri */
        { 0xd5032fff, NULL },        /* unallocated hint */
        { 0xd503203f, "yield" }, { 0xd503205f, "wfe" }, { 0xd503207f, "wfi" },
        { 0xd503209f, "sev" }, { 0xd50320bf, "sevl" },
        { 0xd5033bbf, NULL },        /* dmb ish */
        { 0xd5033f9f, "dsb" }, { 0xd5033fdf, NULL }, { 0xd50330ff, NULL },
        { 0xf9800000, NULL },        /* prfm */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        harness_run1(h, t[i].word);
        if (g_strcmp0(h->helper, t[i].helper) || h->cpu->pc != NEXT) {
            g_test_message("%08x calls %s and goes to %" PRIx64, t[i].word,
                           h->helper ? h->helper : "nothing", h->cpu->pc);
            g_test_fail();
        }
    }
    h->context = ARM_MMU_EL0 << CTX_MMU_SHIFT;
    harness_run1(h, 0xd503207f);                          /* wfi, trapped */
    g_assert_cmphex(h->syndrome, ==, 0x07e00000);
    harness_run1(h, 0xd503205f);                          /* wfe, trapped */
    g_assert_cmphex(h->syndrome, ==, 0x07e00001);
    h->context |= CTX_EL0_NTWI;
    harness_run1(h, 0xd503207f);
    g_assert_cmpstr(h->helper, ==, "wfi");
    g_assert_cmphex(h->args[0], ==, NEXT);
    harness_run1(h, 0xd503205f);                          /* wfe still trapped */
    g_assert_cmphex(h->syndrome, ==, 0x07e00001);
    harness_free(h);
}

/* -- PSTATE and system registers -- */

static void test_pstate(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    harness_set_nzcv(h, 0xa);
    harness_run1(h, 0xd53b4200);                          /* mrs x0, nzcv */
    g_assert_cmphex(cpu->x[0], ==, 0xa0000000);
    cpu->x[0] = 0x5fffffff;
    harness_run1(h, 0xd51b4200);                          /* msr nzcv, x0 */
    g_assert_cmphex(harness_nzcv(h), ==, 5);
    harness_run1(h, 0xd5384240);                          /* mrs x0, CurrentEL */
    g_assert_cmphex(cpu->x[0], ==, 4);

    cpu->daif = 0;
    harness_run1(h, 0xd50342df);                          /* msr daifset, #2 */
    g_assert_cmphex(cpu->daif, ==, PSTATE_I);
    harness_run1(h, 0xd53b4220);                          /* mrs x0, daif */
    g_assert_cmphex(cpu->x[0], ==, PSTATE_I);
    harness_run1(h, 0xd5034fff);                          /* msr daifclr, #15 */
    g_assert_cmphex(cpu->daif, ==, 0);
    cpu->x[0] = ~UINT64_C(0);
    harness_run1(h, 0xd51b4220);                          /* msr daif, x0 */
    g_assert_cmphex(cpu->daif, ==, PSTATE_DAIF);
    /* With an interrupt pending the block is left right behind DAIFClr. */
    cpu->x[0] = 0;
    cpu->irq_pending = IRQ_PENDING_IRQ;
    RUN(h, 0xd5034fff, 0x91000400);
    g_assert_cmphex(cpu->pc, ==, NEXT);
    g_assert_cmphex(cpu->x[0], ==, 0);
    cpu->irq_pending = 0;
    RUN(h, 0xd5034fff, 0x91000400);
    g_assert_cmphex(cpu->x[0], ==, 1);

    /* PSTATE.D may start software step: always leave for the C loop. */
    h->context |= CTX_STEP_MASKED;
    cpu->x[0] = 0;
    RUN(h, 0xd5034fff, 0x91000400);
    g_assert_cmphex(cpu->pc, ==, NEXT);
    g_assert_cmphex(cpu->x[0], ==, 0);
    h->context = CTX_EL1;

    harness_run1(h, 0xd500419f);                          /* msr pan, #1 */
    g_assert_cmpstr(h->helper, ==, "msr_pstate");
    g_assert_cmphex(h->args[0], ==, 4);
    g_assert_cmphex(h->args[1], ==, 1);
    g_assert_cmphex(cpu->pc, ==, NEXT);
    harness_run1(h, 0xd50041bf);                          /* msr spsel, #1 */
    g_assert_cmphex(h->args[0], ==, 5);

    cpu->sys.sp_el[0] = 0x1000;
    harness_run1(h, 0xd5384100);                          /* mrs x0, sp_el0 */
    g_assert_cmphex(cpu->x[0], ==, 0x1000);
    cpu->x[0] = 0x2000;
    harness_run1(h, 0xd5184100);                          /* msr sp_el0, x0 */
    g_assert_cmphex(cpu->sys.sp_el[0], ==, 0x2000);
    h->context &= ~(uint64_t)CTX_SPSEL;
    harness_run1(h, 0xd5384100);
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);

    h->context = ARM_MMU_EL0 << CTX_MMU_SHIFT;
    harness_run1(h, 0xd50342df);                          /* msr daifset at EL0 */
    g_assert_cmphex(h->syndrome, ==, 0x620cd3e4);
    harness_run1(h, 0xd53b4220);                          /* mrs x0, daif at EL0 */
    g_assert_cmphex(h->syndrome, ==, 0x6232d005);
    h->context |= CTX_EL0_UMA;
    harness_run1(h, 0xd53b4220);
    g_assert_cmphex(h->syndrome, ==, 0);
    harness_free(h);
}

static void test_sysregs(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    harness_run1(h, 0xd5380000);                          /* mrs x0, midr_el1: folded */
    g_assert_cmphex(cpu->x[0], ==, 0x410fd034);
    g_assert_null(h->helper);
    harness_run1(h, 0xd5180000);                          /* msr midr_el1, x0: read-only */
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);
    cpu->x[0] = 0x1234;
    harness_run1(h, 0xd51bd040);                          /* msr tpidr_el0, x0: storage */
    g_assert_cmphex(cpu->sys.tpidr_el0, ==, 0x1234);
    harness_run1(h, 0xd53bd041);                          /* mrs x1, tpidr_el0 */
    g_assert_cmphex(cpu->x[1], ==, 0x1234);
    g_assert_null(h->helper);
    cpu->sys.vbar_el1 = 0x7f;
    cpu->x[0] = 0xabcdef;
    harness_run1(h, 0xd518c000);                          /* msr vbar_el1, x0: masked */
    g_assert_cmphex(cpu->sys.vbar_el1, ==, 0xabc87f);
    RUN(h, 0xd5181000, 0x91000400);                       /* msr sctlr_el1, x0: ends the block */
    g_assert_cmpstr(h->helper, ==, "sysreg_write");
    g_assert_cmphex(h->args[1], ==, 0xabcdef);
    g_assert_cmpuint(h->block->guest_insns, ==, 1);
    g_assert_cmphex(cpu->pc, ==, NEXT);
    harness_run1(h, 0xd538e102);                          /* mrs x2, cntkctl_el1: has a check */
    g_assert_cmpstr(h->helper, ==, "sysreg_read");
    g_assert_cmphex(cpu->x[2], ==, 0x5e5e);
    RUN(h, 0xd508871f, 0x91000400);                       /* tlbi vmalle1 */
    g_assert_cmpstr(h->helper, ==, "sysreg_write");
    g_assert_cmpuint(h->block->guest_insns, ==, 2);
    harness_run1(h, 0xd5301380);                          /* mrs x0, osdlr_el1: no storage */
    g_assert_cmphex(cpu->x[0], ==, 0);
    harness_run1(h, 0xd5380f00);                          /* no such register */
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);
    cpu->x[0] = UINT64_C(0x123440);
    harness_run1(h, 0xd50b7420);                          /* dc zva, x0 */
    g_assert_cmpstr(h->helper, ==, "dc_zva");
    g_assert_cmphex(h->args[0], ==, UINT64_C(0x123440));
    g_assert_cmphex(h->args[1], ==, ARM_MMU_EL1);

    h->context = ARM_MMU_EL0 << CTX_MMU_SHIFT;
    harness_run1(h, 0xd51bd060);                          /* msr tpidrro_el0 at EL0 */
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);
    harness_run1(h, 0xd53bd060);                          /* mrs: allowed */
    g_assert_cmphex(h->syndrome, ==, 0);
    harness_run1(h, 0xd5380000);                          /* mrs midr_el1 at EL0, FEAT_IDST */
    g_assert_cmphex(h->syndrome, ==, 0x62300001);
    h->model.features[FEAT_IDST / 64] &= ~BIT(FEAT_IDST % 64);
    harness_run1(h, 0xd5380000);
    g_assert_cmphex(h->syndrome, ==, UNDEFINED);
    harness_run1(h, 0xd50b7420);                          /* dc zva without SCTLR.DZE */
    g_assert_cmphex(h->syndrome, ==, 0x62 << 24 | 1 << 20 | 1 << 17 | 3 << 14 | 7 << 10 | 4 << 1);
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/system/direct", test_direct);
    g_test_add_func("/arm/system/conditions", test_conditions);
    g_test_add_func("/arm/system/compare-branches", test_compare_branches);
    g_test_add_func("/arm/system/blocks", test_blocks);
    g_test_add_func("/arm/system/bad-pc", test_bad_pc);
    g_test_add_func("/arm/system/exceptions", test_exceptions);
    g_test_add_func("/arm/system/step", test_step);
    g_test_add_func("/arm/system/hints", test_hints);
    g_test_add_func("/arm/system/pstate", test_pstate);
    g_test_add_func("/arm/system/sysregs", test_sysregs);
    return g_test_run();
}
